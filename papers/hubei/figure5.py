"""The shape of the paper's Figure 5, searched for over all rates, in each way to read the text.

The paper says of Hubei: most ill in the 10th week, 0.035 % of the population, and none in the 28th;
λ = 1/N; "the initial value of parameters , , , , and , are set as 0.001, 0.001, 0.0001, and 0.001",
whose symbols are lost. Its rates a, b and h stood in Table 2, which is lost, too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.streams import stream

Array = NDArray[np.float64]

SEED = 1
WEEKS, PEAK_WEEK, PEAK_SHARE = 28, 10.0, 0.00035
WITHIN_WEEKS, WITHIN_SHARE, NOTHING = 1.0, 0.10, 5e-5
"""What passes for the shape: a week more or less, a tenth of the height more or less, and less than
0.005 % at the end, which is 0 at two decimals."""
LEAST_RATE, MOST_RATE = 1e-3, 1.0
"""Rates are shares of a group in a day or week, so that none is above 1."""
MOST_PER_STEP = 0.5
"""Rate times Runge-Kutta step."""
ANY_CONTACTS = (0.1, 10.0)


class Reading(NamedTuple):
    """A way to read what the paper says.

    Attributes
    ----------
    name : str
    start : (float, float, float, float)
        S, P, I and R at the beginning, as shares of the population.
    mixing : float
        N of λ = 1/N, as a share of the population.
    steps_unit : {"day", "week"}
        What a, b, h and the contacts are per.
    contacts : (float, float)
        Least and most of λ N; both are 1 where λ = 1/N.
    """

    name: str
    start: tuple[float, float, float, float]
    mixing: float
    steps_unit: str
    contacts: tuple[float, float] = (1.0, 1.0)

    @property
    def units_per_week(self) -> int:
        """Units of time in a week."""
        return {"day": 7, "week": 1}[self.steps_unit]

    @property
    def is_of_the_paper(self) -> bool:
        """Whether λ = 1/N."""
        return self.contacts[0] == self.contacts[1]

    @property
    def ranges(self) -> Array:
        """Logarithms (base 10) of the least and most a, b, h and, where it is free, λ N."""
        rows = [(LEAST_RATE, MOST_RATE)] * 3
        return np.log10(rows if self.is_of_the_paper else [*rows, self.contacts])


PRINTED = (0.001, 0.001, 0.0001, 0.001)
REST = (1.0 - sum(PRINTED[1:]), *PRINTED[1:])
AS_PRINTED, ALL, MIXING = "S = 0.001, N = all", "S the rest, N = all", "S = 0.001, N = their sum"
READINGS = (
    *(
        reading
        for unit in ("day", "week")
        for reading in (
            Reading(ALL, REST, 1.0, unit),
            Reading(AS_PRINTED, PRINTED, 1.0, unit),
            Reading(MIXING, PRINTED, sum(PRINTED), unit),
        )
    ),
    Reading(ALL, REST, 1.0, "day", ANY_CONTACTS),
    Reading(MIXING, PRINTED, sum(PRINTED), "week", ANY_CONTACTS),
)
"""The four values are those of S, P, I and R: with any other order I begins above 0.035 %. S is
0.001, or what the others leave; λ = 1/N is per day or per week; N is everybody or the sum of the
four. The last two let λ be anything."""


class Shapes(NamedTuple):
    """What trajectories look like, one row each.

    Attributes
    ----------
    peak_week, peak_share, end_share : (n,) float64
        When most are ill, how many that are and how many are in week 28, as shares of the
        population.
    """

    peak_week: Array
    peak_share: Array
    end_share: Array

    @property
    def parts(self) -> NDArray[np.bool_]:
        """Whether the time, the height and the end are the paper's, (3, n)."""
        return np.array([
            np.abs(self.peak_week - PEAK_WEEK) <= WITHIN_WEEKS,
            np.abs(self.peak_share / PEAK_SHARE - 1) <= WITHIN_SHARE,
            self.end_share < NOTHING,
        ])  # fmt: skip

    @property
    def misfit(self) -> Array:
        """The greatest of three: |ln| of time and of height over the paper's, ln of end over 0."""
        return np.max([
            np.abs(np.log(np.maximum(self.peak_week, 0.01) / PEAK_WEEK)),
            np.abs(np.log(self.peak_share / PEAK_SHARE)),
            np.log(np.maximum(self.end_share, NOTHING) / NOTHING),
        ], axis=0)  # fmt: skip


