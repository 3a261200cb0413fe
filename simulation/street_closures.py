"""Which streets are closed at a moment: by the scenario, and by who steps in while it runs."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
import simpy
from numpy.typing import NDArray

from agents.service.disruptions import CityEvents

if TYPE_CHECKING:
    from simulation.preparation import Ground


class StreetClosures:
    """Closes and opens the streets of a run; closures may overlap.

    Parameters
    ----------
    env : simpy.Environment
    ground : Ground
    events : CityEvents
        Turns vehicles off ways that are closed.
    """

    def __init__(self, env: simpy.Environment, ground: Ground, events: CityEvents) -> None:
        self._env = env
        self._ground = ground
        self._events = events
        self._planned: frozenset[int] = frozenset()
        self._extra: list[NDArray[np.bool_]] = []

    def plan(self, at_s: float, closures: frozenset[int]) -> Generator[simpy.Event, None, None]:
        """Have some of the scenario's closures hold from a moment on: a SimPy process."""
        yield self._env.timeout(at_s)
        self._planned = closures
        self._change()

    def close(
        self, closed: NDArray[np.bool_], until_s: float
    ) -> Generator[simpy.Event, None, None]:
        """Close more streets from now to a moment: a SimPy process."""
        self._extra.append(closed)
        self._change()
        yield self._env.timeout(until_s - self._env.now)
        self._extra = [one for one in self._extra if one is not closed]
        self._change()

    @property
    def closed(self) -> NDArray[np.bool_]:
        """Street pieces that are closed now, (m,)."""
        closed = self._ground.closed_by(self._planned)
        for more in self._extra:
            closed |= more
        return closed

    def _change(self) -> None:
        closed, ground = self.closed, self._ground
        if self._extra:
            driving = ground.driving_around(closed)
        else:
            driving = ground.driving_when(self._planned)
        self._events.change_streets(closed, driving)
