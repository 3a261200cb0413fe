"""What a crew knows about hospitals, as the hospital policy sees it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agents.hospital import Hospital
from agents.world import World
from environment.calls import Call


class CrewView:
    """A `HospitalView` on the live run: good for the decision at hand, not to be kept.

    What it hands out are copies, or cannot be changed.
    """

    __slots__ = ("_access_s", "_hospitals", "_names", "_world")

    def __init__(self, world: World, hospitals: Sequence[Hospital]) -> None:
        self._world = world
        self._hospitals = hospitals
        self._names: tuple[str, ...] = tuple(str(h.name) for h in hospitals)
        self._access_s = np.array([h.access_s for h in hospitals])

    @property
    def now_s(self) -> float:
        """Seconds since the start of the run."""
        return self._world.env.now

    @property
    def hospitals(self) -> tuple[str, ...]:
        """Names of the hospitals, in the order of their numbers."""
        return self._names

    @property
    def patients(self) -> tuple[int, ...]:
        """Patients being handed over at each hospital or on their way to it."""
        return tuple([h.patients for h in self._hospitals])

    def travel_times_s(self, call: Call) -> NDArray[np.float64]:
        """Expected driving time from the call to each hospital if one left now, (h,)."""
        siren = self._world.priorities[call.priority].siren_to_hospital
        return self._world.driving.to_hospitals_s(call.node, siren) + self._access_s
