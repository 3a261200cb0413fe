"""What agents of both systems note of a run as it goes on."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agents.activity import Activity
from environment.traffic.driving import Driving
from environment.traffic.ways import Way


class TraceLog(Protocol):
    """Where agents write down what they do at the moment at which it is settled."""

    @property
    def legs(self) -> bytearray:
        """Rows of `agents.leg.LegRow`, packed."""

    @property
    def is_kept(self) -> bool:
        """Whether anything is noted at all."""

    def stood(
        self,
        now_s: float,
        vehicle: int,
        activity: Activity,
        node: int,
        target: int,
        serves: int,
        from_s: float,
    ) -> None:
        """Note that a vehicle does something where it stands, or will stand from a moment on."""

    def beds_taken(self, hospital: int, beds: int) -> None:
        """Note how many beds of a hospital are taken from now on."""

    def hospital_opened(self, hospital: int, is_open: bool) -> None:
        """Note that a hospital has opened or closed."""

    def station_opened(self, station: int, is_open: bool) -> None:
        """Note that a station has opened or closed."""

    def output_changed(self, supplier: int, share: float) -> None:
        """Note which share of its rates a supplier reaches from now on."""

    def units_reduced(self, call: int, units: int) -> None:
        """Note that a patient has to do with fewer ambulances."""

    def streets_changed(self, driving: Driving) -> int:
        """Note on which streets one drives from now on; returns their number in legs."""

    def greens_planned(self, ambulance: int, rows: NDArray[np.float64]) -> None:
        """Note all greens for a vehicle from now on, rows of `environment.traffic.green_waves`."""

    def set_out_on_open_streets(
        self, vehicle: int, activity: Activity, way: Way, target: int, serves: int
    ) -> None:
        """Note a drive on streets of its own, which are never closed."""
