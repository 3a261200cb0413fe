"""Every light keeps its cycle."""

from environment.demand.calls import Call
from policies.base import SignalView


class Fixed:
    """Switch no light for anybody; a vehicle with siren passes red lights with care."""

    def give_way(self, call: Call, view: SignalView) -> float:  # noqa: ARG002
        """Choose no distance."""
        return 0.0
