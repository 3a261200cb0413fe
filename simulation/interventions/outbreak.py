"""One more outbreak of an epidemic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from environment.epidemic.days import Outbreak
from environment.units import DAY_S
from scenarios.errors import ScenarioError
from scenarios.scenario import Scenario
from simulation.interventions.base import Intervention, Offer, RunParts


class OutbreakBegins(Intervention[Outbreak]):
    """Persons of a district fall ill in the next morning, where there is an epidemic."""

    kind: ClassVar[str] = "outbreak"
    key: ClassVar[str] = "epidemic.outbreaks"
    offer: ClassVar[Offer | None] = Offer(
        "Begin an outbreak", "Click the district", asks=("district", "cases")
    )

    @classmethod
    def can_befall(cls, scenario: Scenario) -> bool:
        """Where there is an epidemic."""
        return scenario.epidemic.is_there

    @classmethod
    def entry(cls, request: Mapping[str, Any], parts: RunParts) -> dict[str, Any]:
        """Begin tomorrow, in a district where people live."""
        outbreak = parts.outbreak
        if outbreak is None:
            raise ScenarioError(
                "This scenario has no epidemic: add an outbreak to it and start anew."
            )
        day = len(outbreak.days)
        asked = {key: value for key, value in request.items() if key not in ("kind", "hours")}
        if asked.get("district") not in outbreak.districts:
            known = ", ".join(outbreak.districts)
            raise ScenarioError(f"no district {asked.get('district')!r}; there are {known}")
        if day * DAY_S >= parts.setup.config.run.horizon_s:
            raise ScenarioError("An outbreak would begin tomorrow, but the run ends before.")
        return {**asked, "day": day}

    def schedule(self) -> None:
        """Nothing to do: the epidemic knows those of the scenario."""

    def apply(self) -> None:
        """Add it to the epidemic."""
        assert self.parts.outbreak is not None
        self.parts.outbreak.add_outbreak(self.parameters)

    def undo(self) -> None:
        """Nothing can be undone: an epidemic goes on by itself."""

    def describe(self) -> str:
        """Name the district."""
        return f"outbreak of {self.parameters.cases} cases in {self.parameters.district}"
