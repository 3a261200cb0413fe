"""The cases of the paper on robust location with intelligent traffic lights, as far as it tells.

What the paper gives is named so below; what it lost was fixed before anything was solved, and none
of these inputs was changed afterwards (`docs/validation/smart_ems.md`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from environment.units import HOUR_S
from policies.siting.costs import LIGHT_COST_PER_DAY, SPEED_KPH, TRANSPORT_COST_PER_KM, UNMET_COST
from policies.siting.robust.lights import RouteLights
from policies.siting.robust.problem import LocationProblem
from policies.siting.robust.uncertainty import (
    NOMINAL,
    Box,
    Ellipsoid,
    UncertaintySet,
    normal_radius,
)
from simulation.streams import stream

SEED = 6

SMALL_DEMAND = np.array([90.0, 19, 39, 183, 103])
SMALL_PAPER = {"nominal": 434, "box": 478, "ellipsoid": 367}
"""Ambulances at the only station that the paper opens, the second, by its set of demands."""

SIZES = (30, 50, 70)
"""Candidate stations; the paper's."""
POINTS, MOST_AT_ONCE, STATION_COST, AMBULANCE_COST = 50, 10.0, 50.0, 2.0
"""The paper's, but for the points: its 500 ambulances are 50 points of 10 calls at once."""
LIMIT_S = 900.0
"""The paper's; its cost of a transport unit is taken for a kilometre."""
NOISE = 0.1
"""Every figure of an experiment is multiplied by up to so much more or less; the paper's."""

SIDE_KM, LEAST_CALLS, MOST_CALLS = 20.0, 1.0, 10.0
"""Ours: a square city, and calls of each point a day."""
DEVIATION, RADIUS, WEIGHT = 0.1, normal_radius(0.95), 0.5
"""Ours: independent deviations of 10 %, protection of 95 %, both objectives alike."""
NEAR_KM, LIGHT_WAIT_S = 0.3, 25.0
"""Ours: lights within this of the straight way are on it, and hold up so long on average."""


class Variant(NamedTuple):
    """What is changed in the case of an experiment, each a factor or a number.

    Attributes
    ----------
    stations, points, lights : int
        The first of the same candidates, points and lights, so that less is a part of more.
    calls, at_once, station_cost, ambulance_cost, speed : float
        Factors.
    """

    stations: int = SIZES[0]
    points: int = POINTS
    lights: int = 0
    calls: float = 1.0
    at_once: float = 1.0
    station_cost: float = 1.0
    ambulance_cost: float = 1.0
    speed: float = 1.0


def small_case(uncertainty: UncertaintySet) -> LocationProblem:
    """Three stations and five points; distances are lost, and do not matter beside its costs."""
    stations, points = 3, len(SMALL_DEMAND)
    return LocationProblem(
        distance_km=np.zeros((stations, points)),
        travel_s=np.zeros((stations, points)),
        calls_per_day=np.zeros(points),
        simultaneous_calls=SMALL_DEMAND,
        station_cost_per_day=np.array([115_700.0, 125_000, 270_000]),
        ambulance_cost_per_day=np.array([11_000_000.0, 56_000, 130_000]),
        transport_cost_per_km=50.0,
        unmet_cost=50.0,
        time_limit_s=LIMIT_S,
        simultaneous_set=uncertainty,
    )


def small_sets() -> dict[str, tuple[str, UncertaintySet]]:
    """Sets of the small case: by name, the paper's name of it and the set."""
    half_width = DEVIATION * SMALL_DEMAND
    covariance = np.diag(half_width**2)
    return {
        "nominal": ("nominal", NOMINAL),
        "box, 10 %": ("box", Box(half_width)),
        "ellipsoid, 10 %, radius 1": ("ellipsoid", Ellipsoid(covariance, 1.0)),
        "ellipsoid, 10 %, 95 %": ("ellipsoid", Ellipsoid(covariance, RADIUS)),
    }


