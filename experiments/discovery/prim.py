"""The patient rule induction method (PRIM): a box of worlds in which failures are dense.

J. H. Friedman and N. I. Fisher, Bump hunting in high-dimensional data, Statistics and Computing 9,
1999, 123-143: peeling and pasting.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.discovery.boxes import Axes, Box, Share, limit_tests, sharing
from experiments.discovery.peeling import best_shares, peel

ALPHA = 0.05
"""Share of the box that a slice has, in peeling and in pasting."""
LEAST_MASS, LEAST_WORLDS = 0.05, 5
"""What a box must hold at least, of all worlds and in number."""
SURE = 0.05
"""P-value above which a limit is dropped, and above which a box is chance."""
SHUFFLES = 999


@dataclass(frozen=True, eq=False)
class Step:
    """A box of the trajectory, and how much it holds."""

    box: Box
    share: Share


def trajectory(axes: Axes, fails: NDArray[np.bool_]) -> list[Step]:
    """The boxes of the peeling, from all worlds to the few in which failures are densest.

    Parameters
    ----------
    axes : Axes
    fails : (n,) bool

    Notes
    -----
    Each step peels off the slice whose loss gains most density for each world lost, as suits keys
    with few levels beside others with many (objective ``lenient1`` of the EMA Workbench). Of
    numbers, a slice is the lowest or highest `ALPHA` of the worlds in the box; of what has no
    order, one value.
    """
    box = axes.everything()
    steps = [Step(box, sharing(box.holds(axes.codes), fails))]
    for key, first, last, from_above, _, _ in _peel(axes, fails):
        allowed = box.allowed[key].copy()
        if not axes.is_ordered[key]:
            allowed[first] = False
        elif from_above:
            allowed[first:] = False
        else:
            allowed[: last + 1] = False
        box = box.with_levels(key, allowed)
        steps.append(Step(box, sharing(box.holds(axes.codes), fails)))
    return steps


def _peel(axes: Axes, fails: NDArray[np.bool_]) -> NDArray[np.int64]:
    own = np.array(fails)  # compiled code takes no array that may not be written
    return peel(axes.codes, _counts(axes), axes.is_ordered, own, ALPHA, least(axes))


def _counts(axes: Axes) -> NDArray[np.int64]:
    return np.array([len(levels) for levels in axes.levels], dtype=np.int64)


def least(axes: Axes) -> int:
    """How many worlds a box must hold."""
    return max(LEAST_WORLDS, int(np.ceil(LEAST_MASS * len(axes.codes))))


def find_box(axes: Axes, fails: NDArray[np.bool_], steps: list[Step] | None = None) -> Box:
    """The box of the trajectory that covers most beyond its mass, pasted, without idle limits.

    Parameters
    ----------
    axes : Axes
    fails : (n,) bool
    steps : list of Step, optional
        The trajectory, where it is known.

    Returns
    -------
    Box
        Without any limit where none is left.
    """
    known = trajectory(axes, fails) if steps is None else steps
    best = max(known, key=lambda step: step.share.beyond_chance)
    return _without_idle_limits(_pasted(best.box, axes, fails), axes, fails)


def _pasted(box: Box, axes: Axes, fails: NDArray[np.bool_]) -> Box:
    """The box with slices put back for as long as its density does not fall."""
    while True:
        own = sharing(box.holds(axes.codes), fails)
        wider = [Step(one, sharing(one.holds(axes.codes), fails)) for one in _wider(box, axes)]
        grown = [one for one in wider if one.share.worlds > own.worlds]
        if not grown:
            return box
        best = max(grown, key=lambda step: (step.share.density, step.share.mass))
        if best.share.density < own.density:
            return box
        box = best.box


def _wider(box: Box, axes: Axes) -> list[Box]:
    """The box with each of its limits moved by a slice, or by a part of one."""
    found = []
    size = ALPHA * box.holds(axes.codes).sum()
    for number, side in box.sides(axes):
        allowed = box.allowed[number]
        if side == "only":
            for place in np.flatnonzero(~allowed):
                more = allowed.copy()
                more[place] = True
                found.append(box.with_levels(number, more))
            continue
        free = axes.codes[box.without(number, side).holds(axes.codes), number]
        held = np.bincount(free, minlength=len(allowed))
        places = np.flatnonzero(~allowed & (held > 0))
        edge = np.flatnonzero(allowed)[0 if side == "low" else -1]
        beyond = places[places < edge][::-1] if side == "low" else places[places > edge]
        if len(beyond):
            fitting = max(int((np.cumsum(held[beyond]) <= size).sum()), 1)
            for count in {fitting, -(-fitting // 2), -(-fitting // 4), 1}:
                more = allowed.copy()
                ends = sorted((edge, beyond[count - 1]))
                more[ends[0] : ends[1] + 1] = True
                found.append(box.with_levels(number, more))
    return found


def _without_idle_limits(box: Box, axes: Axes, fails: NDArray[np.bool_]) -> Box:
    """The box without limits that may well do nothing, the idlest dropped first."""
    while known := limit_tests(box, axes, fails):
        limit, tests = max(known.items(), key=lambda item: item[1].exact_p)
        if tests.exact_p <= SURE:
            return box
        box = box.without(*limit)
    return box


def chance_of(
    axes: Axes, fails: NDArray[np.bool_], rng: np.random.Generator, shuffles: int = SHUFFLES
) -> float:
    """How often a box as good is found where failures have nothing to do with the worlds.

    Parameters
    ----------
    axes : Axes
    fails : (n,) bool
    rng : Generator
    shuffles : int

    Returns
    -------
    float
        The p-value of a permutation test, (1 + as good or better) / (1 + shuffles); as good is
        measured by coverage less mass of the best box of the trajectory, with everything that PRIM
        chooses chosen anew for each shuffle.
    """
    every = np.ascontiguousarray(
        np.vstack([fails, *(rng.permutation(fails) for _ in range(shuffles))])
    )
    levels = _counts(axes)
    found = best_shares(axes.codes, levels, axes.is_ordered, every, ALPHA, least(axes))
    as_good = (found[1:] >= found[0] - 1e-12).sum()
    return float((1 + as_good) / (1 + shuffles))
