"""A vehicle on the road, whatever it drives for: ambulances and trucks alike."""

from __future__ import annotations

import mesa
import simpy

from environment.traffic.ways import Way, metres_up_to, next_turn


class RoadVehicle(mesa.Agent):
    """Knows its way, and where it can turn off it.

    Attributes
    ----------
    way : Way or None
        The drive that it is on, or has last been on.
    """

    def __init__(self, model: mesa.Model, env: simpy.Environment) -> None:
        super().__init__(model)
        self.way: Way | None = None
        self._env = env

    @property
    def is_driving(self) -> bool:
        """Whether it is on the road, or about to be."""
        way = self.way
        return way is not None and self._env.now < way.left_s + way.drive_s

    def next_turn(self) -> tuple[int, float, float]:
        """The junction where it can turn, the seconds until then and the metres up to there."""
        assert self.way is not None
        node, in_s = next_turn(self.way, self._env.now)
        return node, in_s, self.metres_to(node)

    def metres_to(self, node: int) -> float:
        """Metres of its way up to the junction where it turns; 0 if it is on none."""
        return 0.0 if self.way is None else metres_up_to(self.way, node, self._env.now)
