"""Turn restrictions: the widened network against a search over street pieces."""

from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from environment.maps.osm_file import OsmFile
from environment.maps.osm_reader import read_streets
from environment.roads.lights import enters_light, light_of_node
from environment.roads.network import PLANE, RoadNetwork
from environment.roads.router import Router
from environment.roads.turns import Maneuver, restrict_turns, sequences_of
from environment.traffic.driving import Driving, TravelParameters
from environment.traffic.traffic_lights import no_lights
from simulation.interventions.map_places import nearest_street

SIDE = 3
STEP_M = 200.0
LONGEST = 4
"""Pieces of the longest maneuver: in, two halves of a street, out."""


def streets(seconds: dict[tuple[tuple[int, int], tuple[int, int]], int]) -> RoadNetwork:
    """A grid whose streets have a place in the middle; 10 m/s, seconds by direction."""
    places = sorted({place for ends in seconds for place in ends})
    index = {place: row for row, place in enumerate(places)}
    ends = sorted(seconds)
    x, y = np.array(places, dtype=float).T * STEP_M / 2
    return RoadNetwork(
        name="test", crs=PLANE, node_id=np.arange(len(places)) + 100, x=x, y=y,
        has_signal=np.array([not (a % 2 or b % 2) for a, b in places]),
        tail=np.array([index[tail] for tail, _ in ends], np.int32),
        head=np.array([index[head] for _, head in ends], np.int32),
        length_m=np.array([10.0 * seconds[pair] for pair in ends]),
        speed_kph=np.full(len(ends), 36.0), road_class=np.zeros(len(ends), np.int16),
        road_classes=("residential",), shape_start=np.zeros(len(ends) + 1, np.int64),
        shape_x=np.empty(0), shape_y=np.empty(0),
    )  # fmt: skip


def halves():
    """Half streets of the grid, in both directions."""
    for a in range(0, 2 * SIDE - 1, 2):
        for b in range(0, 2 * SIDE - 1, 2):
            for da, db in ((1, 0), (0, 1), (-1, 0), (0, -1)):
                far = (a + 2 * da, b + 2 * db)
                if min(far) >= 0 and max(far) < 2 * SIDE - 1:
                    yield (a, b), (a + da, b + db)
                    yield (a + da, b + db), (a, b)


HALVES = sorted(set(halves()))
AROUND = {place: [b for a, b in HALVES if a == place] for place, _ in HALVES}


@st.composite
def restricted_grids(draw):
    times = draw(st.lists(st.integers(1, 9), min_size=len(HALVES), max_size=len(HALVES)))
    roads = streets(dict(zip(HALVES, times, strict=True)))
    maneuvers = []
    for _ in range(draw(st.integers(1, 6))):
        path = [draw(st.sampled_from([p for p in AROUND if p[0] % 2 or p[1] % 2]))]
        for _ in range(draw(st.sampled_from([2, 2, 4]))):
            path.append(draw(st.sampled_from(AROUND[path[-1]])))
        points = tuple((a * STEP_M / 2, b * STEP_M / 2) for a, b in path)
        maneuvers.append(Maneuver(points, draw(st.sampled_from([False, False, True]))))
    return roads, maneuvers


