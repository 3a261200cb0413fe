"""Closed streets: what they cut off, and driving around them, against SciPy and by hand."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely import LineString, Point

from environment.disruptions import RoadClosure, Surge, closure_changes, closures_in
from environment.disruptions.road_closure import pieces_between
from environment.maps.plane_grid import PlaneGrid
from environment.maps.synthetic_city import SyntheticCity
from environment.roads.network import PLANE, RoadNetwork
from environment.traffic.closures import close_streets
from environment.traffic.driving import Driving, TravelParameters
from environment.traffic.traffic_lights import SignalParameters, draw_lights, no_lights

GRID = PlaneGrid(rows=7, columns=9, spacing_m=300, speed_kph=36)
TOWN = SyntheticCity(width_km=5, height_km=5, population=100_000, seed=4)
MODES = {"siren_speed_factor": 1.6, "siren_kph": {"unclassified": 50, "residential": 44}}


@pytest.fixture(scope="module")
def grid():
    return GRID.load(Path()).roads


@pytest.fixture(scope="module")
def town():
    return TOWN.load(Path()).roads


def street(x, one_way=()):
    """Junctions at some places along one straight street, 36 km/h; some pieces only eastwards."""
    east = np.arange(len(x) - 1)
    west = np.array([k for k in east if k not in one_way], dtype=int)
    tail, head = np.append(east, west + 1), np.append(east + 1, west)
    order = np.lexsort((head, tail))
    return RoadNetwork(
        name="street",
        crs=PLANE,
        node_id=np.arange(len(x)) + 100,
        x=np.array(x, float),
        y=np.zeros(len(x)),
        has_signal=np.zeros(len(x), bool),
        tail=tail[order].astype(np.int32),
        head=head[order].astype(np.int32),
        length_m=np.abs(np.diff(x)[np.append(east, west)][order]).astype(float),
        speed_kph=np.full(len(tail), 36.0),
        road_class=np.zeros(len(tail), np.int16),
        road_classes=("unclassified",),
        shape_start=np.zeros(len(tail) + 1, np.int64),
        shape_x=np.empty(0),
        shape_y=np.empty(0),
    )


def closure(**form):
    return RoadClosure(**{"from_hour": 0, "until_hour": 1, **form})


def closed_by(roads, *forms):
    return np.logical_or.reduce([closure(**form).closed_pieces(roads) for form in forms])


def drive(roads, closed=None, lights=None, hospitals=(0,), **travel):
    lights = lights or no_lights(roads)
    return Driving(roads, TravelParameters(**travel), lights, np.array(hospitals), closed)


def edge_s(roads, *, siren):
    """Seconds on each piece at the speeds of `MODES`."""
    kph = roads.speed_kph * (MODES["siren_speed_factor"] if siren else 1)
    for number, name in enumerate(roads.road_classes):
        if siren and name in MODES["siren_kph"]:
            kph[roads.road_class == number] = MODES["siren_kph"][name]
    return roads.length_m / (kph / 3.6)


def dijkstra_s(roads, open_, edge_s):
    """Seconds between all junctions over the pieces that are open, infinite where there is none."""
    edge_ms = np.maximum(np.rint(edge_s * 1000), 1)
    shape = (roads.node_count, roads.node_count)
    return (
        dijkstra(csr_array((edge_ms[open_], (roads.tail[open_], roads.head[open_])), shape)) / 1e3
    )


def some_circles(roads, rng, count, radius_m):
    """Closures of several circles at once."""
    centres = rng.choice(roads.node_count, count, replace=False)
    return closed_by(
        roads, *({"x": roads.x[k], "y": roads.y[k], "radius_m": radius_m} for k in centres)
    )


@pytest.mark.parametrize("siren", [False, True])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["grid", "town"])
def test_times_are_those_of_the_map_without_the_closed_streets(name, seed, siren, request):
    roads = request.getfixturevalue(name)
    rng = np.random.default_rng(seed)
    closed = some_circles(roads, rng, count=3, radius_m=250) | (rng.random(roads.edge_count) < 0.1)
    driving = drive(roads, closed, **MODES)
    streets = close_streets(roads, closed)
    there_s = dijkstra_s(roads, ~closed, edge_s(roads, siren=siren))
    reached = np.flatnonzero(streets.within_reach)
    assert closed.any()
    assert 0 < len(reached) < roads.node_count
    table_s = driving.table_s(reached, reached, siren=siren)
    np.testing.assert_allclose(table_s, there_s[np.ix_(reached, reached)], atol=1e-9)
    for origin, destination in rng.integers(0, roads.node_count, (200, 2)):
        first, last = streets.stand_in[[origin, destination]]
        expected_s = there_s[first, last] + streets.walk_s[[origin, destination]].sum()
        if origin == destination:
            expected_s = 0.0
        assert driving.expected_s(origin, destination, 0, siren) == pytest.approx(expected_s)
        seconds, metres = driving.trip(origin, destination, 0.0, siren, 1.0)
        assert seconds == pytest.approx(expected_s)
        path = driving.path(origin, destination, siren=siren)
        assert not closed[path].any()
        assert metres == pytest.approx(roads.length_m[path].sum(), abs=0.1 * len(path))
        assert driving.table_s(np.array([origin]), np.array([destination]), siren=siren)[
            0, 0
        ] == pytest.approx(expected_s)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_within_reach_is_the_largest_part_with_ways_there_and_back(town, seed):
    rng = np.random.default_rng(seed)
    closed = some_circles(town, rng, count=2, radius_m=300) | (rng.random(town.edge_count) < 0.2)
    streets = close_streets(town, closed)
    is_there = np.isfinite(dijkstra_s(town, ~closed, town.free_flow_s))
    both_ways = is_there & is_there.T
    largest = both_ways[both_ways.sum(axis=1).argmax()]
    assert (streets.within_reach == largest).all()
    # The stand-in is the nearest of them; within reach, everybody stands for himself.
    reached = np.flatnonzero(largest)
    away_m = np.hypot(*(town.xy_m[:, None] - town.xy_m[reached]).T).T
    walk_s = away_m.min(axis=1) * 3.6 / 4
    np.testing.assert_allclose(streets.walk_s, walk_s, atol=1e-9)
    assert (streets.stand_in[reached] == reached).all()
    assert (streets.stand_in == reached[away_m.argmin(axis=1)]).all()


def test_closing_nothing_changes_nothing(town):
    lights = draw_lights(town, SignalParameters(), lambda _: np.random.default_rng(3))
    before = drive(town, lights=lights)
    after = drive(town, np.zeros(town.edge_count, bool), lights=lights)
    for siren in (False, True):
        labels, same = before.call_labels(siren=siren), after.call_labels(siren=siren)
        assert all(np.array_equal(a, b) for a, b in zip(labels, same, strict=True))
    assert before.trip(0, 99, 77.0, True, 1.1) == after.trip(0, 99, 77.0, True, 1.1)


def test_a_detour_by_hand():
    # 100 s a street; the fifth of the lower row is closed, and one goes round over the upper one.
    roads = PlaneGrid(rows=2, columns=10, spacing_m=1000, speed_kph=36).load(Path()).roads
    ends = tuple(int(node) for node in roads.node_id[[4, 5]])
    both = drive(roads, closed_by(roads, {"streets": (ends,)}), hospitals=(9, 0))
    assert both.trip(0, 9, 0.0, False, 1.0) == pytest.approx((1100.0, 11_000.0))
    assert both.trip(9, 0, 0.0, False, 1.0) == pytest.approx((1100.0, 11_000.0))
    assert both.to_hospitals_s(0, siren=False).tolist() == [1100.0, 0.0]
    assert both.stand_in(4) == (4, 0.0)
    one = drive(roads, closed_by(roads, {"streets": (ends,), "one_way": True}))
    assert one.trip(0, 9, 0.0, False, 1.0) == pytest.approx((1100.0, 11_000.0))
    assert one.trip(9, 0, 0.0, False, 1.0) == pytest.approx((900.0, 9_000.0))


@pytest.mark.parametrize("one_way", [False, True])
def test_a_crew_walks_where_it_cannot_drive_by_hand(one_way):
    # 300 m to the last open junction at 10 m/s, then 300 m on foot at 4 km/h: 30 s and 270 s.
    # A junction that could still be left, but not be reached, is cut off, too.
    roads = street([0, 100, 300, 600])
    shut = closed_by(roads, {"streets": ((102, 103),), "one_way": one_way})
    assert shut.sum() == (1 if one_way else 2)
    driving = drive(roads, shut, hospitals=(3, 0))
    assert driving.stand_in(3) == (2, pytest.approx(270.0))
    assert driving.trip(0, 3, 0.0, False, 1.0) == pytest.approx((300.0, 300.0))
    assert driving.trip(3, 0, 0.0, False, 1.0) == pytest.approx((300.0, 300.0))
    assert driving.trip(3, 3, 0.0, False, 1.0) == (0.0, 0.0)
    assert driving.trip(2, 3, 0.0, False, 1.0) == pytest.approx((270.0, 0.0))
    # Neither siren nor noise makes anybody walk faster.
    assert driving.trip(0, 3, 0.0, True, 2.0)[0] == pytest.approx(270 + 2 * 30 / 1.25)
    assert driving.expected_s(0, 3, 0.0, True) == pytest.approx(270 + 30 / 1.25)
    assert driving.metres(0, 3) == pytest.approx(300.0)
    assert driving.to_hospitals_s(0, siren=False).tolist() == pytest.approx([300.0, 0.0])
    assert driving.to_hospitals_s(3, siren=False).tolist() == pytest.approx([0.0, 300.0])
    nodes = np.array([2, 3])
    assert driving.table_s(nodes, nodes, siren=False).tolist() == [[0, 270.0], [270.0, 0]]


def test_one_who_walks_first_drives_later():
    # Off at 00:55:30, in the vehicle at 01:00: 30 s of free flow take 60 s at half the speed.
    roads = street([0, 100, 300, 600])
    shut = closed_by(roads, {"streets": ((102, 103),)})
    driving = drive(roads, shut, hourly_speed_factors=(1.0, 0.5, *[1.0] * 22))
    assert driving.trip(3, 0, 3600 - 270, False, 1.0)[0] == pytest.approx(270 + 60)
    assert driving.trip(0, 3, 3600 - 30, False, 1.0)[0] == pytest.approx(30 + 270)


def test_the_smaller_side_is_cut_off_where_one_way_is_left_between_two():
    roads = street([0, 100, 300, 600, 700])
    shut = closed_by(roads, {"streets": ((102, 101),), "one_way": True})
    streets = close_streets(roads, shut)
    assert streets.within_reach.tolist() == [False, False, True, True, True]
    assert streets.stand_in.tolist() == [2, 2, 2, 3, 4]
    assert streets.walk_s.tolist() == pytest.approx([270.0, 180.0, 0, 0, 0])


def test_trips_with_lights_keep_to_the_open_streets(town):
    lights = draw_lights(town, SignalParameters(), lambda _: np.random.default_rng(3))
    assert lights.any
    rng = np.random.default_rng(8)
    closed = some_circles(town, rng, count=3, radius_m=200)
    free, detour = drive(town, lights=lights), drive(town, closed, lights=lights)
    met = 0
    for origin, destination in rng.integers(0, town.node_count, (300, 2)):
        for siren in (False, True):
            was_on_closed = free.crosses(origin, destination, siren, closed)
            path = free.path(origin, destination, siren=siren)
            assert was_on_closed == any(closed[piece] for piece in path)
            assert not detour.crosses(origin, destination, siren, closed)
            seconds, metres = detour.trip(origin, destination, 0.0, siren, 1.0)
            driven = detour.path(origin, destination, siren=siren)
            walk_s = detour.stand_in(origin)[1] + detour.stand_in(destination)[1]
            assert metres == pytest.approx(town.length_m[driven].sum())
            if origin != destination:
                own_s = town.free_flow_s[driven].sum() / (1.25 if siren else 1)
                assert seconds >= walk_s + own_s - 1e-6
            met += was_on_closed
    assert met > 30


def test_a_circle_closes_each_street_that_comes_so_near(town):
    """Shapely measures the drawn lines."""
    assert len(town.shape_x) > 0
    start = town.shape_start
    for x, y, radius_m in [(0.0, 0.0, 150.0), (town.x[7] + 40, town.y[7] + 20, 60.0)]:
        closed = closure(x=x, y=y, radius_m=radius_m).closed_pieces(town)
        for piece in range(town.edge_count):
            tail, head = town.tail[piece], town.head[piece]
            drawn = slice(start[piece], start[piece + 1])
            line = LineString([
                (town.x[tail], town.y[tail]),
                *zip(town.shape_x[drawn], town.shape_y[drawn], strict=True),
                (town.x[head], town.y[head]),
            ])  # fmt: skip
            assert closed[piece] == (line.distance(Point(x, y)) <= radius_m)


@pytest.mark.parametrize(("radius_m", "count"), [(98, 0), (101, 2), (398, 2), (401, 4), (701, 6)])
def test_a_circle_on_the_globe_is_measured_in_metres(radius_m, count):
    """On the equator, about a point 100 m east of the last of four junctions."""
    flat = street([0, 100, 400, 700])
    degrees = np.degrees(1 / 6_371_009.0)
    globe = replace(flat, crs="epsg:4326", x=flat.x * degrees)
    circle = closure(x=800 * degrees, y=0.0, radius_m=radius_m)
    assert circle.closed_pieces(globe).sum() == count


def test_streets_by_name():
    roads = street([0, 100, 300, 600], one_way=(1,))
    ends = [(roads.tail[k], roads.head[k]) for k in pieces_between(roads, 100, 101)]
    assert sorted(ends) == [(0, 1), (1, 0)]
    assert len(pieces_between(roads, 100, 101, one_way=True)) == 1
    assert len(pieces_between(roads, 102, 101)) == 1
    assert len(pieces_between(roads, 102, 101, one_way=True)) == 0
    assert len(pieces_between(roads, 100, 102)) == 0
    assert closed_by(roads, {"streets": ((100, 101), (103, 102))}).sum() == 4


def test_when_closed_streets_change():
    form = {"streets": ((1, 2),)}
    disruptions = [
        RoadClosure(from_hour=2, until_hour=5, **form),
        Surge(from_hour=0, until_hour=9, factor=2),
        RoadClosure(from_hour=4, until_hour=6, **form),
        RoadClosure(from_hour=6, until_hour=7, **form),
        RoadClosure(from_hour=2, until_hour=5, **form),
    ]
    assert closure_changes(closures_in(disruptions)) == [
        (7_200.0, {0, 4}),
        (14_400.0, {0, 2, 4}),
        (18_000.0, {2}),
        (21_600.0, {3}),
        (25_200.0, set()),
    ]
    assert closure_changes(closures_in([disruptions[1]])) == []


hours = st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda pair: pair[0] != pair[1])


@given(st.lists(hours.map(sorted), max_size=5))
@settings(derandomize=True)
def test_the_changes_tell_what_is_closed_at_any_hour(spans):
    closures = [closure(from_hour=a, until_hour=b, streets=((1, 2),)) for a, b in spans]
    told = closure_changes(closures_in(closures))
    assert told == sorted(told, key=lambda change: change[0])
    for hour in np.arange(0.5, 13):
        before = [active for now_s, active in told if now_s <= hour * 3600]
        expected = {k for k, (a, b) in enumerate(spans) if a <= hour < b}
        assert (before[-1] if before else set()) == expected
