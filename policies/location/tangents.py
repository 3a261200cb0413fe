"""Linear limits that demand at its worst sets to a plan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.location.robust_program import NONE
from policies.location.uncertainty import UncertaintySet

CUT_SHARE = 1e-6
"""A limit that is broken by less than this share of it gets no cut."""


def tangents(
    columns: NDArray[np.int64],
    weights: NDArray[np.float64],
    bound: NDArray[np.int64],
    values: NDArray[np.float64],
    mean: NDArray[np.float64],
    uncertainty: UncertaintySet,
) -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """The limit that demand at its worst for these weights sets, if an answer breaks it.

    The first column of `bound` is what must be enough, a second one the reserve in it.
    """
    demand = mean + uncertainty.worst(weights)
    needed = float(demand @ weights)
    sign = np.array([-1.0, 1.0])[: len(bound)]
    if needed + sign @ values[bound] <= CUT_SHARE * max(1.0, needed):
        return []
    used = (columns != NONE) & (demand != 0)
    row = np.append(columns[used], bound)
    return [(row, np.append(demand[used], sign))]
