"""Where stations may stand in a city, and how one drives from there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from environment.places.city import City
from environment.roads.lights import NO_LIGHT
from environment.traffic.driving import Driving
from experiments.location.question import QuestionError
from policies.siting.robust.lights import RouteLights
from simulation.streams import stream

STREAM = "location.candidates"


@dataclass(frozen=True, eq=False)
class Candidates:
    """Candidate sites of a city.

    Attributes
    ----------
    site_id, name : tuple of str
        A junction that is drawn is named after its number in the map, as in ``J4711``.
    node : (s,) int64
        Junctions.
    x, y : (s,) float64
        In the units of the map.
    access_s : (s,) float64
        From the site to its junction.
    city : City
    driving : Driving
    """

    site_id: tuple[str, ...]
    name: tuple[str, ...]
    node: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    access_s: NDArray[np.float64]
    city: City
    driving: Driving

    def __len__(self) -> int:
        return len(self.node)

    @cached_property
    def travel_s(self) -> NDArray[np.float64]:
        """Expected drive with siren to each zone, mean waits at lights included, (s, z)."""
        return self.to_junctions_s(self.city.zone_node)

    @cached_property
    def distance_km(self) -> NDArray[np.float64]:
        """Length of these drives, (s, z)."""
        zone_node = self.city.zone_node.tolist()
        return np.array(
            [
                [self.driving.metres(origin, zone, siren=True) / 1000 for zone in zone_node]
                for origin in self.node.tolist()
            ]
        )

    def to_junctions_s(self, junctions: NDArray[np.int64]) -> NDArray[np.float64]:
        """Expected drive with siren to some junctions, (s, k)."""
        access_s = self.access_s[:, None] * self.city.access_share(siren=True)
        return access_s + self.driving.table_s(self.node, junctions, siren=True)


def stations_and_junctions(city: City, driving: Driving, sites: int, seed: int) -> Candidates:
    """The city's stations, and so many junctions drawn among those where one can stop.

    Those of a smaller number are among those of a greater.

    Raises
    ------
    QuestionError
        If there are fewer junctions.
    """
    roads, stations = city.roads, city.stations
    free = np.setdiff1d(roads.stops, stations.node)
    if sites > len(free):
        raise QuestionError(f"sites must be at most {len(free):,} on {roads.name}, got {sites:,}")
    drawn = stream(seed, 0, STREAM).permutation(free)[:sites]
    own, added = stations.sites, at_junctions(city, driving, drawn)
    return Candidates(
        (*own.site_id.tolist(), *added.site_id),
        (*own.name.tolist(), *added.name),
        np.append(stations.node, added.node),
        np.append(own.x, added.x),
        np.append(own.y, added.y),
        np.append(stations.access_s, added.access_s),
        city,
        driving,
    )


def at_junctions(city: City, driving: Driving, node: NDArray[np.int64]) -> Candidates:
    """Candidates that stand at junctions."""
    names = tuple(f"J{number}" for number in city.roads.node_id[node].tolist())
    x, y = city.roads.x[node], city.roads.y[node]
    return Candidates(names, names, node, x, y, np.zeros(len(node)), city, driving)


def route_lights(
    candidates: Candidates, cost_per_day: float
) -> tuple[NDArray[np.float64], RouteLights]:
    """Drives without red lights, (s, z), and the lights that are met on them.

    A light's wait is the mean over the streets that run into it. Lights on no way are left in:
    their numbers are those of the city. Ways are those of lights that are not equipped.
    """
    driving, zone_node = candidates.driving, candidates.city.zone_node.tolist()
    delay_s = mean_waits_s(driving)
    light = driving.lights.light
    on_route = np.zeros((len(delay_s), len(candidates), len(zone_node)), dtype=bool)
    for j, origin in enumerate(candidates.node.tolist()):
        for i, zone in enumerate(zone_node):
            met = light[driving.path(origin, zone, siren=True)[:-1]]
            on_route[met[met != NO_LIGHT], j, i] = True
    lights = RouteLights(delay_s, on_route, cost_per_day)
    none = np.zeros(len(delay_s), dtype=bool)
    return np.maximum(candidates.travel_s - lights.waits_s(none), 0.0), lights


def mean_waits_s(driving: Driving) -> NDArray[np.float64]:
    """What a siren loses at each light on average, over the streets that run into it, (l,)."""
    lights = driving.lights
    into = lights.light != NO_LIGHT
    wait_s, count = lights.expected_wait_s(siren=True)[into], len(lights.equipped)
    total_s = np.bincount(lights.light[into], wait_s, minlength=count)
    streets = np.bincount(lights.light[into], minlength=count)
    return total_s / np.maximum(streets, 1)
