"""What holds in every run with all features switched on: fleets of several types that have shifts
and break down, crews that are called off and moved, full hospitals, closed streets and sites.
"""

from itertools import pairwise, permutations
from typing import Any, NamedTuple

import numpy as np
import pytest

from agents.activity import ABSENCE_REASONS, Activity
from environment.fleet.vehicle_types import call_needs
from simulation.model import EmergencyModel
from simulation.tables.service import MISSION_STRETCHES
from tests.simulation.random_scenarios import SITES

TINY_S = 1e-6
TIMES = [
    "dispatched_s", "departed_s", "arrived_s", "left_scene_s", "at_hospital_s", "bay_s", "clear_s",
    "home_s",
]  # fmt: skip
BROKEN_OFF = ("called_off", "broken_down")


class Stretch(NamedTuple):
    """A stretch of an ambulance's time that one row of a table tells of."""

    from_s: float
    until_s: float
    kind: str
    row: Any


class FullRun:
    """A run with everything, with what it began with."""

    def __init__(self, grid_scenario, features):
        self.scenario = grid_scenario(files={"sites.csv": SITES}, **features)
        self.model = EmergencyModel(self.scenario)
        self.result = self.model.run()
        self.city = self.model.area.city
        self.calls = self.result.calls.set_index("call")
        self.missions = self.result.missions
        self.moves, self.absences = self.result.moves, self.result.absences
        self.skills = self.model.vehicles.skills.tolist()
        self.station_node = dict(
            zip(self.city.stations.sites.site_id, self.city.stations.node.tolist(), strict=True)
        )

    @property
    def reached(self):
        return self.missions[self.missions["arrived_s"].notna()]

    def needs(self, call):
        names = [p.name for p in self.scenario.demand.priorities]
        priority = self.scenario.demand.priorities[names.index(call.priority)]
        return call_needs(priority.needs, call.units, self.scenario.fleet.types)

    def journals(self):
        """All that each ambulance did, in order."""
        tables = (
            ("mission", self.missions, "dispatched_s", "home_s"),
            ("move", self.moves, "left_s", "ended_s"),
            ("absence", self.absences, "from_s", "until_s"),
        )
        rows: dict[int, list[Stretch]] = {n: [] for n in range(len(self.skills))}
        for kind, table, begin, end in tables:
            for row in table.itertuples():
                rows[row.ambulance].append(
                    Stretch(getattr(row, begin), getattr(row, end), kind, row)
                )
        for own in rows.values():
            own.sort(key=lambda stretch: (stretch.from_s, stretch.until_s))
        return rows


def fills(skills, needs):
    """Whether vehicles can share out the places that needs name, one each."""
    return len(skills) == len(needs) and any(
        all(skill & need == need for skill, need in zip(order, needs, strict=True))
        for order in permutations(skills)
    )


def check_states(run):
    """Every call ends in one state, with the vehicles that it needs."""
    calls, reached = run.calls, run.reached
    assert set(calls["state"]) <= {"completed", "lost", "left"}
    came = reached.groupby("call")["ambulance"].apply(list).to_dict()
    handed_over = reached[reached["hospital"].notna()].groupby("call").size().to_dict()
    lose = run.scenario.dispatch_centre.when_busy == "lose"
    fleet, centre = run.scenario.fleet, run.scenario.dispatch_centre
    may_be_sent_elsewhere = centre.redispatch or fleet.breakdowns is not None
    for call in calls.itertuples():
        there = came.get(call.Index, [])
        if call.state != "completed":
            assert not there, "who is lost or has left is reached by nobody"
            assert lose if call.state == "lost" else not lose or may_be_sent_elsewhere
            continue
        skills = [run.skills[number] for number in there]
        needs = run.needs(call)
        if lose:
            assert 1 <= len(there) <= len(needs)
            some = [list(p) for p in permutations(needs, len(there))]
            assert any(fills(skills, part) for part in some)
            transports = call.transported and any(skill & 1 for skill in skills)
        else:
            assert fills(skills, needs), "a call gets exactly what it needs"
            transports = call.transported
        assert handed_over.get(call.Index, 0) == transports, "handed over exactly once"
    did_not_come = run.missions[run.missions["arrived_s"].isna()]
    for end in BROKEN_OFF:
        count = did_not_come[did_not_come["end"] == end].groupby("call").size()
        assert calls[end].to_dict() == count.reindex(calls.index, fill_value=0).to_dict()
    came = calls["ambulances"].fillna(0) - calls["called_off"] - calls["broken_down"]
    assert (calls["vehicles_short"] == calls["units"] - came).all()
    assert lose or (calls["vehicles_short"][calls["state"] == "completed"] == 0).all()


