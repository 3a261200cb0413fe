"""Small situations to try a policy in.

A policy's author can use them in tests of their own as well; `policies.check` asks every policy
what to do in a few hundred of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any, NamedTuple

import numpy as np

from environment.demand.calls import Call
from policies.base import AmbulanceView, LocationView
from policies.small_city import (
    BUSY_SHARE,
    CARE_S,
    SET_OUT_S,
    ZONES,
    SmallCity,
    draw_numbers,
)
from policies.small_views import (
    SmallDispatchView,
    SmallHospitalView,
    SmallRelocationView,
    SmallSignalView,
)


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


def dispatch_situations(
    city: SmallCity, rng: np.random.Generator, count: int
) -> Iterator[Situation]:
    """Calls one after the other with one, some or all ambulances available.

    To the most urgent calls some can be sent that drive to a less urgent one.
    """
    size, now_s = len(city.home), 0.0
    for number in range(count):
        now_s += float(rng.exponential(300))
        free = (1, size, int(rng.integers(1, size + 1)))[number % 3]
        call = _call(city, rng, number, now_s, units=(1, 1, 2, 3)[number % 4])
        view = SmallDispatchView(
            city, now_s, _ambulances(city, rng, free, call.priority), number % 5
        )
        yield Situation(call, view, f"{free} of {size} ambulances available, {call.units} needed")


def nobody_available(city: SmallCity, rng: np.random.Generator) -> Situation:
    """A call while every ambulance is busy, which the dispatch centre does not ask about."""
    view = SmallDispatchView(city, 0.0, (), 1)
    return Situation(_call(city, rng, 0, 0.0), view, "no ambulance available")


def hospital_situations(
    city: SmallCity, rng: np.random.Generator, count: int
) -> Iterator[Situation]:
    """Patients one after the other with hospitals more or less busy, some of them closed."""
    now_s, size = 0.0, len(city.hospital_node)
    for number in range(count):
        now_s += float(rng.exponential(300))
        patients = draw_numbers(rng, 8 if number % 3 else 1, size)
        bays = tuple(1.0 + bays for bays in draw_numbers(rng, 3, size))
        closed = rng.permutation(size)[1:].tolist() if number % 4 == 3 else []
        view = SmallHospitalView(
            city, now_s, patients, bays if number % 2 else (inf,) * size, closed=tuple(closed)
        )
        text = f"{size} hospitals, {len(closed)} closed"
        yield Situation(_call(city, rng, number, now_s), view, text)


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
        view = LocationView(
            ambulances,
            given.astype(np.int64),
            share,
            np.array(travel_s),
            calls_per_hour=BUSY_SHARE * 3600.0 * ambulances / CARE_S,
            busy_s=CARE_S + np.array(travel_s),
        )
        yield Situation(None, view, f"{ambulances} ambulances for {stations} stations")


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


def signal_situations(city: SmallCity, rng: np.random.Generator, count: int) -> Iterator[Situation]:
    """Ways with many lights, one, or none."""
    now_s = 0.0
    for number in range(count):
        now_s += float(rng.exponential(300))
        lights = (1, 0, int(rng.integers(2, 30)))[number % 3]
        between_m, flow_per_hour = rng.uniform(20, 400, lights), rng.uniform(0, 1500, lights)
        distance_m = between_m.cumsum()
        numbers = rng.permutation(100)[:lights].tolist()
        columns = (distance_m.tolist(), (distance_m / 12).tolist(), flow_per_hour.tolist())
        view = SmallSignalView(now_s, tuple(zip(numbers, *columns, strict=True)))
        yield Situation(_call(city, rng, number, now_s), view, f"{lights} lights on the way")


def _ambulances(
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


def _spread(city: SmallCity, rng: np.random.Generator, free: int) -> tuple[AmbulanceView, ...]:
    """Some of a city's ambulances, some at other stations than their own or on their way there."""
    goals = draw_numbers(rng, len(city.station_node), free)
    return tuple(
        ambulance._replace(station=city.stations[goal], node=city.station_node[goal])
        if ambulance.ready_in_s == SET_OUT_S and goal % 2
        else ambulance
        for ambulance, goal in zip(_ambulances(city, rng, free, 1), goals, strict=True)
    )


def _call(
    city: SmallCity, rng: np.random.Generator, number: int, now_s: float, units: int = 1
) -> Call:
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
