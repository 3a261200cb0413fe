"""Trips that are fixed before a run, and needs of a distributor by itself: counted by hand."""

from pathlib import Path
from typing import Any

import pytest

from scenarios.errors import ScenarioError
from scenarios.loader import load_scenario
from scenarios.scenario import Scenario
from simulation.model import simulate

NODES = "node_id,x,y\n0,0,0\n1,1000,0\n2,0,2000\n"
LINKS = "from,to,time_s,length_m,two_way\n0,1,100,1000,yes\n0,2,200,2000,yes\n1,2,290,2236,yes\n"
SCENARIO = """
[roads]
source = "inter_city"
nodes = "nodes.csv"
links = "links.csv"
[run]
days = 1
warm_up_days = 0
[demand]
calls_per_day = 0
[policies]
ordering = { use = "fixed", quantity = 0 }
[supplies.times]
request_every_h = 24
order_every_h = 24
patience_h = 3
[[supplies.items]]
name = "doses"
[[supplies.sites.suppliers]]
site_id = "maker"
x = 0
y = 0
rate_per_day = { doses = 1 }
[[supplies.sites.stores]]
site_id = "depot"
x = 0
y = 0
stock = { doses = 200 }
trucks = { count = 1, capacity_l = 150, load_s = 600, unload_s = 300 }
[[supplies.sites.stores.trips]]
stops = [{ site = "b", units = { doses = 60 } }, { site = "a", units = { doses = 90 } }]
[[supplies.sites.stores.trips]]
not_before_s = 9000
stops = [{ site = "a", units = { doses = 30 }, not_before_s = 9900, unload_s = 50 }]
[[supplies.sites.distributors]]
site_id = "a"
x = 1000
y = 0
persons = 1
needs_per_day = { doses = 121 }
[[supplies.sites.distributors]]
site_id = "b"
x = 0
y = 2000
persons = 1
needs_per_day = { doses = 80 }
"""


@pytest.fixture
def case(tmp_path: Path) -> Scenario:
    (tmp_path / "nodes.csv").write_text(NODES)
    (tmp_path / "links.csv").write_text(LINKS)
    (tmp_path / "case.toml").write_text(SCENARIO)
    return load_scenario(tmp_path / "case.toml")


def test_trucks_drive_planned_trips_as_they_are_written(case: Scenario) -> None:
    tables = simulate(case).supplies
    assert tables is not None
    came = tables.shipments[["destination", "units", "arrived_s"]].to_numpy().tolist()
    # Load 600, drive 200, unload 300; drive 290, unload 300. The second may begin at 9,000.
    # It drives from 9,600 to 9,700, waits to 9,900, and takes 50 s.
    assert came == [[3, 60, 1100.0], [2, 90, 1690.0], [2, 30, 9950.0]]
    assert tables.trips["metres"].tolist() == [2000 + 2236 + 1000, 2000]


def test_needs_of_a_distributor_come_up_whole(case: Scenario) -> None:
    tables = simulate(case).supplies
    assert tables is not None
    needs = tables.needs.groupby("distributor")[["units", "given"]].sum()
    # The last needs of the day find 120 - 7 * 15 = 15 units of the 16 left at a; b has 60 for 80.
    assert needs.to_numpy().tolist() == [[121, 120], [80, 60]]


def test_every_mistake_of_planned_trips_is_told(case: Scenario) -> None:
    depot = "supplies.sites.stores"
    store: dict[str, Any] = case.supplies.sites.stores[0].model_dump()
    store["trips"] = [
        {"truck": 2, "stops": [{"site": "c", "units": {"doses": 160}}]},
        {"stops": [{"site": "a", "units": {"dozes": 1}}]},
        {"stops": [{"site": "a", "units": {"doses": 50}}]},
    ]
    with pytest.raises(ScenarioError) as error:
        case.changed({depot: [store]})
    told = str(error.value)
    for part in (
        "trips.0.truck must be <= 1, its store's trucks, got 2",
        "trips.0.stops.0.site: no distributor 'c' (",
        "trips.0 must load at most 150 l, what a truck carries, got 160",
        "trips.1.stops.0.units: no item 'dozes' (did you mean 'doses'?)",
        "stock must hold what its trips bring away: 210 'doses', got 200",
    ):
        assert part in told
