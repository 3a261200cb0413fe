"""What holds in every run, whatever is switched on: random small scenarios on a grid.

First plain services, of which more can be said, then all features at once (`full_service.py`).
"""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, seed, settings
from hypothesis import strategies as st

from simulation.measures.catalogue import summary
from simulation.model import simulate
from simulation.preparation import prepare
from simulation.tables.result import TABLES
from simulation.tables.service import MISSION_STRETCHES
from tests.simulation.full_service import FULL_CHECKS, FullRun
from tests.simulation.random_scenarios import SLOW_MORNING, durations, everything, some_runs

TINY_S = 1e-6
TIMES = ["dispatched_s", "departed_s", "arrived_s", "left_scene_s", "clear_s", "home_s"]
EXOGENOUS = [
    "call", "onset_s", "called_s", "ready_s", "zone", "x", "y", "node", "access_s", "priority",
    "units", "transported", "mobilisation_s", "scene_s", "handover_s", "target_s",
]  # fmt: skip
BOTH_STATIONS = {"use": "preference_list", "lists": {"A": ["S2", "S1"], "default": ["S1", "S2"]}}
choices = {
    "seed": st.integers(0, 2**63 - 1),
    "roads__signal_every": st.sampled_from([None, 1, 2]),
    "signals__active": st.booleans(),
    "travel__hourly_speed_factors": st.sampled_from([None, SLOW_MORNING]),
    "run__days": st.sampled_from([0.25, 0.21]),
    "run__warm_up_days": st.sampled_from([0.0, 1 / 24, 0.03]),
    "demand__calls_per_day": st.floats(0, 150),
    "demand__address": st.sampled_from(["zone", "street"]),
    "demand__alarm_delay": durations,
    "demand__dispatch_delay": durations,
    "demand__mobilisation": st.sampled_from([0, 60, {"distribution": "exponential", "mean_s": 60}]),
    "demand__on_scene": durations,
    "demand__handover": durations,
    "demand__transported_share": st.sampled_from([0, 0.6, 1]),
    "demand__unit_shares": st.sampled_from([(1.0,), (0.5, 0.3, 0.2)]),
    "demand__trip_noise_cv": st.sampled_from([0, 0.4]),
    "fleet__ambulances": st.integers(2, 6),
    "fleet__available_after": st.sampled_from(["clear", "base"]),
    "dispatch_centre__when_busy": st.sampled_from(["wait", "lose"]),
    "dispatch_centre__queue": st.sampled_from(["priority", "first-come"]),
    "policies__dispatch": st.sampled_from(["nearest", "hypercube", BOTH_STATIONS]),
    "policies__hospital": st.sampled_from(["nearest", "least_busy"]),
    "policies__location": st.sampled_from(["given", "demand_share", "hypercube"]),
}
features = st.fixed_dictionaries(choices)
the_same_runs = seed(1)
"""Tests that only look at a run look at the same ones, and so each is simulated once."""


class Run:
    """A run, and where its junctions lie."""

    def __init__(self, grid_scenario, features):
        self.scenario = grid_scenario(**features)
        self.result = simulate(self.scenario)
        self.city = prepare(self.scenario).city
        self.calls = self.result.calls.set_index("call")
        self.missions = self.result.missions

    @property
    def lost_if_busy(self):
        return self.scenario.dispatch_centre.when_busy == "lose"

    def xy_m(self, nodes):
        return self.city.roads.stop_xy_m(nodes)

    def hospital_nodes(self, missions):
        row = {name: k for k, name in enumerate(self.city.hospitals.sites.site_id)}
        return self.city.hospitals.node[missions["hospital"].map(row).to_numpy(dtype=int)]

    def station_nodes(self, missions):
        row = {name: k for k, name in enumerate(self.city.stations.sites.site_id)}
        return self.city.stations.node[missions["station"].map(row).to_numpy(dtype=int)]

    def call_nodes(self, missions):
        return self.calls.loc[missions["call"], "node"].to_numpy()

    def end_nodes(self, missions):
        """Where each mission parted from its patient."""
        nodes = self.call_nodes(missions).copy()
        taken = missions["hospital"].notna().to_numpy()
        nodes[taken] = self.hospital_nodes(missions[taken])
        return nodes

    def one_after_another(self):
        """Each mission beside the next one of the same ambulance."""
        for _, own in self.missions.groupby("ambulance"):
            ordered = own.sort_values(["dispatched_s", "clear_s"])
            yield from zip(
                ordered.iloc[:-1].itertuples(), ordered.iloc[1:].itertuples(), strict=True
            )


