"""Scenarios like those of Zhao, Zhang and Pang (2024): what is drawn lies where it should."""

import csv
from math import asin, cos, log, radians, sin, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papers.zhao.disasters import (
    DEMANDS,
    FREE_INPUTS,
    POINT_STOCK_DAYS,
    REGIONS,
    SEVERITIES,
    STORE_STOCK_DAYS,
    TABLE_1,
    draw_disasters,
    draw_scenario,
)
from scenarios.loader import CASES, load_scenario
from simulation.model import simulate

BASE = load_scenario("covid-supplies")
SEEDS = st.integers(0, 2**32)


def needed_a_day(scenario):
    """Units of each item a day that people need where nothing is left to chance."""
    result = simulate(scenario.changed({"epidemic.stochastic": False}))
    needs = result.supplies.needs
    return (needs.groupby("item", observed=False)["units"].sum() / 7).to_dict()


def within(bounds, value, slack=0.0):
    return bounds.low - slack <= value <= bounds.high + slack


def test_the_first_four_are_those_of_the_paper():
    disasters = draw_disasters(np.random.default_rng(1))
    assert len(disasters) == 10
    assert disasters[:4] == TABLE_1
    assert TABLE_1[1].demand == {"masks": 52_620, "clothing": 6_934, "goggles": 4_870}
    assert "goggles" not in TABLE_1[3].demand  # lost


@given(SEEDS)
def test_demands_rise_together_within_the_ranges_of_the_paper(seed):
    for disaster in draw_disasters(np.random.default_rng(seed))[4:]:
        assert disaster.region in REGIONS
        assert disaster.severity in SEVERITIES
        places = []
        for item, bounds in DEMANDS.items():
            assert within(bounds, disaster.demand[item])
            span = log(bounds.high / bounds.low)
            places.append(log(disaster.demand[item] / bounds.low) / span)
        assert max(places) - min(places) < 1e-9


@given(SEEDS, st.sampled_from(TABLE_1[:3]))
@settings(max_examples=30, deadline=None)
def test_free_inputs_lie_in_their_ranges(seed, disaster):
    scenario = draw_scenario(BASE, disaster, np.random.default_rng(seed))
    sites, demand = scenario.supplies.sites, disaster.demand["masks"]
    made = sum(one.rate_per_day["masks"] for one in sites.suppliers)
    assert within(FREE_INPUTS["output"].range, made / demand)
    assert within(
        FREE_INPUTS["output_share"].range, sites.suppliers[0].rate_per_day["masks"] / made
    )
    stored = sum(store.stock["masks"] for store in sites.stores)
    assert within(STORE_STOCK_DAYS[disaster.urgency], stored / demand, slack=1e-3)
    there = sum(point.stock["masks"] for point in sites.distributors)
    assert within(POINT_STOCK_DAYS[disaster.urgency], there / demand, slack=1e-3)
    reserve = sum(store.reserve["masks"] for store in sites.stores)
    assert within(FREE_INPUTS["reserve_days"].range, reserve / demand, slack=1e-3)
    assert all(1 <= store.trucks.count <= 4 for store in sites.stores)
    assert within(FREE_INPUTS["message_h"].range, scenario.supplies.times.message_delay_s / 3600)


@given(SEEDS, st.sampled_from(TABLE_1))
@settings(max_examples=30, deadline=None)
def test_an_outbreak_is_as_large_as_its_severity_says(seed, disaster):
    scenario = draw_scenario(BASE, disaster, np.random.default_rng(seed))
    cases = sum(outbreak.cases for outbreak in scenario.epidemic.outbreaks)
    millions = sum(city.persons for city in REGIONS[disaster.region].points) / 1e6
    bounds = SEVERITIES[disaster.severity].cases_per_million
    assert within(bounds, cases / millions, slack=0.5 / millions)


@pytest.mark.parametrize("disaster", TABLE_1[:3])
def test_a_mean_day_needs_what_the_disaster_says(disaster):
    needed = needed_a_day(draw_scenario(BASE, disaster, np.random.default_rng(7)))
    assert needed == pytest.approx(dict(disaster.demand), rel=0.01)


def test_the_case_needs_what_the_third_scenario_of_the_paper_does():
    assert needed_a_day(BASE) == pytest.approx(dict(TABLE_1[2].demand), rel=0.02)


def test_half_of_the_samples_are_disrupted():
    rng = np.random.default_rng(3)
    count = sum(bool(draw_scenario(BASE, TABLE_1[0], rng).disruptions) for _ in range(200))
    # Four standard errors of a share of one half among 200.
    assert abs(count / 200 - 0.5) < 4 * sqrt(0.25 / 200)


def test_the_same_numbers_draw_the_same_scenario():
    one, same, other = (
        draw_scenario(BASE, TABLE_1[3], np.random.default_rng(seed)) for seed in (5, 5, 6)
    )
    assert one == same
    assert one.seed != other.seed


def test_roads_are_a_third_longer_than_the_straight_line():
    def rows(name):
        text = (CASES / f"covid-supplies-{name}.csv").read_text()
        return list(csv.DictReader(text.splitlines()))

    at = {row["node_id"]: (float(row["lon"]), float(row["lat"])) for row in rows("nodes")}
    for row in rows("links"):
        (x, y), (u, v) = (tuple(map(radians, at[row[end]])) for end in ("from", "to"))
        half_chord = sin((v - y) / 2) ** 2 + cos(y) * cos(v) * sin((u - x) / 2) ** 2
        km = 1.33 * 2 * 6371 * asin(sqrt(half_chord))
        assert float(row["length_km"]) == pytest.approx(km, abs=0.51)
        assert float(row["time_min"]) == pytest.approx(float(row["length_km"]) / 70 * 60, abs=0.51)
