"""An event with many casualties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from agents.service.incident import Incident
from environment.demand.calls import Calls
from environment.disruptions import MassCasualty
from environment.units import HOUR_S
from simulation.interventions.base import Intervention, RunParts
from simulation.interventions.map_places import map_place


class CasualtiesCall(Intervention[MassCasualty]):
    """Many patients call at once, and are triaged when the first crew is there."""

    kind: ClassVar[str] = "mass_casualty"

    @classmethod
    def entry(cls, request: Mapping[str, Any], parts: RunParts) -> dict[str, Any]:
        """Happen now, at a place of the map."""
        asked = {key: value for key, value in request.items() if key != "hours"}
        if "x_m" in asked and "y_m" in asked:
            x_m, y_m = float(asked.pop("x_m")), float(asked.pop("y_m"))
            x, y = map_place(parts.setup.area.city.roads, x_m, y_m)
            asked |= {"x": x, "y": y}
        return {**asked, "at_hour": parts.env.now / HOUR_S}

    def schedule(self) -> None:
        """Tell the centre who is in the incident; they are among the calls of the run."""
        setup = self.parts.setup
        before = setup.config.disruptions[: self.number]
        incident = sum(one.kind == self.kind for one in before)
        table = setup.calls.table
        self._announce(incident, table[table["incident"] == incident])

    def apply(self) -> None:
        """Let the casualties call, numbered after all calls so far."""
        late_calls, setup = self.parts.late_calls, self.parts.setup
        incident, first = late_calls.next_incident, late_calls.next_number
        source, horizon_s = setup.call_source, setup.config.run.horizon_s
        for drawn in self.parameters.extra_calls(incident, source, horizon_s):
            table = drawn.table.set_axis(first + np.arange(len(drawn)))
            self._announce(incident, table)
            late_calls.bring(Calls(table, drawn.trip_noise))

    def undo(self) -> None:
        """Nothing can be undone: patients are patients."""

    def describe(self) -> str:
        """Tell how many there are."""
        return f"{self.parameters.casualties} casualties"

    def _announce(self, incident: int, casualties: pd.DataFrame) -> None:
        """Tell the centre what triage will find, by the numbers of the calls."""
        numbers, found = casualties.index.tolist(), casualties["triage_priority"].tolist()
        true = dict(zip(numbers, found, strict=True))
        triage = Incident(self.parts.env, self.parameters.triage_s, true)
        self.parts.centre.expect_casualties(incident, triage)