def simulated_once(kind, grid_scenario):
    """The run of a scenario with given features, each made once."""
    runs = {}

    def run(features):
        key = repr(features)
        if key not in runs:
            runs[key] = kind(grid_scenario, features)
        return runs[key]

    return run


@pytest.fixture(scope="module")
def run_with(grid_scenario):
    return simulated_once(Run, grid_scenario)


@pytest.fixture(scope="module")
def full_run_with(grid_scenario):
    return simulated_once(FullRun, grid_scenario)


def straight_m(one, other):
    return np.hypot(*(one - other).T)


def grid_m(one, other):
    """Metres along the streets of a grid of 200 m; between two of them one goes round a block."""
    total = 0.0
    for axis in (0, 1):
        (a, b), across = (point[axis] for point in (one, other)), one[1 - axis] != other[1 - axis]
        inside = min(a % 200, b % 200) > 0.01 and max(a % 200, b % 200) < 199.99
        if across and inside and a // 200 == b // 200:
            total += min(a % 200 + b % 200, 400 - a % 200 - b % 200)
        else:
            total += abs(a - b)
    return total


@given(features)
@the_same_runs
@some_runs
def test_every_call_ends_in_one_state(run_with, features):
    run = run_with(features)
    assert set(run.calls["state"]) <= {"completed", "lost"}
    sent = run.missions.groupby("call").size().reindex(run.calls.index, fill_value=0)
    lost = run.calls["state"] == "lost"
    assert (sent[lost] == 0).all()
    if run.lost_if_busy:
        assert (sent[~lost] >= 1).all()
        assert (sent <= run.calls["units"]).all()
        assert (run.calls["wait_s"].dropna().abs() < TINY_S).all()
    else:
        assert not lost.any()
        assert (sent == run.calls["units"]).all(), "a call gets exactly what it needs"
    twice = run.missions.groupby("call")["hospital"].count().reindex(run.calls.index, fill_value=0)
    assert (twice == (run.calls["transported"] & ~lost)).all(), "handed over exactly once"


@given(features)
@the_same_runs
@some_runs
def test_missions_run_forward_and_take_their_time(run_with, features):
    run = run_with(features)
    missions = run.missions
    assert (missions[TIMES].diff(axis=1).iloc[:, 1:] > -TINY_S).all().all()
    call = run.calls.loc[missions["call"]].reset_index(drop=True)
    assert (missions["dispatched_s"] > call["ready_s"] - TINY_S).all()
    assert np.allclose(missions["left_scene_s"] - missions["arrived_s"], call["scene_s"])
    mobilised_s = missions["departed_s"] - missions["dispatched_s"]
    assert np.allclose(mobilised_s, call["mobilisation_s"] * missions["from_station"])
    taken = missions["hospital"].notna()
    handover_s = (missions["clear_s"] - missions["at_hospital_s"])[taken]
    assert np.allclose(handover_s, call["handover_s"][taken])
    assert np.allclose(missions["clear_s"][~taken], missions["left_scene_s"][~taken])
    assert missions["at_hospital_s"][~taken].isna().all()


@given(features)
@the_same_runs
@some_runs
def test_nobody_is_in_two_places(run_with, features):
    run = run_with(features)
    fastest_m_per_s = 10 * 1.25 * 1.3
    for before, after in run.one_after_another():
        assert after.dispatched_s > before.home_s - TINY_S, "one patient at a time"
        assert after.from_station == (before.end == "home"), "from its station once it was there"
        if before.end != "home":
            assert run.scenario.fleet.available_after == "clear"
            assert after.dispatched_s == pytest.approx(before.home_s)
        if run.scenario.demand.trip_noise_cv == 0:
            pair = pd.DataFrame([before, after])
            start = run.end_nodes(pair)[0]
            end = run.call_nodes(pair)[1]
            least_s = straight_m(run.xy_m([start]), run.xy_m([end]))[0] / fastest_m_per_s
            assert after.arrived_s - before.clear_s > least_s - TINY_S, "no faster than it can be"


