"""Rates of an epidemic from daily counts, by maximum likelihood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from environment.epidemic.spir import SpirParameters
from environment.errors import DataError
from experiments.epidemic.counts import DailyCounts
from experiments.epidemic.model import NAMES, RATES, CountModel, Observation, require_names

FITTED = ("ruled_out_per_day", "confirmed_per_day", "removed_per_day", "probable")
"""What is fitted by default: a, b, h, and how many were probable in the first morning. λ N is kept,
as the paper has it."""

DIFFERENCE = 1e-4
"""Step of a derivative, in logarithms."""
WIDE_DIFFERENCE = 1e-2
"""The same of the dispersion, of which a second derivative is taken."""
LEAST_CURVATURE = 0.1
MOST_ROUNDS = 200
FIRST_ROUNDS = 12
"""Rounds from each start; the likeliest goes on."""
FLAT = 1e-8
"""A round that raises the log-likelihood by less is the last."""
LONGEST_STEP = 1.0
"""Of a round, in logarithms."""
NO_WAY_UP = 1e12
"""Damping at which a search gives up."""

DISPERSION = NAMES.index("dispersion")


@dataclass(frozen=True, eq=False)
class Fit:
    """The parameters under which the counts of a district are most likely.

    Attributes
    ----------
    model : CountModel
    fitted : tuple of str
        What was fitted, among `NAMES`; everything else was given.
    values : (7,) float64
        In the order of `NAMES`.
    log_likelihood : float
    information : (k, k) float64
        Fisher's, of the logarithms of what was fitted.
    """

    model: CountModel
    fitted: tuple[str, ...]
    values: NDArray[np.float64]
    log_likelihood: float
    information: NDArray[np.float64]

    def __getitem__(self, name: str) -> float:
        """A parameter by its name."""
        return float(self.values[NAMES.index(name)])

    @property
    def free(self) -> NDArray[np.int64]:
        """Where what was fitted stands in `values`."""
        return np.array([NAMES.index(name) for name in self.fitted], dtype=np.int64)

    @property
    def spir(self) -> SpirParameters:
        """The rates, for a scenario."""
        return SpirParameters.model_validate({name: self[name] for name in RATES})


def fit(
    counts: DailyCounts,
    fitted: tuple[str, ...] = FITTED,
    known: Mapping[str, float] | None = None,
    observation: Observation | None = None,
) -> Fit:
    """Fit parameters to the new confirmed and new removed of each day.

    Counts are Poisson, or negative binomial, about the SPIR course that begins with the first
    morning's counts. Found by Fisher scoring in logarithms with Levenberg's and Marquardt's
    damping, from several starts.

    Parameters
    ----------
    counts : DailyCounts
    fitted : tuple of str
        Among `NAMES`. That all four rates and the first probable persons are told by the counts is
        not to be expected: in a growing outbreak they follow from λ N · b, a + b and h alone.
    known : mapping of str to float, optional
        What is not fitted. By default λ N is 1, as in the paper; the other rates are those of
        `SpirParameters`, the factor is 1, and nobody is probable.
    observation : Observation, optional

    Raises
    ------
    DataError
        If something else than `NAMES` is to be fitted, a known value is out of bounds, or nothing
        was ever confirmed or removed.
    """
    model = CountModel(counts, observation or Observation())
    require_names(fitted, model.observation)
    _require_cases(counts, model.observation)
    given = _given(known or {})
    free = np.array([NAMES.index(name) for name in fitted], dtype=np.int64)
    starts = _starts(counts, given, fitted)
    found = [maximised(model, start, free, FIRST_ROUNDS) for start in starts]
    values, best = maximised(model, max(found, key=lambda one: one[1])[0], free)
    return Fit(model, fitted, values, best, information(model, values, free))


def bounds(counts: DailyCounts) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Logarithms between which all parameters are looked for, (7,) each."""
    low = np.array([1e-6, 1e-6, 1e-4, 1e-5, 1e-2, 1e-3, 1e-6])
    persons = max(counts.persons - counts.confirmed[0], 1.0)
    high = np.array([24.0, 24.0, 24.0, 24.0, persons, 10.0, 10.0])
    return np.log(low), np.log(high)


def maximised(
    model: CountModel,
    start: NDArray[np.float64],
    free: NDArray[np.int64],
    rounds: int = MOST_ROUNDS,
) -> tuple[NDArray[np.float64], float]:
    """The likeliest values near a start and their log-likelihood; only the `free` are changed."""
    low, high = (bound[free] for bound in bounds(model.counts))
    values, damping = start.copy(), 1e-3
    best = float(model.log_likelihood(values[None])[0])
    for _ in range(rounds):
        gradient, fisher = _gradient(model, values, free)
        step, trial = np.zeros(len(free)), values.copy()
        inside = _can_move(values, free, gradient, low, high)
        if inside.any():
            own = fisher[np.ix_(inside, inside)]
            damped = own + np.diag(damping * np.diag(own) + 1e-12)
            step[inside] = np.clip(
                np.linalg.solve(damped, gradient[inside]), -LONGEST_STEP, LONGEST_STEP
            )
        trial[free] = np.exp(np.clip(np.log(values[free]) + step, low, high))
        reached = float(model.log_likelihood(trial[None])[0])
        if not reached > best:
            damping *= 8
            if damping > NO_WAY_UP:
                break
            continue
        gained, values, best, damping = reached - best, trial, reached, max(damping / 8, 1e-9)
        if gained < FLAT:
            break
    return values, best