class Searched(NamedTuple):
    """What a search found.

    Attributes
    ----------
    reading : Reading
    tried : int
    parts : (3,) float64
        Shares of the tried sets of rates that have the time, the height, the end.
    pairs : (3,) float64
        Time and height, time and end, height and end.
    whole : float
        Share that has all three.
    nearest : (3,) or (4,) float64
        a, b, h and perhaps λ N of the least misfit, tried or found by differential evolution.
    shape : Shapes
        Of the nearest.
    """

    reading: Reading
    tried: int
    parts: Array
    pairs: Array
    whole: float
    nearest: Array
    shape: Shapes


def search(reading: Reading, tried: int, generations: int) -> Searched:
    """Try many sets of rates and look for the nearest.

    Parameters
    ----------
    reading : Reading
    tried : int
        Sets of rates, a power of 2: Sobol' points of the logarithms of their ranges.
    generations : int
        Of the differential evolution.
    """
    from scipy.optimize import differential_evolution
    from scipy.stats import qmc

    low, high = reading.ranges.T
    rng = stream(SEED, 0, f"hubei.rates.{reading.name}.{reading.steps_unit}")
    unit = qmc.Sobol(len(low), seed=rng).random(tried)
    points = low + unit * (high - low)
    shapes = shapes_of(reading, 10**points)
    has = shapes.parts
    best = differential_evolution(
        lambda x: shapes_of(reading, 10 ** np.atleast_2d(x.T)).misfit,
        reading.ranges,
        x0=points[shapes.misfit.argmin()],
        maxiter=generations,
        popsize=16,
        seed=rng,
        polish=False,
        vectorized=True,
        updating="deferred",
    )
    nearest = 10**best.x
    pairs = np.array([(has[i] & has[j]).mean() for i, j in ((0, 1), (0, 2), (1, 2))])
    return Searched(
        reading, tried, has.mean(axis=1), pairs, float(has.all(axis=0).mean()), nearest,
        shapes_of(reading, nearest[None]),
    )  # fmt: skip


def shapes_of(reading: Reading, rates: Array) -> Shapes:
    """Follow the paper's equations for 28 weeks, by classical Runge-Kutta as it does.

    Parameters
    ----------
    reading : Reading
    rates : (n, 3) or (n, 4) float64
        a, b, h and, where it is free, λ N, per unit of time.
    """
    step_weeks, infectious = trajectory(reading, rates)
    at = infectious.argmax(axis=0)
    peak = np.take_along_axis(infectious, at[None], axis=0)[0]
    return Shapes(at * step_weeks, peak, infectious[-1])


def trajectory(reading: Reading, rates: Array) -> tuple[float, Array]:
    """How many are ill at every step.

    Returns
    -------
    float, (steps + 1, n) float64
        Weeks in a step, and I as a share of the population.
    """
    a, b, h = rates.T[:3]
    contacts = rates[:, 3] if rates.shape[1] > 3 else 1.0
    # λ S I = contacts S I / N is no faster than the contacts, since S is at most N.
    fastest = max(2 * MOST_RATE, reading.contacts[1])
    steps = int(np.ceil(WEEKS * reading.units_per_week * fastest / MOST_PER_STEP))
    step = WEEKS * reading.units_per_week / steps
    now = np.repeat(np.array(reading.start)[:3, None], len(rates), axis=1)
    infectious = np.empty((steps + 1, len(rates)), dtype=np.float64)
    infectious[0] = now[2]

    def slope(at: Array) -> Array:
        suspected = contacts * at[0] * at[2] / reading.mixing
        ruled_out, confirmed = a * at[1], b * at[1]
        return np.stack([ruled_out - suspected, suspected - ruled_out - confirmed,
                         confirmed - h * at[2]])  # fmt: skip

    for k in range(steps):
        k1 = slope(now)
        k2 = slope(now + step / 2 * k1)
        k3 = slope(now + step / 2 * k2)
        k4 = slope(now + step * k3)
        now = now + step / 6 * (k1 + 2 * (k2 + k3) + k4)
        infectious[k + 1] = now[2]
    return WEEKS / steps, infectious
