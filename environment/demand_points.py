"""Demand points: where a district's supplies are given out, as places on the streets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class DemandPoints:
    """The distributors of a scenario, joined to the streets.

    Attributes
    ----------
    names : tuple of str
    node : (d,) int64
        Nearest junction of a street with doors.
    access_s : (d,) float64
        Seconds between that junction and the place.
    """

    names: tuple[str, ...]
    node: NDArray[np.int64]
    access_s: NDArray[np.float64]
