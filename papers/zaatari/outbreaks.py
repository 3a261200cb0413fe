"""Outbreaks in the camp: how many, how large, where, and what becomes of everyone's calls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from environment.gini import gini_by_row
from papers.zaatari.camp import Camp
from papers.zaatari.paper import Combination, Measure, Spread
from policies.hypercube import HypercubeSystem, solve, solve_many

BASE_CALLS_PER_HOUR = 2.0
OUTBREAKS_SD, CASES_SD = 0.75, 2.0
SPREAD_CELLS = 5.0
"""Standard deviation of cases round their origin along either axis; the paper does not tell."""
WHISKER = 1.5
"""Longest whisker, in heights of the box."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class OutbreakRuns:
    """What a system is to expect in each of S runs with outbreaks.

    Attributes
    ----------
    cases : (S,) int64
        Of all outbreaks of a run.
    gini_a, gini_b : (S,) float64
        Mean deviations from the same system without outbreaks, of the demand points' losses and
        of their response times in minutes, weighted by their calls without outbreaks.
    loss : (S,) float64
        Share of all calls.
    gini : (S,) float64
        The true coefficient of Gini, of the demand points' response times.
    workload : (S, N) float64
    mean_response_min : (S,) float64
        Over demand points, weighted by all calls.
    """

    cases: NDArray[np.int64]
    gini_a: Array
    gini_b: Array
    loss: Array
    gini: Array
    workload: Array
    mean_response_min: Array

    def spread(self, measure: Measure) -> Spread:
        """Median and upper whisker of a measure."""
        return box_plot(getattr(self, measure))


def draw_cases(
    camp: Camp,
    combination: Combination,
    runs: int,
    rng: np.random.Generator,
    spread_cells: float = SPREAD_CELLS,
    least_cases: int = 1,
) -> NDArray[np.int64]:
    """Cases at each demand point in each run, (S, J).

    The number of outbreaks and the cases of each are normal and rounded, not below 0 and
    `least_cases`. An outbreak begins where somebody lives, and each of its cases is at the demand
    point nearest to a place that is normal round it.
    """
    from scipy.spatial import cKDTree

    outbreaks = np.rint(rng.normal(combination.outbreaks, OUTBREAKS_SD, runs)).clip(0)
    run = np.repeat(np.arange(runs), outbreaks.astype(np.int64))
    origin = rng.choice(len(camp.points), size=len(run), p=camp.share)
    sizes = np.rint(rng.normal(combination.cases, CASES_SD, len(run))).clip(least_cases)
    of_case = np.repeat(np.arange(len(run)), sizes.astype(np.int64))
    place = camp.points[origin[of_case]] + rng.normal(0, spread_cells, size=(len(of_case), 2))
    point = cKDTree(camp.points).query(place)[1]
    cases = np.zeros((runs, len(camp.points)), dtype=np.int64)
    np.add.at(cases, (run[of_case], point), 1)
    return cases


def run_outbreaks(system: HypercubeSystem, cases: NDArray[np.int64]) -> OutbreakRuns:
    """Solve a system for its own calls and one more an hour for each case."""
    base = solve(system)
    answers = solve_many(system, system.calls_per_hour + cases)
    return OutbreakRuns(
        cases.sum(axis=1),
        answers.deviation_in_loss(base),
        answers.deviation_in_response_s(base) / 60,
        answers.mean_loss,
        gini_by_row(answers.response_s, system.share),
        answers.workload,
        answers.mean_response_s / 60,
    )


def with_cases(system: HypercubeSystem, cases: NDArray[np.int64]) -> HypercubeSystem:
    """The same system with one more call an hour for each case of a run, (J,)."""
    return HypercubeSystem(
        system.calls_per_hour + cases,
        system.travel_s,
        system.preferences[:, 0],
        system.service_s,
        system.line,
        system.service_mode,
    )


def box_plot(values: Array) -> Spread:
    """Median, and the largest value within one and a half heights of the box above it."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
    within = values[values <= high + WHISKER * (high - low)]
    return Spread(middle, float(within.max()))
