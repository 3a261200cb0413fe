"""Debts: what an office owes to those who asked it, and since when."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Units = NDArray[np.int64]


class Asked(NamedTuple):
    """Units of one item that were asked for at the same moment and are not all given.

    Attributes
    ----------
    since_s : float
    units : int
    """

    since_s: float
    units: int


class Debts:
    """Units that each distributor has asked for and not been given; the oldest are given first.

    Parameters
    ----------
    distributors, items : int
        How many there are.

    Attributes
    ----------
    units : (d, i) int64
    since_s : (d, i) float64
        When the oldest unit that is owed was asked for; where nothing is owed, it has no meaning.
    """

    def __init__(self, distributors: int, items: int) -> None:
        self.units = np.zeros((distributors, items), dtype=np.int64)
        self.since_s = np.zeros((distributors, items))
        self._asked: list[list[deque[Asked]]] = [
            [deque() for _ in range(items)] for _ in range(distributors)
        ]

    def ask(self, distributor: int, units: Units, now_s: float) -> None:
        """Note what a distributor asks for now, (i,)."""
        for item in np.flatnonzero(units).tolist():
            self._asked[distributor][item].append(Asked(now_s, int(units[item])))
        self._changed(distributor, units)

    def give(self, distributor: int, units: Units) -> None:
        """Note what a distributor is given, (i,): no more than it is owed."""
        for item in np.flatnonzero(units).tolist():
            asked, left = self._asked[distributor][item], int(units[item])
            while left:
                oldest = asked.popleft()
                if oldest.units > left:
                    asked.appendleft(oldest._replace(units=oldest.units - left))
                left -= min(left, oldest.units)
        self._changed(distributor, -units)

    def owe_again(self, distributor: int, units: Units, now_s: float) -> None:
        """Note what was given and could not be sent, (i,): as old as the oldest that is owed."""
        for item in np.flatnonzero(units).tolist():
            asked = self._asked[distributor][item]
            asked.appendleft(Asked(asked[0].since_s if asked else now_s, int(units[item])))
        self._changed(distributor, units)

    def _changed(self, distributor: int, units: Units) -> None:
        self.units[distributor] += units
        for item in np.flatnonzero(units).tolist():
            asked = self._asked[distributor][item]
            if asked:
                self.since_s[distributor, item] = asked[0].since_s