def information(
    model: CountModel, values: NDArray[np.float64], free: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Fisher's information of the logarithms of the free values, (k, k).

    That of the dispersion, which is orthogonal to the rest, is the curvature that is seen.
    """
    return _gradient(model, values, free)[1]


def _gradient(
    model: CountModel, values: NDArray[np.float64], free: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slope of the log-likelihood in the free values' logarithms, and Fisher's information."""
    around = np.tile(values, (1 + 2 * len(free), 1))
    for k, place in enumerate(free.tolist()):
        around[1 + 2 * k, place] *= np.exp(DIFFERENCE)
        around[2 + 2 * k, place] *= np.exp(-DIFFERENCE)
    means = model.means(around)
    slope = (means[1::2] - means[2::2]).reshape(len(free), -1) / (2 * DIFFERENCE)
    mean, seen = means[0].ravel(), model.counts.new.ravel()
    variance = mean.copy()
    if model.observation.kind == "negative_binomial":
        variance += values[DISPERSION] * mean**2
    gradient, fisher = slope @ ((seen - mean) / variance), (slope / variance) @ slope.T
    if DISPERSION in free:  # which is not in the means
        row = int(np.flatnonzero(free == DISPERSION)[0])
        gradient[row], fisher[row, row] = _slope_in_dispersion(model, values)
    return gradient, fisher


def _slope_in_dispersion(model: CountModel, values: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and curvature of the log-likelihood in the logarithm of the dispersion."""
    around = np.tile(values, (3, 1))
    around[:, DISPERSION] *= np.exp(np.array([-1, 0, 1]) * WIDE_DIFFERENCE)
    left, middle, right = model.log_likelihood(around)
    curvature = float(2 * middle - left - right) / WIDE_DIFFERENCE**2
    return float(right - left) / (2 * WIDE_DIFFERENCE), max(curvature, LEAST_CURVATURE)


def _can_move(
    values: NDArray[np.float64],
    free: NDArray[np.int64],
    gradient: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Which free values have a slope and do not stand at a bound that it points to."""
    at = np.log(values[free])
    held = ((at <= low + 1e-9) & (gradient < 0)) | ((at >= high - 1e-9) & (gradient > 0))
    return ~held & (gradient != 0)


def _given(known: Mapping[str, float]) -> NDArray[np.float64]:
    """All values before the fit, in the order of `NAMES`."""
    unknown = [name for name in known if name not in NAMES]
    if unknown:
        raise DataError(f"what is known must be among {', '.join(NAMES)}, got {unknown[0]!r}")
    bad = [f"{name} must be finite and >= 0, got {value}" for name, value in known.items()
           if not 0 <= value < np.inf]  # fmt: skip
    if bad:
        raise DataError("\n".join(bad))
    usual = SpirParameters(infections_per_day=1.0)
    given = {**usual.model_dump(), "probable": 0.0, "contact_factor": 1.0, "dispersion": 0.1}
    return np.array([{**given, **known}[name] for name in NAMES], dtype=float)


def _starts(
    counts: DailyCounts, given: NDArray[np.float64], fitted: tuple[str, ...]
) -> Iterator[NDArray[np.float64]]:
    """Where the search begins: h as the paper estimates it, the rest on a coarse grid."""
    active = (counts.confirmed - counts.removed)[:-1].sum()
    removed = max(float(counts.new[:, 1].sum()), 0.5) / max(float(active), 1.0)
    first = max(float(counts.new[:3, 0].mean()), 0.5)
    grids = {
        "infections_per_day": (0.3, 1.0),
        "ruled_out_per_day": (0.05, 0.4),
        "confirmed_per_day": (0.1, 0.3, 1.0),
        "removed_per_day": (float(np.clip(removed, 1e-4, 5)),),
        "contact_factor": (0.1, 0.6),
    }
    tried = {name: grid for name, grid in grids.items() if name in fitted}
    for point in product(*tried.values()):
        start = given.copy()
        for name, value in zip(tried, point, strict=True):
            start[NAMES.index(name)] = value
        if "probable" in fitted:
            start[NAMES.index("probable")] = min(
                first / start[NAMES.index("confirmed_per_day")], counts.persons / 10
            )
        low, high = bounds(counts)
        free = [NAMES.index(name) for name in fitted]
        start[free] = np.clip(start[free], np.exp(low[free]), np.exp(high[free]))
        yield start


def _require_cases(counts: DailyCounts, observation: Observation) -> None:
    if observation.change_day is not None and not 0 < observation.change_day < counts.days:
        raise DataError(
            f"change_day must be from 1 to {counts.days - 1}, the days that were counted, "
            f"got {observation.change_day}"
        )
    for name, total in zip(("confirmed", "removed"), counts.new.sum(axis=0), strict=True):
        if total == 0:
            raise DataError(
                f"district {counts.district!r}: nobody was {name} in {counts.days} days; "
                "there is nothing to fit"
            )
