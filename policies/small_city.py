"""Invented cities, small enough to see what a policy does in them, and situations there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from environment.demand.calls import Call
from environment.units import HOUR_S
from policies.base import AmbulanceView
from policies.expected_demand import ExpectedDemand

SIREN_FACTOR = 0.75
SET_OUT_S = 60.0
CARE_S = 1800.0
BUSY_SHARE = 0.4
"""Share of time that its ambulances are about to be busy."""
ZONES = ("north-west", "north-east", "south-west", "south-east")
DISTRICTS = ("west", "east")
STATIONS = "ABCDEFGH"
TYPES = ("advanced", "basic")
ITEMS = ("masks", "gowns", "doses", "tests")


class Situation(NamedTuple):
    """One decision to be taken.

    Attributes
    ----------
    call : Call or None
        None for decisions that are not about a call.
    view : DispatchView, OrderingView, …
        What is known when it is taken.
    text : str
        What is special about it, for messages.
    """

    call: Call | None
    view: Any
    text: str


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
    expected_demand : ExpectedDemand
        As many calls are expected from each quarter.
    """

    rows: int
    columns: int
    street_s: float
    station_node: tuple[int, ...]
    hospital_node: tuple[int, ...]
    home: tuple[int, ...]
    expected_demand: ExpectedDemand = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Expect once what is to be the same object for all decisions."""
        object.__setattr__(self, "expected_demand", self._expect())

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

    def _expect(self) -> ExpectedDemand:
        middles = [self.zone_node(zone) for zone in range(len(ZONES))]
        drive_s = np.array(
            [[self.travel_time_s(node, middle) for middle in middles] for node in self.station_node]
        )
        busy_s = SET_OUT_S + drive_s + CARE_S
        per_hour = BUSY_SHARE * HOUR_S * len(self.home) / busy_s.mean()
        ambulances = np.bincount(self.home, minlength=len(self.station_node))
        calls_per_hour = np.full(len(ZONES), per_hour / len(ZONES))
        return ExpectedDemand(ambulances, calls_per_hour, drive_s, busy_s)

    def zone_node(self, zone: int) -> int:
        """A junction in the middle of a quarter."""
        row = (1 + 2 * (zone // 2)) * self.rows // 4
        return row * self.columns + (1 + 2 * (zone % 2)) * self.columns // 4

    def ambulance(
        self, number: int, node: int | None = None, ready_in_s: float = SET_OUT_S
    ) -> AmbulanceView:
        """An ambulance at its station, or on its way there and next at a junction.

        Those of even numbers are of the type `TYPES` names first.
        """
        station = self.home[number]
        home = self.station_node[station]
        place = home if node is None else node
        name, district = STATIONS[station], self.district(home)
        return AmbulanceView(number, name, district, place, ready_in_s, TYPES[number % 2])


def small_city(rng: np.random.Generator) -> SmallCity:
    """Draw a city of 1 to 8 stations, 1 to 16 ambulances and 1 to 5 hospitals."""
    rows, columns, stations = (int(n) for n in rng.integers((2, 2, 1), (8, 9, 9)))
    nodes = rows * columns
    return SmallCity(
        rows=rows,
        columns=columns,
        street_s=float(rng.uniform(10, 60)),
        station_node=draw_numbers(rng, nodes, stations),
        hospital_node=draw_numbers(rng, nodes, int(rng.integers(1, 6))),
        home=tuple(sorted(draw_numbers(rng, stations, int(rng.integers(1, 2 * stations + 1))))),
    )


def draw_numbers(rng: np.random.Generator, below: int, size: int) -> tuple[int, ...]:
    """Whole numbers from 0, some perhaps the same."""
    return tuple(rng.integers(below, size=size).tolist())


def draw_call(
    city: SmallCity, rng: np.random.Generator, number: int, now_s: float, units: int = 1
) -> Call:
    """A call from anywhere in a city."""
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


def draw_ambulances(
    city: SmallCity, rng: np.random.Generator, free: int, priority: int
) -> tuple[AmbulanceView, ...]:
    """Some of a city's ambulances, every third one on its way home, or to a lesser call."""
    numbers = sorted(rng.permutation(len(city.home))[:free].tolist())
    nodes = rng.integers(city.rows * city.columns, size=free).tolist()
    ready_s = rng.uniform(0, city.street_s, size=free).tolist()
    ambulances = []
    for number, node, lead_s in zip(numbers, nodes, ready_s, strict=True):
        if node % 3:
            ambulances.append(city.ambulance(number))
        else:
            called_off = 1 if priority == 0 and node % 2 else None
            on_road = city.ambulance(number, node, lead_s)
            ambulances.append(on_road._replace(under_way_to=called_off))
    return tuple(ambulances)


def drives_s(
    city: SmallCity, origins: Sequence[int], destinations: Sequence[int]
) -> list[list[float]]:
    """Seconds of normal driving from each of some junctions to each of others."""
    return [[city.travel_time_s(a, b, siren=False) for b in destinations] for a in origins]


def read_only(values: ArrayLike) -> NDArray[Any]:
    """An array that cannot be written, as those of a run."""
    array = np.array(values)
    array.flags.writeable = False
    return array
