"""Take the patient to the nearest hospital."""

from environment.demand.calls import Call
from policies.base import HospitalView


class NearestHospital:
    """Drive to the hospital that is reached first."""

    def choose(self, call: Call, view: HospitalView) -> int:
        """Choose the hospital with the shortest expected drive."""
        # A list: NumPy lets go of the interpreter for `argmin`, and a run that is watched pays more
        # for handing it over than for the search.
        times_s: list[float] = view.travel_times_s(call).tolist()
        return times_s.index(min(times_s))
