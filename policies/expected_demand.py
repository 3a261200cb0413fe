"""What is expected of an ambulance service in the long run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ExpectedDemand:
    """What a dispatcher expects of the calls that it answers; its arrays are read-only.

    It holds for the whole run, and all calls that are decided together have the same object.

    Attributes
    ----------
    ambulances : (s,) int64
        How many each station has; 0 where none of them may be sent.
    calls_per_hour : (z,) float64
        Ambulances that the calls of each zone ask for on average; 0 where others decide.
    drive_s : (s, z) float64
        Mean seconds of the drive from each station to each zone.
    busy_s : (s, z) float64
        Mean seconds that an ambulance of each station is busy with a call of each zone.
    """

    ambulances: NDArray[np.int64]
    calls_per_hour: NDArray[np.float64]
    drive_s: NDArray[np.float64]
    busy_s: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Keep arrays that cannot be written."""
        for name in ("ambulances", "calls_per_hour", "drive_s", "busy_s"):
            shown = np.asarray(getattr(self, name)).view()
            shown.flags.writeable = False
            object.__setattr__(self, name, shown)

    def within(self, stations: NDArray[np.bool_], zones: NDArray[np.bool_]) -> ExpectedDemand:
        """The same for those who may send the ambulances of some stations to some zones alone.

        Parameters
        ----------
        stations : (s,) bool
        zones : (z,) bool
        """
        return ExpectedDemand(
            np.where(stations, self.ambulances, 0),
            np.where(zones, self.calls_per_hour, 0.0),
            self.drive_s,
            self.busy_s,
        )
