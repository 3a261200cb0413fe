"""What a visitor has changed: what holds already, what waits for a new start, what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from environment.errors import CorridorError
from policies.coordination import MECHANISMS, Coordination
from policies.registry import taken_during_run
from scenarios.errors import ScenarioError
from scenarios.overrides import MECHANISMS_KEY
from scenarios.scenario import PolicyChoice, Scenario
from viz.page.live.fields import Control, changed, controls_at, documented, mistake_at

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Policies": tuple(f"policies.{taken.name}" for taken in taken_during_run("service")),
    "Supply policies": tuple(f"policies.{taken.name}" for taken in taken_during_run("supply")),
    "Fleet": ("fleet", "dispatch_centre"),
    "Calls": ("demand",),
    "Traffic lights": ("signals",),
    "Hospitals": ("hospitals",),
    "Outbreak": ("epidemic",),
    "Supplies": ("supplies",),
    "Price of coordination": ("coordination",),
    "The run": ("seed", "run.days", "run.warm_up_days", "run.coverage_every_s"),
}
"""What is shown under which heading; `city_needs` says what a case without it leaves out."""


class Draft:
    """A scenario as it runs, and as it is wanted.

    Parameters
    ----------
    scenario : Scenario
        As served.

    Attributes
    ----------
    running : Scenario
        What holds in the run now.
    waiting : dict
        Values by key that need a new start.
    mistakes : dict of str to str
        What was refused, by key; it changed nothing.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._served = scenario
        self.running = scenario
        self.waiting: dict[str, Any] = {}
        self.mistakes: dict[str, str] = {}

    @property
    def wanted(self) -> Scenario:
        """With all that waits."""
        return self.running.changed(self.waiting)

    def set(self, key: str, value: Any, at_once: Callable[[str, Any], bool]) -> None:
        """Take a visitor's value for a key.

        Parameters
        ----------
        key : str
            Of a control that is shown; others are refused.
        value : object
            As the browser sent it.
        at_once : callable
            Changes the run if that is possible while it runs, and says whether it did.
        """
        self.mistakes.pop(key, None)
        try:
            control = self._control(key)
            value = _as_meant(control, value)
            changed(self.wanted, {key: value})
            now = self.running.changed({key: value})
            if at_once(*_whole_policy(now, key, value)):
                self.running = now
            else:
                self._wait(key, value)
        except CorridorError as error:
            self.mistakes[key] = mistake_at(key, error)

    def coordinate(self, names: list[str]) -> None:
        """Switch mechanisms; they are built into a run, so they wait for a new start."""
        self._wait(MECHANISMS_KEY, [name for name in MECHANISMS if name in names])

    def take(self) -> Scenario:
        """The scenario of a new start, in which nothing waits any more."""
        self.running = self.wanted
        self.discard()
        return self.running

    def discard(self) -> None:
        """Forget what waits, and what was refused."""
        self.waiting.clear()
        self.mistakes.clear()

    def _wait(self, key: str, value: Any) -> None:
        """Keep a value for the next start, unless the run has it already."""
        for inner in [k for k in self.waiting if k == key or k.startswith(f"{key}.")]:
            del self.waiting[inner]
        if self.running.changed({key: value}) != self.running:
            self.waiting[key] = value

    def _control(self, key: str) -> Control:
        """The control of a key, of those that are shown.

        Raises
        ------
        ScenarioError
            If it is not shown.
        """
        for control in self.all_controls():
            for one in (control, *control.inner):
                if one.key == key:
                    return one
        raise ScenarioError(f"{key} is not among what can be changed here")

    def all_controls(self) -> list[Control]:
        """Everything that can be changed, with the wanted values."""
        return [one for controls in self.sections().values() for one in controls]

    def sections(self) -> dict[str, list[Control]]:
        """The controls by heading, without what the case has not got."""
        wanted = self.wanted
        shown = {
            title: [control for path in paths for control in controls_at(wanted, path)]
            for title, paths in SECTIONS.items()
            if is_in_case(title, self._served)
        }
        return {title: controls for title, controls in shown.items() if controls}

    @property
    def is_coordination_switched(self) -> bool:
        """Whether the switches hold; else the case's own keys do, which is not the same as off."""
        return self.wanted.coordination.mechanisms is not None

    def mechanisms(self) -> list[dict[str, Any]]:
        """The four switches of coordination."""
        on = self.wanted.coordination.mechanisms or ()
        texts = documented(Coordination)
        return [
            {"key": name, "label": name.capitalize(), "on": name in on, "text": texts[name]}
            for name in MECHANISMS
        ]

    def waiting_lines(self) -> list[str]:
        """What waits, in words."""
        labels = {one.key: one.label for one in self._with_inner()}
        return [
            f"{labels.get(key, 'Coordination')}: {_value_text(value)}"
            for key, value in self.waiting.items()
        ]

    def _with_inner(self) -> list[Control]:
        return [one for control in self.all_controls() for one in (control, *control.inner)]


def is_in_case(title: str, scenario: Scenario) -> bool:
    """Whether a case has what a section is about."""
    if title in ("Supply policies", "Supplies"):
        return scenario.supplies.is_there
    if title in ("Calls", "Fleet", "Policies", "Hospitals"):
        return scenario.needs_service
    return title != "Outbreak" or scenario.epidemic.is_there


def _as_meant(control: Control, value: Any) -> Any:
    """A browser's text as a value.

    Raises
    ------
    ScenarioError
        If nothing is given where something must be, or a name is not among those on offer.
    """
    if isinstance(value, str):
        value = value.strip().replace(",", ".")
    if value == "":
        if control.is_optional:
            return None
        raise ScenarioError(f"{control.key} must have a value")
    if control.choices and value not in control.choices:
        raise ScenarioError(f"{control.key} must be one of {', '.join(control.choices)}")
    return _number(control, value) if isinstance(value, str) and not control.choices else value


def _number(control: Control, text: str) -> float | int:
    """A number out of a text.

    Raises
    ------
    ScenarioError
        If it is none.
    """
    kind, read = ("a whole number", int) if control.kind == "whole" else ("a number", float)
    try:
        return read(text)
    except ValueError:
        raise ScenarioError(f"{control.key} must be {kind}, got {text!r}") from None


def _whole_policy(wanted: Scenario, key: str, value: Any) -> tuple[str, Any]:
    """A policy changes as a whole, with all its parameters."""
    table, _, rest = key.partition(".")
    if table != "policies":
        return key, value
    decision = rest.partition(".")[0]
    chosen: PolicyChoice = getattr(wanted.policies, decision)
    return f"policies.{decision}", chosen.model_dump()


def _value_text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value).replace("_", " ")
