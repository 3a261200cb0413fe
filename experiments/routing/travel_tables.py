"""How long and how far it is between places: by air, along a grid, as given, or on streets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from environment.disruptions import RoadClosure
from environment.errors import DataError
from environment.roads.network import GEOGRAPHIC, PLANE, along_grid_m, distance_m
from environment.traffic.driving import Driving
from scenarios.scenario import Scenario
from simulation.preparation import prepare

NO_WAY = np.inf


class TravelTable(NamedTuple):
    """Between any two of n places, depots first as `Deliveries` wants them.

    Attributes
    ----------
    travel_s, distance_m : (n, n) float64
        From each place to each other; infinite where there is no way.
    """

    travel_s: NDArray[np.float64]
    distance_m: NDArray[np.float64]

    def changed(
        self,
        closed: Sequence[tuple[int, int]] = (),
        slower: Mapping[tuple[int, int], float] | None = None,
    ) -> TravelTable:
        """Close ways between two places, and make others slower, each in one direction.

        Parameters
        ----------
        closed : sequence of (from, to)
        slower : mapping of (from, to) to float
            By how many times longer a way takes.

        Raises
        ------
        DataError
            If a place does not exist, or a factor is not at least 1: all of them.
        """
        slower = slower or {}
        places = range(len(self.travel_s))
        mistakes = [
            f"there is no way from {way[0]} to {way[1]}: places are numbered 0 to {len(places) - 1}"
            for way in (*closed, *slower)
            if not (way[0] in places and way[1] in places)
        ]
        mistakes += [
            f"way {way[0]} to {way[1]}: the factor on its time must be >= 1, got {factor:g}"
            for way, factor in slower.items()
            if not 1 <= factor < np.inf
        ]
        _refuse(mistakes)
        travel_s, distance_m = self.travel_s.copy(), self.distance_m.copy()
        for way, factor in slower.items():
            travel_s[way] *= factor
        for way in closed:
            travel_s[way] = distance_m[way] = NO_WAY
        return TravelTable(travel_s, distance_m)


def straight_line(lat: ArrayLike, lon: ArrayLike, kph: float, detour: float = 1.0) -> TravelTable:
    """Great circles on the earth, perhaps lengthened by what streets add.

    Parameters
    ----------
    lat, lon : (n,) array
        Degrees, depots first.
    kph : float
    detour : float
        Length of a way over the straight line.

    Raises
    ------
    DataError
        If something is not on the earth, or no speed: all mistakes.
    """
    lat, lon = np.atleast_1d(np.asarray(lat, float)), np.atleast_1d(np.asarray(lon, float))
    _refuse(
        [
            *_range_mistakes("lat", lat, 90.0),
            *_range_mistakes("lon", lon, 180.0),
            *_speed_mistakes(kph, detour),
        ]
    )
    metres = distance_m(GEOGRAPHIC, lon[:, None], lat[:, None], lon, lat) * detour
    return TravelTable(metres / (kph / 3.6), metres)


def along_grid(x_m: ArrayLike, y_m: ArrayLike, kph: float) -> TravelTable:
    """Along streets that cross at right angles: metres east and north added up.

    Raises
    ------
    DataError
        If a coordinate is no number, or the speed is not above 0.
    """
    x, y = np.atleast_1d(np.asarray(x_m, float)), np.atleast_1d(np.asarray(y_m, float))
    _refuse(
        [
            *_range_mistakes("x_m", x, np.inf),
            *_range_mistakes("y_m", y, np.inf),
            *_speed_mistakes(kph, 1.0),
        ]
    )
    metres = along_grid_m(PLANE, x[:, None], y[:, None], x, y)
    return TravelTable(metres / (kph / 3.6), metres)


def as_given(distance_m: ArrayLike, kph: float) -> TravelTable:
    """Distances as given, driven at one speed; NaN or infinite where there is no way."""
    metres = np.array(distance_m, dtype=np.float64)
    _refuse(_speed_mistakes(kph, 1.0))
    metres[np.isnan(metres)] = NO_WAY
    return TravelTable(metres / (kph / 3.6), metres)


def on_roads(
    scenario: Scenario,
    x: ArrayLike,
    y: ArrayLike,
    depart_s: float = 0.0,
    closed: Sequence[RoadClosure] = (),
    slower: Sequence[tuple[RoadClosure, float]] = (),
) -> TravelTable:
    """Fastest ways on a scenario's streets at the speed of an hour, without siren.

    Parameters
    ----------
    scenario : Scenario
        Its map, speeds by hour and lights are those of its runs.
    x, y : (n,) array
        Places in the units of the map, depots first; each is joined to the nearest street.
    depart_s : float
        Seconds since midnight; the speed of this hour holds for all ways.
    closed : sequence of RoadClosure
        Streets that nobody drives on; a place cut off by them has no way.
    slower : sequence of (RoadClosure, float)
        Streets on which driving takes so many times longer.

    Raises
    ------
    DataError
        If a place is off the map, or a factor is not at least 1: all of them.
    """
    area = prepare(scenario)
    roads, lights = area.city.roads, area.driving.lights
    x, y = np.atleast_1d(np.asarray(x, float)), np.atleast_1d(np.asarray(y, float))
    node, off_m = roads.nearest_stop(x, y)
    most_m = scenario.places.max_access_m
    _refuse(
        [
            *(
                f"place {k} at ({x[k]:g}, {y[k]:g}) is {off_m[k]:,.0f} m from the nearest street; "
                f"allowed are {most_m:,.0f} (places.max_access_m)"
                for k in np.flatnonzero(off_m > most_m).tolist()
            ),
            *(
                f"the factor on the time of slower streets must be >= 1, got {factor:g}"
                for _, factor in slower
                if not 1 <= factor < np.inf
            ),
        ]
    )
    driving = area.driving
    if closed or slower:
        kph = roads.speed_kph.copy()
        for streets, factor in slower:
            kph[streets.closed_pieces(roads)] /= factor
        pieces = np.zeros(roads.edge_count, dtype=bool)
        for streets in closed:
            pieces |= streets.closed_pieces(roads)
        driving = Driving(
            replace(roads, speed_kph=kph),
            scenario.travel,
            lights,
            area.city.hospitals.node,
            pieces if pieces.any() else None,
        )
    return _driven(driving, node, off_m / (scenario.places.access_kph / 3.6), depart_s)


def _driven(
    driving: Driving, node: NDArray[np.int64], access_s: NDArray[np.float64], depart_s: float
) -> TravelTable:
    """Times and lengths of ways between stops, and from there to the places."""
    table_s = driving.table_s(node, node, siren=False) / driving.speed_factor(depart_s)
    travel_s = table_s + access_s[:, None] + access_s
    metres = np.array([[driving.metres(a, b) for b in node.tolist()] for a in node.tolist()])
    cut_off = np.array([driving.stand_in(stop)[1] > 0 for stop in node.tolist()])
    for table in (travel_s, metres):
        table[cut_off, :] = table[:, cut_off] = NO_WAY
        np.fill_diagonal(table, 0.0)
    return TravelTable(travel_s, metres)


def _range_mistakes(name: str, value: NDArray[np.float64], most: float) -> list[str]:
    wrong = ~(np.isfinite(value) & (np.abs(value) <= most))
    wanted = "a number" if most == np.inf else f"{-most:g} to {most:g}"
    return [
        f"{name} of place {k} must be {wanted}, got {value[k]:g}" for k in np.flatnonzero(wrong)
    ]


def _speed_mistakes(kph: float, detour: float) -> list[str]:
    mistakes = [] if 0 < kph < np.inf else [f"kph must be above 0, got {kph:g}"]
    return mistakes + ([] if 1 <= detour < np.inf else [f"detour must be >= 1, got {detour:g}"])


def _refuse(mistakes: Sequence[str]) -> None:
    if mistakes:
        raise DataError("\n".join(mistakes))
