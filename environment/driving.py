"""Driving in a city: how long a trip takes, normally and with lights and sirens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from environment.roads.hub_labels import HubLabels
from environment.roads.network import RoadNetwork
from environment.roads.router import Router
from environment.traffic_lights import TrafficLights
from environment.travel_parameters import TravelParameters
from environment.trips import HOURS, lit_trip, open_trip, street_table

WAITS_FOR_GREEN = -1.0


Trip = Callable[[int, int, float, float], tuple[float, float]]
"""Seconds and metres of a trip, from origin, destination, departure and factor on its time."""


@dataclass(frozen=True, eq=False)
class Mode:
    """One way of driving: normal, or with lights and sirens.

    Attributes
    ----------
    router : Router
        Fastest paths by expected time, lights included.
    pace : float
        What the router's times are multiplied by.
    expected_s : (m,) float64
        Seconds on each street piece, with the mean wait at the light at its end, before `pace`.
    trip : callable
        The compiled trip, given all that stays the same.
    """

    router: Router
    pace: float
    expected_s: NDArray[np.float64]
    trip: Trip


class Driving:
    """Trips between any two junctions of a city.

    Parameters
    ----------
    roads : RoadNetwork
    travel : TravelParameters
    lights : TrafficLights
    hospital_node : (h,) int64
        Junctions to which times are kept at hand from everywhere.
    """

    def __init__(
        self,
        roads: RoadNetwork,
        travel: TravelParameters,
        lights: TrafficLights,
        hospital_node: NDArray[np.int64],
    ) -> None:
        self.roads = roads
        self._lights = lights
        self._hourly_factors = np.array(travel.hourly_speed_factors or (), dtype=np.float64)
        normal = self._mode(roads.free_flow_s, siren=False)
        self._modes = (normal, self._siren_mode(travel, normal))
        everywhere = np.arange(roads.node_count)
        self._to_hospital_s = [
            mode.router.table_s(everywhere, hospital_node) * mode.pace for mode in self._modes
        ]

    def _siren_mode(self, travel: TravelParameters, normal: Mode) -> Mode:
        """Share the normal router where sirens change no path."""
        if self._lights.any or travel.siren_kph:
            return self._mode(_siren_s(self.roads, travel), siren=True)
        return replace(normal, pace=1 / travel.siren_speed_factor)

    def _mode(self, free_flow_s: NDArray[np.float64], *, siren: bool) -> Mode:
        expected_s = free_flow_s + self._lights.expected_wait_s(siren=siren)
        router = Router.build(self.roads, expected_s)
        if not self._lights.any:
            return Mode(router, 1.0, expected_s, self._open_trip(router.labels))
        return Mode(
            router, 1.0, expected_s, self._lit_trip(router.labels, free_flow_s, siren=siren)
        )

    def _open_trip(self, labels: HubLabels) -> Trip:
        return partial(
            open_trip, labels.address, labels.time_ms, labels.length_dm, self._hourly_factors
        )

    def _lit_trip(
        self, labels: HubLabels, free_flow_s: NDArray[np.float64], *, siren: bool
    ) -> Trip:
        return partial(
            lit_trip,
            labels.address,
            labels.time_ms,
            labels.edge,
            labels.far_end,
            street_table(free_flow_s, self.roads.length_m, self._lights),
            self._lights.siren_delay_s if siren else WAITS_FOR_GREEN,
            self._hourly_factors,
            np.empty(self.roads.node_count, np.int32),
        )

    def trip(
        self, origin: int, destination: int, depart_s: float, siren: bool, noise: float
    ) -> tuple[float, float]:
        """Seconds and metres of a trip.

        Parameters
        ----------
        origin, destination : int
            Junctions.
        depart_s : float
            Seconds since midnight of the first day.
        siren : bool
        noise : float
            Factor on the time spent driving (not on that spent waiting at lights).
        """
        mode = self._modes[siren]
        return mode.trip(origin, destination, depart_s, mode.pace * noise)

    def call_labels(self, *, siren: bool) -> tuple[NDArray[np.int32], NDArray[np.int32], float]:
        """Labels of driving to a call, and the factor on them; see `environment.arrivals`."""
        mode = self._modes[siren]
        return mode.router.labels.address, mode.router.labels.time_ms, mode.pace

    def way_labels(self) -> tuple[NDArray[Any], ...]:
        """Labels and street times of driving home; see `environment.arrivals`."""
        normal = self._modes[False]
        labels = normal.router.labels
        return labels.address, labels.time_ms, labels.edge, labels.far_end, normal.expected_s

    def expected_s(self, origin: int, destination: int, now_s: float, siren: bool) -> float:
        """Expected driving time if one left now, speeds staying as they are at this hour."""
        mode = self._modes[siren]
        return mode.router.time_s(origin, destination) * mode.pace / self.speed_factor(now_s)

    def metres(self, origin: int, destination: int) -> float:
        """Metres of the normal way between two junctions."""
        return self._modes[False].router.length_m(origin, destination)

    def to_hospitals_s(self, node: int, siren: bool) -> NDArray[np.float64]:
        """Expected free-flow driving time from a junction to each hospital, (h,)."""
        return self._to_hospital_s[siren][node]

    def table_s(
        self, origins: NDArray[np.int64], destinations: NDArray[np.int64], *, siren: bool
    ) -> NDArray[np.float64]:
        """Expected free-flow driving times, (origins, destinations)."""
        mode = self._modes[siren]
        return mode.router.table_s(origins, destinations) * mode.pace

    def speed_factor(self, now_s: float) -> float:
        """Speed over free flow at a time of the day."""
        if not len(self._hourly_factors):
            return 1.0
        return float(self._hourly_factors[int(now_s // 3600) % HOURS])


def _siren_s(roads: RoadNetwork, travel: TravelParameters) -> NDArray[np.float64]:
    """Free-flow seconds with siren on each street piece."""
    by_class = np.array([travel.siren_kph.get(name, np.nan) for name in roads.road_classes])
    given_kph = by_class[roads.road_class]
    kph = np.where(np.isnan(given_kph), roads.speed_kph * travel.siren_speed_factor, given_kph)
    return roads.length_m / (kph / 3.6)