@given(features)
@the_same_runs
@some_runs
def test_missions_begin_where_the_ambulance_is(run_with, features):
    run = run_with(features)
    driving = prepare(run.scenario).driving
    home = run.station_nodes(run.missions)
    at_station = run.missions["from_station"].to_numpy()
    assert (run.missions["from_node"][at_station] == home[at_station]).all()
    router = driving._modes[False].router
    for before, after in run.one_after_another():
        if before.end != "home":
            pair = pd.DataFrame([before, after])
            start, station = run.end_nodes(pair)[0], run.station_nodes(pair)[0]
            on_way = [start, *run.city.roads.head[router.path(start, station)[:-1]], station]
            assert after.from_node in on_way, "it turns at a junction of its way home"
            assert before.home_m == pytest.approx(router.length_m(start, after.from_node), abs=0.1)


@given(features)
@the_same_runs
@some_runs
def test_nobody_drives_less_than_the_straight_line(run_with, features):
    run = run_with(features)
    missions = run.missions
    scene = run.xy_m(run.call_nodes(missions))
    begin, end = run.xy_m(missions["from_node"]), run.xy_m(run.end_nodes(missions))
    assert (missions["to_call_m"] > straight_m(begin, scene) - 0.1).all()
    assert (missions["to_hospital_m"] > straight_m(scene, end) - 0.1).all()
    home = (missions["end"] == "home").to_numpy()
    way_home_m = straight_m(end, run.xy_m(run.station_nodes(missions)))
    assert (missions["home_m"][home] > way_home_m[home] - 0.1).all()


@given(features)
@the_same_runs
@some_runs
def test_nobody_waits_while_an_ambulance_could_go(run_with, features):
    run = run_with(features)
    free = "clear_s" if run.scenario.fleet.available_after == "clear" else "home_s"
    waiting: list[Any] = [*run.calls[run.calls["wait_s"] > TINY_S].itertuples()]
    for number in range(run.scenario.fleet.ambulances):
        own = run.missions[run.missions["ambulance"] == number]
        for call in waiting:
            begin_s, end_s = own["dispatched_s"], own[free]
            during = (begin_s < call.dispatched_s - TINY_S) & (end_s > call.ready_s + TINY_S)
            busy_s = (end_s.clip(upper=call.dispatched_s) - begin_s.clip(lower=call.ready_s))[
                during
            ]
            assert busy_s.sum() == pytest.approx(call.wait_s, abs=1e-3)


NEAREST = {
    "demand__unit_shares": (1.0,),
    "policies__dispatch": "nearest",
    "policies__hospital": "nearest",
    "roads__signal_every": None,
    "fleet__available_after": "base",
}
"""All that are idle stand at their stations, and metres tell who is nearest."""


@given(features)
@the_same_runs
@settings(some_runs, max_examples=25)
def test_from_their_stations_the_nearest_goes(run_with, features):
    """Recounted from the missions alone."""
    run = run_with({**features, **NEAREST})
    missions = run.missions
    at_s = missions.groupby("ambulance").first()
    home_m = dict(zip(at_s.index, run.xy_m(run.station_nodes(at_s)), strict=True))
    waited = run.calls["wait_s"] > TINY_S
    at_once: list[Any] = [*missions[~missions["call"].map(waited)].itertuples()]
    for mission in at_once:
        busy = missions[
            (missions["dispatched_s"] <= mission.dispatched_s)
            & (missions["home_s"] > mission.dispatched_s)
        ]
        scene_m = run.xy_m([run.calls.loc[mission.call, "node"]])[0]
        idle = set(home_m) - set(busy["ambulance"]) | {mission.ambulance}
        distance_m = {number: grid_m(home_m[number], scene_m) for number in idle}
        assert distance_m[mission.ambulance] < min(distance_m.values()) + 0.1


