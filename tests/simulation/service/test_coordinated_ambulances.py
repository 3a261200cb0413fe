"""The four mechanisms in the ambulance service: each alone by hand, and all against plain runs."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from environment.errors import DataError
from policies.base import PolicyError
from policies.coordination import MECHANISMS
from simulation.model import EmergencyModel, simulate
from simulation.tables.result import TABLES
from tests.all_combinations import all_combinations
from tests.simulation.four_streets import C, E, S, W, timeline
from tests.simulation.full_service import FULL_CHECKS, FullRun, check_waiting
from tests.simulation.random_scenarios import everything, some_runs

ISOLATED = {"coordination__organisation__rung": "isolated"}
"""Without a mechanism nothing of it is there."""

TWO_DISTRICTS = {
    "sites.csv": (
        "site_id,kind,x,y,ambulances,district\n"
        "A,station,-1000,50,2,west\nD,station,0,-1000,0,west\nB,station,1000,0,1,east\n"
        "H,hospital,0,1025,0,\n"
    ),
    "zones.csv": (
        "zone_id,x,y,demand_share,district\n"
        "west,-1000,0,1,west\neast,1000,0,2,east\nsouth,0,-1000,1,west\ncentre,0,0,1,west\n"
    ),
}


def without(mechanism):
    return tuple(name for name in MECHANISMS if name != mechanism)


def stations(result):
    return result.vehicles["station"].tolist()


# Each mechanism by hand. A and B are districts of their own, but for `TWO_DISTRICTS`.


@pytest.mark.parametrize(
    ("mechanisms", "second"),
    [
        # Crew 1 is clear at C at 208. At 220 it drives to E, where it turns at 268: S is 144 s off.
        (MECHANISMS, (1, 1, False, 220, 220, 412, 512, 512, 692, "home")),
        # Nobody knows that, and crew 0 comes from A: 60 s to set out, 170 s to S.
        (without("information"), (1, 0, True, 220, 280, 450, 550, 550, 760, "home")),
    ],
)
def test_information_is_to_know_who_is_on_the_way_home(run_city, mechanisms, second):
    result = run_city(
        {"called_s": 0, "place": C},
        {"called_s": 220, "place": S},
        coordination__mechanisms=mechanisms,
        **ISOLATED,
    )
    assert pytest.approx(second) in timeline(result)


@pytest.mark.parametrize(
    ("mechanisms", "called_off"), [(MECHANISMS, 1), (without("information"), 0)]
)
def test_information_is_to_call_off_who_drives_to_a_lesser_call(run_city, mechanisms, called_off):
    result = run_city(
        {"called_s": 0, "place": W, "scene_s": 9000},
        {"called_s": 0, "place": S, "priority": "low"},
        {"called_s": 80, "place": C},
        dispatch_centre__redispatch=True,
        coordination__mechanisms=mechanisms,
        **ISOLATED,
    )
    # Crew 1 leaves E at 60 for the low call in S; at 80 it is bound for C, and there at 120.
    assert (result.missions["end"] == "called_off").sum() == called_off
    # Else it is in S at 240, clear at 340, at E at 520, and sets out from there at 580.
    arrived_s = result.calls.set_index("call")["arrived_s"][2]
    assert arrived_s == pytest.approx(120 if called_off else 628)


@pytest.mark.parametrize(
    ("mechanisms", "order"), [(MECHANISMS, [3, 2]), (without("rules"), [2, 3])]
)
def test_rules_are_to_serve_by_urgency(run_city, mechanisms, order):
    result = run_city(
        {"called_s": 0, "place": W, "scene_s": 1000},
        {"called_s": 0, "place": E, "scene_s": 5000},
        {"called_s": 100, "place": C, "priority": "low"},
        {"called_s": 200, "place": C},
        coordination__mechanisms=mechanisms,
        **ISOLATED,
    )
    waited = result.missions[result.missions["call"] >= 2].sort_values("dispatched_s")
    assert waited["call"].tolist() == order
    assert waited["ambulance"].tolist() == [0, 0]
    assert waited["dispatched_s"].tolist()[0] == pytest.approx(1070)


@pytest.mark.parametrize(
    ("mechanisms", "second"),
    [
        # From E: 60 s to set out and 112 s to W.
        (MECHANISMS, (1, 1, True, 100, 160, 272, 372, 372, 512, "home")),
        # Crew 0 is clear at W at 570, and crew 1 stands at B all the time.
        (without("risk"), (1, 0, False, 570, 570, 570, 670, 670, 680, "home")),
    ],
)
def test_risk_is_to_send_ambulances_of_other_districts(run_city, mechanisms, second):
    result = run_city(
        {"called_s": 0, "place": W, "scene_s": 500},
        {"called_s": 100, "place": W},
        coordination__mechanisms=mechanisms,
        **ISOLATED,
    )
    assert timeline(result)[-1 if mechanisms == MECHANISMS else 1] == pytest.approx(second)


def test_a_call_that_waits_for_its_district_holds_nobody_else_up(run_city):
    result = run_city(
        {"called_s": 0, "place": W, "scene_s": 2000},
        {"called_s": 10, "place": W},
        {"called_s": 20, "place": E},
        {"called_s": 30, "place": C},
        coordination__mechanisms=without("risk"),
        **ISOLATED,
    )
    # Call 1 is first in the queue until 2070; call 3 is served by crew 1, clear at E at 180.
    dispatched_s = result.missions.set_index("call")["dispatched_s"]
    assert dispatched_s.sort_index().tolist() == pytest.approx([0, 2070, 20, 180])


DMEXCLP = {"use": "dmexclp", "target_s": 100}


@pytest.mark.parametrize(
    ("mechanisms", "home_s"),
    [
        # To B, 140 s away: nobody is left in the east, where 2/5 of the demand are.
        (MECHANISMS, 310),
        # To D, 200 s away: crew 0 is of the west, where nobody else reaches the south.
        (without("planning"), 370),
    ],
)
def test_planning_is_to_place_crews_for_the_whole_city(run_city, mechanisms, home_s):
    result = run_city(
        {"called_s": 0, "place": E, "scene_s": 3000},
        {"called_s": 0, "place": W},
        files=TWO_DISTRICTS,
        policies__relocation=DMEXCLP,
        coordination__mechanisms=mechanisms,
        **ISOLATED,
    )
    freed = result.missions.set_index("ambulance").loc[0]
    assert (freed["clear_s"], freed["home_s"]) == pytest.approx((170, home_s))


@pytest.mark.parametrize(
    ("mechanisms", "placed"),
    [
        # Shares of those nearest to A, D and B: 1/5, 1/5, 3/5, of 5 ambulances.
        (MECHANISMS, ["A", "D", "B", "B", "B"]),
        # West has 3/5 of the demand: 3 ambulances, for W and C from A and for S from D; east has 2.
        (without("planning"), ["A", "A", "D", "B", "B"]),
    ],
)
def test_planning_is_to_share_out_the_fleet(run_city, mechanisms, placed):
    result = run_city(
        {"called_s": 0, "place": C},
        files=TWO_DISTRICTS,
        fleet__ambulances=5,
        policies__location="demand_share",
        coordination__mechanisms=mechanisms,
        **ISOLATED,
    )
    assert stations(result) == placed


def test_a_district_plans_with_the_ambulances_that_the_table_gives_it(run_city):
    result = run_city(
        {"called_s": 0, "place": C},
        files=TWO_DISTRICTS,
        policies__location="demand_share",
        coordination__mechanisms=without("planning"),
        **ISOLATED,
    )
    # Of the two in the west, 4/3 fall to A and 2/3 to D.
    assert stations(result) == ["A", "D", "B"]


def test_a_compliance_table_counts_own_stations_only(run_city):
    table = {"use": "compliance_table", "table": {"1": ["D"], "2": ["B", "D"], "3": ["B"] * 3}}
    result = run_city(
        {"called_s": 0, "place": W, "scene_s": 900},
        files=TWO_DISTRICTS,
        policies__relocation=table,
        coordination__mechanisms=without("planning"),
        **ISOLATED,
    )
    # Crew 1, alone in the west, moves to D; nobody goes to B. With two in the west one is at D,
    # and the other has its own station. East has none of its stations in its row, and stays.
    moves = result.moves[["ambulance", "station"]].to_numpy().tolist()
    assert moves[0] == [1, "D"]
    assert "B" not in result.moves["station"].tolist()
    assert set(result.moves["ambulance"]) <= {0, 1}


# Contradictions


def test_a_district_without_a_vehicle_is_told_before_the_run(grid_scenario):
    scenario = grid_scenario(
        fleet__ambulances=1, coordination__mechanisms=without("risk"), **ISOLATED
    )
    with pytest.raises(DataError) as told:
        EmergencyModel(scenario)
    assert str(told.value) == (
        "calls come in, but no vehicle is stationed in district 'S2' "
        "(coordination without 'risk' sends none from elsewhere)"
    )


def test_a_location_policy_that_fails_for_one_district_names_it(run_city):
    nobody_in_the_east = TWO_DISTRICTS["sites.csv"].replace(
        "B,station,1000,0,1", "B,station,1000,0,0"
    )
    with pytest.raises(PolicyError, match=r"Given: no station .* \(district 'east', which plans"):
        run_city(
            {"called_s": 0, "place": C},
            files={**TWO_DISTRICTS, "sites.csv": nobody_in_the_east},
            fleet__ambulances=5,
            coordination__mechanisms=without("planning"),
            **ISOLATED,
        )


# Against plain runs, bit for bit


def assert_same(one, other):
    for name in TABLES:
        pd.testing.assert_frame_equal(
            getattr(one, name), getattr(other, name), check_exact=True, obj=name
        )


def result_of(grid_scenario, features, **changes):
    return FullRun(grid_scenario, {**features, **changes}).result


@given(everything())
@settings(some_runs, max_examples=10)
def test_with_all_on_it_is_the_plain_service(grid_scenario, features):
    by_keys = {"fleet__available_after": "clear", "dispatch_centre__queue": "priority"}
    plain = result_of(grid_scenario, {**features, **by_keys})
    assert_same(plain, result_of(grid_scenario, features, coordination__mechanisms="on"))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_with_all_off_each_district_keeps_to_itself(grid_scenario, seed):
    features = {
        "files": {"sites.csv": GRID_SITES},
        "seed": seed,
        "demand__calls_per_day": 170,
        "demand__unit_shares": (0.8, 0.2),
        "demand__trip_noise_cv": 0.3,
    }
    by_keys = {
        "fleet__available_after": "base",
        "dispatch_centre__queue": "first-come",
        "policies__dispatch": "district_only",
    }
    plain = simulate(grid_scenario(**features, **by_keys))
    assert (plain.calls["wait_s"] > 0).mean() > 0.1
    off = {"coordination__mechanisms": "off", "dispatch_centre__redispatch": True, **ISOLATED}
    assert_same(plain, simulate(grid_scenario(**features, **off)))


GRID_SITES = """\
site_id,kind,x,y,ambulances
S1,station,0,0,3
S2,station,800,600,4
H1,hospital,800,0,0
H2,hospital,0,800,0
"""
ONE_DISTRICT = """\
site_id,kind,x,y,ambulances,specialties,district
S1,station,0,0,1,,all
S2,station,800,600,1,,all
H1,hospital,800,0,0,cardiology,
H2,hospital,0,800,0,cardiology burns,
"""


@given(everything(), st.sets(st.sampled_from(["information", "rules"])))
@settings(some_runs, max_examples=10)
def test_in_one_district_neither_planning_nor_risk_matters(grid_scenario, features, others):
    one = {key: value for key, value in features.items() if key != "files"}

    def run(*mechanisms):
        files = {"sites.csv": ONE_DISTRICT}
        scenario = grid_scenario(files=files, **one, coordination__mechanisms=mechanisms)
        return simulate(scenario)

    assert_same(run(*others, "planning", "risk"), run(*others))


# Whatever is on


def coordinated(grid_scenario, features, chosen):
    """A run, unless some district lacks what its calls need."""
    try:
        return FullRun(
            grid_scenario, {**features, "coordination__mechanisms": chosen.names, **ISOLATED}
        )
    except DataError:
        assume(chosen.risk)
        raise


@given(everything(), st.sampled_from([*all_combinations()]))
@settings(some_runs, max_examples=40)
def test_whatever_is_on(grid_scenario, features, chosen):
    run = coordinated(grid_scenario, features, chosen)
    districts = Districts(run)
    for check in FULL_CHECKS:
        if check is not check_waiting:
            check(run)
    for part in [run] if chosen.risk else districts.parts:
        check_waiting(part)
    assert chosen.risk or districts.crossed_borders == 0
    assert chosen.planning or run.scenario.disruptions or districts.waits_abroad == 0
    assert chosen.information or (run.missions["end"] != "called_off").all()


class Districts:
    """Who of a run belongs where."""

    def __init__(self, run):
        districts = run.model.area.districts
        self.run, self.names = run, districts.names
        self.of_vehicle = np.array(districts.of_station)[run.model.vehicles.station]
        of_zone = dict(zip(run.city.zones.zone_id, districts.of_zone, strict=True))
        self.of_call = run.calls["zone"].astype(str).map(of_zone)
        self.of_station = dict(
            zip(run.city.stations.sites.site_id, districts.of_station, strict=True)
        )

    @property
    def crossed_borders(self):
        """Missions of ambulances of another district than the call's."""
        missions = self.run.missions
        there = self.of_call.loc[missions["call"]].to_numpy()
        return int((there != self.of_vehicle[missions["ambulance"]]).sum())

    @property
    def waits_abroad(self):
        """Drives to a station of another district than the ambulance's own."""
        moves = self.run.moves
        there = moves["station"].astype(str).map(self.of_station).to_numpy()
        return int((there != self.of_vehicle[moves["ambulance"]]).sum())

    @property
    def parts(self):
        """The calls and ambulances of each district, as a run."""
        journals = self.run.journals()
        for name in self.names:
            own = {k: rows for k, rows in journals.items() if self.of_vehicle[k] == name}
            yield SimpleNamespace(
                calls=self.run.calls[self.of_call == name],
                skills=self.run.skills,
                needs=self.run.needs,
                journals=lambda own=own: own,
            )