def larger_case(experiment: int, variant: Variant, *, is_robust: bool) -> LocationProblem:
    """One of the paper's larger cases.

    Parameters
    ----------
    experiment : int
        0 has the figures as they are; every other one multiplies each by its own noise. Candidates
        of fewer stations are the first of those of more, with the same noise.
    variant : Variant
    is_robust : bool
        Whether demand may deviate, in ellipsoids, or is its mean.
    """
    case = _draw(experiment, stream(SEED, 0, "places"), variant)
    if not is_robust:
        return case
    return replace(
        case,
        calls_set=_ellipsoid(case.calls_per_day),
        simultaneous_set=_ellipsoid(case.simultaneous_calls),
    )


def other_candidates(experiment: int, variant: Variant) -> LocationProblem:
    """A robust larger case whose candidates are drawn anew for each number and experiment."""
    places = stream(SEED, 1000 * experiment + variant.stations, "other places")
    case = _draw(experiment, places, variant)
    return replace(
        case,
        calls_set=_ellipsoid(case.calls_per_day),
        simultaneous_set=_ellipsoid(case.simultaneous_calls),
    )


def _draw(experiment: int, places: np.random.Generator, variant: Variant) -> LocationProblem:
    """The case without deviations, from the same points whatever the candidates."""
    most_points, most_lights = 2 * POINTS, 100
    point_rng = stream(SEED, 0, "points")
    point_km = point_rng.uniform(0, SIDE_KM, (most_points, 2))[: variant.points]
    calls = point_rng.uniform(LEAST_CALLS, MOST_CALLS, most_points)[: variant.points]
    light_km = stream(SEED, 0, "lights").uniform(0, SIDE_KM, (most_lights, 2))[: variant.lights]
    station_km = places.uniform(0, SIDE_KM, (max(SIZES), 2))[: variant.stations]
    noise = stream(SEED, experiment, "noise")

    def noisy(shape: tuple[int, ...]) -> NDArray[np.float64]:
        """Factors of the largest case, of which smaller ones take the first."""
        return 1 + (noise.uniform(-NOISE, NOISE, shape) if experiment else np.zeros(shape))

    straight_km = np.linalg.norm(station_km[:, None] - point_km, axis=2)
    far = noisy((max(SIZES), most_points))[: variant.stations, : variant.points]
    distance_km = straight_km * far
    stations = np.ones(variant.stations)
    return LocationProblem(
        distance_km=distance_km,
        travel_s=distance_km / (SPEED_KPH * variant.speed) * HOUR_S,
        calls_per_day=calls * noisy((most_points,))[: variant.points] * variant.calls,
        simultaneous_calls=MOST_AT_ONCE * noisy((most_points,))[: variant.points] * variant.at_once,
        station_cost_per_day=STATION_COST * variant.station_cost * stations,
        ambulance_cost_per_day=AMBULANCE_COST * variant.ambulance_cost * stations,
        transport_cost_per_km=TRANSPORT_COST_PER_KM,
        unmet_cost=UNMET_COST,
        time_limit_s=LIMIT_S,
        lights=_lights(light_km, station_km, point_km) if variant.lights else None,
    )


def _lights(
    light_km: NDArray[np.float64], station_km: NDArray[np.float64], point_km: NDArray[np.float64]
) -> RouteLights:
    """Lights near the straight way from a station to a point are on it."""
    way = point_km - station_km[:, None]
    from_station = light_km[:, None, None] - station_km[:, None]
    along = np.clip((from_station * way).sum(axis=3) / (way**2).sum(axis=2), 0, 1)
    off_km = np.linalg.norm(from_station - along[..., None] * way, axis=3)
    return RouteLights(np.full(len(light_km), LIGHT_WAIT_S), off_km < NEAR_KM, LIGHT_COST_PER_DAY)


def _ellipsoid(mean: NDArray[np.float64]) -> Ellipsoid:
    return Ellipsoid(np.diag((DEVIATION * mean) ** 2), RADIUS)
