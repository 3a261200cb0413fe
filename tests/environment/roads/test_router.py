"""The router against SciPy's Dijkstra, and what it says to a map that cannot be driven on."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from environment.errors import RoadNetworkError
from environment.maps.load import load_map
from environment.maps.osm_file import OsmFile
from environment.roads.hub_labels import FAR_MS
from environment.roads.network import PLANE, RoadNetwork
from environment.roads.router import Router

MANHATTAN = Path(__file__).resolve().parents[4] / "shared" / "data" / "manhattan"


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("CORRIDOR_CACHE", str(tmp_path_factory.getbasetemp() / "router"))


def network(tail, head, xy_m, length_m) -> RoadNetwork:
    """Streets by tail, then head; junction k is called 100 + k."""
    n, m = len(xy_m), len(tail)
    order = np.lexsort((head, tail))
    return RoadNetwork(
        name="test",
        crs=PLANE,
        node_id=np.arange(n) + 100,
        x=np.array([x for x, _ in xy_m], float),
        y=np.array([y for _, y in xy_m], float),
        has_signal=np.zeros(n, bool),
        tail=np.array(tail, np.int32)[order],
        head=np.array(head, np.int32)[order],
        length_m=np.array(length_m, float)[order],
        speed_kph=np.full(m, 36.0),
        road_class=np.zeros(m, np.int16),
        road_classes=("road",),
        shape_start=np.zeros(m + 1, np.int64),
        shape_x=np.empty(0),
        shape_y=np.empty(0),
    )


def grid(side: int, seed: int) -> RoadNetwork:
    """Streets of 100 m: rows alternate one way, columns both ways, the rim goes all round."""
    x, y = np.divmod(np.arange(side * side), side)
    east = np.flatnonzero((x < side - 1) & ((y % 2 == 0) | (y == side - 1)))
    west = np.flatnonzero((x < side - 1) & ((y % 2 == 1) | (y == 0) | (y == side - 1)))
    north = np.flatnonzero(y < side - 1)
    tail = np.concatenate([east, west + side, north, north + 1])
    head = np.concatenate([east + side, west, north + 1, north])
    jitter = np.random.default_rng(seed).normal(0, 20, (side * side, 2))
    return network(tail, head, np.stack([x, y], axis=1) * 100 + jitter, np.full(len(tail), 100.0))


def oracle_ms(roads: RoadNetwork, time_ms, origins) -> np.ndarray:
    shape = (roads.node_count, roads.node_count)
    return dijkstra(
        csr_array((time_ms.astype(float), (roads.tail, roads.head)), shape), indices=origins
    )


def assert_exact(roads: RoadNetwork, time_ms, pairs) -> None:
    """Times as Dijkstra's; paths connected, and as long and as slow as they are said to be."""
    router = Router.build(roads, time_ms / 1000)
    length_dm = np.rint(roads.length_m * 10).astype(int)
    origins = np.unique([origin for origin, _ in pairs])
    expected = dict(zip(origins, oracle_ms(roads, time_ms, origins), strict=True))
    for origin, destination in pairs:
        path = router.path(origin, destination)
        junctions = [origin, *roads.head[path]]
        assert list(roads.tail[path]) == junctions[:-1]
        assert junctions[-1] == destination
        assert time_ms[path].sum() == expected[origin][destination]
        assert router.time_s(origin, destination) == expected[origin][destination] / 1000
        assert router.length_m(origin, destination) == length_dm[path].sum() / 10


@st.composite
def networks_with_ties(draw):
    """A round trip through all junctions and some streets across, few different times."""
    n = draw(st.integers(1, 60))
    round_trip = draw(st.permutations(range(n)))
    streets = {(a, b) for a, b in zip(round_trip, round_trip[1:] + round_trip[:1], strict=True)}
    junction = st.integers(0, n - 1)
    streets |= set(draw(st.lists(st.tuples(junction, junction), max_size=3 * n)))
    tail, head = zip(*sorted(streets), strict=True)  # with loops, which no trip uses
    numbers = np.random.default_rng(draw(st.integers(0, 2**32)))
    xy_m = numbers.integers(0, 5, (n, 2))  # places that coincide, too
    length_m = numbers.integers(1, 4, len(tail)) / 10
    return network(tail, head, xy_m, length_m), numbers.integers(1, 3, len(tail))


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(networks_with_ties())
def test_exact_between_all_pairs_of_small_networks_full_of_ties(case):
    roads, time_ms = case
    everywhere = range(roads.node_count)
    assert_exact(roads, time_ms, [(a, b) for a in everywhere for b in everywhere])


@pytest.mark.parametrize("speeds", ["equal", "random"])
def test_exact_on_a_grid_with_one_way_streets(speeds):
    roads, rng = grid(40, seed=1), np.random.default_rng(2)
    slowest = 1000 if speeds == "equal" else 9000
    time_ms = rng.integers(1000, slowest + 1, roads.edge_count)
    assert_exact(roads, time_ms, rng.integers(0, roads.node_count, (1000, 2)).tolist())


