"""Small problems drawn at random, and every plan of one."""

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pytest

from policies.siting.robust.plan import Layout
from policies.siting.robust.problem import LocationProblem
from policies.siting.sites import Places

MakeProblem = Callable[..., LocationProblem]


@pytest.fixture(scope="session")
def random_problem() -> MakeProblem:
    """One station or several may be best, and some drives are late."""

    def draw(seed: int, stations: int = 3, points: int = 4, **given: object) -> LocationProblem:
        rng = np.random.default_rng(seed)
        distance_km = rng.uniform(0, 6, (stations, points))
        known = {
            "distance_km": distance_km,
            "travel_s": distance_km * 120,
            "calls_per_day": rng.uniform(1, 6, points),
            "simultaneous_calls": rng.integers(1, 6, points).astype(float),
            "station_cost_per_day": rng.uniform(5, 40, stations),
            "ambulance_cost_per_day": rng.uniform(1, 4, stations),
            "transport_cost_per_km": 2.0,
            "unmet_cost": 8.0,
            "time_limit_s": 300.0,
        }
        return LocationProblem(**(known | given))

    return draw


@pytest.fixture(scope="session")
def every_layout() -> Callable[[LocationProblem], Iterator[Layout]]:
    """Each way to have every point served by one station; stations without points are closed."""

    def layouts(problem: LocationProblem) -> Iterator[Layout]:
        points = np.arange(problem.points)
        for served_by in product(range(problem.stations), repeat=problem.points):
            share = np.zeros((problem.stations, problem.points))
            share[list(served_by), points] = 1
            yield Layout(share.any(axis=1), share, np.zeros(0, dtype=bool))

    return layouts


@pytest.fixture(scope="session")
def random_covariance() -> Callable[[int, int], np.ndarray]:
    """Of points that vary together."""

    def draw(seed: int, points: int = 4) -> np.ndarray:
        root = np.random.default_rng(seed + 1000).normal(0, 0.6, (points, points))
        return root @ root.T

    return draw


@pytest.fixture(scope="session")
def random_places() -> Callable[..., Places]:
    """Sites and points with travel from 0 to 10."""

    def draw(seed: int, sites: int = 5, points: int = 7) -> Places:
        rng = np.random.default_rng(seed)
        demand = rng.integers(1, 20, points).astype(float)
        return Places(rng.uniform(0, 10, (sites, points)), demand)

    return draw


@pytest.fixture
def line() -> Places:
    """Four sites and four points on a road at 0, 1, 2 and 3, with demand 4, 3, 2 and 1."""
    place = np.arange(4.0)
    return Places(abs(place[:, None] - place), np.array([4.0, 3, 2, 1]))
