"""Drafts small enough to see what the mending must do to them."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from environment.errors import RoadNetworkError
from environment.roads.graph import to_graph
from environment.roads.lights import enters_light, light_of_node
from environment.roads.mending import along_curve, keep_parallels, mend, take
from environment.roads.network import PLANE, RoadNetwork


def draft(places, streets, lit=()):
    """A plane draft of 36 km/h (10 m/s): streets are (tail, head), or (tail, head, metres)."""
    x, y = np.array(places, dtype=float).T
    tail, head = (np.array([street[end] for street in streets], dtype=np.int32) for end in (0, 1))
    straight_m = np.maximum(np.hypot(x[tail] - x[head], y[tail] - y[head]), 0.1)
    given_m = np.array([street[2] if len(street) > 2 else np.nan for street in streets])
    count = len(streets)
    return RoadNetwork(
        name="draft",
        crs=PLANE,
        node_id=np.arange(len(x)) + 100,
        x=x,
        y=y,
        has_signal=np.isin(np.arange(len(x)), lit),
        tail=tail,
        head=head,
        length_m=np.where(np.isnan(given_m), straight_m, given_m),
        speed_kph=np.full(count, 36.0),
        road_class=np.zeros(count, dtype=np.int16),
        road_classes=("residential",),
        shape_start=np.arange(count + 1, dtype=np.int64) * 2,
        shape_x=np.column_stack((x[tail], x[head])).ravel(),
        shape_y=np.column_stack((y[tail], y[head])).ravel(),
    )


def both_ways(*streets):
    return [pair for tail, head in streets for pair in ((tail, head), (head, tail))]


def test_of_pieces_on_one_line_the_fastest_is_kept_and_loops_of_no_extent_go():
    roads = keep_parallels(
        draft([(0, 0), (100, 0)], [(0, 1, 300), (0, 1, 120), (1, 0), (1, 1, 50)]), {}
    )
    assert list(zip(roads.tail, roads.head, roads.length_m, strict=True)) == [
        (0, 1, 120),
        (1, 0, 100),
    ]
    assert roads.notes == (
        "1 street pieces (0.1 km) that end where they begin dropped",
        "1 street pieces (0.3 km) that lie on a faster one dropped",
    )


def with_lines(roads, *lines):
    """A draft whose pieces are drawn by these lines."""
    shape = np.array([point for line in lines for point in line], dtype=float)
    start = np.append(0, np.cumsum([len(line) for line in lines]))
    return replace(roads, shape_start=start, shape_x=shape[:, 0], shape_y=shape[:, 1])


def pieces_of(roads):
    node = roads.node_id
    ends = zip(node[roads.tail].tolist(), node[roads.head].tolist(), strict=True)
    return dict(zip(ends, roads.length_m.tolist(), strict=True))


BOW = [(0, 0), (0, 300), (100, 300), (100, 0)]


def test_a_slower_parallel_is_kept_by_a_junction_inside_both_ways():
    streets = [(0, 1), (1, 0), (0, 1, 700), (1, 0, 700)]
    straight = [(0, 0), (100, 0)]
    roads = with_lines(draft([(0, 0), (100, 0)], streets), straight, straight[::-1], BOW, BOW[::-1])
    kept = keep_parallels(roads, {(0.0, 300.0): 7})
    assert pieces_of(kept) == pytest.approx(
        {
            (100, 101): 100,
            (101, 100): 100,
            (100, 7): 300,
            (7, 101): 400,
            (101, 7): 400,
            (7, 100): 300,
        }
    )
    assert kept.notes == (
        "2 street pieces (0.7 km) that have a parallel kept: a point inside is a junction",
    )


def test_the_faster_of_two_parallels_is_cut_where_the_other_has_no_point_inside():
    streets = [(0, 1, 900), (0, 1, 700), (1, 0)]
    straight = [(0, 0), (100, 0)]
    roads = with_lines(draft([(0, 0), (100, 0)], streets), straight, BOW, straight[::-1])
    assert pieces_of(keep_parallels(roads, {})) == pytest.approx(
        {(100, 101): 900, (101, 100): 100, (100, 102): 300, (102, 101): 400}
    )


@pytest.mark.parametrize("both", [True, False])
def test_a_loop_is_kept_by_two_junctions_inside(both):
    ring = [(100, 0), (100, 100), (200, 100), (200, 0), (100, 0)]
    loops, lines = [(1, 1, 400)], [ring]
    if both:
        loops, lines = loops * 2, [ring, ring[::-1]]
    streets = [(0, 1), (1, 0), *loops]
    straight = [(0, 0), (100, 0)]
    roads = with_lines(draft([(0, 0), (100, 0)], streets), straight, straight[::-1], *lines)
    there = {(101, 102): 100, (102, 103): 200, (103, 101): 100}
    back = {(head, tail): metres for (tail, head), metres in there.items()} if both else {}
    assert pieces_of(keep_parallels(roads, {})) == pytest.approx(
        {(100, 101): 100, (101, 100): 100, **there, **back}
    )


def test_a_loop_there_and_back_on_one_line_is_cut_where_it_turns():
    line = [(100, 0), (150, 0), (200, 0), (150, 0), (100, 0)]
    roads = draft([(0, 0), (100, 0)], [(0, 1), (1, 0), (1, 1, 200), (1, 1, 200)])
    straight = [(0, 0), (100, 0)]
    roads = with_lines(roads, straight, straight[::-1], line, line)
    assert pieces_of(keep_parallels(roads, {})) == pytest.approx(
        {(100, 101): 100, (101, 100): 100, (101, 102): 100, (102, 101): 100}
    )


def test_what_cannot_be_left_again_is_dropped():
    places = [(0, 0), (100, 0), (200, 0), (300, 0)]
    roads = mend(draft(places, [*both_ways((0, 1)), (1, 2), (3, 0)], lit=[2]))
    assert sorted(roads.node_id) == [100, 101]
    assert roads.notes == (
        (
            "2 of 4 junctions (1 of them with signals; 0.4 km of street) dropped: they cannot be "
            "reached from the rest, or not left for it"
        ),
    )


def test_a_map_of_one_way_traps_is_refused():
    with pytest.raises(RoadNetworkError, match="all 2 street pieces lead one way"):
        mend(draft([(0, 0), (1, 0), (2, 0)], [(0, 1), (1, 2)]))


def test_four_approach_lights_are_one_light_at_the_junction():
    arms = [(20, 0), (0, 20), (-20, 0), (0, -20)]
    ends = [(200, 0), (0, 200), (-200, 0), (0, -200)]
    streets = both_ways(
        *((0, arm) for arm in range(1, 5)), *((arm, arm + 4) for arm in range(1, 5))
    )
    roads = mend(draft([(0, 0), *arms, *ends], streets, lit=[1, 2, 3, 4]))
    assert roads.node_id[roads.has_signal].tolist() == [100]
    assert roads.notes == ("4 signal nodes merged into 1 traffic lights, one for each junction",)


def test_a_light_farther_than_30_metres_from_the_junction_stays_in_mid_block():
    places = [(0, 0), (31, 0), (200, 0), (0, 200), (0, -200)]
    streets = both_ways((0, 1), (1, 2), (0, 3), (0, 4))
    roads = mend(draft(places, streets, lit=[1]))
    assert roads.node_id[roads.has_signal].tolist() == [101]
    assert roads.notes == ()


def test_the_two_lights_of_a_dual_carriageway_cost_time_once():
    # The street 2-0-1-3 crosses two carriageways, 20 m apart, at 0 (northbound) and 1 (southbound).
    places = [(0, 0), (20, 0), (-200, 0), (220, 0), (0, -200), (0, 200), (20, 200), (20, -200)]
    streets = [*both_ways((2, 0), (0, 1), (1, 3)), (4, 0), (0, 5), (6, 1), (1, 7), (5, 6), (7, 4)]
    roads = mend(draft(places, streets, lit=[0, 1]))
    light = light_of_node(roads)
    assert dict(zip(roads.node_id.tolist(), light.tolist(), strict=True)) == {
        100: 0, 101: 0, 102: -1, 103: -1, 104: -1, 105: -1, 106: -1, 107: -1,
    }  # fmt: skip
    met = {
        (roads.node_id[tail] - 100, roads.node_id[head] - 100)
        for tail, head in zip(
            roads.tail[enters_light(roads)], roads.head[enters_light(roads)], strict=True
        )
    }
    assert met == {(2, 0), (3, 1), (4, 0), (6, 1)}


def test_taking_a_part_keeps_every_drawing_with_its_street():
    roads = draft([(0, 0), (1, 0), (1, 1), (0, 1)], both_ways((0, 1), (1, 2), (2, 3), (3, 0)))
    part = take(roads, np.array([2, 0, 3]), np.arange(8))
    assert part.node_id.tolist() == [102, 100, 103]
    assert list(zip(part.tail, part.head, strict=True)) == [(0, 2), (1, 2), (2, 0), (2, 1)]
    for edge in range(part.edge_count):
        first, last = part.shape_start[edge], part.shape_start[edge + 1] - 1
        ends = part.tail[edge], part.head[edge]
        assert part.shape_x[[first, last]].tolist() == [part.x[end] for end in ends]
        assert part.shape_y[[first, last]].tolist() == [part.y[end] for end in ends]


def test_the_curve_never_leaps_on_a_square_of_points():
    x, y = np.meshgrid(np.arange(16.0), np.arange(16.0))
    points = np.column_stack((x.ravel(), y.ravel()))
    steps = np.abs(np.diff(points[along_curve(points)], axis=0)).sum(axis=1)
    assert (steps == 1).all()  # what only a Hilbert curve does; Morton's leaps


street = st.tuples(st.integers(0, 9), st.integers(0, 9), st.floats(1, 1000))


@given(
    st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), min_size=10, max_size=10),
    st.lists(street, min_size=1, max_size=60),
    st.sets(st.integers(0, 9)),
)
def test_whatever_is_mended_can_be_driven_on(places, streets, lit):
    rough = draft(places, streets, lit=sorted(lit))
    try:
        roads = mend(rough)
    except RoadNetworkError:
        graph = nx.DiGraph((tail, head) for tail, head, _ in streets)
        assert max(map(len, nx.strongly_connected_components(graph))) == 1
        return
    graph = nx.DiGraph(to_graph(roads))
    assert nx.is_strongly_connected(graph)
    assert graph.number_of_edges() == roads.edge_count
    assert (np.lexsort((roads.head, roads.tail)) == np.arange(roads.edge_count)).all()
    assert nx.number_of_selfloops(graph) == 0
    fastest: dict[tuple[int, int], float] = {}
    for tail, head, metres in streets:
        fastest[tail + 100, head + 100] = min(metres, fastest.get((tail + 100, head + 100), np.inf))
    for tail, head, data in graph.edges(data=True):
        assert data["length"] == fastest[tail, head]