@given(features)
@the_same_runs
@settings(some_runs, max_examples=25)
def test_patients_go_to_the_nearest_hospital(run_with, features):
    run = run_with({**features, **NEAREST})
    taken = run.missions[run.missions["hospital"].notna()]
    scene = run.xy_m(run.call_nodes(taken))
    doors = run.xy_m(run.city.hospitals.node)
    for one, chosen in zip(scene, run.xy_m(run.hospital_nodes(taken)), strict=True):
        assert grid_m(one, chosen) < min(grid_m(one, door) for door in doors) + 0.1


@given(features)
@the_same_runs
@some_runs
def test_every_second_of_every_ambulance_is_accounted_for(run_with, features):
    run = run_with(features)
    hours, horizon_s = run.result.hours, run.scenario.run.horizon_s
    seconds = hours.filter(like="_s")
    assert (seconds >= 0).all().all()
    length_s = np.minimum(3600, horizon_s - 3600 * hours["hour"])
    assert np.allclose(seconds.sum(axis=1), length_s)
    assert len(hours) == run.scenario.fleet.ambulances * np.ceil(horizon_s / 3600)
    for doing, begin, end in MISSION_STRETCHES:
        until_s = run.missions[[begin, end]].clip(upper=horizon_s)
        spent_s = (until_s[end] - until_s[begin]).groupby(run.missions["ambulance"]).sum()
        assert np.allclose(
            hours.groupby("ambulance")[f"{doing.label}_s"].sum(),
            spent_s.reindex(range(run.scenario.fleet.ambulances), fill_value=0),
            atol=1e-5,
        )


@given(features)
@settings(some_runs, max_examples=8)
def test_another_replication_is_another_run(grid_scenario, features):
    scenario = grid_scenario(**{**features, "demand__calls_per_day": 100})
    one, other = simulate(scenario, 0), simulate(scenario, 1)
    onsets = [set(result.calls["onset_s"]) for result in (one, other)]
    assume(all(onsets))
    assert not onsets[0] & onsets[1]


# All features at once


@pytest.mark.parametrize("check", FULL_CHECKS)
@given(everything())
@the_same_runs
@some_runs
def test_full_run(full_run_with, check, features):
    check(full_run_with(features))


@pytest.mark.slow
@given(everything())
@settings(some_runs, max_examples=300)
def test_full_run_at_length(grid_scenario, features):
    run = FullRun(grid_scenario, features)
    for check in FULL_CHECKS:
        check(run)


@given(everything())
@the_same_runs
@settings(some_runs, max_examples=12)
def test_the_same_seed_gives_the_same_bytes(grid_scenario, full_run_with, features):
    one, other = full_run_with(features).result, FullRun(grid_scenario, features).result
    for name in TABLES:
        pd.testing.assert_frame_equal(
            getattr(one, name), getattr(other, name), check_exact=True, obj=name
        )
    assert one.manifest == other.manifest
    np.testing.assert_equal(summary(one), summary(other))


DECIDED = ("fleet__", "dispatch_centre__", "policies__", "signals__", "travel__", "run__coverage")
PATIENT = [*EXOGENOUS, "stay_s", "condition", "incident"]


@given(everything(), everything())
@settings(some_runs, max_examples=12)
def test_whoever_decides_meets_the_same_patients(grid_scenario, features, other):
    decided = {key: value for key, value in other.items() if key.startswith(DECIDED)}
    plain = {**features, "demand__priorities": without_needs(features)}
    plain.pop("fleet__types", None)
    decided.pop("fleet__types", None)
    plain["dispatch_centre__when_busy"] = decided["dispatch_centre__when_busy"] = "wait"
    one = FullRun(grid_scenario, plain).result.calls
    two = FullRun(grid_scenario, {**plain, **decided}).result.calls
    pd.testing.assert_frame_equal(one[PATIENT], two[PATIENT], check_exact=True)


def without_needs(features):
    """The classes without their needs, which another fleet might not have."""
    return tuple({**one, "needs": ()} for one in features["demand__priorities"])
