"""Small situations to try a policy in: pure data, no clock, no agents.

A policy's author can use them in tests of their own as well; `policies.check` asks every policy
what to do in a few hundred of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from environment.calls import Call
from policies.base import AmbulanceView, LocationView

SIREN_FACTOR = 0.75
SET_OUT_S = 60.0
ZONES = ("north-west", "north-east", "south-west", "south-east")
DISTRICTS = ("west", "east")
STATIONS = "ABCDEFGH"


@dataclass(frozen=True)
class SmallCity:
    """A grid of streets with stations and hospitals at some of its junctions.

    Stations are called A, B, C, …, hospitals Hospital 0, 1, …; the zones are the quarters in
    `ZONES`, and the districts the halves in `DISTRICTS`.

    Attributes
    ----------
    rows, columns : int
    street_s : float
        Seconds along one side of a block.
    station_node, hospital_node : tuple of int
        Junctions, numbered row by row.
    home : tuple of int
        Row of each ambulance's station.
    """

    rows: int
    columns: int
    street_s: float
    station_node: tuple[int, ...]
    hospital_node: tuple[int, ...]
    home: tuple[int, ...]

    @property
    def stations(self) -> tuple[str, ...]:
        """Names of the stations."""
        return tuple(STATIONS[: len(self.station_node)])

    @property
    def hospitals(self) -> tuple[str, ...]:
        """Names of the hospitals."""
        return tuple(f"Hospital {number}" for number in range(len(self.hospital_node)))

    def travel_time_s(self, origin: int, destination: int, *, siren: bool = True) -> float:
        """Seconds along the streets."""
        row, column = divmod(origin, self.columns)
        other_row, other_column = divmod(destination, self.columns)
        blocks = abs(row - other_row) + abs(column - other_column)
        return blocks * self.street_s * (SIREN_FACTOR if siren else 1.0)

    def zone(self, node: int) -> int:
        """Row in `ZONES` of the quarter in which a junction lies."""
        row, column = divmod(node, self.columns)
        return 2 * (2 * row >= self.rows) + (2 * column >= self.columns)

    def district(self, node: int) -> str:
        """The half in which a junction lies."""
        return DISTRICTS[self.zone(node) % 2]

    def ambulance(
        self, number: int, node: int | None = None, ready_in_s: float = SET_OUT_S
    ) -> AmbulanceView:
        """An ambulance at its station, or on its way there and next at a junction."""
        station = self.home[number]
        home = self.station_node[station]
        place = home if node is None else node
        return AmbulanceView(number, STATIONS[station], self.district(home), place, ready_in_s)


@dataclass(frozen=True)
class SmallDispatchView:
    """A `DispatchView` of a small city."""

    city: SmallCity
    now_s: float
    available: tuple[AmbulanceView, ...]
    waiting: int = 0

    @property
    def stations(self) -> tuple[str, ...]:
        """The ``site_id`` of every station."""
        return self.city.stations

    @property
    def zones(self) -> tuple[str, ...]:
        """The ``zone_id`` of every zone."""
        return ZONES

    def travel_time_s(self, origin: int, destination: int, *, siren: bool = True) -> float:
        """Driving time between two junctions."""
        return self.city.travel_time_s(origin, destination, siren=siren)

    def arrival_in_s(self, ambulance: AmbulanceView, call: Call) -> float:
        """Seconds until an ambulance sent now is at the call, with siren to the most urgent."""
        siren = call.priority == 0
        return ambulance.ready_in_s + self.travel_time_s(ambulance.node, call.node, siren=siren)

    def zone_of(self, call: Call) -> str:
        """The zone that the call comes from."""
        return ZONES[call.zone]

    def district_of(self, call: Call) -> str:
        """The district that the call comes from."""
        return self.city.district(call.node)

    def stationed_in(self, district: str) -> tuple[int, ...]:
        """Numbers of all ambulances whose station is in a district, available or not."""
        homes = [self.city.station_node[station] for station in self.city.home]
        return tuple(n for n, node in enumerate(homes) if self.city.district(node) == district)

    def is_available(self, number: int) -> bool:
        """Whether there is an ambulance of this number that may be sent."""
        return any(ambulance.number == number for ambulance in self.available)

    def nearest(
        self, call: Call, count: int = 1, among: Sequence[int] | None = None
    ) -> Sequence[int]:
        """The available ambulances that are first at the call, soonest first."""
        asked = [a for a in self.available if among is None or a.number in among]
        ranked = sorted(asked, key=lambda ambulance: self.arrival_in_s(ambulance, call))
        return [ambulance.number for ambulance in ranked[: max(count, 0)]]


@dataclass(frozen=True)
class SmallHospitalView:
    """A `HospitalView` of a small city."""

    city: SmallCity
    now_s: float
    patients: tuple[int, ...]

    @property
    def hospitals(self) -> tuple[str, ...]:
        """Names of the hospitals."""
        return self.city.hospitals

    def travel_times_s(self, call: Call) -> NDArray[np.float64]:
        """Driving time from the call to each hospital."""
        drive_s = [
            self.city.travel_time_s(call.node, node, siren=False)
            for node in self.city.hospital_node
        ]
        return np.array(drive_s)


class Situation(NamedTuple):
    """One decision to be taken.

    Attributes
    ----------
    call : Call or None
        None where ambulances are placed.
    view : DispatchView, HospitalView or LocationView
    text : str
        What is special about it, for messages.
    """

    call: Call | None
    view: Any
    text: str


def small_city(rng: np.random.Generator) -> SmallCity:
    """Draw a city of 1 to 8 stations, 1 to 16 ambulances and 1 to 5 hospitals."""
    rows, columns, stations = (int(n) for n in rng.integers((2, 2, 1), (8, 9, 9)))
    nodes = rows * columns
    return SmallCity(
        rows=rows,
        columns=columns,
        street_s=float(rng.uniform(10, 60)),
        station_node=_draw(rng, nodes, stations),
        hospital_node=_draw(rng, nodes, int(rng.integers(1, 6))),
        home=tuple(sorted(_draw(rng, stations, int(rng.integers(1, 2 * stations + 1))))),
    )


def dispatch_situations(
    city: SmallCity, rng: np.random.Generator, count: int
) -> Iterator[Situation]:
    """Calls one after the other with one, some or all ambulances available."""
    size, now_s = len(city.home), 0.0
    for number in range(count):
        now_s += float(rng.exponential(300))
        free = (1, size, int(rng.integers(1, size + 1)))[number % 3]
        call = _call(city, rng, number, now_s, units=(1, 1, 2, 3)[number % 4])
        view = SmallDispatchView(city, now_s, _ambulances(city, rng, free), number % 5)
        yield Situation(call, view, f"{free} of {size} ambulances available, {call.units} needed")


def nobody_available(city: SmallCity, rng: np.random.Generator) -> Situation:
    """A call while every ambulance is busy, which the dispatch centre does not ask about."""
    view = SmallDispatchView(city, 0.0, (), 1)
    return Situation(_call(city, rng, 0, 0.0, units=1), view, "no ambulance available")


def hospital_situations(
    city: SmallCity, rng: np.random.Generator, count: int
) -> Iterator[Situation]:
    """Patients one after the other with hospitals more or less busy."""
    now_s, size = 0.0, len(city.hospital_node)
    for number in range(count):
        now_s += float(rng.exponential(300))
        view = SmallHospitalView(city, now_s, _draw(rng, 8 if number % 3 else 1, size))
        yield Situation(_call(city, rng, number, now_s, units=1), view, f"{size} hospitals")


def location_situations(
    city: SmallCity, rng: np.random.Generator, count: int
) -> Iterator[Situation]:
    """Fleets of several sizes, one ambulance among them."""
    nodes, stations = city.rows * city.columns, len(city.station_node)
    travel_s = [[city.travel_time_s(s, node) for node in range(nodes)] for s in city.station_node]
    for number in range(count):
        given = rng.multinomial(len(city.home), np.full(stations, 1 / stations))
        share = rng.dirichlet(np.ones(nodes))
        ambulances = int(rng.integers(1, 30)) if number else 1
        view = LocationView(ambulances, given.astype(np.int64), share, np.array(travel_s))
        yield Situation(None, view, f"{ambulances} ambulances for {stations} stations")


def _ambulances(city: SmallCity, rng: np.random.Generator, free: int) -> tuple[AmbulanceView, ...]:
    """Some of a city's ambulances, every third one on its way home."""
    numbers = sorted(rng.permutation(len(city.home))[:free].tolist())
    nodes = rng.integers(city.rows * city.columns, size=free).tolist()
    ready_s = rng.uniform(0, city.street_s, size=free).tolist()
    return tuple(
        city.ambulance(number, node, lead_s) if node % 3 == 0 else city.ambulance(number)
        for number, node, lead_s in zip(numbers, nodes, ready_s, strict=True)
    )


def _call(city: SmallCity, rng: np.random.Generator, number: int, now_s: float, units: int) -> Call:
    node = int(rng.integers(city.rows * city.columns))
    return Call(
        number=number,
        ready_s=now_s,
        node=node,
        access_s=float(rng.uniform(0, 60)),
        zone=city.zone(node),
        priority=int(rng.integers(2)),
        units=units,
        mobilisation_s=SET_OUT_S,
        scene_s=float(rng.exponential(1200)),
        handover_s=float(rng.exponential(1200)),
        transported=True,
    )


def _draw(rng: np.random.Generator, below: int, size: int) -> tuple[int, ...]:
    return tuple(rng.integers(below, size=size).tolist())
