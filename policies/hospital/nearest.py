"""Take the patient to the nearest hospital."""

from environment.calls import Call
from policies.base import HospitalView


class NearestHospital:
    """Drive to the hospital that is reached first."""

    def choose(self, call: Call, view: HospitalView) -> int:
        """Choose the hospital with the shortest expected drive."""
        return int(view.travel_times_s(call).argmin())
