"""Which lights are on the way from candidates to zones, and what they cost a siren."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from environment.driving import Driving
from environment.roads.lights import NO_LIGHT
from experiments.location.candidates import Candidates
from policies.location.lights import RouteLights


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
