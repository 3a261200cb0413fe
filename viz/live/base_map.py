"""The base map: streets, lights, sites and zones, in metres, told to the browser once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from environment.places.sites import Sites
from environment.roads.lights import NO_LIGHT, light_of_node
from environment.roads.network import EARTH_RADIUS_M, GEOGRAPHIC, RoadNetwork
from environment.traffic.light_plans import MAJOR
from viz.live.states import STATES
from viz.maps.streets import one_of_each_pair, road_lines
from viz.pictures.style import BLUE, FAINT_INK, GREEN, ORANGE, PURPLE, SKY, VERMILION

if TYPE_CHECKING:
    from environment.traffic.traffic_lights import TrafficLights
    from scenarios.scenario import Scenario
    from simulation.preparation import ServiceArea

RANKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("residential", ()),
    ("tertiary", ("tertiary", "tertiary_link", "secondary_link")),
    ("secondary", ("secondary", "primary_link")),
    ("primary", ("primary", "trunk_link", "motorway_link")),
    ("motorway", ("motorway", "trunk")),
)
"""Ranks of streets from the least to the greatest, and their road classes; all others are least."""

STATE_COLOURS = {
    "to_call_siren": VERMILION,
    "to_call": "#EFA277",  # the same, paler: without siren
    "mobilising": "#F6C5A0",
    "on_scene": PURPLE,
    "to_hospital_siren": BLUE,
    "to_hospital": "#6FA8D0",
    "waiting_bay": "#B07AA1",
    "handover": "#7A5FA8",
    "returning": SKY,
    "moving": ORANGE,
    "idle": GREEN,
    "on_break": "#C9C3B8",
    "off_duty": "#A8A29A",
    "out_of_order": FAINT_INK,
    "truck_to_load": "#B79C7B",
    "truck_waiting_dock": "#A08458",
    "truck_loading": "#8C6D46",
    "truck_delivering": "#7B4F21",
    "truck_unloading": "#A7794A",
    "truck_returning": "#B79C7B",
    "truck_idle": "#B5AC9F",
}

Line = NDArray[np.float64]
"""Points of an outline, (k, 2)."""


@dataclass(frozen=True)
class SitePicture:
    """A place with a name.

    Attributes
    ----------
    site : str
        As in frames: ``hospital-H1``.
    kind : {"station", "hospital", "store", "supplier", "distributor"}
    name : str
    x_m, y_m : float
    text : str
        What it has from the start.
    """

    site: str
    kind: str
    name: str
    x_m: float
    y_m: float
    text: str


@dataclass(frozen=True)
class DistrictPicture:
    """A district: the rows of its zones, and its middle."""

    name: str
    x_m: float
    y_m: float
    zones: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class BaseMap:
    """All that stands still.

    Attributes
    ----------
    bounds_m : (4,) tuple of float
        West, south, east, north.
    geo : (4,) tuple of float or None
        Longitude and latitude of the origin, metres per degree of each; None for a plane map.
    roads : tuple of (int, str, (k, 2) float32)
        Rank, its name and its lines, NaN between two.
    water, parks : tuples of (k, 2) float64
    lights : (l, 7) float32
        x, y, cycle_s, green_from_s and green_s of the major axis, equipped, has_light; a row is
        the number of a light. A cycle of 0 is a light that is off.
    sites : tuple of SitePicture
    zones : (z, 3) float32
        x, y, share of the demand.
    zone_ids : tuple of str
    districts : tuple of DistrictPicture
    priorities : tuple of (str, float)
        Name and target in seconds, the most urgent first.
    """

    bounds_m: tuple[float, float, float, float]
    geo: tuple[float, float, float, float] | None
    roads: tuple[tuple[int, str, NDArray[np.float32]], ...]
    water: tuple[Line, ...]
    parks: tuple[Line, ...]
    lights: NDArray[np.float32]
    sites: tuple[SitePicture, ...]
    zones: NDArray[np.float32]
    zone_ids: tuple[str, ...]
    districts: tuple[DistrictPicture, ...]
    priorities: tuple[tuple[str, float], ...]

    def message(self) -> tuple[dict[str, Any], list[bytes]]:
        """As plain data and buffers of float32; the data name buffers by their numbers."""
        buffers: list[bytes] = []

        def kept(values: NDArray[np.float32]) -> int:
            buffers.append(np.ascontiguousarray(values, dtype="<f4").tobytes())
            return len(buffers) - 1

        told = {
            "bounds": list(self.bounds_m),
            "geo": None if self.geo is None else list(self.geo),
            "roads": [
                {"rank": rank, "name": name, "buffer": kept(lines)}
                for rank, name, lines in self.roads
            ],
            "water": [_decimetres(line) for line in self.water],
            "parks": [_decimetres(line) for line in self.parks],
            "lights": kept(self.lights),
            "sites": [
                {"id": s.site, "kind": s.kind, "name": s.name, "x": s.x_m, "y": s.y_m}
                | {"text": s.text}
                for s in self.sites
            ],
            "zones": kept(self.zones),
            "zone_ids": list(self.zone_ids),
            "districts": [
                {"id": d.name, "name": d.name, "x": d.x_m, "y": d.y_m, "zones": list(d.zones)}
                for d in self.districts
            ],
            "priorities": [{"name": name, "target_s": target} for name, target in self.priorities],
            "states": {
                key: {
                    "text": state.text,
                    "kind": state.kind,
                    "siren": state.siren,
                    "colour": STATE_COLOURS[key],
                }
                for key, state in STATES.items()
            },
        }
        return told, buffers


def draw_base_map(area: ServiceArea, scenario: Scenario) -> BaseMap:
    """Draw what stands still in the service area of a scenario."""
    city, roads = area.city, area.city.roads
    zones_m = np.column_stack(roads.to_metres(city.zones.x, city.zones.y))
    demand = city.zones.demand_share
    sites = tuple(_sites(area, scenario))
    return BaseMap(
        bounds_m=_bounds(roads, [(site.x_m, site.y_m) for site in sites]),
        geo=_geo(roads),
        roads=tuple(_roads(roads)),
        water=_outlines(roads, city.map.water),
        parks=_outlines(roads, city.map.parks),
        lights=_lights(roads, area.driving.lights),
        sites=sites,
        zones=np.column_stack([zones_m, demand]).astype(np.float32),
        zone_ids=tuple(city.zones.zone_id.tolist()),
        districts=tuple(_districts(area, zones_m)),
        priorities=tuple((p.name, p.target_s) for p in scenario.demand.priorities),
    )


def _bounds(
    roads: RoadNetwork, sites_m: Sequence[tuple[float, float]]
) -> tuple[float, float, float, float]:
    """West, south, east and north end of streets and sites."""
    points = np.concatenate([roads.xy_m, np.array(sites_m).reshape(-1, 2)])
    west, south = points.min(axis=0).tolist()
    east, north = points.max(axis=0).tolist()
    return west, south, east, north


def _geo(roads: RoadNetwork) -> tuple[float, float, float, float] | None:
    if roads.crs != GEOGRAPHIC:
        return None
    west, south, east, north = roads.bounds
    middle, latitude = float(west + east) / 2, float(south + north) / 2
    per_degree = float(np.pi / 180 * EARTH_RADIUS_M)
    return middle, latitude, per_degree * float(np.cos(np.radians(latitude))), per_degree


def _roads(roads: RoadNetwork) -> list[tuple[int, str, NDArray[np.float32]]]:
    """Every street once, by rank; those of no street are left out."""
    rank_of_class = np.array([_rank(name) for name in roads.road_classes])
    once = one_of_each_pair(roads)
    rank = rank_of_class[roads.road_class[once]]
    told = []
    for number, (name, _) in enumerate(RANKS):
        edges = once[rank == number]
        if len(edges):
            lines_m = roads.to_metres(*road_lines(roads, edges))
            told.append((number, name, np.column_stack(lines_m).astype(np.float32)))
    return told


def _rank(road_class: str) -> int:
    for number, (_, classes) in enumerate(RANKS):
        if road_class in classes:
            return number
    return 0


def _outlines(roads: RoadNetwork, lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(np.column_stack(roads.to_metres(line[:, 0], line[:, 1])) for line in lines)


def _decimetres(line: Line) -> list[int]:
    tenths: list[int] = np.rint(10 * line).astype(np.int64).ravel().tolist()
    return tenths


def _lights(roads: RoadNetwork, lights: TrafficLights) -> NDArray[np.float32]:
    """Place and plan of each light, by number."""
    light = light_of_node(roads)
    own = np.flatnonzero(light != NO_LIGHT)
    count = int(light.max(initial=NO_LIGHT)) + 1
    rows = np.zeros((count, 7), dtype=np.float32)
    nodes = np.maximum(np.bincount(light[own], minlength=count), 1)
    for axis in (0, 1):
        sums = np.bincount(light[own], weights=roads.xy_m[own, axis], minlength=count)
        rows[:, axis] = sums / nodes
    rows[:, 6] = 1.0
    if len(lights.equipped) != count:  # all are off
        return rows
    into = np.flatnonzero((lights.light != NO_LIGHT) & (lights.cycle_s > 0))
    major = lights.axis[into] == MAJOR
    crossing, greater = into[~major], into[major]
    # Where nothing comes along the major axis, its green is what the other leaves.
    rows[lights.light[crossing], 2] = lights.cycle_s[crossing]
    rows[lights.light[crossing], 3] = (lights.green_from_s + lights.green_s)[crossing]
    rows[lights.light[crossing], 4] = lights.red_s[crossing]
    rows[lights.light[greater], 2] = lights.cycle_s[greater]
    rows[lights.light[greater], 3] = lights.green_from_s[greater]
    rows[lights.light[greater], 4] = lights.green_s[greater]
    rows[:, 5] = lights.equipped
    return rows


def _sites(area: ServiceArea, scenario: Scenario) -> list[SitePicture]:
    city, system = area.city, scenario.supplies.sites
    roads = city.roads
    told = _service_sites("station", city.stations.sites, roads, _ambulances)
    told += _service_sites("hospital", city.hospitals.sites, roads, lambda _, __: "")
    kinds = {
        "supplier": system.suppliers,
        "store": system.stores,
        "distributor": system.distributors,
    }
    for kind, sites in kinds.items():
        for site in sites:
            x_m, y_m = roads.to_metres(site.x, site.y)
            place = (float(x_m), float(y_m))
            name = site.site_id.replace("_", " ")
            told.append(SitePicture(f"{kind}-{site.site_id}", kind, name, *place, ""))
    return told


def _ambulances(sites: Sites, row: int) -> str:
    count = int(sites.ambulances[row])
    return f"{count} ambulance{'' if count == 1 else 's'}" if count else ""


def _service_sites(
    kind: str, sites: Sites, roads: RoadNetwork, text: Callable[[Sites, int], str]
) -> list[SitePicture]:
    x_m, y_m = roads.to_metres(sites.x, sites.y)
    each = zip(sites.site_id.tolist(), sites.name.tolist(), x_m.tolist(), y_m.tolist(), strict=True)
    return [
        SitePicture(f"{kind}-{site_id}", kind, name or site_id, x, y, text(sites, row))
        for row, (site_id, name, x, y) in enumerate(each)
    ]


def _districts(area: ServiceArea, zones_m: NDArray[np.float64]) -> list[DistrictPicture]:
    of_zone = np.array(area.districts.of_zone)
    share = area.city.zones.demand_share
    told = []
    for name in area.districts.names:
        own = np.flatnonzero(of_zone == name)
        if not len(own):
            continue
        weight = share[own] if share[own].sum() > 0 else None
        x, y = np.average(zones_m[own], axis=0, weights=weight).tolist()
        told.append(DistrictPicture(name, x, y, tuple(own.tolist())))
    return told
