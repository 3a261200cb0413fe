"""The decision how many ambulances each station has, and small situations to try it in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from environment.units import HOUR_S
from policies.answers import short
from policies.base import LocationView, PolicyError
from policies.decision import Decision
from policies.siting.covering.models import COVERING_MODELS
from policies.small_city import BUSY_SHARE, CARE_S, Situation, SmallCity


def checked_placement(name: str, answer: Any, view: LocationView) -> NDArray[np.int64]:
    """How many ambulances a location policy gives each station, (s,)."""
    stations = len(view.given)
    try:
        placed = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        placed = np.array([])
    if placed.shape != (stations,) or not ((placed >= 0) & (placed % 1 == 0)).all():
        raise PolicyError(
            f"{name} answered {short(answer)}; expected {stations} whole numbers >= 0, "
            "one for each station"
        )
    if placed.sum() != view.ambulances:
        raise PolicyError(f"{name} placed {placed.sum():g} ambulances; there are {view.ambulances}")
    return placed.astype(np.int64)


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
            calls_per_hour=BUSY_SHARE * HOUR_S * ambulances / CARE_S,
            busy_s=CARE_S + np.array(travel_s),
        )
        yield Situation(None, view, f"{ambulances} ambulances for {stations} stations")


LOCATION = Decision(
    name="location",
    description="how many ambulances each station has",
    method="place",
    asked_with=("view",),
    view=LocationView,
    taken_by="service",
    built_in={
        "given": "policies.location.given:Given",
        "demand_share": "policies.location.demand_share:DemandShare",
        "hypercube": "policies.location.hypercube:Hypercube",
        **{model.name: model.use for model in COVERING_MODELS},
        "robust": "policies.location.robust:Robust",
    },
    default="given",
    checked=checked_placement,
    situations=location_situations,
    per_planner=True,
    is_taken_once=True,
)
