"""Take the patient where fewest others are, without a long detour."""

import numpy as np

from environment.calls import Call
from policies.base import HospitalView


class LeastBusyHospital:
    """Drive to the hospital with the fewest patients among those not much farther.

    Parameters
    ----------
    detour_s : float
        How much longer than to the nearest hospital the drive may take.
    """

    def __init__(self, detour_s: float = 300.0) -> None:
        self.detour_s = detour_s

    def choose(self, call: Call, view: HospitalView) -> int:
        """Choose by patients at hand or under way, then by driving time."""
        travel_s = view.travel_times_s(call)
        near = np.flatnonzero(travel_s <= travel_s.min() + self.detour_s)
        return int(min(near, key=lambda hospital: (view.patients[hospital], travel_s[hospital])))
