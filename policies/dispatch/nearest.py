"""Send whoever is there first."""

from collections.abc import Sequence

from environment.demand.calls import Call
from policies.base import Assignment, DispatchView


class Nearest:
    """Send the available ambulances that are expected first at the call."""

    def choose(self, call: Call, view: DispatchView) -> Sequence[Assignment]:
        """Choose the nearest ambulances, as many as the call needs."""
        return [Assignment(number) for number in view.nearest(call, call.units)]
