"""Points between junctions, against NetworkX on graphs in which each of them is a node."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from environment.roads.network import GEOGRAPHIC, PLANE, RoadNetwork
from environment.roads.router import Router
from environment.roads.stops import PARTS, driven


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("CORRIDOR_CACHE", str(tmp_path_factory.getbasetemp() / "stops"))


def network(xy, streets, **fields) -> RoadNetwork:
    """A map from the places of its junctions, and pieces (tail, head, *points between)."""
    streets = sorted(streets, key=lambda street: street[:2])
    tail, head = (np.array([street[end] for street in streets], np.int32) for end in (0, 1))
    inner = [np.reshape(street[2:], (-1, 2)) for street in streets]
    n, m = len(xy), len(streets)
    shape = np.concatenate([np.empty((0, 2)), *inner]).astype(float)
    own = {
        "name": "test",
        "crs": PLANE,
        "node_id": np.arange(n),
        "x": np.array([x for x, _ in xy], float),
        "y": np.array([y for _, y in xy], float),
        "has_signal": np.zeros(n, bool),
        "tail": tail,
        "head": head,
        "length_m": np.full(m, 100.0),
        "speed_kph": np.full(m, 36.0),
        "road_class": np.zeros(m, np.int16),
        "road_classes": ("residential",),
        "shape_start": np.cumsum([0, *map(len, inner)]),
        "shape_x": shape[:, 0],
        "shape_y": shape[:, 1],
    }
    return RoadNetwork(**{**own, **fields})


@st.composite
def towns(draw):
    """A round trip through all junctions and some streets across, waits, and stops on them."""
    n = draw(st.integers(2, 9))
    round_trip = draw(st.permutations(range(n)))
    streets = set(zip(round_trip, round_trip[1:] + round_trip[:1], strict=True))
    junction = st.integers(0, n - 1)
    more = draw(st.lists(st.tuples(junction, junction), max_size=2 * n))
    streets |= {(a, b) for a, b in more if a != b}
    streets |= {(b, a) for a, b in streets if draw(st.booleans())}
    numbers = np.random.default_rng(draw(st.integers(0, 2**32)))
    roads = network(numbers.uniform(0, 1000, (n, 2)), streets)
    roads = replace(roads, length_m=numbers.integers(1, 300, len(streets)) / 10)
    along_ms = numbers.integers(1, 9, len(streets)) * draw(st.sampled_from([1, 997]))
    wait_ms = numbers.integers(0, 9, len(streets)) * draw(st.sampled_from([0, 500]))
    pieces = roads.lines.lead[numbers.integers(0, len(streets), 8)]
    parts = numbers.integers(1, 9, 8) * (PARTS // 9)
    stops = np.unique(n + (pieces << 20) + parts).tolist()
    return roads, along_ms, along_ms + wait_ms, [*range(n), *stops]


def with_stops_as_nodes(roads, along_ms, time_ms, stops) -> nx.DiGraph:
    graph = nx.DiGraph()
    lines, n = roads.lines, roads.node_count
    graph.add_nodes_from(stops)
    for edge in range(roads.edge_count):
        parts = {}
        for stop in stops[n:]:
            if (stop - n) // PARTS == lines.lead[edge]:
                part = (stop - n) % PARTS
                parts[PARTS - part if lines.is_backward[edge] else part] = stop
        passed_ms, last = 0, int(roads.tail[edge])
        for part, stop in sorted(parts.items()):
            here_ms = (int(along_ms[edge]) * part + PARTS // 2) // PARTS
            graph.add_edge(last, stop, ms=here_ms - passed_ms)
            passed_ms, last = here_ms, stop
        graph.add_edge(last, int(roads.head[edge]), ms=int(time_ms[edge]) - passed_ms)
    return graph


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(towns())
def test_times_and_paths_are_those_of_a_graph_in_which_each_stop_is_a_node(town):
    roads, along_ms, time_ms, stops = town
    router = Router.build(roads, time_ms / 1000, along_ms / 1000)
    pieces = router.labels.pieces
    graph = with_stops_as_nodes(roads, along_ms, time_ms, stops)
    expected = dict(nx.all_pairs_dijkstra_path_length(graph, weight="ms"))
    table_s = router.table_s(stops, stops)
    for row, origin in enumerate(stops):
        for column, destination in enumerate(stops):
            assert table_s[row, column] == expected[origin][destination] / 1000
            path = router.path(origin, destination)
            length_m = sum(
                roads.length_m[piece] * (end - begin) / PARTS
                for k, piece in enumerate(path)
                for begin, end in [
                    driven(pieces, roads.node_count, path, len(path), k, origin, destination)
                ]
            )
            assert router.length_m(origin, destination) == pytest.approx(length_m, abs=0.11)
            assert list(roads.head[path[:-1]]) == list(roads.tail[path[1:]])


def test_along_a_street_forwards_and_backwards_and_round_where_it_leads_one_way():
    square = network(
        [(0, 0), (100, 0), (100, 100), (0, 100)], [(0, 1), (1, 0), (1, 2), (2, 3), (3, 0)]
    )
    router = Router.build(square, square.free_flow_s)
    (a, b, c, d), off_m = square.nearest_stop(
        np.array([20.0, 70.0, 103.0, 100.0]), np.array([0.0, -3.0, 30.0, 80.0])
    )
    assert off_m.tolist() == [0, 3, 3, 0]
    assert router.time_s(a, b) == router.time_s(b, a) == 5
    assert router.time_s(c, d) == 5
    assert router.time_s(d, c) == 2 + 10 + 10 + 10 + 3
    assert router.path(d, c).tolist() == [2, 3, 4, 0, 2]
    assert router.length_m(a, d) == 160
    assert router.time_s(a, 0) == router.time_s(0, a) == 2


def test_the_light_at_the_end_of_a_street_is_lost_time_only_for_who_drives_past_it():
    roads = network([(0, 0), (100, 0), (200, 0)], [(0, 1), (1, 0), (1, 2), (2, 1)])
    wait_s = np.array([30.0, 0, 0, 0])
    router = Router.build(roads, roads.free_flow_s + wait_s, roads.free_flow_s)
    (near, far), _ = roads.nearest_stop(np.array([50.0, 150.0]), np.zeros(2))
    assert router.time_s(0, near) == 5
    assert router.time_s(near, far) == 5 + 30 + 5
    assert router.time_s(far, near) == 10


def test_a_place_joins_the_drawn_line_of_its_street_and_keeps_the_way_off_it():
    bent = (0, 1, (0, 30), (60, 30)), (1, 0, (60, 30), (0, 30))
    roads = network([(0, 0), (60, 70)], bent, length_m=np.full(2, 260.0))
    (stop,), off_m = roads.nearest_stop(np.array([30.0]), np.array([35.0]))
    assert off_m.tolist() == [5]
    np.testing.assert_allclose(np.column_stack(roads.stop_xy(stop)), [[30, 30]], atol=1e-4)
    router = Router.build(roads, roads.free_flow_s)
    assert router.time_s(0, stop) == 12  # 60 of 130 m drawn, of 260 m driven
    assert router.time_s(stop, 0) == 12


def test_separate_carriageways_between_two_junctions_are_two_streets():
    apart = (0, 1, (0, -10), (100, -10)), (1, 0, (100, 10), (0, 10))
    roads = network([(0, 0), (100, 0)], apart, length_m=np.full(2, 120.0))
    router = Router.build(roads, roads.free_flow_s)
    (stop,), _ = roads.nearest_stop(np.array([50.0]), np.array([-10.0]))
    assert router.time_s(0, stop) == 6
    assert router.time_s(1, stop) == 12 + 6


def test_nobody_stops_along_trunk_roads_but_at_their_junctions_with_others():
    roads = network(
        [(0, 0), (100, 0), (100, 100)],
        [(0, 1), (1, 0), (1, 2), (2, 1)],
        road_class=np.array([0, 0, 1, 1], np.int16),
        road_classes=("trunk", "residential"),
    )
    assert roads.nearest_stop(np.array([50.0]), np.array([-1.0]))[0].tolist() == [1]
    fast = replace(roads, road_classes=("trunk", "motorway"))
    assert fast.nearest_stop(np.array([51.0, 49.0]), np.array([1.0, 1.0]))[0].tolist() == [1, 0]


@pytest.mark.parametrize("crs", [PLANE, GEOGRAPHIC])
def test_the_nearest_street_is_found_and_a_stop_is_where_it_says(crs):
    rng = np.random.default_rng(1)
    size = 1000 if crs == PLANE else 0.1
    xy = rng.uniform(0, size, (30, 2)) + (0 if crs == PLANE else 48)
    ends = rng.permutation(30).tolist()
    streets = list(zip(ends, ends[1:] + ends[:1], strict=True))
    roads = network(xy, streets + [(b, a) for a, b in streets], crs=crs)
    x, y = (rng.uniform(at.min() - size / 2, at.max() + size / 2, 300) for at in (roads.x, roads.y))
    stops, off_m = roads.nearest_stop(x, y)
    place_m = np.column_stack(roads.to_metres(x, y))
    tail, along = (roads.xy_m[roads.tail], roads.xy_m[roads.head] - roads.xy_m[roads.tail])
    share = ((place_m[:, None] - tail) * along).sum(axis=2) / (along**2).sum(axis=1)
    nearest_m = tail + np.clip(share, 0, 1)[:, :, None] * along
    brute_m = np.hypot(*(nearest_m - place_m[:, None]).T).min(axis=0)
    np.testing.assert_allclose(off_m, brute_m, atol=6e-4)
    again, on_m = roads.nearest_stop(*roads.stop_xy(stops))
    assert again.tolist() == stops.tolist()
    assert not on_m.any()
