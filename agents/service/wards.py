"""Wards: beds that patients of an epidemic keep, beside those whom ambulances bring."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import simpy
from numpy.typing import NDArray
from simpy.resources.resource import Request

from environment.apportionment import apportion


class Ward:
    """The beds of one hospital that patients of an epidemic keep or wait for.

    Parameters
    ----------
    beds : simpy.Resource
        All beds of the hospital. Whoever waits for one gets it in the order of asking.
    """

    def __init__(self, beds: simpy.Resource) -> None:
        self._beds = beds
        self._requests: list[Request] = []  # in the order of asking, so those who wait are last

    @property
    def capacity(self) -> int:
        """Beds of the hospital."""
        return int(self._beds.capacity)

    @property
    def kept(self) -> int:
        """Beds with a patient of the epidemic."""
        return sum(request.triggered for request in self._requests)

    def discharge(self, patients: int) -> None:
        """Let some who have a bed leave, those who came first."""
        for request in self._requests[:patients]:
            self._beds.release(request)
        del self._requests[:patients]

    def admit(self, patients: int) -> None:
        """Have so many patients in all, with a bed or waiting for one."""
        while len(self._requests) > patients:
            self._give_up(self._requests.pop())
        while len(self._requests) < patients:
            self._requests.append(self._beds.request())

    def _give_up(self, request: Request) -> None:
        if request.triggered:
            self._beds.release(request)
        else:
            request.cancel()


class DistrictWards:
    """The wards of a district's hospitals, of which none takes more than it has beds."""

    def __init__(self, wards: Sequence[Ward]) -> None:
        self._wards = wards
        self._capacity = np.array([ward.capacity for ward in wards], dtype=np.int64)

    def begin_day(self, patients: float, discharged: float) -> None:
        """Take over the patients of a new day.

        Those who are discharged leave first. So a bed changes hands, and whoever waits for it
        longest gets it, even where the epidemic has as many patients as before.

        Parameters
        ----------
        patients : float
            Those who need a bed, all in all; rounded, and spread in proportion to beds.
        discharged : float
            Those who needed one until now; rounded, and spread in proportion to beds kept.
        """
        kept = np.array([ward.kept for ward in self._wards], dtype=np.int64)
        for ward, count in zip(self._wards, _split(discharged, kept), strict=True):
            ward.discharge(count)
        for ward, count in zip(self._wards, _split(patients, self._capacity), strict=True):
            ward.admit(count)


def _split(persons: float, places: NDArray[np.int64]) -> list[int]:
    """Whole persons in proportion to places, none beyond its places."""
    most = int(places.sum())
    return apportion(min(int(persons + 0.5), most), places).tolist() if most else [0] * len(places)
