"""What policies are shown of a small city: pure data, no clock, no agents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from environment.demand.calls import Call
from policies.base import AmbulanceView, PolicyError
from policies.outlook import Outlook
from policies.small_city import ZONES, SmallCity


@dataclass(frozen=True)
class SmallDispatchView:
    """A `DispatchView` of a small city."""

    city: SmallCity
    now_s: float
    available: tuple[AmbulanceView, ...]
    waiting: int = 0

    @property
    def outlook(self) -> Outlook:
        """What is expected in the long run."""
        return self.city.outlook

    @property
    def stations(self) -> tuple[str, ...]:
        """The ``site_id`` of every station."""
        return self.city.stations

    @property
    def zones(self) -> tuple[str, ...]:
        """The ``zone_id`` of every zone."""
        return ZONES

    def travel_time_s(self, origin: int, destination: int, *, siren: bool = True) -> float:
        """Driving time between two junctions."""
        return self.city.travel_time_s(origin, destination, siren=siren)

    def arrival_in_s(self, ambulance: AmbulanceView, call: Call) -> float:
        """Seconds until an ambulance sent now is at the call, with siren to the most urgent."""
        siren = call.priority == 0
        return ambulance.ready_in_s + self.travel_time_s(ambulance.node, call.node, siren=siren)

    def zone_of(self, call: Call) -> str:
        """The zone that the call comes from."""
        return ZONES[call.zone]

    def district_of(self, call: Call) -> str:
        """The district that the call comes from."""
        return self.city.district(call.node)

    def stationed_in(self, district: str) -> tuple[int, ...]:
        """Numbers of all ambulances whose station is in a district, available or not."""
        homes = [self.city.station_node[station] for station in self.city.home]
        return tuple(n for n, node in enumerate(homes) if self.city.district(node) == district)

    def is_available(self, number: int) -> bool:
        """Whether there is an ambulance of this number that may be sent."""
        return any(ambulance.number == number for ambulance in self.available)

    def nearest(
        self, call: Call, count: int = 1, among: Sequence[int] | None = None
    ) -> Sequence[int]:
        """The available ambulances that are first at the call, soonest first."""
        asked = [a for a in self.available if among is None or a.number in among]
        ranked = sorted(asked, key=lambda ambulance: self.arrival_in_s(ambulance, call))
        return [ambulance.number for ambulance in ranked[: max(count, 0)]]


@dataclass(frozen=True)
class SmallHospitalView:
    """A `HospitalView` of a small city; those `closed` to the patient may not be chosen."""

    city: SmallCity
    now_s: float
    patients: tuple[int, ...]
    bays: tuple[float, ...]
    handover_s: float = 1200.0
    closed: tuple[int, ...] = ()

    @property
    def hospitals(self) -> tuple[str, ...]:
        """Names of the hospitals."""
        return self.city.hospitals

    def is_open(self, number: int, call: Call) -> bool:  # noqa: ARG002 - as the Protocol has it
        """Whether a hospital may be chosen."""
        return number not in self.closed

    def travel_times_s(self, call: Call) -> NDArray[np.float64]:
        """Driving time from the call to each hospital, infinite to those that are closed."""
        drive_s = [
            inf if number in self.closed else self.city.travel_time_s(call.node, node, siren=False)
            for number, node in enumerate(self.city.hospital_node)
        ]
        return np.array(drive_s)


@dataclass(frozen=True)
class SmallRelocationView:
    """A `RelocationView` of a small city; no ambulance may be sent to `closed` stations."""

    city: SmallCity
    now_s: float
    freed: int | None
    available: tuple[AmbulanceView, ...]
    shares: tuple[float, ...]
    closed: tuple[str, ...] = ()

    @property
    def stations(self) -> tuple[str, ...]:
        """The ``site_id`` of every station."""
        return self.city.stations

    @property
    def standing(self) -> NDArray[np.int64]:
        """Available ambulances at each station or on their way there, without `freed`, (s,)."""
        goals = [a.station for a in self.available if a.number != self.freed]
        return _read_only([goals.count(station) for station in self.stations])

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Whether ambulances may be sent to each station, (s,)."""
        return _read_only([station not in self.closed for station in self.stations])

    @property
    def zones(self) -> tuple[str, ...]:
        """The ``zone_id`` of every zone."""
        return ZONES

    @property
    def demand_share(self) -> NDArray[np.float64]:
        """Share of all calls that each zone has, (z,)."""
        return _read_only(self.shares)

    @property
    def station_to_zone_s(self) -> NDArray[np.float64]:
        """Seconds with siren from each station to the middle of each zone, (s, z)."""
        middles = [self.city.zone_node(zone) for zone in range(len(ZONES))]
        nodes = self.city.station_node
        return _read_only(
            [[self.city.travel_time_s(n, middle) for middle in middles] for n in nodes]
        )

    def home_of(self, number: int) -> str:
        """The ``site_id`` of an ambulance's own station."""
        return self.stations[self.city.home[number]]

    def travel_to_station_s(self, number: int) -> NDArray[np.float64]:
        """Seconds from an available ambulance to each station, those to set out with them, (s,)."""
        found = [ambulance for ambulance in self.available if ambulance.number == number]
        if not found:
            raise PolicyError(f"travel_to_station_s({number!r}): it is not available")
        node, ready_s = found[0].node, found[0].ready_in_s
        nodes = self.city.station_node
        drive_s = [self.city.travel_time_s(node, station, siren=False) for station in nodes]
        return ready_s + np.array(drive_s)


@dataclass(frozen=True)
class SmallSignalView:
    """A `SignalView` of the lights on a way through a small city."""

    now_s: float
    ahead: tuple[tuple[int, float, float, float], ...]

    @property
    def lights(self) -> NDArray[np.int64]:
        """Numbers of the equipped lights on the way, (k,)."""
        return _read_only(np.array([light[0] for light in self.ahead], dtype=np.int64))

    @property
    def distance_m(self) -> NDArray[np.float64]:
        """Metres from where the vehicle leaves to each of them, (k,)."""
        return self._column(1)

    @property
    def expected_s(self) -> NDArray[np.float64]:
        """Expected seconds until it is there, (k,)."""
        return self._column(2)

    @property
    def cross_flow_per_hour(self) -> NDArray[np.float64]:
        """Vehicles that each of them would hold up in an hour of green for this one, (k,)."""
        return self._column(3)

    def _column(self, number: int) -> NDArray[np.float64]:
        return _read_only([light[number] for light in self.ahead] or np.empty(0))


def _read_only(values: ArrayLike) -> NDArray[Any]:
    """An array that cannot be written, as those of a run."""
    array = np.array(values)
    array.flags.writeable = False
    return array
