"""For each number of available ambulances, the stations to be manned."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from environment.errors import suggest
from policies.base import AmbulanceView, Move, RelocationView
from policies.mistakes import refuse

STAY_S = 1e-3
"""Of plans that take equally long, the one that moves fewest is chosen; this is below any drive."""


class ComplianceTable:
    """Man the stations that a table names for the number of ambulances that are available.

    Ambulances are assigned to the wanted stations so that the expected travel times of all
    together are least, as in the simulator JEMSS; the time to set out is not counted, so that who
    stands where it is wanted stays there. Who is left over goes to its own station, if that is
    open. Closed stations are passed over.

    Parameters
    ----------
    table : mapping of str to sequence of str
        By number of available ambulances, the stations (``site_id``) that they are to man; one
        that is to have two ambulances is named twice. Where a number is left out, the nearest
        lower one holds, and all are left over below the lowest.
    """

    def __init__(self, table: Mapping[str, Sequence[str]]) -> None:
        refuse(list(_mistakes(table)))
        self._table = {int(level): tuple(stations) for level, stations in table.items()}
        self._levels = sorted(self._table)
        self._checked = False

    def move(self, view: RelocationView) -> Sequence[Move]:
        """Choose moves towards the row of the table for those available now."""
        if not self._checked:
            refuse(self.unknown_names(view.stations, view.zones))
            self._checked = True
        ambulances = view.available
        target = self._assign(ambulances, self._wanted(view), view)
        moves = []
        for ambulance in ambulances:
            home = view.home_of(ambulance.number)
            station = target.get(ambulance.number, home)
            goes_on = station == _goal(ambulance, view)
            if not goes_on and view.is_open[view.stations.index(station)]:
                moves.append(Move(ambulance.number, station))
        return moves

    def unknown_names(
        self,
        stations: Sequence[str],
        zones: Sequence[str],  # noqa: ARG002
    ) -> list[str]:
        """Tell each station of the table that the city does not have, a line each."""
        return [
            f"table.{level}: no station {name!r} ({suggest(name, stations)})"
            for level in self._levels
            for name in dict.fromkeys(self._table[level])
            if name not in stations
        ]

    def _wanted(self, view: RelocationView) -> list[int]:
        """Rows of the stations to be manned, closed ones passed over."""
        lower = bisect_right(self._levels, len(view.available))
        if not lower:
            return []
        rows = [view.stations.index(name) for name in self._table[self._levels[lower - 1]]]
        return [row for row in rows if view.is_open[row]]

    @staticmethod
    def _assign(
        ambulances: Sequence[AmbulanceView], wanted: Sequence[int], view: RelocationView
    ) -> dict[int, str]:
        """The station of each ambulance that is to man one, by the least total travel time."""
        if not wanted:
            return {}
        travel_s = np.array(
            [view.travel_to_station_s(a.number)[wanted] - a.ready_in_s for a in ambulances]
        )
        names = [view.stations[row] for row in wanted]
        goals = [_goal(ambulance, view) for ambulance in ambulances]
        moved = np.array([[name != goal for name in names] for goal in goals])
        pairs = zip(*linear_sum_assignment(travel_s + STAY_S * moved), strict=True)
        return {ambulances[row].number: names[column] for row, column in pairs}


def _goal(ambulance: AmbulanceView, view: RelocationView) -> str:
    """Where an ambulance stands or drives if it is not moved."""
    if ambulance.number == view.freed:
        return view.home_of(ambulance.number)
    return ambulance.station


def _mistakes(table: object) -> Iterator[str]:
    """What is wrong with a table, whatever the city."""
    if not isinstance(table, Mapping) or not table:
        yield f'table must be like {{ 1 = ["A"], 2 = ["A", "B"] }}, got {table!r}'
        return
    for level, stations in table.items():
        if not (str(level).isdecimal() and int(level) > 0):
            yield f"table.{level}: expected a number of ambulances >= 1, got {level!r}"
        elif isinstance(stations, str) or not isinstance(stations, Sequence):
            yield f"table.{level} must be a list of stations, got {stations!r}"
        elif not all(isinstance(name, str) for name in stations):
            yield f"table.{level} must be a list of stations' names, got {list(stations)!r}"
        elif len(stations) > int(level):
            yield f"table.{level}: {len(stations)} stations for {level} ambulances"
