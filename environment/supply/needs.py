"""What people need, district by district and hour by hour: whole units, the same in paired runs."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from environment.supply.epidemic_needs import needs_of_day
from environment.supply.items import Item

BATCHES_A_DAY = 8
"""Needs come up in batches: every three hours are enough beside patience of a day or two."""

BATCH_H = 24 / BATCHES_A_DAY
"""Hours between two batches."""


class Who(IntEnum):
    """Who needs something, the most urgent first."""

    CREW = 0
    HOSPITAL = 1
    ILL = 2
    PUBLIC = 3


class NeedsOfPeople:
    """Turns the needs of days into whole units.

    What is left over by rounding is carried to the next batch, so that sums are right and two runs
    with the same epidemic have the same needs.

    Parameters
    ----------
    items : sequence of Item
    persons : (d,) float64
        Inhabitants of each district.
    of_sites : (d, i) float64
        Units a day that are needed at each distributor, however many live there.
    """

    def __init__(
        self,
        items: Sequence[Item],
        persons: NDArray[np.float64],
        of_sites: NDArray[np.float64],
    ) -> None:
        self._items = items
        self._persons = persons
        self._of_sites = of_sites
        shape = (2, len(persons), len(items))
        self._day = np.zeros(shape)
        self._exact = np.zeros(shape)
        self._whole = np.zeros(shape, dtype=np.int64)

    def begin_day(
        self,
        suspects: NDArray[np.float64],
        cases: NDArray[np.float64],
        patients: NDArray[np.float64],
    ) -> None:
        """Take what the epidemic brings on a day: numbers of each district, (d,)."""
        nobody = np.zeros_like(self._persons)
        self._day = np.stack(
            [
                needs_of_day(self._items, nobody, suspects, cases, patients),
                needs_of_day(self._items, self._persons, nobody, nobody, nobody) + self._of_sites,
            ]
        )

    def next_batch(self) -> NDArray[np.int64]:
        """Units that come up next: of the ill and of the public, (2, d, i)."""
        self._exact += self._day / BATCHES_A_DAY
        # A hair more, so that what sums up to a whole unit is one.
        due = np.floor(self._exact + 1e-9).astype(np.int64)
        units = due - self._whole
        self._whole = due
        return units
