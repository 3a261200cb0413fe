"""Each district answers its own calls."""

from collections.abc import Sequence

from environment.demand.calls import Call
from policies.base import Assignment, DispatchView


class DistrictOnly:
    """Send the nearest ambulance of the call's own district; wait while there is none."""

    keeps_to_districts = True

    def choose(self, call: Call, view: DispatchView) -> Sequence[Assignment]:
        """Choose among the ambulances of the call's district."""
        own = view.stationed_in(view.district_of(call))
        return [Assignment(number) for number in view.nearest(call, call.units, own)]
