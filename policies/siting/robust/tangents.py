"""Linear limits that demand at its worst sets to a plan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.siting.robust.program import NONE
from policies.siting.robust.uncertainty import UncertaintySet

CUT_SHARE = 1e-6
"""A limit that is broken by less than this share of it gets no cut."""

STEPS = (0.0, 0.5, 1.0)
"""Parts of the way from the middle to an answer at which its tangent is looked for."""

Row = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Columns, and their coefficients; their sum is at most 0."""


def tangent(
    columns: NDArray[np.int64],
    bound: NDArray[np.int64],
    values: NDArray[np.float64],
    middle: NDArray[np.float64],
    mean: NDArray[np.float64],
    uncertainty: UncertaintySet,
) -> Row | None:
    """The limit that demand at its worst sets, if an answer breaks it.

    A tangent may touch the true limit anywhere. At the answer itself it says little of where the
    next one will be, which is far away; so it is taken at a middle of the answers so far, and
    nearer to the last one only where it would not cut that off (Neame's smoothing of cutting
    planes; see Pessoa, Sadykov, Uchoa and Vanderbeck, INFORMS Journal on Computing 30, 2018).

    Parameters
    ----------
    columns : (z,) int64
        Of the weights of the points, or `NONE`.
    bound : (1,) or (2,) int64
        The column that must be enough, and perhaps one for the reserve in it.
    values, middle : float64
        Of all columns.
    mean : (z,) float64
    uncertainty : UncertaintySet
    """
    weights, centre = (_weights(columns, one) for one in (values, middle))
    sign = np.array([-1.0, 1.0])[: len(bound)]
    available = -float(sign @ values[bound])
    needed = float((mean + uncertainty.worst(weights)) @ weights)
    spare = CUT_SHARE * max(1.0, needed)
    if needed <= available + spare:
        return None
    for step in STEPS:
        demand = mean + uncertainty.worst(centre + step * (weights - centre))
        if demand @ weights > available + spare:
            break
    used = (columns != NONE) & (demand != 0)
    return np.append(columns[used], bound), np.append(demand[used], sign)


def _weights(columns: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = np.where(columns == NONE, 0.0, values[columns])
    return np.maximum(weights, 0.0)
