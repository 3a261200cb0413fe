"""The mechanism of planning in the ambulance service: over whom one decides where to wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agents.service.context import ServiceContext
from agents.service.fleet import Fleet
from agents.service.planners import DistrictMoveUpView, MoveUpView
from environment.apportionment import apportion
from environment.districts import Districts, share_within
from policies.base import LocationView, PolicyError

Place = Callable[[int, LocationView], NDArray[np.int64]]
"""Has a planner, by its number, give ambulances to the stations that it sees, (s,)."""


class ServicePlanning(Protocol):
    """Who decides where ambulances are stationed, and where they wait."""

    def names(self, districts: Districts) -> Sequence[str]:
        """Name the planners; there is a policy of each kind for each of them."""

    def place(
        self, ask: Place, view: LocationView, districts: Districts, total: int | None
    ) -> NDArray[np.int64]:
        """Ambulances of each station, (s,); `total` is None where each has those of the table."""

    def views(
        self, context: ServiceContext, fleet: Fleet, districts: Districts
    ) -> list[MoveUpView]:
        """What each planner sees during the run."""

    def planner_of(self, districts: Districts, stations: Sequence[int]) -> list[int]:
        """The planner of each ambulance, by the rows of their own stations, (v,)."""

    def planner_of_zones(self, districts: Districts) -> list[int]:
        """The planner who decides over the calls of each zone, (z,)."""

    def zones_planned_with(self, districts: Districts, name: str) -> NDArray[np.bool_]:
        """Zones whose calls are decided together with those of a district, (z,)."""


class PlansForCity:
    """One planner for the whole city."""

    def names(self, districts: Districts) -> Sequence[str]:  # noqa: ARG002
        """Name the one."""
        return ("city",)

    def place(
        self,
        ask: Place,
        view: LocationView,
        districts: Districts,  # noqa: ARG002
        total: int | None,  # noqa: ARG002
    ) -> NDArray[np.int64]:
        """Ask once for all stations."""
        return ask(0, view)

    def views(
        self,
        context: ServiceContext,
        fleet: Fleet,
        districts: Districts,  # noqa: ARG002
    ) -> list[MoveUpView]:
        """All that there is."""
        return [MoveUpView(context, fleet)]

    def planner_of(
        self,
        districts: Districts,  # noqa: ARG002
        stations: Sequence[int],
    ) -> list[int]:
        """The one."""
        return [0] * len(stations)

    def planner_of_zones(self, districts: Districts) -> list[int]:
        """The one."""
        return [0] * len(districts.of_zone)

    def zones_planned_with(
        self,
        districts: Districts,
        name: str,  # noqa: ARG002
    ) -> NDArray[np.bool_]:
        """All of them."""
        return np.ones(len(districts.of_zone), dtype=np.bool_)


class PlansForEachDistrict:
    """Each district has its own ambulances, and a planner who looks no farther."""

    def names(self, districts: Districts) -> Sequence[str]:
        """Name the districts."""
        return districts.names

    def place(
        self, ask: Place, view: LocationView, districts: Districts, total: int | None
    ) -> NDArray[np.int64]:
        """Ask each district for its own share of the ambulances.

        A total is split by demand. Where nobody calls from a district there is nothing to plan,
        and its ambulances stand where the table has them.
        """
        placed = np.zeros_like(view.given)
        of_station, of_zone = np.array(districts.of_station), np.array(districts.of_zone)
        demand = [view.demand_share[of_zone == name].sum() for name in districts.names]
        given = [int(view.given[of_station == name].sum()) for name in districts.names]
        counts = given if total is None else apportion(total, demand).tolist()
        for planner, name in enumerate(districts.names):
            own, zones = of_station == name, of_zone == name
            if not demand[planner]:
                placed[own] = view.given[own] if total is None else 0
            elif counts[planner]:
                shares = share_within(view.demand_share, districts, name)[zones]
                travel_s = view.travel_s[np.ix_(own, zones)]
                seen = LocationView(
                    counts[planner],
                    view.given[own],
                    shares,
                    travel_s,
                    view.calls_per_hour * float(demand[planner]),
                    view.busy_s[np.ix_(own, zones)],
                )
                placed[own] = _placed_in(name, ask, planner, seen)
        return placed

    def views(
        self, context: ServiceContext, fleet: Fleet, districts: Districts
    ) -> list[MoveUpView]:
        """What each district sees."""
        return [DistrictMoveUpView(context, fleet, districts, name) for name in districts.names]

    def planner_of(self, districts: Districts, stations: Sequence[int]) -> list[int]:
        """That of the district of an ambulance's own station."""
        planner = {name: number for number, name in enumerate(districts.names)}
        return [planner[districts.of_station[row]] for row in stations]

    def planner_of_zones(self, districts: Districts) -> list[int]:
        """That of its district."""
        return districts.rows_of_zones.tolist()

    def zones_planned_with(self, districts: Districts, name: str) -> NDArray[np.bool_]:
        """Those of the district."""
        return np.array(districts.of_zone) == name


def _placed_in(name: str, ask: Place, planner: int, view: LocationView) -> NDArray[np.int64]:
    try:
        return ask(planner, view)
    except PolicyError as error:
        raise PolicyError(f"{error} (district {name!r}, which plans for itself)") from error
