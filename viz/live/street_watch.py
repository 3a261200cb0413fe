"""Looks at the streets of a run: closed ones, and lights that make way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from environment.roads.network import RoadNetwork
from environment.traffic.green_waves import FROM_S, LIGHT, UNTIL_S
from viz.live.frame import Green
from viz.maps.streets import road_lines

if TYPE_CHECKING:
    from environment.traffic.driving import Driving
    from simulation.model import EmergencyModel

Key = tuple[int, int, float]
"""Light, axis and beginning of a green."""


class StreetWatch:
    """Tells of closed streets when they change, and of forced greens when they are planned.

    Attributes
    ----------
    greens : dict of Key to Green
        Forced greens that were told and may not be over.
    closed : (k, 4) float64
        Closed streets as straight lines in metres.
    """

    def __init__(self, model: EmergencyModel) -> None:
        self._model = model
        self._driving: Driving = model.ground.driving
        self._rows: dict[int, NDArray[np.float64]] = {}
        self._told: dict[int, list[Green]] = {}
        self.greens: dict[Key, Green] = {}
        self.closed = np.empty((0, 4))

    def look_at_closures(self) -> bool:
        """Whether other streets are closed than at the last look."""
        driving = self._model.world.driving
        if driving is self._driving:
            return False
        self._driving = driving
        self.closed = closed_lines(self._model.ground.city.roads, driving.closed)
        return True

    def look_at_greens(self, now_s: float) -> list[Green]:
        """Greens that were planned, or taken back, since the last look."""
        traffic = self._model.world.traffic
        told: list[Green] = []
        for ambulance in [number for number in self._rows if number not in traffic.greens]:
            told += self._replan(ambulance, [], now_s)
            del self._rows[ambulance], self._told[ambulance]
        for ambulance, (_, rows) in traffic.greens.items():
            if self._rows.get(ambulance) is not rows:
                planned = [_green(row, traffic.axis_of(row)) for row in rows]
                told += self._replan(ambulance, planned, now_s)
                self._rows[ambulance] = rows
        for green in told:
            self.greens[_key(green)] = green
        self.greens = {key: g for key, g in self.greens.items() if g.until_s > now_s}
        return told

    def _replan(self, ambulance: int, planned: list[Green], now_s: float) -> list[Green]:
        """The greens of a vehicle from now on, and those before that it will not use."""
        kept = {_key(green) for green in planned}
        dropped = [
            Green(g.light, g.axis, g.from_s, g.from_s)
            for g in self._told.get(ambulance, ())
            if g.from_s > now_s and _key(g) not in kept
        ]
        self._told[ambulance] = planned
        return dropped + planned


def _green(row: NDArray[np.float64], axis: int) -> Green:
    return Green(int(row[LIGHT]), axis, float(row[FROM_S]), float(row[UNTIL_S]))


def _key(green: Green) -> Key:
    return green.light, green.axis, green.from_s


def closed_lines(roads: RoadNetwork, closed: NDArray[np.bool_] | None) -> NDArray[np.float64]:
    """Closed street pieces as straight lines in metres, (k, 4)."""
    edges = np.flatnonzero(closed) if closed is not None else np.empty(0, dtype=np.int64)
    if not len(edges):
        return np.empty((0, 4))
    line = np.column_stack(roads.to_metres(*road_lines(roads, edges)))
    pieces = np.hstack([line[:-1], line[1:]])
    whole: NDArray[np.float64] = pieces[~np.isnan(pieces).any(axis=1)]
    return whole
