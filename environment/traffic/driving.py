"""Driving in a city: how long a trip takes, normally and with lights and sirens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from environment.parameters import Kph, Parameters
from environment.roads.hub_labels import HubLabels
from environment.roads.network import RoadNetwork
from environment.roads.router import Router
from environment.roads.speeds import FERRY
from environment.roads.stops import PARTS, driven, times_from_point_s
from environment.traffic.closures import BARRIER_S, close_streets, detour_router
from environment.traffic.green_waves import ForcedGreens
from environment.traffic.redirects import AT_THE_END
from environment.traffic.traffic_lights import TrafficLights
from environment.traffic.trips import (
    Switches,
    green_trip,
    lit_trip,
    make_room,
    open_trip,
    street_table,
)
from environment.units import HOUR_S, HOURS_A_DAY

Factor = Annotated[float, Field(ge=0.01, le=100)]


class TravelParameters(Parameters):
    """Speeds relative to the free flow that the map gives."""

    siren_speed_factor: Annotated[
        Factor, Field(description="speed with lights and sirens over normal speed")
    ] = 1.25
    siren_kph: dict[str, Kph] = Field(
        default_factory=dict,
        description="speed with lights and sirens by road class, where it is given; a ramp has "
        "that of its road",
    )
    hourly_speed_factors: Annotated[
        Annotated[tuple[Factor, ...], Field(min_length=24, max_length=24)] | None,
        Field(description="speed over free flow by hour of the day, for every vehicle"),
    ] = None

    def given_siren_kph(self, road_class: str) -> float:
        """The speed with siren that is given to a class, or to a ramp's road; NaN if none is."""
        parent = road_class.removesuffix("_link")
        return self.siren_kph.get(road_class, self.siren_kph.get(parent, np.nan))


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
    free_flow_s, expected_s : (m,) float64
        Seconds on each street piece without and with the mean wait at the light at its end, before
        `pace`.
    siren_delay_s : float
        What is lost at red; `WAITS_FOR_GREEN` without siren.
    streets : (m, 5) float64
        `environment.traffic.trips.street_table`.
    trip : callable
        The compiled trip, given all that stays the same.
    """

    router: Router
    pace: float
    free_flow_s: NDArray[np.float64]
    expected_s: NDArray[np.float64]
    siren_delay_s: float
    streets: NDArray[np.float64]
    trip: Trip


class Driving:
    """Trips between any two stops of a city: junctions, and points between two.

    Parameters
    ----------
    roads : RoadNetwork
    travel : TravelParameters
    lights : TrafficLights
    hospital_node : (h,) int64
        Stops of the hospitals, to which times are kept at hand from everywhere.
    closed : (m,) bool, optional
        Street pieces that nobody can drive on. From and to a stop that they cut off one drives
        from and to its stand-in, and walks the rest; see `environment.traffic.closures`.
    redirect : int
        Where one turns between two junctions; see `environment.traffic.redirects`.
    """

    def __init__(
        self,
        roads: RoadNetwork,
        travel: TravelParameters,
        lights: TrafficLights,
        hospital_node: NDArray[np.int64],
        closed: NDArray[np.bool_] | None = None,
        *,
        redirect: int = AT_THE_END,
    ) -> None:
        self.roads = roads
        self.redirect = redirect
        self._open = None if closed is None else close_streets(roads, closed)
        self.lights = lights
        self.has_lights = lights.any
        self._can_switch = lights.can_switch
        self._switches = Switches(
            lights.light, lights.axis, lights.equipped, lights.cross_flow_per_hour, lights.switch_s
        )
        self._room = make_room(roads.node_count)
        self._hourly_factors = np.array(travel.hourly_speed_factors or (), dtype=np.float64)
        normal = self._mode(roads.free_flow_s, siren=False)
        self._modes = (normal, self._siren_mode(travel, normal))
        self._hospital_node = np.ascontiguousarray(hospital_node, np.int64)
        everywhere = np.arange(roads.node_count)
        self._to_hospital_s = [
            self.table_s(everywhere, hospital_node, siren=siren) for siren in (False, True)
        ]

    def _siren_mode(self, travel: TravelParameters, normal: Mode) -> Mode:
        """Share the normal router where sirens change no path."""
        roads = self.roads
        own_times = travel.siren_kph or FERRY in roads.road_classes
        if self.lights.any or own_times or roads.siren_only is not None:
            return self._mode(_siren_s(self.roads, travel), siren=True)
        return replace(normal, pace=1 / travel.siren_speed_factor)

    def _mode(self, free_flow_s: NDArray[np.float64], *, siren: bool) -> Mode:
        expected_s = free_flow_s + self.lights.expected_wait_s(siren=siren)
        along_s = free_flow_s
        if not siren:
            expected_s = expected_s + BARRIER_S * self.roads.takes_siren
            along_s = np.where(self.roads.takes_siren, np.nan, free_flow_s)
        router = self._router(expected_s, along_s)
        siren_delay_s = self.lights.siren_delay_s if siren else WAITS_FOR_GREEN
        streets = street_table(free_flow_s, self.roads.length_m, self.lights)
        if self.lights.any:
            trip = self._lit_trip(router.labels, streets, siren_delay_s)
        else:
            trip = self._open_trip(router.labels)
        return Mode(router, 1.0, free_flow_s, expected_s, siren_delay_s, streets, trip)

    def _router(self, expected_s: NDArray[np.float64], free_flow_s: NDArray[np.float64]) -> Router:
        if self._open is None:
            return Router.build(self.roads, expected_s, free_flow_s)
        return detour_router(self.roads, self._open, expected_s, free_flow_s)

    def _open_trip(self, labels: HubLabels) -> Trip:
        return partial(
            open_trip,
            labels.address,
            labels.time_ms,
            labels.length_dm,
            labels.pieces,
            self._hourly_factors,
        )

    def _lit_trip(
        self, labels: HubLabels, streets: NDArray[np.float64], siren_delay_s: float
    ) -> Trip:
        return partial(
            lit_trip,
            labels.address,
            labels.time_ms,
            labels.edge,
            labels.pieces,
            streets,
            siren_delay_s,
            self._hourly_factors,
            self._room.path,
        )

    @property
    def closed(self) -> NDArray[np.bool_] | None:
        """Street pieces that nobody can drive on, (m,); None where all are open."""
        return None if self._open is None else self._open.closed

    def trip(
        self, origin: int, destination: int, depart_s: float, siren: bool, noise: float
    ) -> tuple[float, float]:
        """Seconds and metres of a trip.

        Parameters
        ----------
        origin, destination : int
            Stops.
        depart_s : float
            Seconds since midnight of the first day.
        siren : bool
        noise : float
            Factor on the time spent driving (not on that spent waiting at lights).
        """
        mode = self._modes[siren]
        if self._open is None:
            return mode.trip(origin, destination, depart_s, mode.pace * noise)
        first, last, out_s, in_s = self._open.between(origin, destination)
        drive_s, metres = mode.trip(first, last, depart_s + out_s, mode.pace * noise)
        return out_s + drive_s + in_s, metres

    def green_trip(
        self,
        forced: ForcedGreens,
        origin: int,
        destination: int,
        depart_s: float,
        siren: bool,
        noise: float,
        give_way_m: float | NDArray[np.float64],
    ) -> tuple[float, float, NDArray[np.float64]]:
        """Seconds and metres of a trip among forced greens, and those that it forces itself.

        Parameters
        ----------
        forced : ForcedGreens
            Those that hold; the trip's own are entered.
        origin, destination, depart_s, siren, noise
            As for `trip`.
        give_way_m : float or (k,) float64
            The distance at which equipped lights are switched: one for all, or one for each that
            `lights_ahead` names. At 0 a light keeps its cycle.

        Returns
        -------
        seconds, metres : float
        rows : (k', 6) float64
            Light, from_s, until_s, cross_red_s, held_vehicles and axis of each green that was
            forced: how long it lasts, for how much of it the cycle would have shown red, how many
            vehicles of the other axis come in that time, and along which axis it shows.
        """
        mode = self._modes[siren]
        first, last, out_s, in_s = self._drive_between(origin, destination)
        labels = mode.router.labels
        seconds, metres, rows = green_trip(
            (labels.address, labels.time_ms, labels.edge, labels.pieces),
            mode.streets,
            self._switches,
            mode.siren_delay_s,
            self._hourly_factors,
            self._room,
            forced.intervals,
            first,
            last,
            depart_s + out_s,
            mode.pace * noise,
            np.atleast_1d(np.asarray(give_way_m, dtype=np.float64)),
        )
        return out_s + seconds + in_s, metres, self._room.rows[:rows].copy()

    def lights_ahead(
        self, origin: int, destination: int, siren: bool
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """The equipped lights on the way between two stops, in the order of driving.

        Returns
        -------
        lights : (k,) int64
        distance_m : (k,) float64
            From the origin to each.
        expected_s : (k,) float64
            Expected free-flow seconds until there, with mean waits at the lights before it.
        cross_flow_per_hour : (k,) float64
            Vehicles that come along the other axis.
        """
        mode, lights = self._modes[siren], self.lights
        first, last = self.stand_in(origin)[0], self.stand_in(destination)[0]
        path = mode.router.path(first, last)
        met = np.flatnonzero(self._can_switch[path[:-1]])  # one at the end is not passed
        approach = path[met]
        light = lights.light[approach]
        own_wait_s = mode.expected_s[approach] - mode.free_flow_s[approach]
        before_m, before_s = self._before(mode, path, first)
        return (
            light,
            np.cumsum(self.roads.length_m[path])[met] - before_m,
            (np.cumsum(mode.expected_s[path])[met] - own_wait_s - before_s) * mode.pace,
            lights.cross_flow_per_hour[light, lights.axis[approach]],
        )

    def _before(self, mode: Mode, path: NDArray[np.int32], origin: int) -> tuple[float, float]:
        """Metres and free-flow seconds of a path's first piece that lie before its origin."""
        if origin < self.roads.node_count or not len(path):
            return 0.0, 0.0
        pieces = mode.router.labels.pieces
        begin, _ = driven(pieces, self.roads.node_count, path, len(path), 0, origin, origin)
        share = begin / PARTS
        return self.roads.length_m[path[0]] * share, mode.free_flow_s[path[0]] * share

    def _drive_between(self, origin: int, destination: int) -> tuple[int, int, float, float]:
        """Ends of the drive between two stops, and the seconds on foot before and after it."""
        if self._open is None:
            return origin, destination, 0.0, 0.0
        return self._open.between(origin, destination)

    def stand_in(self, node: int) -> tuple[int, float]:
        """Where one drives instead of a stop, and the seconds on foot between the two.

        The stop itself, and none, where it is not cut off by closed streets.
        """
        return (node, 0.0) if self._open is None else self._open.stand_in_of(node)

    def path(self, origin: int, destination: int, *, siren: bool) -> NDArray[np.int32]:
        """The street pieces of the way between two stops, in driving order."""
        first, last = self.stand_in(origin)[0], self.stand_in(destination)[0]
        return self._modes[siren].router.path(first, last)

    def crosses(
        self, origin: int, destination: int, siren: bool, pieces: NDArray[np.bool_]
    ) -> bool:
        """Whether the way between two stops goes over any of some street pieces, (m,)."""
        return bool(pieces[self.path(origin, destination, siren=siren)].any())

    def call_labels(self, *, siren: bool) -> tuple[Any, ...]:
        """Labels of driving to a call, and the factor on them; see `environment.traffic.ways`."""
        mode = self._modes[siren]
        labels = mode.router.labels
        return labels.address, labels.time_ms, labels.pieces, mode.pace

    def way_labels(self, *, siren: bool) -> tuple[NDArray[Any], ...]:
        """Labels of a way of driving; see `environment.traffic.ways`."""
        labels = self._modes[siren].router.labels
        return labels.address, labels.time_ms, labels.edge, labels.pieces

    def expected_s(self, origin: int, destination: int, now_s: float, siren: bool) -> float:
        """Expected driving time if one left now, speeds staying as they are at this hour."""
        first, last, out_s, in_s = self._drive_between(origin, destination)
        mode = self._modes[siren]
        drive_s = mode.router.time_s(first, last) * mode.pace / self.speed_factor(now_s)
        return out_s + drive_s + in_s

    def metres(self, origin: int, destination: int, *, siren: bool = False) -> float:
        """Metres driven on the way between two stops."""
        first, last = self.stand_in(origin)[0], self.stand_in(destination)[0]
        return self._modes[siren].router.length_m(first, last)

    def to_hospitals_s(self, node: int, siren: bool) -> NDArray[np.float64]:
        """Expected free-flow driving time from a stop to each hospital, (h,)."""
        to_hospital_s = self._to_hospital_s[siren]
        if node < len(to_hospital_s):
            return to_hospital_s[node]
        if self._open is not None:
            return self.table_s(np.array([node]), self._hospital_node, siren=siren)[0]
        mode = self._modes[siren]
        pieces = mode.router.labels.pieces
        seconds: NDArray[np.float64] = times_from_point_s(
            pieces, node, self._hospital_node, to_hospital_s, mode.pace
        )
        return seconds

    def table_s(
        self, origins: NDArray[np.int64], destinations: NDArray[np.int64], *, siren: bool
    ) -> NDArray[np.float64]:
        """Expected free-flow driving times, (origins, destinations)."""
        mode = self._modes[siren]
        if self._open is None:
            return mode.router.table_s(origins, destinations) * mode.pace
        first, out_s = self._open.stand_ins(origins)
        last, in_s = self._open.stand_ins(destinations)
        table_s = mode.router.table_s(first, last)
        walk_s = out_s[:, None] + in_s
        stays = np.equal.outer(origins, destinations)
        return np.where(stays, 0.0, table_s * mode.pace + walk_s)

    def speed_factor(self, now_s: float) -> float:
        """Speed over free flow at a time of the day."""
        if not len(self._hourly_factors):
            return 1.0
        return float(self._hourly_factors[int(now_s // HOUR_S) % HOURS_A_DAY])


def _siren_s(roads: RoadNetwork, travel: TravelParameters) -> NDArray[np.float64]:
    """Free-flow seconds with siren on each street piece; a ferry is as fast as always."""
    by_class = np.array([travel.given_siren_kph(name) for name in roads.road_classes])
    given_kph = by_class[roads.road_class]
    no_faster = np.array([name == FERRY for name in roads.road_classes])[roads.road_class]
    factor = np.where(no_faster | roads.takes_siren, 1.0, travel.siren_speed_factor)
    is_given = ~np.isnan(given_kph) & ~roads.takes_siren
    kph = np.where(is_given, given_kph, roads.speed_kph * factor)
    return roads.length_m / (kph / 3.6)
