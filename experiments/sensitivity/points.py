"""The points at which a measure is looked at, drawn by SALib.

Sources: M. D. Morris, Factorial sampling plans for preliminary computational experiments,
Technometrics 33(2), 1991, 161-174 (trajectories); A. Saltelli, Making best use of model evaluations
to compute sensitivity indices, Computer Physics Communications 145(2), 2002, 280-297 (Sobol'
indices), on a scrambled Sobol' sequence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.designs import MOST_POINTS, Design, Factor, design_of
from experiments.errors import BatchError

METHODS = ("morris", "sobol")
LEVELS = 4
"""Of a range, on which Morris's trajectories stand; Morris's own choice."""
STEP = LEVELS / (2 * (LEVELS - 1))
"""Of a trajectory along a key, as a share of its range."""
LEAST = {"morris": 2, "sobol": 4}
SIZES = {"morris": "trajectories", "sobol": "samples"}


@dataclass(frozen=True, eq=False)
class Points:
    """A design for sensitivity.

    Attributes
    ----------
    method : {"morris", "sobol"}
    shares : (rows, keys) float64
        Rows as SALib has them, each key as a share of its range.
    design : Design
        The points that are run. Whole numbers make rows fall together: these are one point.
    row_of : (rows,) int64
        The point of each row.
    steps : (keys,) float64
        What Morris's step is of a key's range, once its values are whole numbers.
    """

    method: str
    shares: NDArray[np.float64]
    design: Design
    row_of: NDArray[np.int64]
    steps: NDArray[np.float64]

    @property
    def keys(self) -> tuple[str, ...]:
        """In the order of the columns."""
        return self.design.keys

    @property
    def problem(self) -> dict[str, Any]:
        """The same for SALib, in shares of ranges."""
        return _problem(self.keys)


def draw_points(method: str, factors: Sequence[Factor], size: int, seed: int = 1) -> Points:
    """Draw the points of a method.

    Parameters
    ----------
    method : {"morris", "sobol"}
    factors : sequence of Factor
        Morris takes ranges only; of values for Sobol', each is as likely as the others, and so is
        each whole number of a range.
    size : int
        Trajectories of Morris, each with a point more than there are keys; samples of Sobol', a
        power of two, each with two points more than there are keys.
    seed : int

    Raises
    ------
    BatchError
        With a line for every mistake, or if SALib is missing.
    """
    _require_sensible(method, factors, size)
    shares = _drawn(method, [factor.key for factor in factors], size, seed)
    values = zip(*_values(method, factors, shares), strict=True)
    rows, row_of = dict[str, list[Any]](), []
    numbers = dict[str, int]()
    for row in map(list, values):
        row_of.append(numbers.setdefault(repr(row), len(numbers)))
        rows.setdefault(repr(row), row)
    design = design_of([factor.key for factor in factors], list(rows.values()))
    steps = np.array([_step(factor) for factor in factors])
    return Points(method, shares, design, np.array(row_of), steps)


def _drawn(method: str, keys: Sequence[str], size: int, seed: int) -> NDArray[np.float64]:
    try:
        from SALib.sample import morris, sobol
    except ImportError:
        raise BatchError(
            "sensitivity needs SALib; install it by: pip install 'corridor-sim[study]'"
        ) from None
    rng, problem = np.random.default_rng(seed), _problem(keys)
    if method == "morris":
        shares = morris.sample(problem, size, num_levels=LEVELS, seed=rng)
        return np.round(shares * (LEVELS - 1)) / (LEVELS - 1)  # so that equal levels are equal
    drawn = sobol.sample(problem, size, calc_second_order=False, seed=rng)
    return np.minimum(drawn, np.nextafter(1.0, 0.0))


def _problem(keys: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(keys), "names": list(keys), "bounds": [[0.0, 1.0]] * len(keys)}


def _values(
    method: str, factors: Sequence[Factor], shares: NDArray[np.float64]
) -> Iterator[list[Any]]:
    """The values of each factor, by row."""
    for factor, column in zip(factors, shares.T, strict=True):
        if method == "sobol":
            yield factor.at(column)
        else:
            low, high = factor.levels
            along = low + column * (high - low)
            yield [round(value) for value in along] if _is_whole(factor) else along.tolist()


def _step(factor: Factor) -> float:
    """What a step is of a range. Of whole numbers it is rounded, and the same from both levels."""
    if not _is_whole(factor):
        return STEP
    width = factor.levels[1] - factor.levels[0]
    return float(round(STEP * width) / width)


def _is_whole(factor: Factor) -> bool:
    return factor.is_range and all(isinstance(end, int) for end in factor.levels)


def _require_sensible(method: str, factors: Sequence[Factor], size: int) -> None:
    if method not in METHODS:
        raise BatchError(f"no method {method!r}: expected {' or '.join(METHODS)}")
    mistakes = []
    if not factors:
        mistakes.append("nothing is varied: name keys and their ranges by --over KEY=LOW..HIGH")
    for factor in factors:
        if method == "morris" and not factor.is_range:
            mistakes.append(
                f"{factor.key}: morris steps along a range, KEY=LOW..HIGH, and takes no list of "
                "values; --method sobol does"
            )
        elif len(factor.levels) < 2:
            mistakes.append(f"{factor.key}: one value alone does not vary")
    size_is_wrong = size < LEAST[method] or (method == "sobol" and size & (size - 1))
    if size_is_wrong:
        kind = "a power of two from" if method == "sobol" else "at least"
        mistakes.append(f"{SIZES[method]} must be {kind} {LEAST[method]}, got {size}")
    rows = size * (len(factors) + (1 if method == "morris" else 2))
    if rows > MOST_POINTS:
        mistakes.append(
            f"{size:,} {SIZES[method]} of {len(factors)} keys are {rows:,} points; at most "
            f"{MOST_POINTS:,} can be run"
        )
    if mistakes:
        raise BatchError("\n".join(mistakes))
