"""Deliveries day by day: what is sent when, so that it is there before it is needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array, hstack, vstack

from policies.base import PolicyError
from policies.mistakes import refuse

WHOLE_WITHIN = 1e-6
"""How far from a whole number HiGHS's units may lie, as a share of them."""


@dataclass(frozen=True, eq=False)
class StagedProblem:
    """What is there, comes and is needed over h days, for m sites, n districts and k items.

    A unit that is needed and not there waits; the sum of unit-days waited is minimised, and
    transport with it. Making and driving take the days that they take whatever is decided, so
    that this is linear: production is a constant of each day, as the model page
    `hubei-delivery` (3) has it for a rolling step.

    Parameters
    ----------
    need : (h, n, k) int64
        Units that come to be needed on each day.
    owed : (n, k) int64
        Units that were needed before and have not come.
    held : (n, k) int64
        Units that districts have.
    coming : (h, n, k) int64
        Units that are on their way, by the day on which they arrive.
    stock : (m, k) int64
    made : (h, m, k) int64
        Units that sites have made by the morning of each day.
    lead_days : (m, n) int64
        From the morning on which something is sent to that on which it can be used; negative
        where there is no way.
    cost : (m, n) float64
        Of a unit that is sent, in unit-days of waiting.
    weight : (n, k) float64
        Of a unit-day of waiting.
    """

    need: NDArray[np.int64]
    owed: NDArray[np.int64]
    held: NDArray[np.int64]
    coming: NDArray[np.int64]
    stock: NDArray[np.int64]
    made: NDArray[np.int64]
    lead_days: NDArray[np.int64]
    cost: NDArray[np.float64]
    weight: NDArray[np.float64]

    def __post_init__(self) -> None:
        days, districts, items = self.need.shape
        sites = len(self.stock)
        shapes = {
            "owed": (districts, items), "held": (districts, items),
            "coming": (days, districts, items), "stock": (sites, items),
            "made": (days, sites, items), "lead_days": (sites, districts),
            "cost": (sites, districts), "weight": (districts, items),
        }  # fmt: skip
        wrong = [n for n, shape in shapes.items() if getattr(self, n).shape != shape]
        refuse([f"{n} must be {shapes[n]}, got {getattr(self, n).shape}" for n in wrong])
        refuse(
            [
                f"{name} must be >= 0, got {getattr(self, name).min()}"
                for name in ("need", "owed", "held", "coming", "stock", "made", "cost", "weight")
                if getattr(self, name).min(initial=0) < 0
            ]
        )


def plan_days(problem: StagedProblem) -> NDArray[np.int64]:
    """Send what makes units wait least, item by item, each a flow through days and places.

    Returns
    -------
    (h, m, n, k) int64
        Units that leave on each day; whole, as every vertex of a flow's program is.

    Raises
    ------
    PolicyError
        If the solver finds no whole units.
    """
    items = [_plan_item(problem, item) for item in range(problem.need.shape[2])]
    return np.stack(items, axis=3)


def _plan_item(problem: StagedProblem, item: int) -> NDArray[np.int64]:
    """Minimise what waits, in sums up to each day: they stay whole at every vertex, as flows do."""
    from scipy.optimize import linprog

    days, districts, _ = problem.need.shape
    sent = np.zeros((days, len(problem.stock), districts), dtype=np.int64)
    lack = _lack(problem, item)
    start, site, district = _departures(problem)
    if not (lack > 0).any() or not len(start):
        return sent
    there = problem.stock[:, item] + problem.made[:, :, item].cumsum(axis=0)
    waits = np.repeat(problem.weight[None, :, item], days, axis=0).ravel()
    answer = linprog(
        np.concatenate([problem.cost[site, district], waits]),
        A_ub=_rows(problem, start, site, district),
        b_ub=np.concatenate([there.ravel(), -lack.ravel()]),
        method="highs-ds",
    )
    if answer.status != 0:
        raise PolicyError(f"HiGHS found no plan of days: {answer.message}")
    units = answer.x[: len(start)]
    whole = np.rint(units)
    if (np.abs(units - whole) > WHOLE_WITHIN * np.maximum(1, whole)).any():
        raise PolicyError("HiGHS found no whole units for a plan of days")
    sent[start, site, district] = whole
    return sent


def _lack(problem: StagedProblem, item: int) -> NDArray[np.int64]:
    """What districts will have lacked by each day if nothing more is sent, (h, n)."""
    asked = problem.owed[:, item] + problem.need[:, :, item].cumsum(axis=0)
    return asked - problem.held[:, item] - problem.coming[:, :, item].cumsum(axis=0)


def _departures(
    problem: StagedProblem,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Day, site and district of all that can leave and arrive within the days."""
    days = np.arange(len(problem.need))[:, None, None]
    arrives = days + problem.lead_days
    start, site, district = ((problem.lead_days >= 0) & (arrives < len(days))).nonzero()
    return start, site, district


def _rows(
    problem: StagedProblem,
    start: NDArray[np.int64],
    site: NDArray[np.int64],
    district: NDArray[np.int64],
) -> csr_array:
    """What has left each site by each day, and what has come to each district or waits there."""
    days, districts, _ = problem.need.shape
    sites = len(problem.stock)
    arrives = start + problem.lead_days[site, district]
    left = _sums(days, start, site, sites)
    come = _sums(days, arrives, district, districts)
    wait = eye_array(days * districts)
    none = csr_array((days * sites, days * districts))
    return csr_array(vstack([hstack([left, none]), hstack([-come, -wait])]))


def _sums(days: int, day: NDArray[np.int64], place: NDArray[np.int64], places: int) -> csr_array:
    """Rows of days and places, that sum up what happens at a place up to a day."""
    later = [np.arange(first, days) for first in day.tolist()]
    sizes = [len(one) for one in later]
    rows = np.concatenate(later) * places + np.repeat(place, sizes)
    columns = np.repeat(np.arange(len(day)), sizes)
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(days * places, len(day)))
