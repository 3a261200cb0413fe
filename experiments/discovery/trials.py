"""How well a box does on worlds by which it was not found, and whether it is found again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from experiments.discovery.boxes import Axes, Box

FOUND_BY = 2 / 3
"""Share of the worlds by which a box is found; it is tried on the others."""
Finder = Callable[[Axes, NDArray[np.bool_]], list[Box]]
"""Gives boxes; none, or boxes without limits, where there is nothing to find."""


@dataclass(frozen=True)
class Trials:
    """What came of finding boxes by two thirds of the worlds and trying them on the rest.

    Attributes
    ----------
    count : int
    with_a_box : float
        Share of trials in which there was one.
    coverage, density : float
        On the worlds left out, those of all trials together; of trials without a box, all worlds.
    limited : mapping of str to float
        Share of the trials in which a box limits each key.

    Notes
    -----
    Bryant and Lempert (2010) ask of a box that resampled data limit the same keys; here the data
    left out also tell what coverage and density are worth.
    """

    count: int
    with_a_box: float
    coverage: float
    density: float
    limited: Mapping[str, float]


def try_boxes(
    axes: Axes, fails: NDArray[np.bool_], finder: Finder, rng: np.random.Generator, count: int
) -> Trials:
    """Find boxes by random two thirds of the worlds, and try them on the others.

    Parameters
    ----------
    axes : Axes
    fails : (n,) bool
    finder : callable
    rng : Generator
    count : int
        Of trials.
    """
    size = len(fails)
    held = failing = every = found = 0
    limited = np.zeros(len(axes.keys))
    for _ in range(count):
        order = rng.permutation(size)
        known, left_out = np.split(order, [round(FOUND_BY * size)])
        boxes = [
            box
            for box in finder(replace(axes, codes=axes.codes[known]), fails[known])
            if box.limited
        ]
        keys = {number for box in boxes for number in box.limited}
        limited[list(keys)] += 1
        found += bool(boxes)
        inside = np.zeros(len(left_out), dtype=bool)
        for box in boxes or [axes.everything()]:
            inside |= box.holds(axes.codes[left_out])
        held += int(inside.sum())
        failing += int((inside & fails[left_out]).sum())
        every += int(fails[left_out].sum())
    return Trials(
        count,
        found / count,
        failing / every if every else np.nan,
        failing / held if held else np.nan,
        dict(zip(axes.keys, (limited / count).tolist(), strict=True)),
    )
