"""Incidents and surges: more patients, and all others as they were."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare, kstest, norm

from environment.demand.conditions import Condition
from environment.demand.drawn_calls import DemandParameters, draw_calls
from environment.demand.durations import Duration
from environment.demand.priorities import PriorityClass
from environment.demand.record import read_recorded_calls
from environment.disruptions import (
    CallSource,
    HospitalClosed,
    MassCasualty,
    Surge,
    with_extra_calls,
)
from environment.disruptions.mass_casualty import triaged
from environment.maps.load import load_map
from environment.maps.plane_grid import PlaneGrid
from environment.places.city import PlaceParameters, build_city
from environment.units import DAY_S
from simulation.streams import streams

Z = norm.ppf(0.9995)  # 99.9 % of the sampling error
PLACES = PlaceParameters(sites="sites.csv", zones="zones.csv", access_kph=36)
SITES = "site_id,kind,x,y,ambulances\nS,station,0,0,3\nH,hospital,800,0,0\n"
ZONES = "zone_id,x,y,demand_share\nA,0,0,4\nB,800,0,3\nC,400,800,2\nD,800,800,1\n"
PRIORITIES = (
    PriorityClass(name="red", share=0.2, target_s=480),
    PriorityClass(name="amber", share=0.3, target_s=900, worsens=Duration(mean_s=600)),
    PriorityClass(name="green", share=0.5, target_s=1800, patience=Duration(mean_s=3600)),
)
CRASH = MassCasualty(
    at_hour=10,
    x=350,
    y=500,
    casualties=30,
    triage={"red": 0.25, "green": 0.5, "amber": 0.25},
    reported_as="amber",
    spread_m=40,
)


@pytest.fixture(scope="module")
def city(files_in):
    folder = files_in({"sites.csv": SITES, "zones.csv": ZONES})
    grid = PlaneGrid(rows=5, columns=5, speed_kph=36)
    return build_city(load_map(grid, folder), PLACES, folder)


def base_calls(city, demand, days=2.0, seed=5):
    return draw_calls(demand, city.addresses, days * DAY_S, streams(seed, 0))


def extended(city, demand, *disruptions, days=2.0, seed=5):
    calls, draw = base_calls(city, demand, days, seed), streams(seed, 0)
    source = CallSource(demand, city.addresses, PLACES, draw)
    return with_extra_calls(calls, disruptions, source, days * DAY_S)


def demand_of(calls_per_day=100, **parameters):
    return DemandParameters(calls_per_day=calls_per_day, priorities=PRIORITIES, **parameters)


def surge_of(factor, from_hour=6, until_hour=18, zones=None):
    return Surge(factor=factor, from_hour=from_hour, until_hour=until_hour, zones=zones)


def surge_calls(city, *surges, demand=None, days=2.0):
    """The extra calls alone."""
    demand = demand or demand_of()
    table = extended(city, demand, *surges, days=days).table
    return table.iloc[len(base_calls(city, demand, days)) :]


def test_casualties_are_as_many_as_asked_for_and_come_at_once(city):
    calls = extended(city, demand_of(), CRASH)
    casualties = calls.table[calls.table["incident"] == 0]
    assert casualties.index.tolist() == list(range(len(calls) - 30, len(calls)))
    assert (casualties["called_s"] == 36_000).all()
    assert (casualties["onset_s"] == 36_000).all()
    assert (casualties["ready_s"] == 36_120).all()
    assert (casualties["priority"] == 1).all()
    assert (casualties["units"] == 1).all()
    # 30 casualties: 7.5 red, 7.5 amber, 15 green; the half left over goes to the first of the two.
    assert Counter(casualties["triage_priority"]) == {0: 8, 1: 7, 2: 15}
    # What happens to them goes by their true class.
    assert (
        casualties["worsens_s"] == np.where(casualties["triage_priority"] == 1, 600, np.inf)
    ).all()
    assert (casualties["patience_s"].eq(3600) == casualties["triage_priority"].eq(2)).all()


@given(
    st.integers(1, 300),
    st.lists(st.integers(0, 20), min_size=3, max_size=3).filter(any),
    st.integers(0, 100),
)
def test_triage_is_within_one_of_its_shares(casualties, weights, seed):
    shares = dict(zip(("red", "amber", "green"), np.array(weights) / sum(weights), strict=True))
    crash = CRASH.model_copy(update={"casualties": casualties, "triage": shares})
    drawn = triaged(crash, list(shares), np.random.default_rng(seed))
    assert len(drawn) == casualties
    quota = casualties * np.array(list(shares.values()))
    assert np.abs(np.bincount(drawn, minlength=3) - quota).max() < 1


def test_triage_comes_in_random_order(city):
    crash = CRASH.model_copy(update={"casualties": 20_000})
    table = extended(city, demand_of(), crash).table
    table = table[table["incident"] == 0]
    first = table.iloc[:10_000]["triage_priority"]
    assert (first == 0).sum() == pytest.approx(2500, abs=Z * np.sqrt(10_000 * 0.25 * 0.75 / 2))


def test_casualties_lie_about_the_point_and_go_to_the_nearest_street(city):
    crash = CRASH.model_copy(update={"casualties": 5_000})
    table = extended(city, demand_of(), crash).table
    table = table[table["incident"] == 0]
    assert kstest(table["x"], "norm", args=(350, 40)).pvalue > 0.001
    assert kstest(table["y"], "norm", args=(500, 40)).pvalue > 0.001
    roads = city.roads
    place_m = table[["x", "y"]].to_numpy()
    away_m = np.abs(place_m - 200 * np.round(place_m / 200)).min(axis=1)  # streets every 200 m
    assert table["access_s"].to_numpy() == pytest.approx(away_m / 10, abs=1e-4)
    stop_m = roads.stop_xy_m(table["node"])
    assert np.hypot(*(stop_m - place_m).T) == pytest.approx(away_m, abs=1e-3)
    centre_m = np.hypot(
        table["x"].to_numpy()[:, None] - city.zones.x, table["y"].to_numpy()[:, None] - city.zones.y
    )
    assert (centre_m.argmin(axis=1) == table["zone"]).all()


def test_spread_is_in_metres_on_a_map_in_degrees(city):
    roads = city.addresses.roads
    x, y = roads.x / 100_000 + 20, roads.y / 100_000 + 60
    in_degrees = replace(city.addresses, roads=replace(roads, crs="epsg:4326", x=x, y=y))
    crash = CRASH.model_copy(update={"x": 20.0035, "y": 60.005, "casualties": 5_000})
    demand, draw = demand_of(), streams(5, 0)
    source = CallSource(demand, in_degrees, PLACES, draw)
    calls = with_extra_calls(base_calls(city, demand), [crash], source, DAY_S)
    table = calls.table[calls.table["incident"] == 0]
    x_m, y_m = in_degrees.roads.to_metres(table["x"].to_numpy(), table["y"].to_numpy())
    assert x_m.std() == pytest.approx(40, abs=Z * 40 / np.sqrt(10_000))
    assert y_m.std() == pytest.approx(40, abs=Z * 40 / np.sqrt(10_000))


def test_casualties_may_lie_farther_from_the_streets_than_other_places(city):
    crash = CRASH.model_copy(update={"x": -900, "spread_m": 300, "casualties": 200})
    table = extended(city, demand_of(), crash).table
    casualties = table[table["incident"] == 0]
    assert len(casualties) == 200
    assert casualties["access_s"].max() > PLACES.max_access_m / 10


def test_casualties_are_taken_along_as_the_incident_says(city):
    for share in (0.0, 1.0):
        crash = CRASH.model_copy(update={"transported_share": share})
        table = extended(city, demand_of(), crash).table
        assert table[table["incident"] == 0]["transported"].mean() == share


def test_incidents_are_numbered_in_their_order_and_differ(city):
    later = CRASH.model_copy(update={"at_hour": 3.0})
    table = extended(city, demand_of(), CRASH, surge_of(2), later).table
    assert table.loc[table["incident"] == 0, "called_s"].unique().tolist() == [36_000]
    assert table.loc[table["incident"] == 1, "called_s"].unique().tolist() == [10_800]
    one, other = (table.loc[table["incident"] == k, "scene_s"].to_numpy() for k in (0, 1))
    assert not np.isin(one, other).any()
    # Casualties are numbered before the surge, which may grow.
    assert table.index[table["incident"] >= 0].max() < len(table) - 1
    assert (table["incident"].to_numpy()[-10:] == -1).all()


CLOSED = HospitalClosed(hospital="H", from_hour=0, until_hour=9)
EXTRAS = {
    "incident": [CRASH],
    "surge": [surge_of(3.7)],
    "all": [surge_of(1.5, zones=("B",)), CRASH, CLOSED, surge_of(30, 40, 41)],
}


@pytest.mark.parametrize("disruptions", EXTRAS.values(), ids=list(EXTRAS))
@pytest.mark.parametrize("noise", [0.0, 0.4])
def test_all_other_patients_stay_as_they_are(city, disruptions, noise):
    demand = demand_of(
        trip_noise_cv=noise,
        unit_shares=(0.7, 0.3),
        conditions=(Condition(name="stroke", shares={"red": 0.5}, specialty="neurology"),),
    )
    base, more = base_calls(city, demand), extended(city, demand, *disruptions)
    assert len(more) > len(base)
    pd.testing.assert_frame_equal(more.table.iloc[: len(base)], base.table, check_exact=True)
    assert (more.table.index == np.arange(len(more))).all()
    assert not more.table.isna().to_numpy().any()
    if noise:
        assert more.trip_noise.shape == (len(more), base.trip_noise.shape[1])
        assert np.array_equal(more.trip_noise[: len(base)], base.trip_noise)
        assert len(np.unique(more.trip_noise)) == more.trip_noise.size


def test_without_incident_and_surge_nothing_is_added(city):
    demand = demand_of()
    calls = base_calls(city, demand)
    rest = CallSource(demand, city.addresses, PLACES, streams(5, 0)), 2 * DAY_S
    assert with_extra_calls(calls, [CLOSED], *rest) is calls
    assert with_extra_calls(calls, [surge_of(1)], *rest) is calls


@pytest.mark.parametrize("factor", [1.25, 2, 3, 11])
def test_a_surge_multiplies_the_rate_in_its_window(city, factor):
    weights = (0,) * 6 + (1, 3) * 6 + (5,) * 6
    demand = demand_of(2400, hourly_weights=weights)
    extra = surge_calls(city, surge_of(factor, 6.5, 18), demand=demand, days=1)
    # In a day 54 weights make 2,400 calls; the window has 0.5 + 5 + 6 * 3 = 23.5 of them.
    expected = (factor - 1) * 2400 * 23.5 / 54
    assert len(extra) == pytest.approx(expected, abs=Z * np.sqrt(expected))
    assert extra["onset_s"].between(6.5 * 3600, 18 * 3600).all()
    hours = np.bincount((extra["onset_s"] // 3600).astype(int), minlength=24)[6:18]
    shares = np.array([0.5, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) / 23.5
    assert chisquare(hours, shares * len(extra)).pvalue > 0.001
    assert (
        chisquare(np.bincount(extra["zone"]), np.array([4, 3, 2, 1]) / 10 * len(extra)).pvalue
        > 0.001
    )
    assert (
        chisquare(np.bincount(extra["priority"]), np.array([2, 3, 5]) / 10 * len(extra)).pvalue
        > 0.001
    )


def test_a_surge_in_some_zones_only(city):
    demand = demand_of(20_000)
    extra = surge_calls(city, surge_of(2, 0, 24, zones=("B", "D")), demand=demand, days=1)
    counts = np.bincount(extra["zone"], minlength=4)
    assert counts[0] == counts[2] == 0
    assert counts[1] == pytest.approx(6000, abs=Z * np.sqrt(6000))
    assert counts[3] == pytest.approx(2000, abs=Z * np.sqrt(2000))


def as_rows(table):
    return set(table.itertuples(index=False))


@settings(max_examples=25, deadline=None)
@given(
    st.floats(1, 40),
    st.floats(0, 40),
    st.sets(st.sampled_from("ABCD"), min_size=1),
    st.sets(st.sampled_from("ABCD")),
)
def test_a_larger_surge_contains_the_smaller(city, factor, more, zones, other_zones):
    small = surge_of(factor, zones=tuple(sorted(zones)))
    large = surge_of(factor + more, zones=tuple(sorted(zones | other_zones)))
    assert as_rows(surge_calls(city, small)) <= as_rows(surge_calls(city, large))


def test_surges_are_independent_of_each_other_and_of_the_everyday_calls(city):
    alike = surge_of(2, 0, 24)
    everyday = base_calls(city, demand_of()).table
    extra = surge_calls(city, alike, alike)
    onsets = np.concatenate([everyday["onset_s"], extra["onset_s"]])
    assert len(np.unique(onsets)) == len(onsets)


def test_a_surge_that_outlasts_the_run_ends_with_it(city):
    extra = surge_calls(city, surge_of(9, 12, 1000), days=1)
    assert extra["onset_s"].min() >= 43_200
    assert extra["onset_s"].max() < DAY_S


def test_calls_are_met_in_order_of_time(city):
    calls = extended(city, demand_of(), CRASH, surge_of(5))
    ready_s = [call.ready_s for call in calls.by_readiness()]
    assert ready_s == sorted(ready_s)
    by_number = {call.number: call for call in calls.by_readiness()}
    assert len(by_number) == len(calls)
    for number, row in calls.table.iloc[-40:].iterrows():
        assert by_number[number].scene_s == row["scene_s"]
        assert by_number[number].incident == row["incident"]


def test_recorded_calls_go_with_incidents_and_surges(city, tmp_path):
    record = tmp_path / "calls.csv"
    record.write_text("called_s,x,y,units\n0,0,0,3\n7000,400,400,1\n", encoding="utf-8")
    demand, draw = demand_of(200, trip_noise_cv=0.2), streams(5, 0)
    base = read_recorded_calls(record, demand, city.addresses, PLACES, draw)
    source = CallSource(demand, city.addresses, PLACES, draw)
    more = with_extra_calls(base, [CRASH, surge_of(2)], source, DAY_S)
    # The record has whole seconds; beside others they are no whole numbers any more.
    pd.testing.assert_frame_equal(
        more.table.iloc[:2], base.table, check_exact=True, check_dtype=False
    )
    # The surge is one of the usual rate, 100 calls in half a day.
    assert len(more) == pytest.approx(2 + 30 + 100, abs=Z * np.sqrt(100))
    # A casualty has one ambulance; the columns of the record's second and third stay unused.
    assert more.trip_noise.shape == (len(more), 9)
    assert np.array_equal(more.trip_noise[:2], base.trip_noise)
    assert (more.trip_noise[2:, 3:] == 1).all()
    assert more.table["transported"].dtype == bool
