"""Points that the same sites reach, taken together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Patterns(NamedTuple):
    """Groups of points that cannot be told apart by who reaches them.

    Attributes
    ----------
    reaches : (s, g) bool
        Which site reaches the points of which group.
    demand : (g,) float64
        All demand of a group.
    group : (z,) int64
        The group of each point.
    """

    reaches: NDArray[np.bool_]
    demand: NDArray[np.float64]
    group: NDArray[np.int64]

    def sites_of(self, group: int) -> list[int]:
        """The sites that reach a group."""
        found: list[int] = np.flatnonzero(self.reaches[:, group]).tolist()
        return found


def patterns_of(
    reaches: NDArray[np.bool_], demand: NDArray[np.float64], also: NDArray[np.bool_] | None = None
) -> Patterns:
    """Group points by the sites that reach them.

    Parameters
    ----------
    reaches : (s, z) bool
    demand : (z,) float64
    also : (s, z) bool, optional
        A second way to be reached, in which points of a group are alike as well.
    """
    both = reaches if also is None else np.concatenate([reaches, also])
    columns, first, group = np.unique(both, axis=1, return_index=True, return_inverse=True)
    group = group.ravel()
    total = np.bincount(group, demand, minlength=columns.shape[1]).astype(np.float64)
    return Patterns(reaches[:, first], total, group)
