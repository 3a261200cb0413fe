"""How often intervals of fitted rates hold the truth, and bands of projections the days to come.

    python -m benchmarks.validation.epidemic_fit [--fits 1000]

Counts are drawn with known rates, 60 days of 200,000 persons, and fitted; the fit goes on for the
next 14 days. Intervals are 95 % profile intervals. The last row is of counts from the stochastic
epidemic: there chance is in the infections themselves, of which a fit of Poisson counts knows
nothing.
"""

from __future__ import annotations

import argparse
from datetime import date

import numpy as np

from environment.epidemic.days import Epidemic, EpidemicParameters, EpidemicState
from environment.epidemic.spir import SpirParameters
from environment.epidemic.stochastic import draw_marks
from experiments.epidemic import (
    FITTED,
    DailyCounts,
    Fit,
    Observation,
    fit,
    project,
    score,
    simulated_counts,
)
from experiments.epidemic.profile import covers

RATES = SpirParameters(
    infections_per_day=1.0, ruled_out_per_day=0.5, confirmed_per_day=0.15, removed_per_day=0.12
)
PERSONS, PROBABLE, ACTIVE = 200_000, 300, 150
DAYS, HELD_OUT = 60, 14
DISPERSION = 0.05
TRUTH = dict(zip(FITTED, (0.5, 0.15, 0.12, PROBABLE), strict=True))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Coverage of fits and projections.")
    parser.add_argument("--fits", type=int, default=1000)
    fits = parser.parse_args().fits
    error = np.sqrt(0.95 * 0.05 / fits)
    print(f"{fits} fits a row; a share of 95 % has a standard error of {error:.1%}")
    print(f"{'counts':<20}" + "".join(f"{name[:12]:>14}" for name in (*FITTED, "next 14 days")))
    for kind in ("poisson", "negative_binomial", "stochastic epidemic"):
        held = np.mean([_held(kind, seed) for seed in range(fits)], axis=0)
        print(f"{kind:<20}" + "".join(f"{share:>14.1%}" for share in held))


def _held(kind: str, seed: int) -> list[float]:
    """What held in one set of counts: each interval, and the share of the days in the band."""
    counts = _counts(kind, np.random.default_rng(seed))
    found = _fitted(kind, counts.until(DAYS))
    projection = project(found, HELD_OUT, np.random.default_rng(seed))
    inside = [covers(found, name, value) for name, value in TRUTH.items()]
    return [*map(float, inside), score(projection, counts.new[DAYS:]).coverage]


def _fitted(kind: str, counts: DailyCounts) -> Fit:
    if kind == "negative_binomial":
        return fit(counts, (*FITTED, "dispersion"), observation=Observation("negative_binomial"))
    return fit(counts)


def _counts(kind: str, rng: np.random.Generator) -> DailyCounts:
    first = np.full(DAYS + HELD_OUT + 1, float(ACTIVE))
    begun = DailyCounts("a", PERSONS, date(2020, 1, 1), first, 0 * first)
    if kind == "stochastic epidemic":
        return _whole(begun, rng)
    scatter = DISPERSION if kind == "negative_binomial" else 0.0
    return simulated_counts(RATES, begun, PROBABLE, rng, dispersion=scatter)


def _whole(begun: DailyCounts, rng: np.random.Generator) -> DailyCounts:
    """Counts of an epidemic of whole persons."""
    marks = draw_marks(["a"], begun.days, lambda _: rng)
    epidemic = Epidemic(EpidemicParameters(spir=RATES), {"a": PERSONS}, marks)
    start = [PERSONS - PROBABLE - ACTIVE, PROBABLE, ACTIVE, 0.0]
    state, new = EpidemicState(0, np.array([start])), []
    for _ in range(begun.days):
        day = epidemic.next_day(state)
        new.append((day.new_cases[0], day.new_removed[0]))
        state = day.next_morning
    confirmed, removed = np.cumsum(np.vstack([[ACTIVE, 0], new]), axis=0).T
    return DailyCounts("a", PERSONS, begun.first_day, confirmed, removed)


if __name__ == "__main__":
    main()
