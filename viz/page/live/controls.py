"""What can be changed, from the scenario's own fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import solara

from scenarios.scenario import Scenario
from simulation.interventions import offers
from simulation.interventions.live import changes_while_running
from viz.page.live.arms import MODES
from viz.page.live.fields import Control
from viz.page.live.session import LiveSession

Values = list[dict[str, Any]]


@solara.component_vue("controls.vue")
def Controls(
    panel: dict[str, Any],
    event_set_mode: Callable[[str], None],
    event_coordinate: Callable[[list[str]], None],
    event_change: Callable[[dict[str, Any]], None],
    event_apply: Callable[[bool], None],
    event_discard: Callable[[Any], None],
    event_prepare: Callable[[dict[str, Any]], None],
    event_show_layer: Callable[[dict[str, Any]], None],
) -> None:
    """The panel at the left; `panel` is what `panel_of` tells."""


@solara.component
def ControlPanel(session: LiveSession) -> None:
    """The controls of a session."""
    session.edited.get()  # drawn again when it changes
    Controls(
        panel=panel_of(session),
        event_set_mode=session.set_mode,
        event_coordinate=session.coordinate,
        event_change=lambda wish: session.change(wish["key"], wish["value"]),
        event_apply=session.apply,
        event_discard=lambda _: session.discard(),
        event_prepare=session.arm,
        event_show_layer=lambda wish: session.show_layer(wish["layer"], bool(wish["on"])),
    )


def panel_of(session: LiveSession) -> dict[str, Any]:
    """Everything that stands in the panel, as plain data."""
    draft, served = session.draft, session.service.scenario
    return {
        "modes": list(MODES),
        "mode": session.mode,
        "waiting": draft.waiting_lines(),
        "mechanisms": draft.mechanisms(),
        "is_switched": draft.is_coordination_switched,
        "disruptions": [(kind, offer.label) for kind, offer in offers(served).items()],
        "armed": f"{offers()[session.armed['what']].how}." if session.armed else "",
        "layers": session.layers,
        "tints": tints_in(served),
        "sections": [
            {
                "title": title,
                "at_once": all(changes_while_running(one.key) for one in controls),
                "controls": [row for one in controls for row in _rows(session, one)],
                "open": title == "Policies",
            }
            for title, controls in draft.sections().items()
        ],
    }


def tints_in(scenario: Scenario) -> list[tuple[str, str]]:
    """What the base map can show."""
    found = [("demand", "calls expected"), ("coverage", "nearest free ambulance")]
    found = found if scenario.needs_service else []
    return [*found, ("epidemic", "who is infectious")] if scenario.epidemic.is_there else found


def _rows(session: LiveSession, control: Control) -> Values:
    """A control and those of a policy's parameters, as the browser takes them."""
    draft = session.draft
    return [
        {
            **asdict(one),
            "inner": [],
            "mistake": draft.mistakes.get(one.key, ""),
            "waits": one.key in draft.waiting,
            "is_inner": one is not control,
        }
        for one in (control, *control.inner)
    ]
