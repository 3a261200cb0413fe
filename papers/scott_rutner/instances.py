"""The paper's case, and random instances beside it: it prints no figure, so all of them are ours.

They were fixed before anything was solved, and none was changed afterwards
(`docs/validation/scott_rutner.md`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.planning.joint import JointProblem
from policies.ordering.laws import NormalDemand
from policies.ordering.newsvendor import Item
from policies.routing.base import RoutingView
from simulation.streams import stream

Array = NDArray[np.float64]

SEED = 16

REGIONS, CENTRES_PER_REGION = 3, 2
"""The paper's."""
UNIT_COST, SURPLUS_COST, SHORTAGE_COST = 1.0, 0.5, 9.0
"""Ours, money a dose; the paper's cost of a dose is the same everywhere."""

MEAN = np.array([120.0, 80, 100, 60, 150, 90])
SD = np.array([30.0, 20, 25, 15, 40, 20])
PERSONS = np.array([52_000.0, 46_000, 38_000, 33_000, 61_000, 30_000])
"""Ours: doses of a centre, two centres a region, and who lives round it."""
PLACE_KM = np.array([[0.0, 0], [-22, 9], [-17, 15], [12, 24], [19, 20], [24, -14], [14, -22]])
"""Ours: the distributor, and the centres of the regions in three directions."""
CASE_CAPACITY = 280.0
"""Doses of a vehicle in the case, ours; the paper's K is the sum of all quantities."""
CASE_COST_PER_KM = 1.5

VEHICLES, SPEED_KPH, LOAD_S, UNLOAD_S = 2, 50.0, 1800.0, 1200.0
"""Of the trial in the simulator; ours."""
PATIENCE_H, IMPATIENCE_H = 6.0, 3.0
"""Who has waited longer for what has not come goes without; no truck of the case is 6 h late."""


def newsvendors(mean: Array, sd: Array) -> tuple[Item, ...]:
    """A centre each, of normal demand."""
    return tuple(
        Item(NormalDemand(m, s), UNIT_COST, SURPLUS_COST, SHORTAGE_COST)
        for m, s in zip(mean.tolist(), sd.tolist(), strict=True)
    )


def distances(place: Array) -> Array:
    """Straight lines between all places."""
    return np.linalg.norm(place[:, None] - place, axis=2)


def paper_case() -> JointProblem:
    """Three regions with two centres each, and a distributor."""
    return JointProblem(newsvendors(MEAN, SD), distances(PLACE_KM), CASE_CAPACITY, CASE_COST_PER_KM)


def case_view() -> RoutingView:
    """The places and vehicles of the case, as routing rules see them; without loads."""
    return RoutingView(
        travel_s=distances(PLACE_KM) / SPEED_KPH * 3600,
        depot=0,
        demand=np.zeros(1 + len(MEAN), dtype=np.int64),
        capacity=np.full(VEHICLES, int(CASE_CAPACITY)),
        ready_s=np.zeros(VEHICLES),
        service_s=np.array([LOAD_S, *[UNLOAD_S] * len(MEAN)]),
    )


class Factors(NamedTuple):
    """What an instance is like.

    Attributes
    ----------
    centres : int
    stops : float
        Centres of mean quantity that a vehicle's load serves; infinite for all of them on one.
    ratio : float
        Cost of driving to a centre and back over that of leaving all its demand unmet, for means.
    """

    centres: int
    stops: float
    ratio: float


SIDE_KM, REGION_KM = 60.0, 6.0
LEAST_MEAN, MOST_MEAN = 50.0, 150.0
LEAST_SPREAD, MOST_SPREAD = 0.15, 0.35
"""Doses of a centre, and its deviation over its mean."""


def random_instance(number: int, factors: Factors) -> JointProblem:
    """One of as many instances as one likes: regions of two centres round a distributor.

    The same number has the same places and demand whatever capacity and ratio are, so that what
    these change is seen on the same instances.
    """
    rng = stream(SEED, number, f"scott_rutner.{factors.centres}")
    regions = -(-factors.centres // CENTRES_PER_REGION)
    middle = rng.uniform(-SIDE_KM / 2, SIDE_KM / 2, (regions, 2))
    near = np.repeat(middle, CENTRES_PER_REGION, axis=0)[: factors.centres]
    centre = near + rng.normal(0, REGION_KM, near.shape)
    distance = distances(np.vstack([np.zeros(2), centre]))
    mean = rng.uniform(LEAST_MEAN, MOST_MEAN, factors.centres)
    sd = mean * rng.uniform(LEAST_SPREAD, MOST_SPREAD, factors.centres)
    items = newsvendors(mean, sd)
    there_and_back = 2 * distance[0, 1:].mean()
    cost_per_km = factors.ratio * SHORTAGE_COST * mean.mean() / there_and_back
    unlimited = JointProblem(items, distance, np.inf, cost_per_km)
    quantity = unlimited.centres.wanted(np.zeros(1))[0]
    stops = min(factors.stops, factors.centres)
    # One vehicle that carries all still carries all after rounding.
    capacity = max(quantity.max(), stops * quantity.mean() * (1 + 1e-9))
    return JointProblem(items, distance, capacity, cost_per_km)


def tight_capacity(number: int, problem: JointProblem) -> float:
    """A capacity for the second step, between the largest load and all loads."""
    load = problem.centres.wanted(np.zeros(1))[0]
    rng = stream(SEED, number, "scott_rutner.capacity")
    return float(rng.uniform(load.max(), load.sum()))
