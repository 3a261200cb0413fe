"""The ambulances that can be sent, in arrays that compiled code reads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from environment.arrivals import (
    AVAILABLE,
    HOME,
    LEFT_S,
    ORIGIN,
    PATH_SIZE,
    READY_S,
    RETURNING,
    WAY_S,
    room_for_ways_home,
    soonest,
    turn,
)
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
        self._access_s = access_s
        self._places = np.zeros((size, PATH_SIZE + 1))
        self._places[:, HOME] = home_node
        self._places[:, READY_S] = mobilisation_s + access_s
        homes = (home_node.tolist(), self._places[:, READY_S].tolist())
        self._at_station = list(map(AmbulanceView, range(size), stations, districts, *homes))
        self.available_count = 0
        self._everyone = np.arange(size)
        ways = room_for_ways_home(size, driving.roads.node_count)
        self._way_arguments = (*driving.way_labels(), *ways, self._places)
        self._call_labels = (driving.call_labels(siren=False), driving.call_labels(siren=True))

    def __len__(self) -> int:
        return len(self._places)

    def is_available(self, number: int) -> bool:
        """Whether an ambulance can be sent."""
        return bool(self._places[number, AVAILABLE])

    def stand_by(self, number: int) -> None:
        """Note that an ambulance is ready at its station."""
        place = self._places[number]
        if not place[AVAILABLE]:
            place[AVAILABLE] = True
            self.available_count += 1
        place[RETURNING] = False

    def drive_home(self, number: int, origin: int, left_s: float, way_s: float) -> None:
        """Note that an ambulance that can be sent leaves a junction for its station."""
        place = self._places[number]
        place[AVAILABLE] = place[RETURNING] = True
        place[PATH_SIZE] = 0
        place[ORIGIN], place[LEFT_S], place[WAY_S] = origin, left_s, way_s
        self.available_count += 1

    def take(self, number: int, now_s: float) -> tuple[int, float]:
        """Send an ambulance: the junction that it leaves from, and the seconds until then."""
        self._places[number, AVAILABLE] = False
        self.available_count -= 1
        return self.place(number, now_s)

    def place(self, number: int, now_s: float) -> tuple[int, float]:
        """The junction from which an ambulance can leave, and the seconds until it is there."""
        place = self._places[number]
        if place[RETURNING]:
            return turn(*self._way_arguments, number, now_s)
        return int(place[HOME]), self._access_s[number]

    def metres_to(self, number: int, node: int) -> float:
        """Metres that an ambulance on its way home has driven when it turns at a junction."""
        return self._driving.metres(int(self._places[number, ORIGIN]), node)

    def nearest(
        self, node: int, now_s: float, siren: bool, count: int, among: Sequence[int] | None
    ) -> list[int]:
        """Up to `count` of those that can be sent, by expected arrival at a junction."""
        candidates = self._everyone if among is None else np.asarray(among, dtype=np.int64)
        chosen = np.empty(count, np.int64)
        time_ms, pace = self._call_labels[siren]
        pace /= self._driving.speed_factor(now_s)
        found = soonest(time_ms, pace, *self._way_arguments, candidates, node, now_s, chosen)
        return chosen[:found].tolist()

    def views(self, now_s: float) -> list[AmbulanceView]:
        """Those that can be sent, in the order of their numbers."""
        available = np.flatnonzero(self._places[:, AVAILABLE])
        views = [self._at_station[number] for number in available.tolist()]
        for place in np.flatnonzero(self._places[available, RETURNING]).tolist():
            node, ready_in_s = self.place(views[place].number, now_s)
            views[place] = views[place]._replace(node=node, ready_in_s=ready_in_s)
        return views
