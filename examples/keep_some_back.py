"""A dispatch policy of one's own; `compare_dispatch_rules.ipynb` beside it tries it."""

from collections.abc import Sequence

from environment.demand.calls import Call
from policies.base import Assignment, DispatchView


class KeepSomeBack:
    """Send the nearest ambulance, but none to a minor call while few are left.

    Parameters
    ----------
    keep : int
        Ambulances that are kept for the most urgent calls.
    """

    def __init__(self, keep: int = 3) -> None:
        self.keep = keep

    def choose(self, call: Call, view: DispatchView) -> Sequence[Assignment]:
        if call.priority > 0 and len(view.available) <= self.keep:
            return []
        return [Assignment(number) for number in view.nearest(call, call.units)]
