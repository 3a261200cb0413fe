"""Where the ambulances of a saved run were, found again from its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, isnan
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from agents.service.availability import BREAKDOWN
from agents.service.world import HOME, TO_CALL
from environment.traffic.ways import Way, next_junction
from simulation.result import Result
from viz.live import states
from viz.live.frame import Leg
from viz.live.legs import Path, Point, StreetLines, joined, standing
from viz.live.places import points
from viz.live.recorded_rows import rows_of
from viz.live.recorded_streets import SAME_M, RecordedStreets, seconds_to_turn


@dataclass(eq=False)
class Stretch:
    """A time in which a vehicle does one thing.

    Attributes
    ----------
    vehicle, state : str
    told_s : float
        When it is decided.
    from_s : float
        When it begins: later than `told_s` for who turns off at the next junction, or sets out.
    make_path : callable
    call : int
    way : Way or None
        What it drives on.
    """

    vehicle: str
    state: str
    told_s: float
    from_s: float
    make_path: Callable[[], Path]
    call: int = -1
    way: Way | None = None

    @cached_property
    def leg(self) -> Leg:
        """It as a frame tells it."""
        return Leg(self.vehicle, self.state, self.from_s, self.make_path(), self.call)


class Parked(NamedTuple):
    """Where a vehicle stands: the place, the junction beside it, and the seconds to that."""

    place: Point
    node: int
    access_s: float


class Stops(NamedTuple):
    """Sites of a kind with their rows by name."""

    spots: tuple[Parked, ...]
    row: Mapping[str, int]


class RecordedSites(NamedTuple):
    """Stations and hospitals."""

    stations: Stops
    hospitals: Stops


def recorded_sites(streets: RecordedStreets) -> RecordedSites:
    """The sites of a run's city."""
    city = streets.ground.city
    return RecordedSites(_stops(city, city.stations), _stops(city, city.hospitals))


def _stops(city: Any, stops: Any) -> Stops:
    sites = stops.sites
    spots = zip(
        points(city.roads, sites.x, sites.y), stops.node.tolist(), stops.access_s.tolist(),
        strict=True,
    )  # fmt: skip
    return Stops(
        tuple(Parked(*spot) for spot in spots),
        {name: row for row, name in enumerate(sites.site_id.tolist())},
    )


def ambulance_stretches(result: Result, streets: RecordedStreets) -> list[list[Stretch]]:
    """What each ambulance of a run did, in the order of time, by its number."""
    sites = recorded_sites(streets)
    calls = CallSpots(result.calls, streets)
    lines = StreetLines(streets.ground.city.roads)
    rows = _rows_by_ambulance(result)
    homes = [sites.stations.row[name] for name in result.vehicles["station"]]
    return [
        _Life(number, home, rows.get(number, []), streets, sites, calls, lines).stretches
        for number, home in enumerate(homes)
    ]


class CallSpots:
    """Where patients are, and which of its ambulances one is."""

    def __init__(self, calls: pd.DataFrame, streets: RecordedStreets) -> None:
        roads = streets.ground.city.roads
        self.places = points(roads, calls["x"].to_numpy(), calls["y"].to_numpy())
        self.node: list[int] = calls["node"].tolist()
        self.access_s: list[float] = calls["access_s"].tolist()

    def spot(self, number: int) -> Parked:
        """Where the crew of a call stands."""
        return Parked(self.places[number], self.node[number], self.access_s[number])


class _Row(NamedTuple):
    """A row of missions, moves or absences."""

    from_s: float
    until_s: float
    kind: str
    values: Any


def _rows_by_ambulance(result: Result) -> dict[int, list[_Row]]:
    """All rows of each ambulance in the order of time."""
    units = result.calls["units"].to_numpy()
    missions = result.missions.assign(
        # In the order of dispatch, as the places of a patient are filled.
        place=result.missions.groupby("call").cumcount(),
        units=units[result.missions["call"]],
    )
    tables = (
        ("mission", missions, "dispatched_s", "home_s"),
        ("move", result.moves, "left_s", "ended_s"),
        ("absence", result.absences, "from_s", "until_s"),
    )
    rows: dict[int, list[_Row]] = {}
    for kind, table, first, last in tables:
        for values in rows_of(table):
            row = _Row(getattr(values, first), getattr(values, last), kind, values)
            rows.setdefault(int(values.ambulance), []).append(row)
    for own in rows.values():
        own.sort(key=lambda row: row[:2])
    return rows


