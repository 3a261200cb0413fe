"""What a map does not tell, guessed by stated rules: calls, ambulances, and sites where none are.

Every figure is a value with a range. Sources: BASt 2016/17, Bavaria's and Zealand's volumes, and
the Henrico scale of busy shares, as the page "Your own city" of the documentation lists them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from environment.apportionment import apportion
from environment.places.zones import Zones
from environment.roads.network import RoadNetwork
from environment.units import DAY_S
from policies.siting.k_means import k_means

PEOPLE_PER_STREET_KM = 300
"""Inhabitants a kilometre of street with doors: 280 in Krems, 730 in Monaco, by the populations
that their maps name. There is no other source for it."""
CALLS_PER_1000_A_YEAR = 80
"""Emergencies: 42.8 in rural Bavaria, 80.7 in its large cities, 95.5 in Zealand."""
BUSY_MIN_PER_CALL = 47.6
"""From dispatch until care is complete, mean of the USA."""
UTILISATION = 0.25
LEAST_UTILISATION, MOST_UTILISATION = 0.16, 0.30
"""Of an ambulance: below the one it has capacity to spare, above the other it is overworked."""
FEWEST_AMBULANCES = 2
AMBULANCES_AT_A_STATION = 2
"""Where stations are guessed, too."""
MOST_STATIONS = 40


@dataclass(frozen=True)
class Load:
    """How much there is to do, by guess.

    Attributes
    ----------
    population : float
    population_given : bool
        Whether a file gave it; else it is guessed from the length of the streets.
    street_km : float
    calls_per_day : float
    """

    population: float
    population_given: bool
    street_km: float
    calls_per_day: float

    @property
    def busy(self) -> float:
        """Ambulances that are busy on the average."""
        return self.calls_per_day * BUSY_MIN_PER_CALL * 60 / DAY_S

    @property
    def ambulances(self) -> int:
        """How many keep to the stated utilisation."""
        return max(ceil(self.busy / UTILISATION), FEWEST_AMBULANCES)

    @property
    def range_of_ambulances(self) -> tuple[int, int]:
        """How many there are at the most and at the least of the stated utilisation."""
        fewest = max(ceil(self.busy / MOST_UTILISATION), FEWEST_AMBULANCES)
        return fewest, max(ceil(self.busy / LEAST_UTILISATION), fewest)


def guess_load(roads: RoadNetwork, population: float | None) -> Load:
    """Calls a day by population, which is guessed by the length of the streets if not given."""
    street_km = kilometres_with_doors(roads)
    people = street_km * PEOPLE_PER_STREET_KM if population is None else population
    calls = people * CALLS_PER_1000_A_YEAR / 1000 / 365
    calls = max(round(calls, 1 if calls < 20 else None), 0.1)
    return Load(people, population is not None, street_km, calls)


def kilometres_with_doors(roads: RoadNetwork) -> float:
    """Length of the streets on which one can stop, both directions of one counted once.

    So are the copies of a junction, on one spot, by which turn restrictions are obeyed.
    """
    _, spot = np.unique(np.stack([roads.x, roads.y], axis=1), axis=0, return_inverse=True)
    tail, head = spot.ravel()[roads.tail], spot.ravel()[roads.head]
    lower, upper = np.minimum(tail, head), np.maximum(tail, head)
    pairs = np.stack([lower, upper], axis=1)[roads.has_doors]
    _, first = np.unique(pairs, axis=0, return_index=True)
    return float(roads.length_m[roads.has_doors][first].sum() / 1000)


def guess_ambulances(
    load: Load, x: NDArray[np.float64], y: NDArray[np.float64], zones: Zones, roads: RoadNetwork
) -> NDArray[np.int64]:
    """Ambulances of each station, (s,): one at least, the others by the demand nearest to it."""
    spare = max(load.ambulances - len(x), 0)
    nearest = _squares(x, y, zones, roads).argmin(axis=0)
    demand = np.bincount(nearest, zones.demand_share, minlength=len(x))
    return 1 + apportion(spare, demand)


def guess_stations(
    load: Load, zones: Zones, roads: RoadNetwork
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where stations may stand if the map has none: in the middle of clusters of demand.

    Each stands at the zone that is nearest to the middle of its cluster, so that it is on a street.
    """
    wanted = ceil(load.ambulances / AMBULANCES_AT_A_STATION)
    count = min(wanted, MOST_STATIONS, int((zones.demand_share > 0).sum()))
    points = np.column_stack(roads.to_metres(zones.x, zones.y))
    # A fixed seed: the same map gives the same stations.
    found = k_means(points, count, np.random.default_rng(1), zones.demand_share, starts=10)
    squares = ((points[:, None] - found.centre) ** 2).sum(axis=2)
    rows = np.unique(squares.argmin(axis=0))
    return zones.x[rows], zones.y[rows]


def guess_hospital(zones: Zones, roads: RoadNetwork) -> tuple[float, float]:
    """Where a hospital may stand if the map has none: at the zone in the middle of demand."""
    points = np.column_stack(roads.to_metres(zones.x, zones.y))
    middle = zones.demand_share @ points
    row = int(((points - middle) ** 2).sum(axis=1).argmin())
    return float(zones.x[row]), float(zones.y[row])


def _squares(
    x: NDArray[np.float64], y: NDArray[np.float64], zones: Zones, roads: RoadNetwork
) -> NDArray[np.float64]:
    """Squared straight-line distance of each station to each zone, (s, z)."""
    sites = np.column_stack(roads.to_metres(x, y))
    points = np.column_stack(roads.to_metres(zones.x, zones.y))
    squares: NDArray[np.float64] = ((sites[:, None] - points) ** 2).sum(axis=2)
    return squares
