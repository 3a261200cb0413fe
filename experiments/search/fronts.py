"""Which of several points are not dominated by others."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def dominators(losses: ArrayLike) -> NDArray[np.int64]:
    """By how many others each point is dominated: better in one, and worse in no respect.

    With one respect it is how many are better.

    Parameters
    ----------
    losses : (n, g) array_like
        A row for each point; smaller is better.

    Returns
    -------
    (n,) int64
        0 of those that are on the front.
    """
    points = np.asarray(losses, dtype=float)
    no_worse = (points[:, None, :] <= points[None, :, :]).all(axis=2)
    better = (points[:, None, :] < points[None, :, :]).any(axis=2)
    return np.asarray((no_worse & better).sum(axis=0), dtype=np.int64)


def better_half(losses: ArrayLike) -> NDArray[np.bool_]:
    """The half that is dominated by fewest, rounded up, and all that are as good as its last.

    Parameters
    ----------
    losses : (n, g) array_like

    Returns
    -------
    (n,) bool
    """
    above = dominators(losses)
    return np.asarray(above <= np.sort(above)[(len(above) + 1) // 2 - 1], dtype=bool)
