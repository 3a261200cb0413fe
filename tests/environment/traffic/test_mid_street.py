"""Drives that begin or end in the middle of a street: lights, greens, closures, turning off."""

from pathlib import Path

import numpy as np
import pytest

from environment.disruptions.road_closure import RoadClosure
from environment.maps.plane_grid import PlaneGrid
from environment.roads.stops import PARTS
from environment.traffic.driving import Driving, TravelParameters
from environment.traffic.green_waves import ForcedGreens
from environment.traffic.traffic_lights import SignalParameters, draw_lights, no_lights
from environment.traffic.ways import Way, metres_up_to, next_turn
from simulation.streams import streams

ROUNDING_S = 0.01


@pytest.fixture(scope="module")
def lit() -> Driving:
    """A light at each of 6 × 6 junctions, all of them equipped, and streets of many speeds."""
    roads = PlaneGrid(rows=6, columns=6, signal_every=1).load(Path()).roads
    roads.speed_kph[:] = np.random.default_rng(3).uniform(20, 60, roads.edge_count)
    lights = draw_lights(roads, SignalParameters(equipped_share=1), streams(4, 0))
    travel = TravelParameters(hourly_speed_factors=(0.7, *[1.0] * 23))
    return Driving(roads, travel, lights, np.array([0]))


def stop_on(roads, piece, part) -> int:
    part = PARTS - part if roads.lines.is_backward[piece] else part
    return int(roads.node_count + roads.lines.lead[piece] * PARTS + part)


@pytest.mark.parametrize("siren", [False, True])
def test_two_stretches_take_as_long_as_the_whole(lit, siren):
    """Who pauses in mid-street for no time meets the same lights, and passes the same greens."""
    rng, roads = np.random.default_rng(5), lit.roads
    for _ in range(30):
        origin, end = (stop_on(roads, rng.integers(roads.edge_count), 300_000) for _ in "ab")
        path = lit.path(origin, end, siren=siren)
        if len(path) < 3:
            continue
        k = int(rng.integers(1, len(path) - 1))
        middle = stop_on(roads, path[k], 700_000)
        assert lit.path(origin, middle, siren=siren).tolist() == path[: k + 1].tolist()
        depart_s = float(rng.uniform(3000, 3600))
        whole_s, metres = lit.trip(origin, end, depart_s, siren, 1.2)
        first_s, first_m = lit.trip(origin, middle, depart_s, siren, 1.2)
        rest_s, rest_m = lit.trip(middle, end, depart_s + first_s, siren, 1.2)
        assert first_s + rest_s == pytest.approx(whole_s, abs=ROUNDING_S)
        assert first_m + rest_m == pytest.approx(metres)
        free = ForcedGreens(lit.lights)
        assert lit.green_trip(free, origin, end, depart_s, siren, 1.2, 0.0)[:2] == pytest.approx(
            (whole_s, metres)
        )
        light, ahead_m, expected_s, _ = lit.lights_ahead(origin, end, siren)
        assert len(light) == len(path) - 1
        beyond, from_middle_m, after_s, _ = lit.lights_ahead(middle, end, siren)
        assert beyond.tolist() == light[k:].tolist()
        assert from_middle_m == pytest.approx(ahead_m[k:] - first_m)
        to_middle_s = lit.expected_s(origin, middle, 7200.0, siren)
        assert after_s == pytest.approx(expected_s[k:] - to_middle_s, abs=ROUNDING_S)


def test_a_vehicle_turns_at_junctions_and_where_its_way_ends(lit):
    roads = lit.roads
    origin, end = stop_on(roads, 7, PARTS // 2), stop_on(roads, 90, PARTS // 4)
    path = lit.path(origin, end, siren=True)
    whole_s = lit.expected_s(origin, end, 7200.0, True)
    way = Way(origin, end, 100.0, whole_s, True, lit)
    assert next_turn(way, 99.0) == (origin, 1.0)
    turns = [next_turn(way, now_s) for now_s in np.linspace(100.01, 100 + whole_s, 400).tolist()]
    reached = list(dict.fromkeys(node for node, _ in turns))
    assert reached == [*roads.head[path[:-1]].tolist(), end]
    for now_s, (node, in_s) in zip(np.linspace(100.01, 100 + whole_s, 400), turns, strict=True):
        there_s = lit.expected_s(origin, node, 7200.0, True)
        assert now_s - 100 + in_s == pytest.approx(there_s, abs=0.1)
        assert metres_up_to(way, node, now_s) == lit.metres(origin, node, siren=True)


def test_a_street_closed_one_way_is_entered_the_other_way_and_one_closed_both_ways_on_foot():
    roads = PlaneGrid(rows=2, columns=3, spacing_m=100, speed_kph=36).load(Path()).roads
    lights, hours = no_lights(roads), {"from_hour": 0, "until_hour": 1}
    (stop,), _ = roads.nearest_stop(np.array([30.0]), np.zeros(1))

    def drive(**form):
        closed = RoadClosure(**hours, **form).closed_pieces(roads)
        return Driving(roads, TravelParameters(), lights, np.array([stop]), closed)

    one_way = drive(streets=((0, 1),), one_way=True)
    assert one_way.trip(1, stop, 0, False, 1) == pytest.approx((7, 70))
    assert one_way.trip(0, stop, 0, False, 1) == pytest.approx((37, 370), abs=0.001)
    assert one_way.trip(stop, 1, 0, False, 1) == pytest.approx((33, 330), abs=0.001)
    both = drive(streets=((0, 1),))
    walk_s = 30 / (4 / 3.6)
    assert both.trip(1, stop, 0, False, 1) == pytest.approx((30 + walk_s, 300), abs=0.001)
    assert both.to_hospitals_s(1, siren=False) == pytest.approx([30 + walk_s], abs=0.001)
    assert both.trip(stop, stop, 0, False, 1) == (0, 0)
