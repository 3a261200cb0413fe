"""What the dispatchers of each district expect of the service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from environment.districts import Districts
from policies.expected_demand import ExpectedDemand


class DemandScope(Protocol):
    """Over whose calls one decides: the mechanism of planning."""

    def zones_planned_with(self, districts: Districts, name: str) -> NDArray[np.bool_]:
        """Zones whose calls are decided together with those of a district, (z,)."""


class FleetScope(Protocol):
    """Whose ambulances one counts on: the mechanism of risk."""

    def stations_for(self, districts: Districts, name: str) -> NDArray[np.bool_]:
        """Stations on whose ambulances a district counts when it plans, (s,)."""


class ExpectedDemandByDistrict:
    """Gives each district its expected demand; those of the same scope share one object.

    Parameters
    ----------
    expect : callable
        Gives that of the whole city; asked once somebody wants to know.
    districts : Districts
    planning : DemandScope
    risk : FleetScope
        Where its ambulances are a district's own, it looks no farther than its own calls.
    """

    def __init__(
        self,
        expect: Callable[[], ExpectedDemand],
        districts: Districts,
        planning: DemandScope,
        risk: FleetScope,
    ) -> None:
        self._expect = expect
        self._districts = districts
        self._planning = planning
        self._risk = risk
        self._city: ExpectedDemand | None = None
        self._known: dict[str, ExpectedDemand] = {}
        self._by_scope: dict[bytes, ExpectedDemand] = {}

    def of(self, district: str) -> ExpectedDemand:
        """What whoever decides over the calls of a district expects."""
        known = self._known.get(district)
        if known is None:
            known = self._known[district] = self._make(district)
        return known

    def _make(self, district: str) -> ExpectedDemand:
        if self._city is None:
            self._city = self._expect()
        stations = self._risk.stations_for(self._districts, district)
        zones = self._planning.zones_planned_with(self._districts, district)
        if not stations.all():
            zones = zones & (np.array(self._districts.of_zone) == district)
        scope = stations.tobytes() + zones.tobytes()
        return self._by_scope.setdefault(scope, self._city.within(stations, zones))