def times_by_pieces(roads: RoadNetwork, maneuvers, origin: int, places=()) -> dict[int, float]:
    """Seconds to each node, by NetworkX on a graph whose nodes are the last pieces driven.

    At `places` nobody turns round.
    """
    sequences = sequences_of(roads, maneuvers)
    out = {node: np.flatnonzero(roads.tail == node).tolist() for node in range(roads.node_count)}

    def allowed(driven, piece):
        if roads.tail[piece] in places and roads.head[piece] == roads.tail[driven[-1]]:
            return False
        must = {
            s.pieces[-1] for s in sequences
            if s.is_only and driven[-len(s.pieces) + 1 :] == s.pieces[:-1]
        }  # fmt: skip
        forbidden = any(
            not s.is_only and (*driven, piece)[-len(s.pieces) :] == s.pieces for s in sequences
        )
        return not forbidden and (not must or piece in must)

    graph = nx.DiGraph()
    waiting = [(piece,) for piece in out[origin]]
    for driven in waiting:
        graph.add_edge("begin", driven, weight=roads.free_flow_s[driven[0]])
    seen = set(waiting)
    while waiting:
        driven = waiting.pop()
        for piece in out[roads.head[driven[-1]]]:
            if allowed(driven, piece):
                then = (*driven, piece)[-LONGEST + 1 :]
                graph.add_edge(driven, then, weight=roads.free_flow_s[piece])
                if then not in seen:
                    seen.add(then)
                    waiting.append(then)
    times = {origin: 0.0}
    for driven, seconds in nx.single_source_dijkstra_path_length(graph, "begin").items():
        if driven != "begin":
            node = int(roads.head[driven[-1]])
            times[node] = min(times.get(node, np.inf), seconds)
    return times


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("CORRIDOR_CACHE", str(tmp_path_factory.getbasetemp() / "turns"))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(restricted_grids())
def test_times_are_those_of_a_search_over_street_pieces(grid):
    """A turn at a restricted junction takes 1 ms more, the least that a piece may take."""
    roads, maneuvers = grid
    wider = restrict_turns(roads, maneuvers, sirens_exempt=True)
    assume(not any(note.startswith("turn restrictions not obeyed") for note in wider.notes))
    driving = Driving(
        wider, TravelParameters(siren_speed_factor=1), no_lights(wider), np.array([0])
    )
    open_ = Router.build(roads, roads.free_flow_s)
    row = {number: place for place, number in enumerate(roads.node_id.tolist())}
    stops = wider.stops.tolist()
    for origin in stops[:6]:
        start = row[wider.node_id[origin]]
        expected = times_by_pieces(roads, maneuvers, start)
        for destination in stops:
            end = row[wider.node_id[destination]]
            normal_s = driving.expected_s(origin, destination, 0, siren=False)
            siren_s = driving.expected_s(origin, destination, 0, siren=True)
            assert 0 <= normal_s - expected[end] < 0.1
            assert 0 <= siren_s - open_.time_s(start, end) < 0.1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(restricted_grids())
def test_streets_lights_and_junctions_are_counted_once(grid):
    roads, maneuvers = grid
    wider = restrict_turns(roads, maneuvers, sirens_exempt=True)
    assert (
        np.unique(wider.junction).tolist()
        == np.flatnonzero(wider.junction == np.arange(wider.node_count)).tolist()
    )
    assert sorted(set(wider.node_id.tolist())) == roads.node_id.tolist()
    assert wider.is_street.sum() == roads.edge_count
    assert wider.length_m[wider.is_street].sum() == pytest.approx(roads.length_m.sum())
    assert light_of_node(wider).max() == light_of_node(roads).max()
    assert not enters_light(wider)[wider.is_turn].any()


MAPS = Path(__file__).resolve().parents[4] / "shared" / "data" / "maps"


