"""The default city: it must be a city in its figures, and the same one everywhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from pydantic import ValidationError
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from environment.maps.synthetic_city import SyntheticCity
from environment.places.city import CityMap
from environment.roads.network import PLANE, RoadNetwork

HERE = Path()
ROOT = Path(__file__).parents[3]


def build(**parameters: float) -> CityMap:
    return SyntheticCity(**parameters).load(HERE)


@pytest.fixture(scope="module")
def city() -> CityMap:
    return build()


@pytest.fixture(scope="module", params=[1, 2, 3, 4])
def any_city(request: pytest.FixtureRequest) -> CityMap:
    return build(seed=request.param)


def graph(roads: RoadNetwork) -> csr_array:
    size = (roads.node_count, roads.node_count)
    return csr_array((roads.free_flow_s, (roads.tail, roads.head)), shape=size)


def water(city: CityMap) -> shapely.Geometry:
    return shapely.union_all([shapely.Polygon(ring) for ring in city.water])


def undirected(roads: RoadNetwork) -> np.ndarray:
    """One edge index for each two junctions that are joined."""
    pairs = np.sort(np.column_stack((roads.tail, roads.head)), axis=1)
    return np.unique(pairs, axis=0, return_index=True)[1]


def line(roads: RoadNetwork, edge: int) -> shapely.LineString:
    """The drawn line of a street piece from end to end."""
    own = slice(roads.shape_start[edge], roads.shape_start[edge + 1])
    if own.start == own.stop:
        ends = [roads.tail[edge], roads.head[edge]]
        return shapely.LineString(np.column_stack((roads.x[ends], roads.y[ends])))
    return shapely.LineString(np.column_stack((roads.shape_x[own], roads.shape_y[own])))


def gini(shares: np.ndarray) -> float:
    ordered = np.sort(shares)
    rank = np.arange(1, len(ordered) + 1)
    return float(2 * (rank * ordered).sum() / ordered.sum() / len(ordered) - 1 - 1 / len(ordered))


def test_size(any_city: CityMap) -> None:
    roads = any_city.roads
    assert 2_500 <= roads.node_count <= 5_000
    assert 9_000 <= roads.edge_count <= 14_000
    assert roads.crs == PLANE
    west, south, east, north = roads.bounds
    assert east - west == pytest.approx(12_000, rel=0.02)
    assert north - south == pytest.approx(10_000, rel=0.02)


def test_every_junction_can_be_reached_from_every_other(any_city: CityMap) -> None:
    parts, _ = connected_components(graph(any_city.roads), connection="strong")
    assert parts == 1


def test_network_keeps_its_contract(any_city: CityMap) -> None:
    """Edges are sorted, without parallels and loops; each drawn line ends at its junctions."""
    roads = any_city.roads
    key = roads.tail.astype(np.int64) * roads.node_count + roads.head
    assert (np.diff(key) > 0).all()
    assert (roads.tail != roads.head).all()
    assert roads.shape_start[0] == 0
    assert roads.shape_start[-1] == len(roads.shape_x) == len(roads.shape_y)
    for edge in range(0, roads.edge_count, 7):
        drawn = line(roads, edge)
        assert drawn.length == pytest.approx(roads.length_m[edge], abs=0.02)
        ends = [drawn.coords[0], drawn.coords[-1]]
        for node, end in zip((roads.tail[edge], roads.head[edge]), ends, strict=True):
            assert end == pytest.approx((roads.x[node], roads.y[node]))


def test_streets_do_not_overlap(city: CityMap) -> None:
    """Street pieces meet at junctions only; where one bridges another is a motorway."""
    roads = city.roads
    edges = undirected(roads)
    lines = np.array([line(roads, edge) for edge in edges])
    motorway = roads.road_class[edges] == roads.road_classes.index("motorway")
    a, b = shapely.STRtree(lines).query(lines, predicate="crosses")
    crossing = (a < b) & ~motorway[a] & ~motorway[b]
    assert crossing.sum() <= 5


def test_block_lengths(any_city: CityMap) -> None:
    roads = any_city.roads
    assert 110 < roads.length_m.mean() < 170
    assert roads.length_m.min() > 10
    centre = np.hypot(roads.x - 5_900, roads.y - 5_300) < 900
    inner = centre[roads.tail] & centre[roads.head]
    assert 70 < roads.length_m[inner].mean() < 105


def test_few_bridges(any_city: CityMap) -> None:
    roads = any_city.roads
    river = water(any_city)
    over = [e for e in undirected(roads) if line(roads, e).intersection(river).length > 60]
    assert 4 <= len(over) <= 6
    classes = {roads.road_classes[roads.road_class[edge]] for edge in over}
    assert classes <= {"motorway", "primary", "secondary"}


def test_river_makes_detours(city: CityMap) -> None:
    """Between points 700 m apart, a trip across the river is far longer than one along it."""
    roads = city.roads
    river = water(city)
    metres = csr_array((roads.length_m, (roads.tail, roads.head)), shape=graph(roads).shape)
    start = np.flatnonzero(near_water(roads, river))[::5]
    driven_m = dijkstra(metres, indices=start)
    straight_m = np.hypot(*(roads.xy_m[start][:, None] - roads.xy_m[None]).transpose(2, 0, 1))
    row, node = np.nonzero((straight_m > 500) & (straight_m < 900))
    ways = shapely.linestrings(np.stack((roads.xy_m[start[row]], roads.xy_m[node]), axis=1))
    across = shapely.intersects(ways, river)
    detour = driven_m[row, node] / straight_m[row, node]
    assert np.median(detour[~across]) < 1.6
    assert np.median(detour[across]) > 1.6
    assert np.quantile(detour[across], 0.75) > 2.0


def near_water(roads: RoadNetwork, river: shapely.Geometry) -> np.ndarray:
    return shapely.dwithin(shapely.points(roads.xy_m), river, 350)


def test_classes_and_speeds(any_city: CityMap) -> None:
    roads = any_city.roads
    names = np.array(roads.road_classes)[roads.road_class]
    kilometres = {name: roads.length_m[names == name].sum() / 1000 for name in roads.road_classes}
    assert list(kilometres) == ["motorway", "primary", "secondary", "tertiary", "residential"]
    assert kilometres["residential"] > kilometres["tertiary"] > kilometres["secondary"] > 0
    assert kilometres["motorway"] > 30
    assert set(roads.speed_kph[names == "residential"]) == {30.0}
    assert set(roads.speed_kph[names == "motorway"]) == {80.0}


def test_some_streets_are_one_way(any_city: CityMap) -> None:
    roads = any_city.roads
    one_way = 2 * len(undirected(roads)) - roads.edge_count
    assert 0.05 < one_way / len(undirected(roads)) < 0.2


def test_suburbs_have_dead_ends(any_city: CityMap) -> None:
    roads = any_city.roads
    ends = undirected(roads)
    degree = np.bincount(np.concatenate((roads.tail[ends], roads.head[ends])))
    distance_m = np.hypot(roads.x - 5_900, roads.y - 5_300)
    assert (degree[distance_m > 2_500] == 1).mean() > 0.08
    assert (degree[distance_m < 900] == 1).mean() < 0.02


def test_signals_stand_at_junctions_of_main_roads(any_city: CityMap) -> None:
    roads = any_city.roads
    assert 150 <= roads.has_signal.sum() <= 400
    pairs = undirected(roads)
    both = np.concatenate((roads.tail[pairs], roads.head[pairs]))
    assert np.bincount(both)[roads.has_signal].min() >= 3
    minor = roads.road_class[pairs] == roads.road_classes.index("residential")
    main = np.bincount(both, np.tile(~minor, 2))
    assert main[roads.has_signal].min() >= 3


def test_zones(any_city: CityMap) -> None:
    zones = any_city.zones
    assert zones is not None
    assert 250 <= len(zones) <= 350
    assert zones.demand_share.sum() == pytest.approx(1.0, abs=1e-12)
    assert zones.demand_share.min() > 0
    assert 0.35 < gini(zones.demand_share) < 0.55
    assert len(set(zones.zone_id)) == len(zones)
    assert not shapely.contains_xy(water(any_city), zones.x, zones.y).any()
    assert any_city.roads.nearest_node(zones.x, zones.y)[1].max() < 400


def test_demand_thins_out_from_the_centre(any_city: CityMap) -> None:
    zones = any_city.zones
    assert zones is not None
    distance_m = np.hypot(zones.x - 5_900, zones.y - 5_300)
    centre = zones.demand_share[distance_m < 1_500].mean()
    edge = zones.demand_share[distance_m > 4_500].mean()
    assert centre > 4 * edge


def test_sites(any_city: CityMap) -> None:
    stations, hospitals = any_city.stations, any_city.hospitals
    assert stations is not None
    assert hospitals is not None
    assert 8 <= len(stations) <= 10
    assert 16 <= stations.ambulances.sum() <= 20
    assert stations.ambulances.min() >= 1
    assert len(hospitals) == 4
    assert hospitals.ambulances.sum() == 0
    for sites in (stations, hospitals):
        assert len(set(sites.site_id)) == len(set(sites.name)) == len(sites)
        assert any_city.roads.nearest_node(sites.x, sites.y)[1].max() < 60
        assert not shapely.contains_xy(water(any_city), sites.x, sites.y).any()
        assert len(set(zip(sites.x, sites.y, strict=True))) == len(sites)


def test_four_districts_each_with_people_and_ambulances(any_city: CityMap) -> None:
    zones, stations = any_city.zones, any_city.stations
    assert zones is not None
    assert stations is not None
    assert zones.district is not None
    assert stations.district is not None
    names = {"north", "east", "south", "harbour"}
    assert set(zones.district) == set(stations.district) == names
    for name in names:
        assert 0.08 < zones.demand_share[zones.district == name].sum() < 0.45


def test_river_parts_the_districts(any_city: CityMap) -> None:
    zones = any_city.zones
    assert zones is not None
    river = water(any_city)
    assert zones.district is not None
    northern = np.isin(zones.district, ["north", "east"])
    for x, y, is_northern in zip(zones.x, zones.y, northern, strict=True):
        to_north_edge = shapely.LineString([(x, y), (x, 10_000)])
        assert to_north_edge.intersects(river) != is_northern


def test_same_seed_same_city_in_another_process(city: CityMap) -> None:
    code = (
        "from pathlib import Path\n"
        "from environment.maps.synthetic_city import SyntheticCity\n"
        "city = SyntheticCity().load(Path())\n"
        "print(city.roads.content_hash, city.zones.demand_share.tolist())"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert city.zones is not None
    expected = f"{city.roads.content_hash} {city.zones.demand_share.tolist()}"
    assert done.stdout.strip() == expected


def test_another_seed_is_another_city(city: CityMap) -> None:
    assert build(seed=2).roads.content_hash != city.roads.content_hash


@pytest.mark.parametrize(
    "parameters",
    [
        {"width_km": 5, "height_km": 5, "population": 100_000},
        {"width_km": 20, "height_km": 7},
        {"width_km": 6, "height_km": 14, "population": 3_000_000},
    ],
)
def test_other_sizes(parameters: dict[str, float]) -> None:
    made = build(**parameters)
    parts, _ = connected_components(graph(made.roads), connection="strong")
    assert parts == 1
    assert made.zones is not None
    assert made.zones.demand_share.sum() == pytest.approx(1.0)
    assert made.stations is not None
    assert made.stations.ambulances.sum() == round(parameters.get("population", 600_000) * 3e-5)


@pytest.mark.parametrize(
    ("name", "value"),
    [("width_km", 2.0), ("height_km", 100.0), ("population", 10), ("seed", -1), ("sead", 1)],
)
def test_mistakes_are_named(name: str, value: float) -> None:
    with pytest.raises(ValidationError, match=name):
        SyntheticCity(**{name: value})
