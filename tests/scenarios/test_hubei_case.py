"""The case ``hubei``: public counts, roads by its stated rule, and a run that keeps its books."""

import numpy as np
import pandas as pd
import pytest

import corridor
from environment.roads.network import GEOGRAPHIC, distance_m
from scenarios.loader import CASES, load_scenario

ROAD_PER_GREAT_CIRCLE, KPH, LONGER = 1.33, 70, 1.1
SITES = {1: "store_yichang", 2: "store_wuhan", 3: "store_xiangyang"}


@pytest.fixture(scope="module")
def prefectures():
    table = pd.read_csv(CASES / "hubei-prefectures.csv")
    return table.assign(name=table["prefecture"].str.lower()).set_index("name")


def test_case_has_the_counts_of_its_table(prefectures):
    scenario = load_scenario("hubei")
    sites = scenario.supplies.sites
    assert {one.district: one.cases for one in scenario.epidemic.outbreaks} == dict(
        prefectures["confirmed"]
    )
    assert {one.site_id: one.persons for one in sites.distributors} == dict(prefectures["persons"])
    for one in sites.distributors:
        row = prefectures.loc[one.site_id]
        assert one.store == SITES[row["region"]]
        assert (one.x, one.y) == pytest.approx((row["lon"], row["lat"]), abs=1e-3)
    first = {one.site_id: one.stock["doses"] for one in sites.stores}
    assert first == {"store_yichang": 2_560, "store_wuhan": 27_160, "store_xiangyang": 4_520}
    per_case = next(one.per_case for one in scenario.supplies.items if one.name == "doses")
    assert per_case == pytest.approx(sum(first.values()) / prefectures["confirmed"].sum(), abs=5e-3)


def test_roads_follow_their_rule(prefectures):
    """Lengths by the great circle, and no way that is more than a tenth longer than need be."""
    from scipy.sparse.csgraph import dijkstra

    lon, lat = (prefectures[name].to_numpy() for name in ("lon", "lat"))
    straight = distance_m(GEOGRAPHIC, lon[:, None], lat[:, None], lon, lat) / 1000
    links = pd.read_csv(CASES / "hubei-links.csv")
    start, end = (prefectures.index.get_indexer(links[side]) for side in ("from", "to"))
    assert (links["two_way"] == "yes").all()
    wanted = ROAD_PER_GREAT_CIRCLE * straight
    assert links["length_km"].to_numpy() == pytest.approx(wanted[start, end], abs=0.501)
    hours = links["length_km"] / KPH
    assert links["time_min"].to_numpy() == pytest.approx(60 * hours.to_numpy(), abs=0.501)
    direct = np.zeros_like(wanted)
    direct[start, end] = wanted[start, end]
    driven = dijkstra(direct, directed=False)
    assert (driven <= LONGER * wanted + 1e-9).all()
    for k in range(len(links)):  # and no link that could be left out
        without = direct.copy()
        without[start[k], end[k]] = 0
        way = dijkstra(without, directed=False)[start[k], end[k]]
        assert way > LONGER * wanted[start[k], end[k]]


def test_run_keeps_people_and_units():
    result = corridor.simulate(load_scenario("hubei", {"run.days": 3}))
    morning = result.epidemic.groupby("day")[["susceptible", "probable", "infectious", "removed"]]
    assert set(morning.sum().sum(axis=1)) == {57_752_557}
    first_day = result.epidemic[result.epidemic["day"] == 0]
    assert first_day["seeded"].sum() == 9_074
    assert result.epidemic["vaccinated"].sum() > 0
