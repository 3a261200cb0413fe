"""Where the trucks of a saved run were, found again from its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from environment.supply.places import SupplyPlaces
from environment.supply.sites import StoreParameters, SupplierParameters, SupplySystem, Trucks
from simulation.result import Result
from viz.live.legs import Path, StreetLines, joined, standing
from viz.live.places import points
from viz.live.recorded_ambulances import Parked, Stretch
from viz.live.recorded_rows import rows_of
from viz.live.recorded_streets import RecordedStreets

Owner = SupplierParameters | StoreParameters
LATE_S = 1e-3
"""Times of one moment differ by less, through rounding."""


def truck_stretches(
    result: Result, streets: RecordedStreets, system: SupplySystem
) -> list[list[Stretch]]:
    """What each truck of a run did, in the order of time, by its number.

    A trip has its depot, its moments and how many stops it made; who was served is found among the
    loads that left the depot at that moment. Where several trucks left together, loads are shared
    out in the order of arrival, so that their trips may be those of each other.
    """
    places = streets.ground.supply_places
    if result.supplies is None or places is None:
        return []
    spots = _spots(streets, system, places)
    owners: list[Owner] = [*system.suppliers, *system.stores]
    homes = [site for site, own in enumerate(owners) for _ in range(own.trucks.count)]
    loads = _loads(result.supplies.shipments)
    trips = result.supplies.trips.sort_values("began_s", kind="stable")
    own: dict[int, list[Any]] = {}
    for trip in rows_of(trips):
        stops = loads.get((int(trip.depot), round(trip.left_s, 3)), [])
        fitting = [load for load in stops if load.arrived_s <= trip.back_s + LATE_S]
        taken = fitting[: int(trip.stops)]
        for load in taken:
            stops.remove(load)
        own.setdefault(int(trip.truck), []).append((trip, taken))
    lines = StreetLines(streets.ground.city.roads)
    return [
        _TruckLife(number, home, own.get(number, []), streets, spots, owners, lines).stretches
        for number, home in enumerate(homes)
    ]


def _spots(
    streets: RecordedStreets, system: SupplySystem, places: SupplyPlaces
) -> tuple[Parked, ...]:
    sites = [*system.suppliers, *system.stores, *system.distributors]
    x, y = (pd.Series([getattr(site, axis) for site in sites]).to_numpy() for axis in "xy")
    where = points(streets.ground.city.roads, x, y)
    node, access_s = places.node.tolist(), places.access_s.tolist()
    return tuple(Parked(*spot) for spot in zip(where, node, access_s, strict=True))


def _loads(shipments: pd.DataFrame) -> dict[tuple[int, float], list[Any]]:
    """Loads that arrived, by depot and moment of leaving, in the order of arrival."""
    arrived = shipments.dropna(subset="arrived_s").drop_duplicates("shipment")
    found: dict[tuple[int, float], list[Any]] = {}
    for load in rows_of(arrived.sort_values(["arrived_s", "shipment"])):
        found.setdefault((int(load.origin), round(load.left_s, 3)), []).append(load)
    return found


@dataclass(eq=False)
class _TruckLife:
    """One truck's trips, gone through from the first to the last."""

    number: int
    home: int
    trips: Sequence[Any]
    streets: RecordedStreets
    spots: tuple[Parked, ...]
    owners: Sequence[Owner]
    lines: StreetLines
    stretches: list[Stretch] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._at = self.home
        self._stand("truck_free", 0.0)
        for trip, loads in self.trips:
            self._trip(trip, loads)

    def _trip(self, trip: Any, loads: Sequence[Any]) -> None:
        depot = int(trip.depot)
        times: Trucks = self.owners[depot].trucks
        loading_s = max(trip.left_s - times.load_s, trip.began_s)
        if depot != self._at:
            expected_s = self._expected_s(depot, trip.began_s)
            there_s = min(trip.began_s + expected_s, loading_s)
            self._drive("truck_to_load", depot, trip.began_s, there_s)
            loading_s = there_s
        self._stand("truck_loading", loading_s)
        leaves_s = float(trip.left_s)
        for load in loads:
            if load.destination != self._at:
                self._drive(
                    "truck_delivering", int(load.destination), leaves_s,
                    load.arrived_s - times.unload_s,
                )  # fmt: skip
            self._stand("truck_unloading", load.arrived_s - times.unload_s)
            leaves_s = float(load.arrived_s)
        if self._at != self.home:
            self._drive("truck_returning", self.home, leaves_s, trip.back_s)
        self._stand("truck_free", trip.back_s)

    def _expected_s(self, site: int, now_s: float) -> float:
        """How long the drive to a site takes if nothing holds it up."""
        origin, goal = self.spots[self._at], self.spots[site]
        way = self.streets.planned((origin.node, goal.node), now_s + origin.access_s)
        return way.left_s + way.drive_s + goal.access_s - now_s

    def _drive(self, state: str, site: int, begin_s: float, end_s: float) -> None:
        origin, goal = self.spots[self._at], self.spots[site]
        left_s = begin_s + origin.access_s
        way = self.streets.known(
            (origin.node, goal.node), left_s, end_s - goal.access_s, siren=False
        )

        def path() -> Path:
            road = self.lines.path(way)
            return joined(origin.place, begin_s, road, goal.place, end_s)

        self._add(state, begin_s, path)
        self._at = site

    def _stand(self, state: str, since_s: float) -> None:
        place = self.spots[self._at].place

        def path() -> Path:
            return standing(place, since_s)

        self._add(state, since_s, path)

    def _add(self, state: str, from_s: float, path: Any) -> None:
        from_s = float(from_s)
        self.stretches.append(Stretch(f"truck-{self.number}", state, from_s, from_s, path))
