"""An order of junctions in which neighbours on the map are neighbours in memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEVELS = 16


def along_curve(xy_m: NDArray[np.float64]) -> NDArray[np.int64]:
    """The points of `xy_m` (n, 2) in the order in which a Hilbert curve visits them, (n,).

    A route search walks over neighbouring junctions; when these lie close together in memory
    as well, it runs faster. Hilbert (1891); the bit form is that of Warren,
    *Hacker's Delight*, chapter 16.
    """
    low, extent = xy_m.min(axis=0), max(float(np.ptp(xy_m, axis=0).max()), 1e-9)
    cell = ((xy_m - low) / extent * (2**LEVELS - 1)).astype(np.int64)
    x, y = cell[:, 0].copy(), cell[:, 1].copy()
    position = np.zeros(len(cell), dtype=np.int64)
    for level in reversed(range(LEVELS)):
        side = 1 << level
        right, upper = (x & side) > 0, (y & side) > 0
        position += side * side * ((3 * right) ^ upper)
        flipped = right & ~upper
        x[flipped], y[flipped] = side - 1 - x[flipped], side - 1 - y[flipped]
        x, y = np.where(upper, x, y), np.where(upper, y, x)
    return np.argsort(position, kind="stable")
