"""Which runs stand side by side: one, or two of the same patients."""

from __future__ import annotations

from typing import NamedTuple

from policies.coordination import MECHANISMS
from scenarios.overrides import MECHANISMS_KEY
from scenarios.scenario import Scenario


class Mode(NamedTuple):
    """A choice of what runs."""

    key: str
    label: str
    text: str


MODES = (
    Mode("one", "One run", "One run, with charts"),
    Mode("coordination", "Off | on", "The same patients without and with coordination"),
    Mode("changed", "As is | new", "The same patients as served, and with your changes"),
)


def arms(mode: str, served: Scenario, wanted: Scenario) -> list[tuple[str, Scenario]]:
    """The runs of a mode, each with what stands over its map."""
    if mode == "coordination":
        on = wanted.coordination.mechanisms or MECHANISMS
        named = "all four" if len(on) == len(MECHANISMS) else ", ".join(on)
        return [
            ("Coordination off", wanted.changed({MECHANISMS_KEY: ()})),
            (f"Coordination on: {named}", wanted.changed({MECHANISMS_KEY: on})),
        ]
    if mode == "changed":
        return [("As it is", served), ("As changed", wanted)]
    return [("", wanted)]
