"""The ambulances that can be sent, in a table that compiled code reads."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import numpy as np
from numpy.typing import NDArray

from agents.streets import Streets
from environment.districts import Districts
from environment.fleet.vehicles import Vehicles
from environment.places.city import Stops
from environment.traffic.ways import (
    BUSY,
    DESTINATION,
    FREE,
    LEFT_S,
    MOVING,
    NODE,
    ORIGIN,
    PATH_SIZE,
    PLACE_COLUMNS,
    RANK,
    READY_S,
    SIREN,
    SKILLS,
    WAY_S,
    Way,
    covered_share,
    note_turns,
    room_for_ways,
    soonest,
)
from policies.base import AmbulanceView


class Fleet:
    """Who can be sent, from where, and how soon.

    An ambulance that can be sent stands at a station, or is on the road; sent elsewhere on its
    way, it turns at the next junction of its path, or where that ends.

    Parameters
    ----------
    streets : Streets
    stations : Stops
    vehicles : Vehicles
    types : sequence of str
        Names of the vehicle types.
    districts : Districts
    mobilisation_s : float
        Mean time that a crew at its station takes to leave.
    siren_access_share : float
        Seconds between a place and the street with siren, over those without.

    Attributes
    ----------
    available_count : int
        How many have no patient and can be sent.
    station : (v,) int64
        Row of the station where each stands or to which it drives; its own if it does neither.
    """

    def __init__(
        self,
        streets: Streets,
        stations: Stops,
        vehicles: Vehicles,
        types: Sequence[str],
        districts: Districts,
        mobilisation_s: float,
        siren_access_share: float,
    ) -> None:
        size = len(vehicles)
        self.available_count = 0
        self.station = vehicles.station.copy()
        self._home: list[int] = vehicles.station.tolist()
        self._size = size
        self._station_names: list[str] = stations.sites.site_id.tolist()
        self._station_node: list[int] = stations.node.tolist()
        self._access_s: list[float] = stations.access_s.tolist()
        self._mobilisation_s = mobilisation_s
        self._access_share = {False: 1.0, True: siren_access_share}
        self._district = [districts.of_station[row] for row in self._home]
        self._by_district = {
            district: tuple(n for n, own in enumerate(self._district) if own == district)
            for district in set(self._district)
        }
        self._type = [types[row] for row in vehicles.type.tolist()]
        self._standing = [
            self._view(number, row, self._station_node[row], nan)
            for number, row in enumerate(self._home)
        ]
        self._one_kind = bool((vehicles.skills == vehicles.skills[:1]).all())
        self._skills: list[int] = vehicles.skills.tolist()
        self._rank = [BUSY] * size
        self._moving = [False] * size
        self._lead_s = [0.0] * size
        self._places = np.zeros((size, PLACE_COLUMNS))
        self._places[:, RANK] = BUSY
        self._places[:, SKILLS] = vehicles.skills
        self._everyone = np.arange(size)
        self._on_road_count = 0
        self._may_be_called_off = False
        self._noted_s = nan
        self._streets = streets
        self._ways = room_for_ways(size, streets.driving.roads.node_count)
        self._read_labels()

    def __len__(self) -> int:
        return self._size

    def streets_changed(self, now_s: float) -> None:
        """Drive on other streets from now on: some have been closed or opened.

        Ambulances that stay on their ways keep them as they were.
        """
        self._note_turns(now_s)
        self._read_labels()

    def _read_labels(self) -> None:
        """Take from the streets what compiled code reads."""
        driving = self._streets.driving
        turning = (driving.roads.xy_m, driving.redirect, self._places)
        self._way_arguments = tuple(
            (*driving.way_labels(siren=siren), *self._ways, *turning) for siren in (False, True)
        )
        self._call_labels = tuple(driving.call_labels(siren=siren) for siren in (False, True))
        self._noted_s = nan

    def stationed_in(self, district: str) -> tuple[int, ...]:
        """Numbers of all ambulances whose own station is in a district."""
        return self._by_district.get(district, ())

    def home_of(self, number: int) -> int:
        """Row of an ambulance's own station."""
        return self._home[number]

    def is_available(self, number: int, priority: int, skill: int) -> bool:
        """Whether an ambulance can be sent to a call of a priority that asks for a skill."""
        rank = self._rank[number]
        if rank != FREE:  # on its way to a patient it may have arrived
            rank = self._places[number, RANK]
        return bool(rank > priority) and self._skills[number] & skill == skill

    def is_free(self, number: int) -> bool:
        """Whether an ambulance has no patient and can be sent."""
        return self._rank[number] == FREE

    def can_answer(self, priority: int, skill: int, now_s: float) -> bool:
        """Whether any ambulance can be sent to a call of a priority that asks for a skill."""
        if self._one_kind and not self._may_be_called_off:
            return self.available_count > 0
        self._note_turns(now_s)
        skills = self._places[:, SKILLS].astype(np.int64)
        return bool(((self._places[:, RANK] > priority) & (skills & skill == skill)).any())

    def can_any_answer(
        self, numbers: Sequence[int], priority: int, skill: int, now_s: float
    ) -> bool:
        """Whether any of some ambulances can be sent to such a call."""
        self._note_turns(now_s)
        return any(self.is_available(number, priority, skill) for number in numbers)

    def stand_by(self, number: int, station: int) -> None:
        """Note that an ambulance is ready at a station."""
        node, access_s = self._station_node[station], self._access_s[station]
        self._stand(number, station, node, access_s, self._mobilisation_s + access_s)

    def stand_on_street(self, number: int, node: int, lead_s: float) -> None:
        """Note that an ambulance is free, `lead_s` from a stop, and not yet on its way."""
        self._stand(number, self._home[number], node, lead_s, lead_s)

    def drive(self, number: int, way: Way, station: int) -> None:
        """Note that an ambulance that can be sent drives to a station."""
        self.station[number] = station
        self._set_off(number, way, FREE)

    def answer(self, number: int, way: Way, priority: int) -> None:
        """Note that an ambulance drives to a patient, and may be called off on its way."""
        self._may_be_called_off = True
        self.station[number] = self._home[number]
        self._set_off(number, way, priority)

    def change_priority(self, number: int, priority: int) -> None:
        """Note that the patient to whom an ambulance drives is more or less urgent from now on."""
        if self._places[number, RANK] not in {BUSY, FREE}:
            self._places[number, RANK] = self._rank[number] = priority

    def withdraw(self, number: int) -> None:
        """Note that an ambulance cannot be sent any more."""
        rank = self._rank[number]
        if rank == BUSY:
            return
        place = self._places[number]  # item by item: numpy takes its time over a slice
        place[RANK], self._rank[number] = BUSY, BUSY
        if rank == FREE:
            self.available_count -= 1
        if self._moving[number]:
            place[MOVING], self._moving[number] = False, False
            self._on_road_count -= 1

    def take(self, number: int, now_s: float, *, siren: bool = False) -> tuple[int, float]:
        """Send an ambulance: the stop that it leaves from, and the seconds until then.

        The time that a crew at its station takes to set out is not among them.
        """
        self._note_turns(now_s)
        place = self._places[number]
        if self._moving[number]:
            lead_s = float(place[READY_S])
        else:
            lead_s = self._lead_s[number] * self._access_share[siren]
        self.withdraw(number)
        return int(place[NODE]), lead_s

    def nearest(
        self,
        node: int,
        now_s: float,
        siren: bool,
        wanted: tuple[int, int, int],
        among: Sequence[int] | None,
    ) -> list[int]:
        """Those that can be sent, by expected arrival at a stop.

        `wanted` says up to how many, to a call of which priority, and with which skill.
        """
        self._note_turns(now_s)
        count, priority, skill = wanted
        candidates = self._everyone if among is None else np.asarray(among, dtype=np.int64)
        address, time_ms, pieces, pace = self._call_labels[siren]
        driving = self._streets.driving
        pace /= driving.speed_factor(now_s)
        node, _ = driving.stand_in(node)
        chosen = np.empty(count, np.int64)
        found = soonest(
            address, time_ms, pieces, pace, self._places, candidates, node, priority, skill, chosen
        )
        return chosen[:found].tolist()

    def place(self, number: int, now_s: float) -> tuple[int, float]:
        """Stop that an ambulance would leave from, and the seconds until then, as in views."""
        self._note_turns(now_s)
        place = self._places[number]
        return int(place[NODE]), float(place[READY_S])

    def free_by_station(
        self, but: int | None, among: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int64]:
        """Ambulances without a patient that stand at each station or drive there, (s,).

        `among` says which of them count, (v,); all, where it is not given.
        """
        free = self._places[:, RANK] == FREE
        if among is not None:
            free &= among
        if but is not None:
            free[but] = False
        return np.bincount(self.station[free], minlength=len(self._station_names))

    def covered_share(
        self,
        station_s: NDArray[np.float64],
        nodes: NDArray[np.int64],
        shares: NDArray[np.float64],
        within_s: float,
        now_s: float,
    ) -> float:
        """Share of the demand that an ambulance without a patient can reach within a time.

        Parameters
        ----------
        station_s : (s, z) float64
            Free-flow seconds with siren from the stop of each station.
        nodes : (z,) int64
            Stops where there is demand.
        shares : (z,) float64
        within_s, now_s : float
        """
        self._note_turns(now_s)
        address, time_ms, pieces, pace = self._call_labels[True]
        slowness = 1 / self._streets.driving.speed_factor(now_s)
        return float(
            covered_share(
                address, time_ms, pieces, pace, slowness, self._places,
                self.station, station_s, nodes, shares, within_s,
            )
        )  # fmt: skip

    def views(self, now_s: float, priority: int, skill: int) -> list[AmbulanceView]:
        """Those that can be sent to a call of a priority that asks for a skill, by number."""
        self._note_turns(now_s)
        columns = self._places[:, [RANK, NODE, READY_S, SKILLS]].tolist()
        return [
            self._on_road(number, int(node), ready_s) if self._moving[number] else standing
            for number, (standing, (rank, node, ready_s, skills)) in enumerate(
                zip(self._standing, columns, strict=True)
            )
            if rank > priority and int(skills) & skill == skill
        ]

    def _on_road(self, number: int, node: int, ready_in_s: float) -> AmbulanceView:
        view = self._view(number, int(self.station[number]), node, ready_in_s)
        rank = self._rank[number]
        return view if rank == FREE else view._replace(under_way_to=rank)

    def _view(self, number: int, station: int, node: int, ready_in_s: float) -> AmbulanceView:
        name, kind = self._station_names[station], self._type[number]
        return AmbulanceView(number, name, self._district[number], node, ready_in_s, kind)

    def _stand(
        self, number: int, station: int, node: int, lead_s: float, ready_in_s: float
    ) -> None:
        if self._rank[number] != BUSY:
            self.withdraw(number)
        self.available_count += 1
        self.station[number] = station
        self._rank[number], self._lead_s[number] = FREE, lead_s
        place = self._places[number]
        place[RANK], place[NODE], place[READY_S] = FREE, node, ready_in_s
        before = self._standing[number]
        if before.node != node or before.ready_in_s != ready_in_s:
            self._standing[number] = self._view(number, station, node, ready_in_s)

    def _set_off(self, number: int, way: Way, rank: int) -> None:
        if self._rank[number] != BUSY:
            self.withdraw(number)
        if rank == FREE:
            self.available_count += 1
        self._on_road_count += 1
        self._rank[number], self._moving[number] = rank, True
        place = self._places[number]
        place[RANK], place[MOVING], place[PATH_SIZE] = rank, True, 0
        place[ORIGIN], place[DESTINATION] = way.origin, way.destination
        place[LEFT_S], place[WAY_S], place[SIREN] = way.left_s, way.drive_s, way.siren
        self._noted_s = nan

    def _note_turns(self, now_s: float) -> None:
        """Bring the places of ambulances on the road up to date, once a moment."""
        if self._on_road_count and self._noted_s != now_s:
            note_turns(*self._way_arguments[False], False, now_s)  # type: ignore[call-arg]
            if self._may_be_called_off:
                note_turns(*self._way_arguments[True], True, now_s)  # type: ignore[call-arg]
            self._noted_s = now_s
