"""A surge of calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from environment.disruptions import Surge
from scenarios.errors import ScenarioError
from simulation.interventions.base import Intervention, RunParts


class CallsSurge(Intervention[Surge]):
    """More calls than usual: they are drawn with all others before the run begins."""

    kind: ClassVar[str] = "surge"

    @classmethod
    def entry(cls, request: Mapping[str, Any], parts: RunParts) -> dict[str, Any]:  # noqa: ARG003
        """Refuse: the calls of the whole run are known."""
        raise ScenarioError("A surge needs a new start: its calls are drawn before the run begins.")

    def schedule(self) -> None:
        """Nothing is left to do: its calls are among those of the run."""

    def apply(self) -> None:
        """Nothing to do."""

    def undo(self) -> None:
        """Nothing to do."""

    def describe(self) -> str:
        """Tell its size."""
        return f"{self.parameters.factor:g} times the usual calls"
