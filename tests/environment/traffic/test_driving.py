"""How long a trip takes: through the hours, with siren, with noise."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq

from environment.maps.plane_grid import PlaneGrid
from environment.traffic.driving import Driving, TravelParameters
from environment.traffic.traffic_lights import no_lights
from environment.traffic.trips import through_hours

HOUR = 3600.0


def driving(**travel):
    """Ten junctions in a row of a 2 × 10 grid, 1 km apart, at 36 km/h: 100 s a street."""
    roads = PlaneGrid(rows=2, columns=10, spacing_m=1000, speed_kph=36).load(Path()).roads
    return Driving(roads, TravelParameters(**travel), no_lights(roads), np.array([0, 9]))


def test_a_trip_in_free_flow():
    assert driving().trip(0, 9, 0.0, False, 1.0) == pytest.approx((900.0, 9000.0))


def test_a_siren_is_faster():
    trips = driving(siren_speed_factor=1.5)
    assert trips.trip(0, 9, 0.0, True, 1.0) == pytest.approx((600.0, 9000.0))


def test_speeds_with_siren_by_road_class():
    # All streets are unclassified; 90 km/h are 40 s a street. Normal trips stay as they are.
    trips = driving(siren_speed_factor=1.5, siren_kph={"unclassified": 90, "primary": 20})
    assert trips.trip(0, 9, 0.0, True, 1.0) == pytest.approx((360.0, 9000.0))
    assert trips.trip(0, 9, 0.0, False, 1.0) == pytest.approx((900.0, 9000.0))


def test_noise_multiplies_the_time():
    assert driving().trip(0, 9, 0.0, False, 1.3)[0] == pytest.approx(1170.0)


def test_a_trip_over_the_turn_of_an_hour():
    # 900 s of free flow from 07:50 on: 600 s at speed 0.8 cover 480 s of it,
    # the other 420 s take 840 s at speed 0.5 from 08:00 on. Together 1440 s.
    factors = [1.0] * 24
    factors[7], factors[8] = 0.8, 0.5
    trips = driving(hourly_speed_factors=tuple(factors))
    assert trips.trip(0, 9, 7 * HOUR + 3000, False, 1.0)[0] == pytest.approx(1440.0)
    # The same on the third day; with siren at 1.25 there are 720 s: 480 s by 08:00, 240 s after.
    later_s = 2 * 24 * HOUR + 7 * HOUR + 3000
    assert trips.trip(0, 9, later_s, True, 1.0)[0] == pytest.approx(600 + 480)


def test_a_trip_over_midnight():
    # 300 s at 0.5 before midnight cover 150 s; 750 s at 1.5 take 500 s.
    trips = driving(hourly_speed_factors=(1.5, *[1.0] * 22, 0.5))
    assert trips.trip(0, 9, 24 * HOUR - 300, False, 1.0)[0] == pytest.approx(800.0)


def test_what_is_expected_takes_the_speed_of_now():
    trips = driving(hourly_speed_factors=(0.5, *[1.0] * 23))
    assert trips.expected_s(0, 9, 10.0, False) == pytest.approx(1800.0)
    assert trips.expected_s(0, 9, HOUR, True) == pytest.approx(720.0)


def test_a_trip_to_where_one_is_takes_no_time():
    assert driving().trip(4, 4, 123.0, True, 1.0) == (0.0, 0.0)


def test_tables_and_hospitals_agree_with_trips():
    trips = driving(siren_speed_factor=1.25)
    table_s = trips.table_s(np.array([0, 3]), np.array([9, 14]), siren=True)
    assert table_s.tolist() == [[720.0, 400.0], [480.0, 160.0]]
    assert trips.to_hospitals_s(3, siren=False).tolist() == [300.0, 600.0]


factors = st.lists(st.floats(0.2, 3.0), min_size=24, max_size=24).map(np.array)


@given(factors, st.floats(0, 200_000), st.floats(0, 50_000))
def test_driving_through_hours_is_the_integral_of_speed(hourly, depart_s, work_s):
    """The time taken is the T with ∫ speed dt from departure to departure + T = the work."""

    def covered_s(seconds):
        edges = np.arange(np.floor(depart_s / HOUR) + 1, (depart_s + seconds) // HOUR + 1) * HOUR
        moments = np.unique([depart_s, *edges, depart_s + seconds])
        middles = (moments[1:] + moments[:-1]) / 2
        return float((hourly[(middles // HOUR).astype(int) % 24] * np.diff(moments)).sum())

    taken_s = through_hours(depart_s, work_s, hourly)
    assert covered_s(taken_s) == pytest.approx(work_s, rel=1e-9, abs=1e-6)


def test_driving_through_hours_against_quadrature():
    hourly = np.linspace(0.4, 1.6, 24)

    def speed(moment_s):
        return hourly[int(moment_s // HOUR) % 24]

    edges = [h * HOUR for h in range(40)]
    for depart_s, work_s in ((1234.5, 9000.0), (80_000.0, 12_000.0)):

        def missing_s(seconds, start_s=depart_s, work=work_s):
            end_s = start_s + seconds
            inside = [e for e in edges if start_s < e < end_s] or None
            return quad(speed, start_s, end_s, points=inside, limit=200)[0] - work

        taken_s = brentq(missing_s, 1.0, 60_000.0, xtol=1e-6)
        assert through_hours(depart_s, work_s, hourly) == pytest.approx(taken_s, abs=1e-3)


@given(factors, st.floats(0, 90_000), st.floats(0, 90_000), st.floats(1, 20_000))
def test_who_leaves_later_arrives_later(hourly, one_s, other_s, work_s):
    first_s, second_s = sorted((one_s, other_s))
    arrivals = [s + through_hours(s, work_s, hourly) for s in (first_s, second_s)]
    assert arrivals[0] <= arrivals[1] + 1e-6
