"""The ambulances that can be sent, in arrays that compiled code reads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from environment.arrivals import UNKNOWN, room_for_ways_home, soonest, turn
from environment.driving import Driving
from policies.base import AmbulanceView


class Fleet:
    """Who can be sent, from where, and how soon.

    An ambulance that can be sent either stands at its station, or drives there from `origin`,
    which it leaves at `left_s`, to be at the station's junction `drive_s` later. Sent elsewhere on
    its way, it turns at the next junction of its path.

    Parameters
    ----------
    driving : Driving
    home_node : (v,) int64
        Junction of each ambulance's station.
    access_s : (v,) float64
        Seconds between the station and its junction.
    mobilisation_s : float
        Mean time that a crew at its station takes to leave.
    stations, districts : sequence of str
        Station and district of each ambulance.
    """

    def __init__(
        self,
        driving: Driving,
        home_node: NDArray[np.int64],
        access_s: NDArray[np.float64],
        mobilisation_s: float,
        stations: Sequence[str],
        districts: Sequence[str],
    ) -> None:
        size = len(home_node)
        self._driving = driving
        self._stations, self._districts = stations, districts
        self._home_node, self._access_s = home_node, access_s
        self.available = np.zeros(size, dtype=np.bool_)
        self.available_count = 0
        self._returning = np.zeros(size, dtype=np.bool_)
        self._origin = home_node.copy()
        self._left_s = np.zeros(size)
        self._drive_s = np.zeros(size)
        self._ways = room_for_ways_home(size, driving.roads.node_count)
        self._everyone = np.arange(size)
        self._chosen, self._chosen_s = np.empty(size, np.int64), np.empty(size)
        self._home_labels = driving.way_labels()
        self._ready_s = mobilisation_s + access_s
        places = (self._origin, home_node, self._left_s, self._drive_s, self._ready_s)
        self._soonest_arguments = tuple(
            (
                *driving.call_labels(siren=siren),
                *self._home_labels,
                *self._ways,
                self.available,
                self._returning,
                *places,
            )
            for siren in (False, True)
        )

    def __len__(self) -> int:
        return len(self._home_node)

    def stand_by(self, number: int) -> None:
        """Note that an ambulance is ready at its station."""
        if not self.available[number]:
            self.available[number] = True
            self.available_count += 1
        self._returning[number] = False

    def drive_home(self, number: int, origin: int, left_s: float, drive_s: float) -> None:
        """Note that an ambulance that can be sent leaves a junction for its station."""
        self.available[number] = True
        self.available_count += 1
        self._returning[number] = True
        self._origin[number] = origin
        self._left_s[number] = left_s
        self._drive_s[number] = drive_s
        self._ways.size[number] = UNKNOWN

    def take(self, number: int, now_s: float) -> tuple[int, float]:
        """Send an ambulance: the junction that it leaves from, and the seconds until then."""
        self.available[number] = False
        self.available_count -= 1
        return self.place(number, now_s)

    def place(self, number: int, now_s: float) -> tuple[int, float]:
        """The junction from which an ambulance can leave, and the seconds until it is there."""
        if not self._returning[number]:
            return int(self._home_node[number]), float(self._access_s[number])
        return turn(
            *self._home_labels,
            *self._ways,
            number,
            self._origin[number],
            self._home_node[number],
            self._left_s[number],
            self._drive_s[number],
            now_s,
        )

    def metres_to(self, number: int, node: int) -> float:
        """Metres that an ambulance on its way home has driven when it turns at a junction."""
        return self._driving.metres(int(self._origin[number]), node)

    def nearest(
        self, node: int, now_s: float, siren: bool, count: int, among: Sequence[int] | None
    ) -> list[int]:
        """Up to `count` of those that can be sent, by expected arrival at a junction."""
        candidates = self._everyone if among is None else np.asarray(among, dtype=np.int64)
        found = soonest(
            *self._soonest_arguments[siren],
            candidates,
            node,
            now_s,
            self._driving.speed_factor(now_s),
            self._chosen[:count],
            self._chosen_s,
        )
        return self._chosen[:found].tolist()

    def views(self, now_s: float) -> list[AmbulanceView]:
        """Those that can be sent, in the order of their numbers."""
        return [
            AmbulanceView(
                number, self._stations[number], self._districts[number], *self._start(number, now_s)
            )
            for number in np.flatnonzero(self.available).tolist()
        ]

    def _start(self, number: int, now_s: float) -> tuple[int, float]:
        """Where an ambulance sent now is expected to start, and in how many seconds."""
        if not self._returning[number]:
            return int(self._home_node[number]), float(self._ready_s[number])
        return self.place(number, now_s)
