"""Which streets are closed at a moment: by the scenario, and by changes made while it runs."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np
import simpy
from numpy.typing import NDArray

from agents.event_log import TraceLog
from agents.service.context import Vehicle
from agents.service.fleet import Fleet
from agents.streets import Streets
from environment.disruptions import DisruptionParameters, closure_changes, closures_in
from simulation.preparation import ServiceArea


class StreetClosures:
    """Closes and opens the streets of a run, and turns vehicles off those that are closed.

    Closures may overlap. Those of the scenario are known from the start: of each set that holds at
    a time the driving is kept with the area, and what begins and ends at one moment is one
    change.

    Parameters
    ----------
    env : simpy.Environment
    area : ServiceArea
    streets : Streets
    fleet : Fleet
    vehicles : sequence of Vehicle
        All that drive on these streets.
    trace : TraceLog
    """

    def __init__(
        self,
        env: simpy.Environment,
        area: ServiceArea,
        streets: Streets,
        fleet: Fleet,
        vehicles: Sequence[Vehicle],
        trace: TraceLog,
    ) -> None:
        self._env = env
        self._area = area
        self._streets = streets
        self._fleet = fleet
        self._vehicles = vehicles
        self._trace = trace
        self._planned: frozenset[int] = frozenset()
        self._extra: list[NDArray[np.bool_]] = []

    @property
    def closed(self) -> NDArray[np.bool_]:
        """Street pieces that are closed now, (m,)."""
        closed = self._area.closed_by(self._planned)
        for more in self._extra:
            closed |= more
        return closed

    def schedule(self, disruptions: Sequence[DisruptionParameters]) -> None:
        """Have the closures among the scenario's disruptions begin and end when it says."""
        for at_s, closures in closure_changes(closures_in(disruptions)):
            self._env.process(self._change_at(at_s, closures))

    def close(self, pieces: NDArray[np.bool_]) -> None:
        """Close more street pieces, (m,), from now on."""
        self._extra.append(pieces)
        self._change()

    def open(self, pieces: NDArray[np.bool_]) -> None:
        """Open what `close` was given, but for what another closure keeps closed."""
        self._extra = [one for one in self._extra if one is not pieces]
        self._change()

    def _change_at(
        self, at_s: float, closures: frozenset[int]
    ) -> Generator[simpy.Event, None, None]:
        yield self._env.timeout(at_s)
        self._planned = closures
        self._change()

    def _change(self) -> None:
        """Drive on what is open; those whose way is closed take another from the next junction."""
        closed, area = self.closed, self._area
        turns = [(vehicle, vehicle.next_turn()) for vehicle in self._vehicles if vehicle.is_driving]
        self._streets.driving = (
            area.driving_around(closed) if self._extra else area.driving_when(self._planned)
        )
        self._streets.number = self._trace.streets_changed(self._streets.driving)
        self._fleet.streets_changed(self._env.now)
        for vehicle, (node, in_s, driven_m) in turns:
            way = vehicle.way
            if way and way.driving.crosses(node, way.destination, way.siren, closed):
                vehicle.take_other_way(node, in_s, driven_m)