def check_times(run):
    """Missions run forward and take their time."""
    missions = run.missions
    broken = missions["arrived_s"].isna()
    for row in missions[~broken][TIMES].to_numpy():
        assert (np.diff(row[~np.isnan(row)]) > -TINY_S).all()
    assert (missions["home_s"] >= missions["dispatched_s"]).all()
    assert (missions["home_s"] > missions["dispatched_s"])[broken].all()
    assert missions["end"][broken].isin(BROKEN_OFF).all()
    assert missions[broken][["left_scene_s", "at_hospital_s", "clear_s"]].isna().all().all()
    call = run.calls.loc[missions["call"]].reset_index(drop=True)
    assert (missions["dispatched_s"] > call["ready_s"] - TINY_S).all()
    on_scene_s = missions["left_scene_s"] - missions["arrived_s"]
    assert (on_scene_s - call["scene_s"])[~broken].gt(-1e-5).all()
    transports = missions["ambulance"].map(lambda number: bool(run.skills[number] & 1))
    exact = transports & ~broken
    assert np.allclose(on_scene_s[exact], call["scene_s"][exact]), "only helpers wait"
    taken = missions["hospital"].notna()
    assert transports[taken].all()
    handover_s = (missions["clear_s"] - missions["bay_s"])[taken]
    assert (handover_s > call["handover_s"][taken] - 1e-5).all()
    if run.scenario.hospitals.beds is None:
        assert np.allclose(handover_s, call["handover_s"][taken])


def check_one_place(run):
    """Nobody is in two places, and everything begins where the last thing ended."""
    stations = set(run.station_node.values())
    for number, journal in run.journals().items():
        for before, after in pairwise(journal):
            assert after.from_s > before.until_s - TINY_S, (number, before, after)
        home = int(run.city.stations.node[run.model.vehicles.station[number]])
        where: set[int] | None = {home}  # None: on the road
        for kind, row in ((stretch.kind, stretch.row) for stretch in journal):
            if kind == "absence":
                assert row.reason == "breakdown" or (where and where <= stations)
                continue
            assert where is None or row.from_node in where, (number, row)
            if kind == "move":
                where = {run.station_node[row.station]} if row.arrived else None
            else:
                assert row.from_station <= (where is not None), (number, row)
                if row.end == "home":
                    where = stations
                else:  # called off before it has left, it is at its station still
                    where = {row.from_node} if row.departed_s >= row.home_s else None


def check_metres(run):
    """Nobody drives less than the straight line."""
    reached, xy_m = run.reached, run.city.roads.stop_xy_m
    scene = xy_m(run.calls.loc[reached["call"], "node"])
    begin = xy_m(reached["from_node"])
    assert (reached["to_call_m"] > np.hypot(*(scene - begin).T) - 200.0).all()
    assert (run.missions[["to_call_m", "to_hospital_m", "home_m"]] >= 0).all().all()
    assert (run.moves["metres"] >= 0).all()


def most_at_once(from_s, until_s):
    """How many intervals hold at the same moment at most."""
    moments = np.concatenate([from_s, until_s])
    change = np.concatenate([np.ones(len(from_s)), -np.ones(len(until_s))])
    order = np.lexsort((change, np.round(moments, 6)))
    return int(np.cumsum(change[order]).max(initial=0))


