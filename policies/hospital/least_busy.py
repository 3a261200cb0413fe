"""Take the patient where fewest others are, without a long detour."""

from environment.calls import Call
from policies.base import HospitalView, PolicyError


class LeastBusyHospital:
    """Drive to the hospital with the fewest patients among those not much farther.

    Parameters
    ----------
    detour_s : float
        How much longer than to the nearest hospital the drive may take.
    """

    def __init__(self, detour_s: float = 300.0) -> None:
        if not detour_s >= 0:
            raise PolicyError(f"detour_s must be >= 0, got {detour_s!r}")
        self._detour_s = detour_s

    def choose(self, call: Call, view: HospitalView) -> int:
        """Choose by patients at hand or under way, then by driving time."""
        travel_s = view.travel_times_s(call).tolist()
        limit_s = min(travel_s) + self._detour_s
        ranked = zip(view.patients, travel_s, range(len(travel_s)), strict=True)
        return min(entry for entry in ranked if entry[1] <= limit_s)[2]
