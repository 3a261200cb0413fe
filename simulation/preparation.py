"""What runs share: the city and how one drives in it, made once in a process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from environment.disruptions import DisruptionParameters, closures_in
from environment.districts import Districts, find_districts
from environment.errors import DataError
from environment.maps.load import load_map
from environment.places.city import City, CityMap, build_city
from environment.supply.places import SupplyPlaces, demand_points, join_supply_sites
from environment.traffic.driving import Driving
from environment.traffic.redirects import RULES
from environment.traffic.traffic_lights import draw_lights
from scenarios.checks.contradictions import find_contradictions
from scenarios.scenario import Scenario
from simulation.streams import streams

AREAS_KEPT = 8
DETOURS_KEPT = 4  # of 80 MB on Manhattan; building one again takes a fraction of a second

DriveAround = Callable[[NDArray[np.bool_]], Driving]
"""Gives the driving where some street pieces are closed."""


@dataclass(frozen=True, eq=False)
class ServiceArea:
    """What stands still during a run: the city, its districts and its driving times.

    Attributes
    ----------
    driving : Driving
        Where no street is closed.
    closed : dict of (m,) bool
        Street pieces that are closed while a closure holds, by number of the disruption.
    supply_places : SupplyPlaces or None
        None where there is no supply side.
    """

    city: City
    driving: Driving
    districts: Districts
    closed: dict[int, NDArray[np.bool_]]
    supply_places: SupplyPlaces | None
    _drive_around: DriveAround
    _detours: OrderedDict[frozenset[int], Driving] = field(default_factory=OrderedDict)

    def driving_when(self, closures: frozenset[int]) -> Driving:
        """Driving while some closures hold, given by their numbers; made when first asked for."""
        if not closures:
            return self.driving
        if closures not in self._detours:
            self._detours[closures] = self._drive_around(self.closed_by(closures))
            if len(self._detours) > DETOURS_KEPT:
                self._detours.popitem(last=False)
        self._detours.move_to_end(closures)
        return self._detours[closures]

    def driving_around(self, closed: NDArray[np.bool_]) -> Driving:
        """Driving where some street pieces are closed, made anew."""
        return self._drive_around(closed)

    def closed_by(self, closures: frozenset[int]) -> NDArray[np.bool_]:
        """Street pieces closed by any of some closures, given by their numbers, (m,)."""
        closed = np.zeros(self.city.roads.edge_count, dtype=bool)
        for number in closures:
            closed |= self.closed[number]
        return closed


_kept: OrderedDict[str, ServiceArea] = OrderedDict()
_sound: set[tuple[str, str]] = set()


def prepare(scenario: Scenario) -> ServiceArea:
    """Load the city of a scenario; scenarios that share it get the same one.

    Raises
    ------
    RoadNetworkError, DataError
        If the map or the places on it are not as they should be, or the scenario asks for what
        this city does not have.
    """
    closures = closures_in(scenario.disruptions)
    system = scenario.supplies.sites
    sites = [*system.suppliers, *system.stores, *system.distributors]
    at = [(site.site_id, site.x, site.y) for site in sites]
    key = f"{scenario.city_fingerprint} {closures} {at} {scenario.needs_service}"
    if key not in _kept:
        _kept[key] = _prepare(scenario, closures)
        if len(_kept) > AREAS_KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    _require_no_contradictions(scenario, key)
    return _kept[key]


def _require_no_contradictions(scenario: Scenario, key: str) -> None:
    """Check a scenario against the city that is kept under a key, once and not in each run."""
    if (scenario.fingerprint, key) in _sound:
        return
    contradictions = find_contradictions(scenario, _kept[key].city)
    if contradictions:
        raise DataError("\n".join(contradictions))
    _sound.add((scenario.fingerprint, key))


def prepare_on(scenario: Scenario, city_map: CityMap) -> ServiceArea:
    """The city of a saved run on the copy of its map, which has its zones and sites.

    Streets that were closed are in the run's trace; those of the scenario's plan are not asked for.
    """
    places = scenario.places.model_copy(update={"zones": None, "sites": None})
    return _lay(scenario.model_copy(update={"places": places}), {}, city_map)


def _prepare(scenario: Scenario, closures: dict[int, DisruptionParameters]) -> ServiceArea:
    return _lay(scenario, closures, load_map(scenario.roads, scenario.folder))


def _lay(
    scenario: Scenario, closures: dict[int, DisruptionParameters], city_map: CityMap
) -> ServiceArea:
    city = build_city(
        city_map, scenario.places, scenario.folder, needs_sites=scenario.needs_service
    )
    lights = draw_lights(city.roads, scenario.signals, streams(scenario.seed, 0))
    drive = partial(
        Driving, city.roads, scenario.travel, lights, city.hospitals.node,
        redirect=RULES[scenario.roads.redirected],
    )  # fmt: skip
    driving = drive()
    closed = {k: closure.closed_pieces(city.roads) for k, closure in closures.items()}
    places = None
    if scenario.supplies.is_there:
        places = join_supply_sites(scenario.supplies, city.roads, scenario.places)
    points = None if places is None else demand_points(scenario.supplies, places)
    districts = find_districts(city, driving, points)
    return ServiceArea(city, driving, districts, closed, places, drive)