@dataclass(eq=False)
class _Life:
    """One ambulance's rows, gone through from the first to the last."""

    number: int
    home: int
    rows: Sequence[_Row]
    streets: RecordedStreets
    sites: RecordedSites
    calls: CallSpots
    lines: StreetLines
    stretches: list[Stretch] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._way: Way | None = None  # while it is driven
        self._at = self.sites.stations.spots[self.home]
        self._since_s = 0.0
        self._stand(states.FREE, 0.0)
        follow = {"mission": self._mission, "move": self._move, "absence": self._absence}
        for k, row in enumerate(self.rows):
            self._next = self.rows[k + 1] if k + 1 < len(self.rows) else None
            follow[row.kind](row.values)

    # Missions

    def _mission(self, row: Any) -> None:
        call = int(row.call)
        spot = self.calls.spot(call)
        left_s = self._leaves(row)
        begin_s = row.departed_s if row.from_station else row.dispatched_s
        state = states.TO_PATIENT_SIREN if row.siren else states.TO_PATIENT
        ends = (int(row.from_node), spot.node)
        came = not isnan(row.arrived_s)
        if came:
            drive_end_s = row.arrived_s - spot.access_s
            way = self.streets.known(ends, left_s, drive_end_s, siren=row.siren)
        else:
            noise = self.streets.noise(call, int(row.place), TO_CALL)
            way = self.streets.planned(ends, left_s, noise, siren=row.siren)
        end_s = row.arrived_s if came else way.left_s + way.drive_s + spot.access_s
        self._drive(state, row.dispatched_s, begin_s, way, (spot, end_s), call)
        if came:
            self._care(row, call, spot, way)

    def _leaves(self, row: Any) -> float:
        """When a crew that was sent is at the junction from which it drives."""
        if row.from_station:
            return float(row.departed_s) + self._at.access_s
        return float(row.dispatched_s) + self._lead_s(int(row.from_node), row.dispatched_s)

    def _care(self, row: Any, call: int, spot: Parked, to_call: Way) -> None:
        """The work at the scene and what follows it."""
        self._arrive(spot)
        self._stand(states.AT_SCENE, row.arrived_s, call)
        if isinstance(row.hospital, str):
            hospital = self.sites.hospitals.spots[self.sites.hospitals.row[row.hospital]]
            self._to_hospital(row, call, spot, hospital)
        if row.home_s > row.clear_s or row.end == "home":
            place = int(row.place)
            if row.units > 1 and row.end != "home":
                place = self.streets.likely_place(call, to_call)
            self._return(row, call, place)

    def _to_hospital(self, row: Any, call: int, spot: Parked, hospital: Parked) -> None:
        siren = bool(row.to_hospital_siren)
        state = states.TO_HOSPITAL_SIREN if siren else states.TO_HOSPITAL
        way = self.streets.known(
            (spot.node, hospital.node),
            row.left_scene_s + spot.access_s,
            row.at_hospital_s - hospital.access_s,
            siren=siren,
        )
        end = (hospital, row.at_hospital_s)
        self._drive(state, row.left_scene_s, row.left_scene_s, way, end, call)
        self._arrive(hospital)
        if row.bay_s > row.at_hospital_s:
            self._stand(states.WAITING_BAY, row.at_hospital_s, call)
        self._stand(states.HANDOVER, row.bay_s, call)

    def _return(self, row: Any, call: int, place: int) -> None:
        """The drive to a station, and that it comes to its end or is cut short."""
        node, left_s = self._at.node, row.clear_s + self._at.access_s
        is_home = row.end == "home"
        station = self.sites.stations.spots[self._bound_for(row, node, left_s, is_home=is_home)]
        ends = (node, station.node)
        if is_home:
            way = self.streets.known(ends, left_s, row.home_s - station.access_s, siren=False)
        else:
            way = self.streets.planned(ends, left_s, self.streets.noise(call, place, HOME))
        end_s = row.home_s if is_home else way.left_s + way.drive_s + station.access_s
        self._drive(states.RETURNING, row.clear_s, row.clear_s, way, (station, end_s), -1)
        if is_home:
            self._arrive(station)
            self._be_free(row.home_s)

    def _bound_for(self, row: Any, node: int, left_s: float, *, is_home: bool) -> int:
        """To which station an ambulance returns: its own, or another whose way is as long.

        Tables have the metres of a return and the junction where it was cut short, but not the
        name of the station.
        """
        turn = None if is_home else self._turn()
        spots = self.sites.stations.spots
        for number in (self.home, *range(len(spots))):
            ends = (node, spots[number].node)
            if is_home:
                metres = self.streets.driving(left_s).metres(*ends)
                if abs(metres - row.home_m) < SAME_M:
                    return number
            elif turn is not None and self.streets.leads_over(ends, turn, row.home_m, left_s):
                return number
        return self.home

    def _turn(self) -> int | None:
        """The junction from which the next row begins, if it drives."""
        following = self._next
        if following is not None and following.kind == "absence":
            after = self.rows.index(following) + 1
            following = self.rows[after] if after < len(self.rows) else None
        if following is None or following.kind == "absence":
            return None
        return int(following.values.from_node)

    # Moves

    def _move(self, row: Any) -> None:
        station = self.sites.stations.spots[self.sites.stations.row[row.station]]
        ends = (int(row.from_node), station.node)
        left_s = row.left_s + self._lead_s(ends[0], row.left_s)
        if row.arrived:
            end_s = float(row.ended_s)
            left_s = self._likely_start(ends, (row.left_s, left_s), end_s - station.access_s)
            way = self.streets.known(ends, left_s, end_s - station.access_s, siren=False)
        else:
            way = self.streets.planned(ends, left_s)
            end_s = left_s + way.drive_s + station.access_s
        self._drive(states.MOVING, row.left_s, row.left_s, way, (station, end_s), -1)
        if row.arrived:
            self._arrive(station)
            self._be_free(row.ended_s)

    def _likely_start(
        self, ends: tuple[int, int], starts_s: Sequence[float], there_s: float
    ) -> float:
        """Of some moments the one from which the drive takes what it took."""

        def gap_s(left_s: float) -> float:
            way = self.streets.planned(ends, left_s)
            return abs(left_s + way.drive_s - there_s)

        return min(starts_s, key=gap_s)

    # Absences

    def _absence(self, row: Any) -> None:
        from_s = float(row.from_s)
        if row.reason != BREAKDOWN:
            self._stand(states.OFF_DUTY, from_s)
        elif self._way is not None:
            node, in_s = next_junction(self._way, from_s)
            place = Point(*self.lines.xy_m[node].tolist())
            self._arrive(Parked(place, node, 0.0))
            self._stand(states.OUT_OF_ORDER, from_s + in_s, told_s=from_s)
        else:
            self._stand(states.OUT_OF_ORDER, from_s)
        self._be_free(row.until_s)

    # Stretches

    def _lead_s(self, node: int, now_s: float) -> float:
        """Seconds until the junction from which it drives on."""
        if self._way is not None:
            return seconds_to_turn(self._way, node, now_s)
        return self._at.access_s

    def _drive(
        self, state: str, told_s: float, begin_s: float, way: Way, end: tuple[Parked, float],
        call: int,
    ) -> None:  # fmt: skip
        """A drive; who turns off another drives on along that until the new way begins."""
        turns_off = self._way is not None
        before = None if turns_off else self._at.place
        from_s = way.left_s if turns_off else min(begin_s, way.left_s)
        spot, end_s = end

        def path() -> Path:
            return joined(before, from_s, self.lines.path(way), spot.place, end_s)

        self._add(state, told_s, from_s, path, call, way)
        self._way = way

    def _arrive(self, spot: Parked) -> None:
        self._way, self._at = None, spot

    def _be_free(self, now_s: float) -> None:
        """Stand free, unless something else begins at once."""
        if self._next is None or self._next.from_s > now_s:
            self._stand(states.FREE, now_s)

    def _stand(
        self, state: str, since_s: float, call: int = -1, *, told_s: float | None = None
    ) -> None:
        place = self._at.place

        def path() -> Path:
            return standing(place, since_s)

        self._add(state, since_s if told_s is None else told_s, since_s, path, call, None)

    def _add(
        self, state: str, told_s: float, from_s: float, path: Callable[[], Path], call: int,
        way: Way | None,
    ) -> None:  # fmt: skip
        name = f"ambulance-{self.number}"
        self.stretches.append(Stretch(name, state, float(told_s), float(from_s), path, call, way))


def legs_at(stretches: Sequence[Stretch], now_s: float) -> Iterator[Stretch]:
    """Where a vehicle is at a moment, and what was told of it for later."""
    begun = [k for k, one in enumerate(stretches) if one.told_s <= now_s]
    for k in reversed(begun):
        yield stretches[k]
        if stretches[k].from_s <= now_s:
            return


def told_times(stretches: Sequence[Stretch]) -> np.ndarray:
    """When each stretch is told of."""
    return np.array([one.told_s for one in stretches]) if stretches else np.array([inf])
