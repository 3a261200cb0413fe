"""Trips through traffic lights, by hand."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from environment.driving import Driving
from environment.roads.lights import enters_light, light_of_node
from environment.roads.network import PLANE, RoadNetwork
from environment.roads.sources.plane_grid import PlaneGrid
from environment.traffic_lights import SignalParameters, TrafficLights, draw_lights, no_lights
from environment.travel_parameters import TravelParameters

# An avenue of five junctions, 0 to 4, 300 m apart, at 10 m/s: 30 s a piece, both ways.
# Lights stand at junctions 1, 2 and 3.
STREETS = [(0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2), (3, 4), (4, 3)]
INTO_1, INTO_2, INTO_3 = (STREETS.index(street) for street in ((0, 1), (1, 2), (2, 3)))


def avenue(x_m=(0.0, 300.0, 600.0, 900.0, 1200.0), lit=(1, 2, 3)):
    x = np.array(x_m)
    tail, head = np.array(STREETS, dtype=np.int32).T.copy()
    return RoadNetwork(
        name="avenue",
        crs=PLANE,
        node_id=np.arange(5),
        x=x,
        y=np.zeros(5),
        has_signal=np.isin(np.arange(5), lit),
        tail=tail,
        head=head,
        length_m=np.abs(x[head] - x[tail]),
        speed_kph=np.full(len(tail), 36.0),
        road_class=np.zeros(len(tail), dtype=np.int16),
        road_classes=("primary",),
        shape_start=np.zeros(len(tail) + 1, dtype=np.int64),
        shape_x=np.array([]),
        shape_y=np.array([]),
    )


def three_lights(siren_delay_s=5.0):
    """Eastwards: (cycle, green from, green lasts) of (60, 10, 20), (80, 0, 40) and (50, 25, 30)."""
    cycle_s, green_from_s, green_s = (np.zeros(len(STREETS)) for _ in range(3))
    approaches = [INTO_1, INTO_2, INTO_3]
    cycle_s[approaches] = 60, 80, 50
    green_from_s[approaches] = 10, 0, 25
    green_s[approaches] = 20, 40, 30
    return TrafficLights(cycle_s, green_from_s, green_s, siren_delay_s)


def driving(lights=None, roads=None, **travel):
    roads = roads or avenue()
    parameters = TravelParameters(siren_speed_factor=1.25, **travel)
    return Driving(roads, parameters, lights or three_lights(), np.array([0]))


def test_a_normal_trip_waits_at_each_red():
    # Leaves at 0, is at light 1 at 30: 20 s into its cycle, the moment its green ends: red.
    # It waits until 70 (10 + 60). At light 2 at 100: 20 s into its cycle: green.
    # At light 3 at 130: (130 - 25) mod 50 = 5: green. At the end at 160.
    assert driving().trip(0, 4, 0.0, False, 1.0) == pytest.approx((160.0, 1200.0))


def test_another_departure_meets_other_lights():
    # Leaves at 185. Light 1 at 215: (215 - 10) mod 60 = 25: red until 250.
    # Light 2 at 280: 280 mod 80 = 40: red until 320. Light 3 at 350: (350 - 25) mod 50 = 25: green.
    # At the end at 380: 195 s.
    assert driving().trip(0, 4, 185.0, False, 1.0) == pytest.approx((195.0, 1200.0))


def test_nobody_waits_at_green():
    # Leaves at 40: light 1 at 70, (70 - 10) mod 60 = 0: green begins. Light 2 at 100: green.
    # Light 3 at 130: green.
    assert driving().trip(0, 4, 40.0, False, 1.0) == pytest.approx((120.0, 1200.0))


def test_a_siren_loses_its_delay_at_red_only():
    # A piece takes 30 / 1.25 = 24 s. Leaves at 10. Light 1 at 34: (34 - 10) mod 60 = 24: red, 5 s.
    # Light 2 at 39 + 24 = 63: red, 5 s. Light 3 at 68 + 24 = 92: (92 - 25) mod 50 = 17: green.
    # At the end at 92 + 24 = 116: 106 s.
    assert driving().trip(0, 4, 10.0, True, 1.0) == pytest.approx((106.0, 1200.0))


def test_noise_stretches_driving_and_not_waiting():
    # Twice as slow, 60 s a piece. Leaves at 0: light 1 at 60, (60 - 10) mod 60 = 50: red until 70.
    # Light 2 at 130: 50: red until 160. Light 3 at 220: (220 - 25) mod 50 = 45: red until 225.
    # At the end at 285.
    assert driving().trip(0, 4, 0.0, False, 2.0) == pytest.approx((285.0, 1200.0))


def test_the_light_where_a_trip_ends_is_not_passed():
    # To junction 1 only: there at 30, whatever the light shows.
    assert driving().trip(0, 1, 0.0, False, 1.0) == pytest.approx((30.0, 300.0))


def test_the_other_way_there_is_no_light():
    assert driving().trip(4, 0, 0.0, False, 1.0) == pytest.approx((120.0, 1200.0))


def test_speeds_of_the_hour_and_lights_together():
    # Half speed from 01:00 on. Leaves at 3560: light 1 at 3590, (3590 - 10) mod 60 = 40: red until
    # 3610. Then 60 s a piece: light 2 at 3670, 3670 mod 80 = 70: red until 3680.
    # Light 3 at 3740: (3740 - 25) mod 50 = 15: green. At the end at 3800: 240 s.
    slow = driving(hourly_speed_factors=(1.0, *[0.5] * 23))
    assert slow.trip(0, 4, 3560.0, False, 1.0) == pytest.approx((240.0, 1200.0))


def test_the_router_expects_the_mean_wait():
    # Normal: red² / (2 cycle) = 1600 / 120, 1600 / 160 and 400 / 100; four pieces of 30 s.
    lights = three_lights()
    expected = 120 + 1600 / 120 + 10 + 4
    assert driving().expected_s(0, 4, 0.0, False) == pytest.approx(expected, abs=0.002)
    # Siren: 5 s at red, or until green if that is sooner: 5 (red - 2.5) / cycle on the mean;
    # red is 40 of 60, 40 of 80 and 20 of 50 s; four pieces of 24 s.
    assert driving().expected_s(0, 4, 0.0, True) == pytest.approx(
        96 + 5 * (37.5 / 60 + 37.5 / 80 + 17.5 / 50), abs=0.002
    )
    # The mean over departures is what was expected of a light met at a random moment.
    departures_s = np.arange(0, 6000, 0.5)
    one_light = dataclasses.replace(
        lights, cycle_s=np.where(np.arange(len(STREETS)) == INTO_1, 60.0, 0.0)
    )
    trips = driving(one_light)
    waits_s = [trips.trip(0, 4, s, False, 1.0)[0] - 120 for s in departures_s]
    assert np.mean(waits_s) == pytest.approx(
        one_light.expected_wait_s(siren=False)[INTO_1], abs=0.2
    )
    delays_s = [trips.trip(0, 4, s, True, 1.0)[0] - 96 for s in departures_s]
    assert np.mean(delays_s) == pytest.approx(
        one_light.expected_wait_s(siren=True)[INTO_1], abs=0.05
    )


def test_two_junctions_of_one_light_cost_once():
    # Junctions 1 and 2 are 20 m apart: one light. It is met on entering, not between them.
    roads = avenue(x_m=(0, 300, 320, 620, 920), lit=(1, 2))
    assert light_of_node(roads).tolist() == [-1, 0, 0, -1, -1]
    met = [STREETS[k] for k in np.flatnonzero(enters_light(roads))]
    assert met == [(0, 1), (3, 2)]
    always_red = draw_lights(
        roads, SignalParameters(green_share=0.0, cycle_spread_s=0), np.random.default_rng(1)
    )
    seconds, _ = driving(always_red, roads).trip(0, 4, 0.0, True, 1.0)
    assert seconds == pytest.approx(920 / 12.5 + 5.0)


def test_one_light_is_met_once_in_each_direction_of_two_junctions_far_apart():
    roads = avenue(lit=(1, 2))
    assert light_of_node(roads).tolist() == [-1, 0, 1, -1, -1]
    assert enters_light(roads).sum() == 4


def lit_grid(**parameters):
    roads = PlaneGrid(rows=4, columns=5, signal_every=1).load(Path()).roads
    return roads, draw_lights(roads, SignalParameters(**parameters), np.random.default_rng(7))


def test_drawn_lights_serve_crossing_streets_in_turn():
    roads, lights = lit_grid(cycle_s=80, cycle_spread_s=20, green_share=0.6)
    assert (lights.cycle_s > 0).all()
    assert ((lights.cycle_s >= 60) & (lights.cycle_s <= 100)).all()
    eastwest = roads.y[roads.tail] == roads.y[roads.head]
    for node in range(roads.node_count):
        into = np.flatnonzero(roads.head == node)
        assert np.ptp(lights.cycle_s[into]) == 0
        cycle_s = lights.cycle_s[into[0]]
        moments_s = (np.arange(400) + 0.5) / 400 * cycle_s
        green = (moments_s[:, None] - lights.green_from_s[into]) % cycle_s < lights.green_s[into]
        along, across = (green[:, eastwest[into] == axis].T for axis in (True, False))
        assert (along == along[0]).all()
        assert (across == across[0]).all()
        assert (along[0] != across[0]).all(), "just one axis has green at any moment"
        assert sorted([along[0].mean(), across[0].mean()]) == pytest.approx([0.4, 0.6], abs=0.01)


def test_the_major_road_keeps_its_green_longest():
    roads = PlaneGrid(rows=3, columns=3, signal_every=1).load(Path()).roads
    eastwest = roads.y[roads.tail] == roads.y[roads.head]
    roads = dataclasses.replace(
        roads,
        road_classes=("residential", "primary"),
        road_class=eastwest.astype(np.int16),
    )
    lights = draw_lights(roads, SignalParameters(green_share=0.7), np.random.default_rng(3))
    shares = lights.green_s / lights.cycle_s
    assert shares[eastwest] == pytest.approx(0.7)
    assert shares[~eastwest] == pytest.approx(0.3)


def test_offsets_and_cycles_are_spread_and_repeatable():
    _, lights = lit_grid()
    _, again = lit_grid()
    assert (lights.green_from_s == again.green_from_s).all()
    assert len(np.unique(lights.cycle_s)) == 20
    assert lights.red_s == pytest.approx(lights.cycle_s - lights.green_s)


def test_lights_switched_off_cost_nothing():
    roads = PlaneGrid(signal_every=1).load(Path()).roads
    off = draw_lights(roads, SignalParameters(active=False), np.random.default_rng(1))
    assert not off.cycle_s.any()
    assert off.expected_wait_s(siren=False).sum() == no_lights(roads).cycle_s.sum() == 0
