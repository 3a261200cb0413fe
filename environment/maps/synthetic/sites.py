"""Ambulance stations and hospitals, where history put them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from environment.maps.synthetic.land import Land, Point
from environment.maps.synthetic.population import districts
from environment.maps.synthetic.warp import Warp
from environment.places.sites import Sites
from environment.roads.network import RoadNetwork

# Name, place as (east, north) of the old centre in halves of the shorter side, weight of the
# fleet. The first three stations stand within two kilometres: they are older than the suburbs.
STATIONS = (
    ("Old Market", (-0.07, 0.07), 3),
    ("Cathedral Gate", (-0.17, 0.14), 2),
    ("Bridge Street", (0.10, -0.14), 2),
    ("Northfield", (0.05, 0.60), 2),
    ("Westhill", (-0.62, 0.20), 2),
    ("Eastgate", (0.55, 0.30), 2),
    ("Southbank", (-0.02, -0.52), 2),
    ("Docklands", (0.70, -0.46), 2),
    ("Mill Lane", (-0.62, -0.46), 1),
)
HOSPITALS = (
    ("City Hospital", (-0.08, -0.04)),
    ("University Hospital", (0.24, 0.42)),
    ("St Mary's Hospital", (-0.16, -0.44)),
    ("Harbour Hospital", (0.44, -0.36)),
)
PEOPLE_PER_AMBULANCE = 600_000 / 18
OFF_STREET_M = 25.0
SITE_CLASSES = ("primary", "secondary", "tertiary")


def stations(roads: RoadNetwork, land: Land, warp: Warp, population: int) -> Sites:
    """The stations, with the fleet that the population pays for; none stands empty."""
    fleet = _shared_out(round(population / PEOPLE_PER_AMBULANCE), [w for _, _, w in STATIONS])
    kept = [(*station, own) for station, own in zip(STATIONS, fleet, strict=True) if own]
    names, places = [k[0] for k in kept], [k[1] for k in kept]
    return _sites("S", names, places, [k[3] for k in kept], roads, land, warp)


def hospitals(roads: RoadNetwork, land: Land, warp: Warp) -> Sites:
    """The hospitals."""
    names, places = [name for name, _ in HOSPITALS], [place for _, place in HOSPITALS]
    return _sites("H", names, places, [0] * len(HOSPITALS), roads, land, warp)


def _shared_out(fleet: int, weights: Sequence[int]) -> list[int]:
    """Whole vehicles in proportion to the weights (largest remainders, earlier sites first)."""
    exact = [fleet * weight / sum(weights) for weight in weights]
    whole = [math.floor(share) for share in exact]
    order = sorted(range(len(weights)), key=lambda k: (round(whole[k] - exact[k], 9), k))
    for k in order[: fleet - sum(whole)]:
        whole[k] += 1
    return whole


def _sites(
    letter: str,
    names: Sequence[str],
    places: Sequence[Point],
    ambulances: Sequence[int],
    roads: RoadNetwork,
    land: Land,
    warp: Warp,
) -> Sites:
    wanted = np.array(
        [
            warp(land.centre.x + east * land.half_m, land.centre.y + north * land.half_m)
            for east, north in places
        ]
    )
    x, y = _beside_streets(roads, wanted)
    return Sites(
        site_id=np.array([f"{letter}{k + 1}" for k in range(len(names))]),
        name=np.array(names),
        x=x,
        y=y,
        ambulances=np.array(ambulances, dtype=np.int64),
        district=districts(land, warp, x, y),
    )


def _beside_streets(
    roads: RoadNetwork, wanted: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The nearest junctions of through roads, a few metres off the street."""
    classes = [roads.road_classes.index(c) for c in SITE_CLASSES]
    at_motorway = np.unique(roads.tail[roads.road_class == roads.road_classes.index("motorway")])
    through = np.setdiff1d(roads.tail[np.isin(roads.road_class, classes)], at_motorway)
    xy = roads.xy_m[through]
    squared = ((wanted[:, None, :] - xy[None, :, :]) ** 2).sum(axis=2)
    chosen = xy[squared.argmin(axis=1)]
    return np.round(chosen[:, 0] + OFF_STREET_M, 1), np.round(chosen[:, 1] + OFF_STREET_M, 1)
