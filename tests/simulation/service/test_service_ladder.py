"""How districts work together where mechanisms are off: every rung of the ladder by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.coordination import MECHANISMS, RUNGS
from simulation.model import EmergencyModel
from tests.simulation.four_streets import C, E, S, W, timeline
from tests.simulation.full_service import FULL_CHECKS, FullRun, check_waiting
from tests.simulation.random_scenarios import everything, some_runs

SOUTH_IS_THE_WESTS = {
    "sites.csv": (
        "site_id,kind,x,y,ambulances,district\n"
        "A,station,-1000,50,1,west\nB,station,1000,0,1,east\nH,hospital,0,1025,0,\n"
    ),
    "zones.csv": (
        "zone_id,x,y,demand_share,district\n"
        "west,-1000,0,1,west\neast,1000,0,2,east\nsouth,0,-1000,1,west\ncentre,0,0,1,west\n"
    ),
}
GRID_SITES = """\
site_id,kind,x,y,ambulances
S1,station,0,0,3
S2,station,800,600,4
H1,hospital,800,0,0
H2,hospital,0,800,0
"""
BUSY_WEST = ({"called_s": 0, "place": W, "scene_s": 500}, {"called_s": 100, "place": W})
"""Crew 0 of the west is clear at 570; crew 1 of the east is free all the time."""
LENT = (1, 1, True, 141, 201, 313, 413, 413, 553, "home")
"""Asked for at 100, lent at 141, 60 s to set out and 112 s from E to W."""
WAITED = (1, 0, True, 580, 640, 650, 750, 750, 760, "home")
"""Crew 0 is at its station A, 10 s from W, at 580; without radio nobody can send it before."""


def on_rung(rung, **terms):
    keys = {f"coordination__organisation__{key}": value for key, value in terms.items()}
    return {
        "coordination__mechanisms": "off",
        "coordination__organisation__rung": rung,
        "coordination__organisation__reserve": 0,
        **keys,
    }


def row_of(result, call):
    return next(row for row in timeline(result) if row[0] == call)


@pytest.mark.parametrize(
    ("keys", "second"),
    [
        (on_rung("isolated"), WAITED),
        (on_rung("mutual_aid"), LENT),
        (on_rung("mutual_aid", request_s=0), (1, 1, True, 100, 160, 272, 372, 372, 512, "home")),
        # The east keeps one ambulance, and has no more.
        (on_rung("mutual_aid", reserve=1), WAITED),
        # Before the neighbour has agreed, at 600, the district has one of its own.
        (on_rung("mutual_aid", request_s=500), WAITED),
        (on_rung("mutual_aid", refusal_share=1), WAITED),
    ],
)
def test_a_neighbour_lends_what_it_can_spare_once_it_has_been_asked(run_city, keys, second):
    assert row_of(run_city(*BUSY_WEST, **keys), 1) == pytest.approx(second)


@pytest.mark.parametrize("rung", ["mutual_aid", "radio", "triage"])
def test_own_ambulances_come_before_a_neighbours_nearer_one(run_city, rung):
    """The call in C is the west's, whose crew is at A; crew 1 stands at E, nearer to C."""
    result = run_city(
        {"called_s": 0, "place": W, "scene_s": 10},
        {"called_s": 320, "place": C},
        files=SOUTH_IS_THE_WESTS,
        **on_rung(rung, request_s=0),
    )
    assert row_of(result, 1)[:4] == (1, 0, True, 320)


@pytest.mark.parametrize(("rung", "is_from_station"), [("mutual_aid", True), ("radio", False)])
def test_radio_is_to_send_a_crew_that_is_on_its_way_home(run_city, rung, is_from_station):
    """Crew 1, clear in S at 304, is on its way back to B until 484."""
    result = run_city(
        {"called_s": 0, "place": W, "scene_s": 9000},
        {"called_s": 0, "place": S},
        {"called_s": 350, "place": E},
        **on_rung(rung),
    )
    third = row_of(result, 2)
    assert (third[1], third[2]) == (1, is_from_station)


@pytest.mark.parametrize(("rung", "order"), [("radio", [2, 3]), ("triage", [3, 2])])
def test_triage_is_to_serve_by_urgency(run_city, rung, order):
    result = run_city(
        {"called_s": 0, "place": W, "scene_s": 1000},
        {"called_s": 0, "place": E, "scene_s": 5000},
        {"called_s": 100, "place": C, "priority": "low"},
        {"called_s": 200, "place": C},
        **on_rung(rung),
    )
    waited = result.missions[result.missions["call"] >= 2].sort_values("dispatched_s")
    assert waited["call"].tolist() == order


def test_a_call_that_would_be_lost_is_helped_at_once(run_city):
    result = run_city(
        *BUSY_WEST, **on_rung("mutual_aid", request_s=600), dispatch_centre__when_busy="lose"
    )
    assert row_of(result, 1)[1:4] == (1, True, 100)


@pytest.mark.parametrize("reserve", [0, 1, 2])
def test_a_neighbour_keeps_its_reserve(grid_scenario, reserve):
    """When one is lent, its district has more than the reserve free, itself among them."""
    scenario = grid_scenario(
        files={"sites.csv": GRID_SITES},
        demand__calls_per_day=300,
        **on_rung("mutual_aid", reserve=reserve, request_s=20),
    )
    model = EmergencyModel(scenario)
    result = model.run()
    districts = model.area.districts
    home = np.array(districts.of_station)[model.vehicles.station]
    zones = dict(zip(model.area.city.zones.zone_id, districts.of_zone, strict=True))
    missions = result.missions.assign(district=home[result.missions["ambulance"]])
    of_call = result.calls.set_index("call")["zone"].astype(str).map(zones)
    lent = missions[missions["district"] != of_call.loc[missions["call"]].to_numpy()]
    assert len(lent) > 5
    for row in lent.itertuples():
        away = missions[
            (missions["district"] == row.district)
            & (missions["dispatched_s"] < row.dispatched_s)
            & (missions["home_s"] > row.dispatched_s)
        ]
        assert (home == row.district).sum() - len(away) > reserve


@given(everything(), st.sampled_from(RUNGS), st.sampled_from([(), *((m,) for m in MECHANISMS)]))
@settings(some_runs, max_examples=15)
def test_whatever_the_organisation(grid_scenario, features, rung, mechanisms):
    keys = {"coordination__organisation__rung": rung, "coordination__mechanisms": mechanisms}
    if rung == "isolated" and "risk" not in mechanisms:
        return
    run = FullRun(grid_scenario, {**features, **keys})
    for check in FULL_CHECKS:
        if check is not check_waiting:
            check(run)
