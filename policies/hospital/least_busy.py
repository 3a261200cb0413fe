"""Take the patient where fewest others are, without a long detour."""

import math

from environment.demand.calls import Call
from policies.base import HospitalView
from policies.mistakes import number_mistakes, refuse


class LeastBusyHospital:
    """Drive to the hospital with the fewest patients among those not much farther.

    Parameters
    ----------
    detour_s : float
        How much longer than to the nearest hospital the drive may take.
    """

    def __init__(self, detour_s: float = 300.0) -> None:
        refuse(number_mistakes("detour_s", detour_s, lambda s: s >= 0, ">= 0"))
        self._detour_s = detour_s

    def choose(self, call: Call, view: HospitalView) -> int:
        """Choose by patients at hand or under way, then by driving time."""
        travel_s = view.travel_times_s(call).tolist()
        limit_s = min(travel_s) + self._detour_s
        ranked = zip(view.patients, travel_s, range(len(travel_s)), strict=True)
        return min(entry for entry in ranked if entry[1] <= limit_s and math.isfinite(entry[1]))[2]
