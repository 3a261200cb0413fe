"""What is to be delivered, with which vehicles, and what is minimised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, isfinite
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from environment.errors import suggest
from policies.base import PolicyError

Objective = Literal["distance", "time", "cost", "sum_of_arrivals", "latest_arrival"]
OBJECTIVES: tuple[str, ...] = get_args(Objective)
ARRIVAL_OBJECTIVES = ("sum_of_arrivals", "latest_arrival")

ALWAYS = (0.0, inf)


@dataclass(frozen=True)
class Stop:
    """Where something is brought in one visit.

    Attributes
    ----------
    name : str
    demand : int
        Units to bring.
    service_s : float
        Seconds of unloading.
    window_s : tuple of float
        Between which times service may begin; a vehicle that comes earlier waits.
    urgency : float
        Weight of a second until service begins.
    prize : float or None
        What it is worth to serve it, in units of the objective; None if it must be served.
    """

    name: str
    demand: int
    service_s: float = 0.0
    window_s: tuple[float, float] = ALWAYS
    urgency: float = 1.0
    prize: float | None = None


@dataclass(frozen=True)
class Vehicle:
    """One vehicle with its driver.

    Attributes
    ----------
    name : str
    capacity : int
        Units that it carries.
    depot : int
        The depot, by its number, where it stands, loads and begins every trip.
    end_depot : int or None
        Where its last trip ends; None for the depot where it stands.
    shift_s : tuple of float
        Not before the first it sets out, by the second it is back; loaded for its first trip.
    max_trips : int
        Trips that it may make; 0 for any number.
    fixed_cost, cost_per_km, cost_per_h : float
        Money, if it is used at all; for each kilometre driven; for each hour from when it sets
        out to when it is back from its last trip.
    reload_s : float
        Seconds at the depot between two trips.
    """

    name: str
    capacity: int
    depot: int = 0
    end_depot: int | None = None
    shift_s: tuple[float, float] = ALWAYS
    max_trips: int = 1
    fixed_cost: float = 0.0
    cost_per_km: float = 0.0
    cost_per_h: float = 0.0
    reload_s: float = 0.0

    @property
    def home(self) -> int:
        """The depot where its last trip ends."""
        return self.depot if self.end_depot is None else self.end_depot


@dataclass(frozen=True, eq=False)
class Deliveries:
    """Stops, vehicles, and how long and how far it is between any two places.

    Places are numbered, depots first and then stops.

    Attributes
    ----------
    depots : tuple of str
        Their names.
    stops : tuple of Stop
    vehicles : tuple of Vehicle
    travel_s, distance_m : (n, n) float64
        From each place to each other, in seconds and metres; infinite where there is no way.
    objective : {"distance", "time", "cost", "sum_of_arrivals", "latest_arrival"}
        What is minimised: metres or seconds driven by all vehicles; money; the times at which
        service begins at the stops, each times the stop's urgency, added up; or the last of
        these times.

    Raises
    ------
    PolicyError
        If something in it is no such thing: every mistake, a line each.
    """

    depots: tuple[str, ...]
    stops: tuple[Stop, ...]
    vehicles: tuple[Vehicle, ...]
    travel_s: NDArray[np.float64] = field(repr=False)
    distance_m: NDArray[np.float64] = field(repr=False)
    objective: Objective = "distance"

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        mistakes = [*_set_mistakes(self), *_stop_mistakes(self.stops), *_vehicle_mistakes(self)]
        mistakes += _table_mistakes("travel_s", self.travel_s, len(self.names))
        mistakes += _table_mistakes("distance_m", self.distance_m, len(self.names))
        if mistakes:
            raise PolicyError("\n".join(mistakes))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all places, depots first."""
        return (*self.depots, *(stop.name for stop in self.stops))

    @cached_property
    def demand(self) -> NDArray[np.int64]:
        """Units for each stop, (s,)."""
        return np.array([stop.demand for stop in self.stops], dtype=np.int64)

    def place(self, stop: int) -> int:
        """The number of a stop among places."""
        return len(self.depots) + stop


def _set_mistakes(deliveries: Deliveries) -> Iterator[str]:
    if not deliveries.depots:
        yield "there must be at least one depot"
    if not deliveries.vehicles:
        yield "there must be at least one vehicle"
    if deliveries.objective not in OBJECTIVES:
        guess = suggest(str(deliveries.objective), OBJECTIVES)
        yield f"there is no objective {deliveries.objective!r}; {guess}"
    for kind, names in (
        ("place", deliveries.names),
        ("vehicle", [vehicle.name for vehicle in deliveries.vehicles]),
    ):
        for name, count in Counter(names).items():
            if count > 1:
                yield f"{count} {kind}s have the name {name!r}"


def _stop_mistakes(stops: Sequence[Stop]) -> Iterator[str]:
    for stop in stops:
        own = f"stop {stop.name}"
        yield from _whole_mistakes(f"{own}: demand", stop.demand)
        yield from _amount_mistakes(f"{own}: service_s", stop.service_s)
        yield from _amount_mistakes(f"{own}: urgency", stop.urgency)
        yield from _span_mistakes(f"{own}: window_s", stop.window_s)
        if stop.prize is not None:
            yield from _amount_mistakes(f"{own}: prize", stop.prize)


def _vehicle_mistakes(deliveries: Deliveries) -> Iterator[str]:
    for vehicle in deliveries.vehicles:
        own = f"vehicle {vehicle.name}"
        yield from _whole_mistakes(f"{own}: capacity", vehicle.capacity)
        yield from _whole_mistakes(f"{own}: max_trips", vehicle.max_trips)
        yield from _span_mistakes(f"{own}: shift_s", vehicle.shift_s)
        for name in ("fixed_cost", "cost_per_km", "cost_per_h", "reload_s"):
            yield from _amount_mistakes(f"{own}: {name}", getattr(vehicle, name))
        for name, depot in (("depot", vehicle.depot), ("end_depot", vehicle.home)):
            if not 0 <= depot < len(deliveries.depots):
                most = len(deliveries.depots) - 1
                yield f"{own}: {name} must be the number of a depot, 0 to {most}, got {depot}"


def _whole_mistakes(name: str, value: object) -> Iterator[str]:
    is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not (is_whole and value >= 0):  # type: ignore[operator]
        yield f"{name} must be a whole number >= 0, got {value!r}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _amount_mistakes(name: str, value: float) -> Iterator[str]:
    if not (_is_number(value) and value >= 0 and isfinite(value)):
        yield f"{name} must be a number >= 0, got {value!r}"


def _span_mistakes(name: str, span_s: tuple[float, float]) -> Iterator[str]:
    if not (len(span_s) == 2 and all(map(_is_number, span_s))):
        yield f"{name} must be two numbers, from when to when, got {span_s!r}"
    elif not 0 <= span_s[0] <= span_s[1] or span_s[0] == inf:
        yield f"{name} must begin at 0 or later and not after its end, got {span_s!r}"


def _table_mistakes(name: str, table: NDArray[np.float64], places: int) -> Iterator[str]:
    shape = np.shape(table)
    if shape != (places, places):
        yield f"{name} must have the shape {(places, places)}, a row for each place, got {shape}"
        return
    wrong = np.argwhere(~(np.asarray(table) >= 0))
    for row, column in wrong[:3].tolist():
        yield f"{name}[{row}, {column}] must be >= 0, got {table[row][column]}"
    if len(wrong) > 3:
        yield f"{name}: {len(wrong) - 3:,} more entries are negative or no numbers"
