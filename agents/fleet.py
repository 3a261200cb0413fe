"""The ambulances that can be sent, in a table that compiled code reads."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import numpy as np
from numpy.typing import NDArray

from environment.arrivals import (
    AVAILABLE,
    HOME,
    LEFT_S,
    NODE,
    ORIGIN,
    PATH_SIZE,
    READY_S,
    RETURNING,
    WAY_S,
    note_turns,
    room_for_ways_home,
    soonest,
)
from environment.driving import Driving
from policies.base import AmbulanceView


class Fleet:
    """Who can be sent, from where, and how soon.

    An ambulance that can be sent either stands at its station, or drives there; sent elsewhere on
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

    Attributes
    ----------
    available_count : int
        How many can be sent.
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
        self.available_count = 0
        self._driving = driving
        self._access_s: list[float] = access_s.tolist()
        self._at_station = [
            AmbulanceView(number, station, district, int(node), mobilisation_s + access)
            for number, (station, district, node, access) in enumerate(
                zip(stations, districts, home_node, self._access_s, strict=True)
            )
        ]
        self._mobilisation_s = mobilisation_s
        self._by_district = {
            district: tuple(n for n, own in enumerate(districts) if own == district)
            for district in set(districts)
        }
        self._places = np.zeros((size, PATH_SIZE + 1))
        self._places[:, HOME] = home_node
        self._everyone = np.arange(size)
        self._returning_count = 0
        self._noted_s = nan
        ways = room_for_ways_home(size, driving.roads.node_count)
        self._way_arguments = (*driving.way_labels(), *ways, self._places)
        self._call_labels = (driving.call_labels(siren=False), driving.call_labels(siren=True))

    def __len__(self) -> int:
        return len(self._places)

    def stationed_in(self, district: str) -> tuple[int, ...]:
        """Numbers of all ambulances whose station is in a district."""
        return self._by_district.get(district, ())

    def is_available(self, number: int) -> bool:
        """Whether an ambulance can be sent."""
        return bool(self._places[number, AVAILABLE])

    def stand_by(self, number: int) -> None:
        """Note that an ambulance is ready at its station."""
        place = self._places[number]
        if place[RETURNING]:
            place[RETURNING] = False
            self._returning_count -= 1
        else:
            place[AVAILABLE] = True
            self.available_count += 1
        place[NODE] = place[HOME]
        place[READY_S] = self._mobilisation_s + self._access_s[number]

    def drive_home(self, number: int, origin: int, left_s: float, way_s: float) -> None:
        """Note that an ambulance that can be sent leaves a junction for its station."""
        place = self._places[number]
        place[AVAILABLE] = place[RETURNING] = True
        place[ORIGIN], place[LEFT_S], place[WAY_S], place[PATH_SIZE] = origin, left_s, way_s, 0
        self.available_count += 1
        self._returning_count += 1
        self._noted_s = nan

    def take(self, number: int, now_s: float) -> tuple[int, float]:
        """Send an ambulance: the junction that it leaves from, and the seconds until then.

        The time that a crew at its station takes to set out is not among them.
        """
        self._note_turns(now_s)
        place = self._places[number]
        place[AVAILABLE] = False
        self.available_count -= 1
        if not place[RETURNING]:
            return int(place[HOME]), self._access_s[number]
        place[RETURNING] = False
        self._returning_count -= 1
        return int(place[NODE]), float(place[READY_S])

    def metres_to(self, number: int, node: int) -> float:
        """Metres that an ambulance on its way home has driven when it turns at a junction."""
        return self._driving.metres(int(self._places[number, ORIGIN]), node)

    def nearest(
        self, node: int, now_s: float, siren: bool, count: int, among: Sequence[int] | None
    ) -> list[int]:
        """Up to `count` of those that can be sent, by expected arrival at a junction."""
        self._note_turns(now_s)
        candidates = self._everyone if among is None else np.asarray(among, dtype=np.int64)
        address, time_ms, pace = self._call_labels[siren]
        pace /= self._driving.speed_factor(now_s)
        chosen = np.empty(count, np.int64)
        found = soonest(address, time_ms, pace, self._places, candidates, node, chosen)
        return chosen[:found].tolist()

    def views(self, now_s: float) -> list[AmbulanceView]:
        """Those that can be sent, by number."""
        self._note_turns(now_s)
        return [
            self._on_road(number) if returning else self._at_station[number]
            for number, (available, returning) in enumerate(self._places[:, :2].tolist())
            if available
        ]

    def _on_road(self, number: int) -> AmbulanceView:
        node, ready_in_s = self._places[number, [NODE, READY_S]]
        return self._at_station[number]._replace(node=int(node), ready_in_s=float(ready_in_s))

    def _note_turns(self, now_s: float) -> None:
        """Bring the places of ambulances on their way home up to date, once a moment."""
        if self._returning_count and self._noted_s != now_s:
            note_turns(*self._way_arguments, now_s)  # type: ignore[call-arg]
            self._noted_s = now_s
