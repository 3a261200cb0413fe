"""Whole persons in the SPIR model, drawn so that two runs which differ in a policy stay paired.

Who goes where in a day is a binomial number, found by inverting a uniform that is fixed for the
district, the day and the transition. So the same marks with a few more vaccinated give nearly the
same course, and a district is not touched by what happens in another.

Within a day everybody meets the mean force of infection of that day, so persons of one day are
independent of each other. That leaves the mean as it is; chance is a little weaker than in
continuous time: at the default rates an outbreak from one case dies out with chance 0.46, not 0.5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrik, pdtrik

from environment.epidemic.spir import COMPARTMENTS, I, P, R, S

STAGES = (
    ((S, P), (P, I), (I, R)),
    ((S, I), (P, S)),
    ((S, R), (P, R)),
)
"""Transitions of a day, from and to, in the order in which they are drawn. Whoever is left of a
compartment after all stages has stayed in it; removed ones stay always."""

TRANSITIONS = sum(len(stage) for stage in STAGES)


def draw_marks(
    districts: Sequence[str], days: int, streams: Callable[[str], np.random.Generator]
) -> NDArray[np.float64]:
    """Draw the uniform of each day, district and transition.

    Every district has a stream of its own, ``demand.epidemic.NAME``, and days follow each other
    in it: more days or districts change none of those that were there before.

    Returns
    -------
    (days, d, `TRANSITIONS`) float64
        In the order of `STAGES`.
    """
    own = [streams(f"demand.epidemic.{name}").random((days, TRANSITIONS)) for name in districts]
    return np.stack(own, axis=1)


def draw_moves(
    shares: NDArray[np.float64], persons: NDArray[np.float64], marks: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Draw how many go where in a day: multinomial for each district and compartment.

    Parameters
    ----------
    shares : (d, 4, 4) float64
        Chances to be in each compartment (rows) by the one now (columns).
    persons : (d, 4) float64
        Whole numbers.
    marks : (d, `TRANSITIONS`) float64
        Those of the day.

    Returns
    -------
    (d, 4, 4) float64
        Persons by where they are then (rows) and now (columns), whole numbers; those who stay are
        on the diagonal.
    """
    moves = np.zeros((len(persons), COMPARTMENTS, COMPARTMENTS))
    left, chance_left = persons.astype(float), np.ones_like(persons, dtype=float)
    first = 0
    for stage in STAGES:
        origin, to = np.array(stage).T
        chance = shares[:, to, origin]
        # Where nearly everybody has left, rounding must make no chance above 1.
        of_those_left = np.clip(chance / np.maximum(chance_left[:, origin], 1e-300), 0.0, 1.0)
        own_marks = marks[:, first : first + len(stage)]
        drawn = binomial_quantile(own_marks, left[:, origin], of_those_left)
        moves[:, to, origin] = drawn
        left[:, origin] -= drawn
        chance_left[:, origin] -= chance
        first += len(stage)
    everyone = np.arange(COMPARTMENTS)
    moves[:, everyone, everyone] = left
    return moves


def binomial_quantile(
    marks: NDArray[np.float64], trials: NDArray[np.float64], chance: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The least k with P(X <= k) >= mark, X being binomial.

    It is what `scipy.stats.binom.ppf` gives, but for marks within 1e-9 of 1; that one's import
    alone takes longer than many a run.

    Parameters
    ----------
    marks : array of float64
        In [0, 1).
    trials, chance : arrays of float64 of the same shape
        Whole numbers of at least 0, and probabilities.

    Returns
    -------
    array of float64
        Whole numbers from 0 to `trials`, that rise with the mark, the trials and the chance.
    """
    quantile = np.where(chance >= 1, trials, 0.0)
    some = (chance > 0) & (chance < 1)
    # Zero has to be told apart by hand: where its chance is nearly 1, SciPy's inverse is NaN.
    some[some] = marks[some] > np.exp(trials[some] * np.log1p(-chance[some]))
    inverse = np.ceil(bdtrik(marks[some], trials[some], chance[some]))
    quantile[some] = np.clip(np.nan_to_num(inverse), 0, trials[some])
    return quantile


def poisson_quantile(marks: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """The least k with P(X <= k) >= mark, X being Poisson.

    Parameters
    ----------
    marks : array of float64
        In [0, 1).
    mean : array of float64 of the same shape
        At least 0.

    Returns
    -------
    array of float64
        Whole numbers, that rise with the mark and the mean.
    """
    quantile = np.zeros_like(mean)
    some = marks > np.exp(-mean)  # for the others it is 0, where SciPy's inverse is NaN
    quantile[some] = np.ceil(pdtrik(marks[some], mean[some]))
    return quantile