def check_hospitals(run):
    """Bays and beds never hold more than they have."""
    hospitals = run.scenario.hospitals
    taken = run.missions[run.missions["hospital"].notna()]
    stay_s = run.calls.loc[taken["call"], "stay_s"].to_numpy()
    for _, own in taken.assign(stay_s=stay_s).groupby("hospital"):
        if hospitals.bays is not None:
            assert most_at_once(own["bay_s"], own["clear_s"]) <= hospitals.bays
        stays = own[own["stay_s"] > 0]
        if hospitals.beds is not None:
            until_s = stays["clear_s"] + stays["stay_s"]
            assert most_at_once(stays["clear_s"], until_s) <= hospitals.beds
        if hospitals.bays is None:
            assert np.allclose(own["bay_s"], own["at_hospital_s"])


def check_waiting(run):
    """Nobody waits while an ambulance that may be sent stands at a station."""
    waiting: list[Any] = [*run.calls[run.calls["wait_s"] > TINY_S].itertuples()]
    for number, journal in run.journals().items():
        ends = [0.0, *(stretch.until_s for stretch in journal)]
        begins = [*(stretch.from_s for stretch in journal), np.inf]
        for call in waiting:
            if not any(run.skills[number] & need == need for need in run.needs(call)):
                continue
            for idle_s, busy_s in zip(ends, begins, strict=True):
                both_s = min(busy_s, call.dispatched_s) - max(idle_s, call.ready_s)
                assert both_s < 1e-4, (number, idle_s, busy_s, call)


def check_hours(run):
    """Every second of every ambulance is accounted for."""
    hours, horizon_s = run.result.hours, run.scenario.run.horizon_s
    seconds = hours.filter(like="_s")
    assert (seconds >= 0).all().all()
    length_s = np.minimum(3600, horizon_s - 3600 * hours["hour"])
    assert np.allclose(seconds.sum(axis=1), length_s, atol=1e-5)
    spent = {doing: 0.0 for doing, _, _ in MISSION_STRETCHES}
    for mission in run.missions.itertuples():
        for doing, begin, end in MISSION_STRETCHES:
            begin_s, end_s = getattr(mission, begin), getattr(mission, end)
            if doing is Activity.MOBILISING:
                end_s = min(end_s, mission.home_s)
            elif doing is Activity.TO_CALL and np.isnan(end_s):
                end_s = mission.home_s
            if not np.isnan(begin_s) and not np.isnan(end_s):
                spent[doing] += max(min(end_s, horizon_s) - min(begin_s, horizon_s), 0.0)
    for doing, spent_s in spent.items():
        assert hours[f"{doing.label}_s"].sum() == pytest.approx(spent_s, abs=1e-3), doing
    for doing, reason in ABSENCE_REASONS.items():
        own = run.absences[run.absences["reason"] == reason]
        away_s = own["until_s"].clip(upper=horizon_s) - own["from_s"].clip(upper=horizon_s)
        assert hours[f"{doing.label}_s"].sum() == pytest.approx(away_s.sum(), abs=1e-3)


def check_greens(run):
    """Forced greens of a light never overlap."""
    greens = run.result.forced_greens
    assert (greens["until_s"] > greens["from_s"]).all()
    assert (greens["cross_red_s"] <= greens["until_s"] - greens["from_s"] + TINY_S).all()
    for _, own in greens.groupby("light"):
        ordered = own.sort_values("from_s")
        gap_s = ordered["from_s"].to_numpy()[1:] - ordered["until_s"].to_numpy()[:-1]
        assert (gap_s > -TINY_S).all()


def check_closed_sites(run):
    """Nobody goes to a hospital or a station that is closed."""
    for event in run.scenario.disruptions:
        if event.kind == "hospital_closed":
            late = run.missions["left_scene_s"].between(event.from_s + 1, event.until_s - 1)
            assert (run.missions["hospital"][late] != event.hospital).all()
        if event.kind == "station_closed":
            during = run.moves["left_s"].between(event.from_s + 1, event.until_s - 1)
            ends = run.moves["reason"] == "to_own_station"  # a shift ends where it began
            assert (run.moves["station"][during & ~ends] != event.station).all()


FULL_CHECKS = (
    check_states, check_times, check_one_place, check_metres, check_hospitals, check_waiting,
    check_hours, check_greens, check_closed_sites,
)  # fmt: skip
