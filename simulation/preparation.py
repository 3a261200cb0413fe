"""What runs share: the city and how one drives in it, made once in a process."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from environment.city import City, build_city
from environment.districts import Districts, find_districts
from environment.driving import Driving
from environment.roads.load import load_map
from environment.traffic_lights import draw_lights
from scenarios.scenario import Scenario
from simulation.streams import stream

GROUNDS_KEPT = 8


@dataclass(frozen=True, eq=False)
class Ground:
    """What stands still during a run: the city, its districts and its driving times."""

    city: City
    driving: Driving
    districts: Districts


_kept: OrderedDict[str, Ground] = OrderedDict()


def prepare(scenario: Scenario) -> Ground:
    """Load the city of a scenario; scenarios that share it get the same one.

    Raises
    ------
    RoadNetworkError, DataError
        If the map or the places on it are not as they should be.
    """
    key = scenario.ground_fingerprint
    if key not in _kept:
        _kept[key] = _prepare(scenario)
        if len(_kept) > GROUNDS_KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    return _kept[key]


def _prepare(scenario: Scenario) -> Ground:
    city_map = load_map(scenario.roads, scenario.folder)
    city = build_city(city_map, scenario.places, scenario.folder)
    lights = draw_lights(city.roads, scenario.signals, stream(scenario.seed, 0, "city.lights"))
    driving = Driving(city.roads, scenario.travel, lights, city.hospitals.node)
    return Ground(city, driving, find_districts(city, driving))