@pytest.mark.slow
@pytest.mark.parametrize(("name", "restrictions"), [("helsinki.osm.pbf", 20), ("krems.osm.gz", 5)])
def test_real_maps_too(name, restrictions):
    if not (MAPS / name).exists():
        pytest.skip(f"the extract ../shared/data/maps/{name} is not here")
    source = OsmFile(file=name)
    wider = source.load(MAPS).roads
    roads = source.model_copy(update={"turn_restrictions": "ignore"}).load(MAPS).roads
    streets = read_streets(MAPS / name, source.emergency, ferries=False, turn_restrictions=True)
    pieces = {number: way.pieces for number, way in streets.ways.items()}
    split = {*zip(wider.x[wider.is_split], wider.y[wider.is_split], strict=True)}
    every = streets.turns.maneuvers(pieces, streets.place)
    maneuvers = [one for one in every if one.points[1] in split]
    assert len(sequences_of(roads, maneuvers)) == restrictions
    driving = Driving(wider, TravelParameters(), no_lights(wider), np.array([0]))
    row = {number: place for place, number in enumerate(roads.node_id.tolist())}
    stops = wider.stops.tolist()
    for origin in stops[:: len(stops) // 4]:
        expected = times_by_pieces(roads, maneuvers, row[wider.node_id[origin]])
        for destination in stops:
            seconds = driving.expected_s(origin, destination, 0, siren=False)
            assert abs(seconds - expected[row[wider.node_id[destination]]]) < 0.2


# 1 -- 2 -- 3, and 4 below 2: from 1 no right turn to 4 at 2, so one turns round at 3.
CROSS = [((0, 2), (2, 2)), ((2, 2), (4, 2)), ((2, 2), (2, 0))]


def cross() -> RoadNetwork:
    both = [*CROSS, *[(b, a) for a, b in CROSS]]
    return streets(dict.fromkeys(both, 10))


def points(*path):
    return tuple((a * STEP_M / 2, b * STEP_M / 2) for a, b in path)


def time_s(roads: RoadNetwork, one: int, other: int, *, siren: bool) -> float:
    driving = Driving(roads, TravelParameters(), no_lights(roads), np.array([0]))
    rows = [int(np.flatnonzero(roads.node_id == number)[0]) for number in (one, other)]
    return driving.expected_s(*rows, 0, siren=siren)


def test_a_forbidden_turn_takes_the_way_round_and_a_siren_turns():
    """Junctions by place: 100 west, 101 south, 102 middle, 103 east; 10 s a street."""
    wider = restrict_turns(
        cross(), [Maneuver(points((0, 2), (2, 2), (2, 0)), is_only=False)], sirens_exempt=True
    )
    assert wider.node_count == 5
    assert wider.edge_count == 6 + 1 + 1  # a turning link, and one back for sirens
    assert time_s(wider, 100, 101, siren=False) == pytest.approx(40, abs=0.01)
    assert time_s(wider, 100, 101, siren=True) == pytest.approx(20 / 1.25, abs=0.01)
    assert time_s(wider, 103, 101, siren=False) == pytest.approx(20, abs=0.01)


def test_sirens_may_have_to_obey_too():
    maneuver = Maneuver(points((0, 2), (2, 2), (2, 0)), is_only=False)
    wider = restrict_turns(cross(), [maneuver], sirens_exempt=False)
    assert wider.siren_only is None
    assert time_s(wider, 100, 101, siren=True) == pytest.approx(40 / 1.25, abs=0.01)


def test_who_must_go_straight_on_neither_turns_nor_turns_round():
    maneuver = Maneuver(points((0, 2), (2, 2), (4, 2)), is_only=True)
    wider = restrict_turns(cross(), [maneuver], sirens_exempt=True)
    assert time_s(wider, 100, 101, siren=False) == pytest.approx(40, abs=0.01)
    assert time_s(wider, 100, 103, siren=False) == pytest.approx(20, abs=0.01)


def test_what_would_cut_off_a_street_is_not_obeyed():
    roads = cross()
    maneuvers = [
        Maneuver(points(one, (2, 2), (2, 0)), is_only=False) for one in ((0, 2), (4, 2), (2, 0))
    ]
    assert restrict_turns(roads, maneuvers, sirens_exempt=True).edge_count == roads.edge_count
    assert restrict_turns(roads, maneuvers, sirens_exempt=True).notes == (
        "turn restrictions not obeyed: 3 that would cut off a part of the map",
    )


def test_a_network_without_restrictions_stays_as_it_is():
    roads = cross()
    assert restrict_turns(roads, [], sirens_exempt=True).content_hash == roads.content_hash


WHOLE = sorted(
    (a, (2 * b[0] - a[0], 2 * b[1] - a[1])) for a, b in HALVES if not (a[0] % 2 or a[1] % 2)
)


@st.composite
def streets_with_places(draw):
    """A grid with its places as nodes, one without them, and maneuvers on either."""
    times = draw(st.lists(st.integers(1, 9), min_size=len(WHOLE), max_size=len(WHOLE)))
    seconds = dict(zip(WHOLE, times, strict=True))
    halves_s = {}
    for (a, b), time in seconds.items():
        middle = ((a[0] + b[0]) // 2, (a[1] + b[1]) // 2)
        halves_s[a, middle] = halves_s[middle, b] = time
    fine, whole = streets(halves_s), streets({ends: 2 * time for ends, time in seconds.items()})
    maneuvers = []
    for _ in range(draw(st.integers(1, 6))):
        path = [draw(st.sampled_from([p for p in AROUND if not (p[0] % 2 or p[1] % 2)]))]
        for _ in range(draw(st.sampled_from([2, 2, 3]))):
            path.append(draw(st.sampled_from([b for a, b in WHOLE if a == path[-1]])))
        maneuvers.append((path, draw(st.sampled_from([False, False, True]))))
    return fine, whole, maneuvers


def with_places(path):
    """Junctions of a path with the places between, from the first place to the last."""
    found = []
    for a, b in pairwise(path):
        found += [((a[0] + b[0]) // 2, (a[1] + b[1]) // 2), b]
    return found[:-1]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(streets_with_places())
def test_places_between_junctions_and_turns_together(grids):
    """Stops in the middle of streets, also of those over which a restriction is remembered."""
    fine, whole, paths = grids
    wider = restrict_turns(
        whole, [Maneuver(points(*path), only) for path, only in paths], sirens_exempt=True
    )
    assume(not any(note.startswith("turn restrictions not obeyed") for note in wider.notes))
    driving = Driving(wider, TravelParameters(), no_lights(wider), np.array([0]))
    maneuvers = [Maneuver(points(*with_places(path)), only) for path, only in paths]
    inner = np.flatnonzero(((fine.x + fine.y) / (STEP_M / 2)) % 2 == 1)
    stops, distance_m = wider.nearest_stop(fine.x[inner], fine.y[inner])
    assert distance_m.max() == 0
    assert (stops >= wider.node_count).all()
    for origin, start in list(zip(stops, inner, strict=True))[:4]:
        expected = times_by_pieces(fine, maneuvers, int(start), inner)
        for destination, end in zip(stops, inner, strict=True):
            seconds = driving.expected_s(int(origin), int(destination), 0, siren=False)
            assert abs(seconds - expected[int(end)]) < 0.1


def test_a_place_at_a_restricted_junction_is_reached_from_everywhere():
    maneuver = Maneuver(points((0, 2), (2, 2), (2, 0)), is_only=False)
    wider = restrict_turns(cross(), [maneuver], sirens_exempt=True)
    (stop,), _ = wider.nearest_stop(np.array([STEP_M]), np.array([STEP_M]))
    driving = Driving(wider, TravelParameters(), no_lights(wider), np.array([0]))
    for number in (100, 101, 103):
        node = int(np.flatnonzero(wider.node_id == number)[0])
        assert driving.expected_s(node, int(stop), 0, siren=False) == pytest.approx(10, abs=0.01)
        assert driving.expected_s(int(stop), node, 0, siren=False) == pytest.approx(10, abs=0.01)


def test_a_click_on_a_restricted_junction_finds_a_street():
    """Bug: its turning link came first, and no street from a junction to itself can be closed."""
    ends = [((0, 0), far) for far in ((2, 0), (0, 2), (2, 2))]
    roads = streets(dict.fromkeys([*ends, *[(b, a) for a, b in ends]], 10))
    maneuver = Maneuver(points((2, 0), (0, 0), (0, 2)), is_only=False)
    wider = restrict_turns(roads, [maneuver], sirens_exempt=True)
    one, other = nearest_street(wider, 0, 0)
    assert one != other
