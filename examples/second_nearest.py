"""A dispatch policy of one's own; `second_nearest.toml` beside it uses it."""

from collections.abc import Sequence

from environment.demand.calls import Call
from policies.base import Assignment, DispatchView


class SecondNearest:
    """Send the second-nearest idle ambulance; keep one close."""

    def choose(self, call: Call, view: DispatchView) -> Sequence[Assignment]:
        ranked = sorted(view.available, key=lambda a: view.arrival_in_s(a, call))
        kept = 1 if len(ranked) > call.units else 0
        return [Assignment(a.number) for a in ranked[kept : kept + call.units]]
