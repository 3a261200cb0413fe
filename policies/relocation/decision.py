"""The decision which ambulances without a patient wait where, and small situations to try it in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from environment.errors import suggest
from policies.answers import is_number, short
from policies.base import AmbulanceView, Move, PolicyError, RelocationView
from policies.decision import Decision
from policies.small_city import (
    SET_OUT_S,
    ZONES,
    Situation,
    SmallCity,
    draw_ambulances,
    draw_numbers,
    read_only,
)


@dataclass(frozen=True)
class SmallRelocationView:
    """A `RelocationView` of a small city; no ambulance may be sent to `closed` stations."""

    city: SmallCity
    now_s: float
    freed: int | None
    available: tuple[AmbulanceView, ...]
    shares: tuple[float, ...]
    closed: tuple[str, ...] = ()

    @property
    def stations(self) -> tuple[str, ...]:
        """The ``site_id`` of every station."""
        return self.city.stations

    @property
    def standing(self) -> NDArray[np.int64]:
        """Available ambulances at each station or on their way there, without `freed`, (s,)."""
        goals = [a.station for a in self.available if a.number != self.freed]
        return read_only([goals.count(station) for station in self.stations])

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Whether ambulances may be sent to each station, (s,)."""
        return read_only([station not in self.closed for station in self.stations])

    @property
    def zones(self) -> tuple[str, ...]:
        """The ``zone_id`` of every zone."""
        return ZONES

    @property
    def demand_share(self) -> NDArray[np.float64]:
        """Share of all calls that each zone has, (z,)."""
        return read_only(self.shares)

    @property
    def station_to_zone_s(self) -> NDArray[np.float64]:
        """Seconds with siren from each station to the middle of each zone, (s, z)."""
        middles = [self.city.zone_node(zone) for zone in range(len(ZONES))]
        nodes = self.city.station_node
        return read_only(
            [[self.city.travel_time_s(n, middle) for middle in middles] for n in nodes]
        )

    def home_of(self, number: int) -> str:
        """The ``site_id`` of an ambulance's own station."""
        return self.stations[self.city.home[number]]

    def travel_to_station_s(self, number: int) -> NDArray[np.float64]:
        """Seconds from an available ambulance to each station, those to set out with them, (s,)."""
        found = [ambulance for ambulance in self.available if ambulance.number == number]
        if not found:
            raise PolicyError(f"travel_to_station_s({number!r}): it is not available")
        node, ready_s = found[0].node, found[0].ready_in_s
        nodes = self.city.station_node
        drive_s = [self.city.travel_time_s(node, station, siren=False) for station in nodes]
        return ready_s + np.array(drive_s)


def relocation_situations(
    city: SmallCity, rng: np.random.Generator, count: int
) -> Iterator[Situation]:
    """Ambulances that come free, and other occasions; now and then most stations are closed."""
    size, now_s = len(city.home), 0.0
    shares = tuple(rng.dirichlet(np.ones(len(ZONES))).tolist())
    for number in range(count):
        now_s += float(rng.exponential(300))
        free = (1, size, *rng.integers(1, size + 1, 2).tolist())[number % 4]
        available, freed = _spread(city, rng, free), None
        if number % 3:
            place = int(rng.integers(free))
            freed = available[place].number
            elsewhere = city.ambulance(freed, int(rng.integers(city.rows * city.columns)), 0.0)
            available = (*available[:place], elsewhere, *available[place + 1 :])
        closed = rng.permutation(city.stations)[1:].tolist() if number % 5 == 4 else []
        view = SmallRelocationView(city, now_s, freed, available, shares, tuple(closed))
        what = "nobody" if freed is None else f"ambulance {freed}"
        text = f"{what} just freed, {free} of {size} available, {len(closed)} stations closed"
        yield Situation(None, view, text)


def _spread(city: SmallCity, rng: np.random.Generator, free: int) -> tuple[AmbulanceView, ...]:
    """Some of a city's ambulances, some at other stations than their own or on their way there."""
    goals = draw_numbers(rng, len(city.station_node), free)
    return tuple(
        ambulance._replace(station=city.stations[goal], node=city.station_node[goal])
        if ambulance.ready_in_s == SET_OUT_S and goal % 2
        else ambulance
        for ambulance, goal in zip(draw_ambulances(city, rng, free, 1), goals, strict=True)
    )


def checked_moves(name: str, answer: Any, view: RelocationView) -> list[Move]:
    """What a relocation policy moves."""
    if type(answer) is list:
        if not answer:
            return []
        if len(answer) == 1 and type(answer[0]) is Move and _may_be_moved(answer[0], view):
            return answer
    if not isinstance(answer, Sequence) or not all(isinstance(move, Move) for move in answer):
        raise PolicyError(
            f"{name} answered {short(answer)}; expected a sequence of Move, "
            "empty if everybody goes on as before"
        )
    available = [ambulance.number for ambulance in view.available]
    for place, (number, station) in enumerate(answer):
        if not (is_number(number) and number in available):
            raise PolicyError(
                f"{name} moved ambulance {short(number)}, which is not available; "
                f"available: {', '.join(map(str, available)) or 'none'}"
            )
        _require_open_station(f"{name} moved ambulance {number}", station, view)
        if any(number == earlier.ambulance for earlier in answer[:place]):
            raise PolicyError(f"{name} moved ambulance {number} twice")
    return [Move(int(number), str(station)) for number, station in answer]


def _may_be_moved(move: Move, view: RelocationView) -> bool:
    """Whether a move is plainly fine: of the ambulance just freed, to an open station."""
    number, station = move
    stations = view.stations
    if type(number) is not int or number != view.freed:
        return False
    if type(station) is not str or station not in stations:
        return False
    return bool(view.is_open[stations.index(station)])


def _require_open_station(beginning: str, station: object, view: RelocationView) -> None:
    stations = list(view.stations)
    if not isinstance(station, str) or station not in stations:
        hint = suggest(str(station), stations)
        raise PolicyError(f"{beginning} to {short(station)}, which is no station ({hint})")
    if not view.is_open[stations.index(station)]:
        is_open = ", ".join(name for name, fine in zip(stations, view.is_open, strict=True) if fine)
        raise PolicyError(
            f"{beginning} to station {station}, which is closed; open: {is_open or 'none'}"
        )


RELOCATION = Decision(
    name="relocation",
    description="where ambulances without a patient wait",
    method="move",
    asked_with=("view",),
    view=RelocationView,
    taken_by="service",
    built_in={
        "home": "policies.relocation.home:Home",
        "compliance_table": "policies.relocation.compliance_table:ComplianceTable",
        "dmexclp": "policies.relocation.dmexclp:Dmexclp",
    },
    default="home",
    checked=checked_moves,
    situations=relocation_situations,
    per_planner=True,
    traits={"moves_up": True},
)
