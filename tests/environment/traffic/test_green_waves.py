"""Forced greens: three lights by hand, what always holds, and the error of the one pass."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.validation.one_pass import (
    CITY_TRIPS_PER_HOUR,
    GIVE_WAY_M,
    Trip,
    draw_trips,
    from_light_to_light,
    in_one_pass,
    signal_grid,
)
from environment.maps.plane_grid import PlaneGrid
from environment.roads.lights import NO_LIGHT
from environment.roads.network import PLANE, RoadNetwork
from environment.traffic.driving import Driving, TravelParameters
from environment.traffic.green_waves import (
    AXIS,
    CROSS_RED_S,
    FROM_S,
    KEPT,
    LIGHT,
    ROW_COLUMNS,
    UNTIL_S,
    ForcedGreens,
)
from environment.traffic.light_plans import MAJOR
from environment.traffic.traffic_lights import (
    SignalParameters,
    TrafficLights,
    draw_lights,
    no_lights,
)
from simulation.streams import streams

# An avenue from west to east, junctions 0 to 4, and a street that crosses it at 2, from 5 in the
# north to 6 in the south. All pieces have 300 m: 30 s, with siren 24 s. Lights 0, 1 and 2 stand at
# junctions 1, 2 and 3.
STREETS = sorted(
    [(k, k + 1) for k in range(4)]
    + [(k + 1, k) for k in range(4)]
    + [(5, 2), (2, 5), (6, 2), (2, 6)]
)
LIGHT_AT = {1: 0, 2: 1, 3: 2}
ACROSS = {(5, 2), (6, 2)}
# (cycle, green from, green lasts) of the avenue; across, light 1 has green from 40 for 40 s.
CYCLES = {0: (60, 10, 20), 1: (80, 0, 40), 2: (50, 25, 30)}


def crossing_streets():
    tail, head = np.array(STREETS, dtype=np.int32).T.copy()
    return RoadNetwork(
        name="avenue and street",
        crs=PLANE,
        node_id=np.arange(7),
        x=np.array([0.0, 300, 600, 900, 1200, 600, 600]),
        y=np.array([0.0, 0, 0, 0, 0, 300, -300]),
        has_signal=np.isin(np.arange(7), list(LIGHT_AT)),
        tail=tail,
        head=head,
        length_m=np.full(len(tail), 300.0),
        speed_kph=np.full(len(tail), 36.0),
        road_class=np.zeros(len(tail), dtype=np.int16),
        road_classes=("primary",),
        shape_start=np.zeros(len(tail) + 1, dtype=np.int64),
        shape_x=np.array([]),
        shape_y=np.array([]),
    )


def three_lights(equipped=(True, True, True), switch_s=4.0):
    """At each light 360 vehicles an hour cross the avenue, but 600 at light 1; 900 along it."""
    light = np.array([LIGHT_AT.get(head, NO_LIGHT) for _, head in STREETS])
    across = np.array([street in ACROSS for street in STREETS])
    cycle_s, green_from_s, green_s = np.array([CYCLES.get(k, (0, 0, 0)) for k in light], float).T
    return TrafficLights(
        cycle_s=cycle_s,
        green_from_s=np.where(across, 40.0, green_from_s),
        green_s=green_s,
        siren_delay_s=5.0,
        light=light,
        axis=across.astype(np.int8),
        equipped=np.array(equipped),
        cross_flow_per_hour=np.array([[360.0, 900.0], [600.0, 900.0], [360.0, 900.0]]),
        switch_s=switch_s,
    )


class Street:
    """The avenue, and the forced greens of one run."""

    def __init__(self, **lights):
        self.lights = three_lights(**lights)
        travel = TravelParameters(siren_speed_factor=1.25)
        self.driving = Driving(crossing_streets(), travel, self.lights, np.array([0]))
        self.forced = ForcedGreens(self.lights)

    def siren(self, origin, destination, depart_s, give_way_m=200.0):
        """When a vehicle with siren arrives, and the greens that it forces."""
        return self._drive(origin, destination, depart_s, True, give_way_m)

    def normal(self, origin, destination, depart_s):
        """When another vehicle arrives."""
        arrival_s, rows = self._drive(origin, destination, depart_s, False, 0.0)
        assert not len(rows)
        return arrival_s

    def _drive(self, origin, destination, depart_s, siren, give_way_m):
        seconds, _, rows = self.driving.green_trip(
            self.forced, origin, destination, depart_s, siren, 1.0, give_way_m
        )
        return pytest.approx(depart_s + seconds), [
            tuple(row) for row in rows[:, :AXIS].round(6).tolist()
        ]


def test_without_a_green_wave_a_siren_loses_its_delay():
    # As in test_traffic_lights.py: red at lights 0 and 1, 5 s each.
    assert Street().siren(0, 4, 10.0, give_way_m=0.0) == (116.0, [])


# Leaves at 10 and asks 200 m before each light, 16 s ahead.
# Light 0: asks at 18, in green that would end at 30; it stays green until 34: 4 s of red.
# Light 1: asks at 42, at red; it is green from 46 and passed at 58: 12 s of red, 2 vehicles.
# Light 2: asks at 66, at red; it is green from 70, by itself it would be from 75; passed at 82.
WAVE = [(0, 18, 34, 4, 0.4), (1, 46, 58, 12, 2.0), (2, 70, 82, 5, 0.5)]


def test_a_green_wave_makes_way_at_every_light():
    street = Street()
    assert street.siren(0, 4, 10.0) == (106.0, WAVE)
    assert street.driving.green_trip(ForcedGreens(street.lights), 0, 4, 10, True, 1, 200)[1] == 1200


def test_who_is_nearer_than_the_distance_asks_when_leaving():
    # Light 0 is asked at 10, just as it turns green.
    _, rows = Street().siren(0, 4, 10.0, give_way_m=np.array([400.0, 0.0, 0.0]))
    assert rows == [(0, 10, 34, 4, 0.4)]


def test_each_light_can_have_a_distance_of_its_own():
    # Light 0 is red at 34: 5 s lost. Light 1 is asked 2 s before 63 and green at 65: 2 s lost.
    # At light 2 at 89 it is (89 - 25) mod 50 = 14 s into green.
    arrival_s, rows = Street().siren(0, 4, 10.0, give_way_m=np.array([0.0, 25.0, 0.0]))
    assert (arrival_s, rows) == (113.0, [])


def test_only_equipped_lights_make_way():
    # Light 1 costs 5 s. Light 2 is asked at 71, at red, and green by itself at 75.
    assert Street(equipped=(True, False, True)).siren(0, 4, 10.0) == (111.0, WAVE[:1])


@pytest.mark.parametrize(
    ("switch_s", "give_way_m", "arrival_s"),
    [
        (4.0, 25.0, 84.0),  # asks at 56, green at 60: 2 s lost
        (4.0, 5.0, 85.6),  # asks at 57.6, green at 61.6: 3.6 s
        (10.0, 25.0, 87.0),  # would be green at 66: it passes at red, 5 s
        (0.0, 25.0, 82.0),  # green at once
    ],
)
def test_who_comes_before_the_switch_is_done_waits_for_it_but_not_longer_than_at_red(
    switch_s, give_way_m, arrival_s
):
    # From junction 1 to 3, leaving at 34: at light 1 at 58, 58 s into its cycle: red until 80.
    street = Street(switch_s=switch_s)
    rows = [] if switch_s else [(1, 56, 58, 2, round(2 * 600 / 3600, 6))]
    assert street.siren(1, 3, 34.0, give_way_m) == (arrival_s, rows)


def test_nothing_is_forced_where_it_is_green_anyway():
    # Light 1 is asked at 88 and passed at 104; it is green from 80 to 120.
    assert Street().siren(1, 3, 80.0) == (128.0, [])
    # Asked at 77, at red; it is green by itself at 80, before it could be switched at 81.
    assert Street().siren(1, 3, 69.0) == (117.0, [])


def test_a_vehicle_that_crosses_waits_until_the_siren_is_past():
    # Leaves junction 5 at 20 and is at light 1 at 50, 10 s into the green of its axis.
    street = Street()
    assert street.normal(5, 6, 20.0) == 80.0
    street.siren(0, 4, 10.0)
    assert street.normal(5, 6, 20.0) == 88.0  # goes on at 58
    assert street.normal(5, 6, 15.9) == 75.9  # at the light at 45.9, before it is switched
    assert street.normal(5, 6, 28.0) == 88.0  # at the light at 58, as the siren passes


def test_who_drives_along_has_the_green_too():
    street = Street()
    assert street.normal(1, 3, 20.0) == 110.0  # at light 1 at 50: red until 80
    street.siren(0, 4, 10.0)
    assert street.normal(1, 3, 20.0) == 80.0
    assert street.normal(1, 3, 15.0) == 76.0  # at the light at 45, green at 46
    assert street.normal(1, 3, 28.0) == 110.0  # at 58 the cycle is back: red until 80


def test_a_second_siren_that_crosses_comes_after_the_first():
    # Asks at 34 and would be green at 38, but light 1 is promised to the first from 46 to 58, and
    # it would come at 50. It passes at red, 5 s.
    street = Street()
    street.siren(0, 4, 10.0)
    assert street.siren(5, 6, 26.0) == (79.0, [])
    # Later it loses only what is left: asks at 40, comes at 56, is let through at 58 (the cycle).
    assert street.siren(5, 6, 32.0) == (82.0, [])


def test_what_is_green_for_one_siren_is_not_forced_for_the_next():
    # The second follows 5 s behind.
    street = Street()
    street.siren(0, 4, 10.0)
    arrival_s, rows = street.siren(0, 4, 15.0)
    assert arrival_s == 111.0
    # At light 2 it comes at 87, 12 s into green by the cycle from 75 on.
    assert rows == [(0, 34, 39, 5, 0.5), (1, 58, 63, 5, round(5 * 600 / 3600, 6))]


def test_who_turns_off_gives_back_what_it_has_not_used():
    street = Street()
    rows = street.driving.green_trip(street.forced, 0, 4, 10.0, True, 1.0, 200.0)[2]
    assert street.normal(2, 4, 42.0) == 102.0  # at light 2 at 72, which is forced
    kept = street.forced.cancel(rows, 50.0)
    used = np.array([WAVE[0], (1, 46, 50, 4, 4 * 600 / 3600)])
    assert kept[:, :AXIS] == pytest.approx(used)
    assert kept[:, AXIS].tolist() == [MAJOR, MAJOR]
    assert street.normal(5, 6, 20.0) == 80.0  # at light 1 at 50: free again
    assert street.normal(5, 6, 19.0) == 80.0  # at 49: waits for a second
    assert street.normal(2, 4, 42.0) == 105.0  # at light 2 at 72: red until 75
    assert street.normal(0, 2, 3.0) == 63.0  # at light 0 at 33: what was used, was used


def test_the_rest_of_a_green_that_was_kept_costs_what_was_red():
    # Light 0 was kept green from 18; given back at 32, it has cost 2 s beyond the 30th.
    street = Street()
    rows = street.driving.green_trip(street.forced, 0, 4, 10.0, True, 1.0, 200.0)[2]
    kept = street.forced.cancel(rows, 32.0)
    assert kept.tolist() == [pytest.approx((0, 18, 32, 2, 0.2, MAJOR))]
    assert street.forced.cancel(kept, 99.0).tolist() == kept.tolist()
    assert street.forced.cancel(kept[:0], 99.0).shape == (0, ROW_COLUMNS)


def test_lights_ahead_are_the_equipped_ones_on_the_way():
    street = Street()
    lights, distance_m, expected_s, flow = street.driving.lights_ahead(0, 4, True)
    assert lights.tolist() == [0, 1, 2]
    assert distance_m.tolist() == [300.0, 600.0, 900.0]
    # A siren loses 5 s at red, or until green if that is sooner; see test_traffic_lights.py.
    waits_s = 5 * 37.5 / 60, 5 * 37.5 / 80
    assert expected_s == pytest.approx([24, 48 + waits_s[0], 72 + sum(waits_s)])
    assert flow.tolist() == [360.0, 600.0, 360.0]
    assert street.driving.lights_ahead(5, 6, True)[3].tolist() == [900.0]
    assert street.driving.lights_ahead(2, 3, True)[0].tolist() == []  # not passed
    assert street.driving.lights_ahead(2, 2, True)[0].tolist() == []
    half = Street(equipped=(True, False, True)).driving
    assert [part.tolist() for part in half.lights_ahead(0, 4, False)[:2]] == [[0, 2], [300, 900]]


def test_a_city_without_lights():
    roads = crossing_streets()
    lights = no_lights(roads)
    driving = Driving(roads, TravelParameters(siren_speed_factor=1.5), lights, np.array([0]))
    assert not driving.has_lights
    assert not len(driving.lights_ahead(0, 4, True)[0])
    seconds, metres, rows = driving.green_trip(ForcedGreens(lights), 0, 4, 0.0, True, 1.0, 200.0)
    assert (seconds, metres, rows.shape) == (pytest.approx(80.0), 1200.0, (0, ROW_COLUMNS))


# What always holds, on a grid with hours of different speed.

HOURS = tuple(1.0 + 0.4 * np.sin(np.arange(24)))
moments = st.floats(0, 200_000)
distances = st.one_of(st.just(0.0), st.floats(1, 2_000))


def lit_grid(seed=1, **signals):
    roads = PlaneGrid(rows=6, columns=7, signal_every=1, spacing_m=150).load(Path()).roads
    lights = draw_lights(roads, SignalParameters(**signals), streams(seed, 0))
    travel = TravelParameters(siren_speed_factor=1.3, hourly_speed_factors=HOURS)
    return Driving(roads, travel, lights, np.array([0]))


GRID, UNEQUIPPED = lit_grid(), lit_grid(equipped_share=0.0)
junctions = st.integers(0, 41)


@given(junctions, junctions, moments, st.booleans(), st.floats(0.5, 2), distances)
@settings(deadline=None)  # it may have to be compiled
def test_where_no_light_is_equipped_a_trip_is_as_ever(one, other, depart_s, siren, noise, metres):
    trip = UNEQUIPPED.trip(one, other, depart_s, siren, noise)
    forced = ForcedGreens(UNEQUIPPED.lights)
    *same, rows = UNEQUIPPED.green_trip(forced, one, other, depart_s, siren, noise, metres)
    assert tuple(same) == trip
    assert not len(rows)


@given(junctions, junctions, moments, st.floats(0.5, 2), distances)
@settings(deadline=None)
def test_a_green_wave_slows_nobody_who_is_alone(one, other, depart_s, noise, metres):
    fixed_s, fixed_m = GRID.trip(one, other, depart_s, True, noise)
    forced = ForcedGreens(GRID.lights)
    seconds, same_m, rows = GRID.green_trip(forced, one, other, depart_s, True, noise, metres)
    assert seconds <= fixed_s + 1e-6
    assert same_m == fixed_m
    if metres == 0:
        assert seconds == fixed_s
        assert not len(rows)


trips = st.lists(
    st.tuples(junctions, junctions, st.floats(0, 400), st.booleans(), distances), max_size=40
)


@given(trips)
@settings(max_examples=50, deadline=None)
def test_forced_greens_of_a_light_never_overlap_and_cost_no_more_than_they_last(fleet):
    forced = ForcedGreens(GRID.lights)
    rows = [
        GRID.green_trip(forced, one, other, depart_s, siren, 1.0, metres)[2]
        for one, other, depart_s, siren, metres in sorted(fleet, key=lambda trip: trip[2])
    ]
    table = np.concatenate([np.empty((0, ROW_COLUMNS)), *rows])
    length_s = table[:, UNTIL_S] - table[:, FROM_S]
    assert (table[:, CROSS_RED_S] > 0).all()
    assert (table[:, CROSS_RED_S] <= length_s + 1e-6).all()
    for light in np.unique(table[:, LIGHT]):
        own = table[table[:, LIGHT] == light]
        own = own[own[:, FROM_S].argsort()]
        if len(own) <= KEPT:
            assert (own[1:, FROM_S] >= own[:-1, UNTIL_S]).all()


@given(trips, st.floats(0, 600))
@settings(max_examples=30, deadline=None)
def test_who_gives_everything_back_leaves_no_trace(fleet, now_s):
    forced = ForcedGreens(GRID.lights)
    for one, other, depart_s, siren, metres in fleet:
        rows = GRID.green_trip(forced, one, other, now_s + depart_s, siren, 1.0, metres)[2]
        assert not len(forced.cancel(rows, now_s))
    assert (forced.intervals.until_s == -np.inf).all()


def test_more_forced_greens_than_are_remembered_do_no_harm():
    street = Street()
    rows = [street.siren(0, 4, 10.0 + 300 * k)[1] for k in range(3 * KEPT)]
    assert all(rows)
    crossing = 20.0 + 300 * (3 * KEPT - 1)
    free = Street().normal(5, 6, crossing)
    assert street.normal(5, 6, crossing) != free  # the last one still counts


# One pass beside vehicles that go from light to light.

TRIPS = 2_000


def both_ways(grid, trips, give_way_m=GIVE_WAY_M):
    return from_light_to_light(grid, trips, give_way_m), in_one_pass(grid, trips, give_way_m)[0]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_trips_that_never_meet_are_the_same_from_light_to_light(seed):
    grid = signal_grid(seed)
    drawn = draw_trips(grid, 300, 40, np.random.default_rng(seed))
    alone = [Trip(3600.0 * k + t.depart_s % 600, *t[1:]) for k, t in enumerate(drawn)]
    true_s, pass_s = both_ways(grid, alone)
    assert np.abs(true_s - pass_s).max() < 1e-5


def test_without_forced_greens_nobody_is_in_anothers_way():
    grid = signal_grid()
    true_s, pass_s = both_ways(grid, draw_trips(grid, 500, 400, np.random.default_rng(1)), 0.0)
    assert np.abs(true_s - pass_s).max() < 1e-5


@pytest.mark.parametrize("times", [1, 10])
def test_the_error_of_one_pass_is_small_where_ambulances_are_as_dense_as_in_the_city(times):
    # Bounds on the mean error of a trip of 95 s with siren, 170 s without: half a second at the
    # density of the default city, one second at ten times that; 95 % of trips have none.
    grid = signal_grid(5)
    trips = draw_trips(grid, TRIPS, times * CITY_TRIPS_PER_HOUR, np.random.default_rng(5))
    true_s, pass_s = both_ways(grid, trips)
    error_s = np.abs(true_s - pass_s)
    assert error_s.mean() < (0.5 if times == 1 else 1.0)
    assert np.quantile(error_s, 0.95) < 1e-5


def test_where_many_drive_the_two_differ():
    grid = signal_grid(5)
    true_s, pass_s = both_ways(grid, draw_trips(grid, 500, 800, np.random.default_rng(5)))
    assert (np.abs(true_s - pass_s) > 1).any()


def test_sirens_are_faster_and_green_waves_faster_still():
    # SUMO's blue-light device on such a grid: 34 km/h without, 62 km/h with it.
    grid = signal_grid()
    kph = []
    for siren_share, give_way_m in ((0.0, 0.0), (1.0, 0.0), (1.0, GIVE_WAY_M)):
        trips = draw_trips(grid, TRIPS, 4.0, np.random.default_rng(0), siren_share)
        seconds, metres, _ = in_one_pass(grid, trips, give_way_m)
        kph.append(metres.sum() / seconds.sum() * 3.6)
    assert kph[0] < kph[1] < kph[2] <= 50 * 1.25
    assert kph[2] / kph[0] > 1.5
