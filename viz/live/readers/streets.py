"""Reads which streets are closed, and which lights make way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from environment.roads.network import RoadNetwork
from environment.traffic.driving import Driving
from simulation.trace import GreenRow, StreetsRow
from viz.live.frame import Green
from viz.live.readers.run_log import Cursor, RunLog
from viz.maps.streets import road_lines

Key = tuple[int, int, float]
"""Light, axis and beginning of a green."""


class StreetReader:
    """Tells of closed streets when they change, and of forced greens when they are planned.

    Attributes
    ----------
    greens : dict of Key to Green
        Forced greens that are not over.
    green_count : int
        Forced greens so far, those that are planned included.
    """

    def __init__(self, log: RunLog) -> None:
        trace = log.trace
        self._log = log
        self._closures: Cursor[StreetsRow] = Cursor(
            lambda first: trace.streets[first:], lambda row: row.since_s
        )
        self._planned: Cursor[GreenRow] = Cursor(
            lambda first: trace.greens[first:], lambda row: row.told_s
        )
        self._streets = self._told_streets = 0
        self._news: list[Green] = []
        self.greens: dict[Key, Green] = {}
        self.green_count = 0

    def read(self, now_s: float) -> None:
        """Take in what has happened until a moment."""
        self._streets += sum(1 for _ in self._closures.until(now_s))
        for row in self._planned.until(now_s):
            green = Green(row.light, row.axis, row.from_s, row.until_s)
            key = (green.light, green.axis, green.from_s)
            if green.until_s <= green.from_s:
                self.green_count -= 1
            elif key not in self.greens:
                self.green_count += 1
            self.greens[key] = green
            self._news.append(green)
        if self.greens:
            self.greens = {key: g for key, g in self.greens.items() if g.until_s > now_s}

    def news(self) -> list[Green]:
        """Greens that were planned, or taken back, since this was asked last."""
        news, self._news = self._news, []
        return news

    def forget(self) -> None:
        """Let go of what nobody will ask for."""
        self._news = []

    def has_changed(self) -> bool:
        """Whether other streets are closed than when this was asked last."""
        before, self._told_streets = self._told_streets, self._streets
        return before != self._streets

    @property
    def driving(self) -> Driving:
        """On the streets that are open."""
        return self._log.driving(self._streets)

    @property
    def closed(self) -> NDArray[np.float64]:
        """Closed streets as straight lines in metres, (k, 4)."""
        closed = self._log.trace.streets[self._streets - 1].closed if self._streets else ()
        return closed_lines(self._log.area.city.roads, np.array(closed, dtype=np.int64))


def closed_lines(roads: RoadNetwork, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Street pieces as straight lines in metres, (k, 4)."""
    if not len(edges):
        return np.empty((0, 4))
    line = np.column_stack(roads.to_metres(*road_lines(roads, edges)))
    pieces = np.hstack([line[:-1], line[1:]])
    whole: NDArray[np.float64] = pieces[~np.isnan(pieces).any(axis=1)]
    return whole