@pytest.mark.slow
@pytest.mark.skipif(not MANHATTAN.exists(), reason="../shared/data/manhattan is not here")
def test_exact_on_manhattan():
    roads = load_map(OsmFile(file=MANHATTAN / "manhattan.osm.zip"), Path()).roads
    time_ms = np.maximum(np.rint(roads.free_flow_s * 1000), 1).astype(int)
    pairs = np.random.default_rng(3).integers(0, roads.node_count, (2000, 2))
    assert_exact(roads, time_ms, pairs.tolist())


def test_tables_hold_the_same_times_as_single_questions():
    roads = grid(12, seed=4)
    router = Router.build(roads, roads.free_flow_s)
    origins, destinations = [3, 140, 77, 3], np.array([0, 77], np.int32)
    singly = np.array([[router.time_s(a, b) for b in destinations] for a in origins])
    assert np.array_equal(router.table_s(origins, destinations), singly)
    assert np.array_equal(router.times_s(origins, 77), singly[:, 1])
    assert singly[2, 1] == 0
    assert router.times_s([], 77).shape == (0,)


def test_no_trip_takes_no_time_no_way_and_no_streets():
    router = Router.build(grid(12, seed=4), np.full(grid(12, seed=4).edge_count, 7.0))
    for junction in range(144):
        assert router.time_s(junction, junction) == router.length_m(junction, junction) == 0
        assert len(router.path(junction, junction)) == 0


def test_of_equally_fast_streets_the_shorter_is_taken():
    diamond = network(
        [0, 0, 1, 2, 3], [1, 2, 3, 3, 0], [(0, 0), (1, 1), (1, -1), (2, 0)], [50, 40, 50, 40, 80]
    )
    router = Router.build(diamond, np.full(5, 10.0))
    assert router.time_s(0, 3) == 20.0
    assert router.length_m(0, 3) == 80.0


def test_streets_of_no_length_cost_a_millisecond_and_never_make_a_path_turn_in_circles():
    roads = grid(12, seed=5)
    assert_exact(roads, np.ones(roads.edge_count, int), [(0, 143), (143, 0)])
    assert Router.build(roads, np.zeros(roads.edge_count)).time_s(0, 143) == 0.022


def test_a_second_router_of_the_same_streets_finds_its_cuts_on_disk(monkeypatch):
    roads = grid(20, seed=6)
    first = Router.build(roads, roads.free_flow_s)
    monkeypatch.setattr("environment.roads.router.dissect", None)
    second = Router.build(roads, roads.free_flow_s)
    assert np.array_equal(first.labels.time_ms, second.labels.time_ms)
    assert np.array_equal(first.labels.edge, second.labels.edge)


def test_labels_of_a_grid_stay_small():
    roads = grid(64, seed=7)
    labels = Router.build(roads, roads.free_flow_s).labels
    assert labels.time_ms.shape[1] / roads.node_count < 3 * 64  # cuts of 64, 32, 32, 16, ...


def test_labels_cannot_be_written_to():
    labels = Router.build(grid(3, seed=8), np.ones(grid(3, seed=8).edge_count)).labels
    with pytest.raises(ValueError, match="read-only"):
        labels.time_ms[0, 0] = 1


def test_a_junction_without_a_way_back_is_named():
    roads = network([0, 1, 1], [1, 0, 2], [(0, 0), (1, 0), (2, 0)], [1, 1, 1])
    with pytest.raises(RoadNetworkError, match=r"junction 102 .* has 2 of 3 junctions"):
        Router.build(roads, np.ones(3))


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf, FAR_MS / 1000])
def test_a_travel_time_that_is_none_is_refused_with_its_street(bad):
    roads = network([0, 1], [1, 0], [(0, 0), (1, 0)], [1, 1])
    with pytest.raises(RoadNetworkError, match=f"from junction 101 to 100 .* got {bad} s"):
        Router.build(roads, np.array([1.0, bad]))


def test_a_missing_travel_time_is_refused():
    roads = network([0, 1], [1, 0], [(0, 0), (1, 0)], [1, 1])
    with pytest.raises(RoadNetworkError, match="1 travel times for 2 street pieces"):
        Router.build(roads, np.ones(1))


def test_trips_too_long_to_count_are_refused():
    roads = network([0, 1, 2], [1, 2, 0], [(0, 0), (1, 0), (2, 0)], [1, 1, 1])
    with pytest.raises(RoadNetworkError, match="a trip takes more than 12 days"):
        Router.build(roads, np.full(3, FAR_MS / 1500))


@pytest.mark.parametrize("junction", [-1, 9])
def test_a_junction_that_does_not_exist_is_refused(junction):
    roads = grid(3, seed=9)
    router = Router.build(roads, roads.free_flow_s)
    for ask in (router.time_s, router.length_m, router.path):
        with pytest.raises(IndexError, match="a stop is a junction, from 0"):
            ask(0, junction)
    with pytest.raises(IndexError, match="a stop is a junction, from 0"):
        router.times_s([0, junction], 0)
