"""Green for vehicles with siren, from a standard distance on."""

import math

from environment.demand.calls import Call
from policies.base import SignalView
from policies.mistakes import number_mistakes, refuse


class GreenWave:
    """Switch each equipped light when a vehicle with siren comes near.

    Parameters
    ----------
    distance_m : float
        How near: at 0 no light is ever switched.
    """

    def __init__(self, distance_m: float = 200.0) -> None:
        refuse(number_mistakes("distance_m", distance_m, _is_distance, "a number of metres >= 0"))
        self._distance_m = distance_m

    def give_way(self, call: Call, view: SignalView) -> float:  # noqa: ARG002
        """Choose the same distance for all lights and calls."""
        return self._distance_m


def _is_distance(metres: float) -> bool:
    return 0 <= metres < math.inf
