"""The trace of a run: its legs, events, greens and streets, beside what the tables say."""

from __future__ import annotations

import numpy as np
import pytest

from agents.activity import OF_AMBULANCES, OF_TRUCKS, ON_DUTY, Activity
from scenarios.errors import ScenarioError
from scenarios.loader import load_scenario
from simulation.errors import ResultError
from simulation.measures.service import DUTY_STATES
from simulation.model import EmergencyModel, simulate
from simulation.tables.result import load_result
from simulation.trace import Event, Trace
from viz.live.observer import Observer
from viz.live.record import read_saved_run

BUSY = {
    "demand__calls_per_day": 60,
    "demand__trip_noise_cv": 0.2,
    "dispatch_centre__redispatch": True,
    "hospitals__bays": 1,
    "hospitals__beds": 8,
    "fleet__breakdowns": {"mean_hours_between": 20},
    "signals__active": True,
    "policies__signals": "green_wave",
    "disruptions": [
        {
            "kind": "road_closure", "x": 400, "y": 200, "radius_m": 90,
            "from_hour": 9, "until_hour": 15,
        },
        {"kind": "hospital_closed", "hospital": "H2", "from_hour": 10, "until_hour": 12},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def model(grid_scenario):
    """A busy day with all that a trace can tell of an ambulance service."""
    model = EmergencyModel(grid_scenario(**BUSY))
    model.run()
    yield model
    model.close()


def events_of(trace, event):
    return [row for row in trace.events if row.event == event]


def test_legs_end_when_missions_say(model):
    """To the last bit: a leg has all that an arrival is worked out from."""
    result, legs = model.result(), model.recorder.trace.leg_table()
    access_s = result.calls["access_s"].to_numpy()
    to_call = legs[legs["activity"] == Activity.TO_CALL]
    ends_s = to_call["left_s"] + to_call["drive_s"] + access_s[to_call["serves"]]
    known = set(
        zip(to_call["vehicle"].tolist(), to_call["serves"].tolist(), ends_s.tolist(), strict=True)
    )
    arrived = result.missions.dropna(subset="arrived_s")
    assert len(arrived) > 50
    for row in arrived.itertuples():
        assert (row.ambulance, row.call, row.arrived_s) in known


def test_hospitals_and_stations_of_legs_are_those_of_the_tables(model):
    result, legs = model.result(), model.recorder.trace.leg_table()
    names = model.area.city.hospitals.sites.site_id
    last = {}
    for row in legs[legs["activity"] == Activity.TO_HOSPITAL].tolist():
        last[row[3], row[7]] = names[row[6]]
    taken = result.missions.dropna(subset="hospital")
    assert len(taken) > 30
    assert {(m.ambulance, m.call): m.hospital for m in taken.itertuples()} == last


def test_who_waits_for_a_bay_is_told(model):
    result, legs = model.result(), model.recorder.trace.leg_table()
    waited = result.missions[result.missions["bay_s"] > result.missions["at_hospital_s"]]
    rows = legs[legs["activity"] == Activity.HANDOVER]
    told = set(zip(rows["vehicle"].tolist(), rows["told_s"].tolist(), strict=True))
    assert len(waited) > 3
    assert {(m.ambulance, m.bay_s) for m in waited.itertuples()} <= told


def test_beds_never_exceed_what_there_is(model):
    rows = events_of(model.recorder.trace, Event.BEDS)
    taken = np.array([row.value for row in rows])
    assert len(rows) > 20
    assert taken.max() <= 8
    assert (taken >= 0).all()
    for hospital in model.centre.hospitals:
        own = [row.value for row in rows if row.subject == hospital.number]
        assert own[-1] == hospital.beds.count


def test_closed_streets_and_sites(model):
    trace = model.recorder.trace
    closed = np.flatnonzero(model.area.closed_by(frozenset({0}))).tolist()
    assert [(row.since_s, list(row.closed)) for row in trace.streets] == [
        (9 * 3600.0, closed),
        (15 * 3600.0, []),
    ]
    assert [(row.time_s, row.value) for row in events_of(trace, Event.HOSPITAL_OPEN)] == [
        (10 * 3600.0, 0.0),
        (12 * 3600.0, 1.0),
    ]


def test_greens_that_were_not_taken_back_are_those_of_the_table():
    waves = {
        "run.days": 0.5, "run.warm_up_days": 0, "signals.active": True,
        "policies.signals": "green_wave", "dispatch_centre.redispatch": True,
        "demand.calls_per_day": 900, "fleet.available_after": "clear",
        "fleet.breakdowns": {"mean_hours_between": 2},
    }  # fmt: skip
    result = simulate(load_scenario("city", waves))
    greens = {}
    for row in result.trace.greens:
        greens[row.ambulance, row.light, row.from_s] = row.until_s
    kept = {(*key, until_s) for key, until_s in greens.items() if until_s > key[2]}
    table = result.forced_greens
    columns = ["ambulance", "light", "from_s", "until_s"]
    assert kept == set(table[columns].itertuples(index=False, name=None))
    assert len(kept) > 100
    assert len(greens) > len(kept)  # who breaks down takes some back


def test_priorities_that_change_are_told_when_they_do(grid_scenario):
    triage = {
        "kind": "mass_casualty", "at_hour": 8, "x": 300, "y": 300, "casualties": 10,
        "triage": {"high": 0.5, "low": 0.5}, "reported_as": "high",
    }  # fmt: skip
    priorities = [
        {"name": "high", "share": 0.4, "target_s": 480, "siren": True},
        {"name": "low", "share": 0.6, "target_s": 900, "siren": False},
    ]
    result = simulate(grid_scenario(disruptions=[triage], demand__priorities=priorities))
    last = {row.subject: row.value for row in events_of(result.trace, Event.PRIORITY)}
    changed = result.calls[result.calls["priority"] != result.calls["final_priority"]]
    assert len(changed) >= 3
    assert last == dict(
        zip(changed["call"], changed["final_priority"].cat.codes.astype(float), strict=True)
    )


def test_an_agent_does_what_its_trace_says(grid_scenario):
    """The activity that an ambulance has is the one that a reader of its trace finds."""
    model = EmergencyModel(grid_scenario(**BUSY))
    observer, seen = Observer(model), set()
    model.run_until(17.3)
    while model.run_until(model.env.now + 60.0):
        observer.note()
        for ambulance, told in zip(
            model.centre.ambulances, observer.vehicles.ambulances, strict=True
        ):
            assert ambulance.activity is told.activity
            seen.add(ambulance.activity)
    assert {"idle", "mobilising", "to_call", "on_scene", "to_hospital", "waiting_bay", "handover",
            "returning", "out_of_order"} <= {one.label for one in seen}  # fmt: skip
    model.close()


def test_a_trace_is_read_as_it_was_saved(model, tmp_path):
    result = model.result()
    result.save(tmp_path / "run")
    again, trace = load_result(tmp_path / "run").trace, result.trace
    assert again.legs == trace.legs
    assert (again.events, again.greens, again.streets) == (
        trace.events,
        trace.greens,
        trace.streets,
    )
    assert len(trace.legs) / trace.leg_count == 56  # bytes


def test_an_empty_trace_has_tables():
    tables = Trace().tables()
    assert [len(table) for table in tables] == [0, 0, 0, 0]
    assert Trace.of_tables(tables).leg_count == 0


def test_every_activity_has_one_name_for_all():
    assert tuple(one.label for one in ON_DUTY) == DUTY_STATES
    assert set(OF_AMBULANCES) | set(OF_TRUCKS) == set(Activity)
    assert [one.value for one in Activity] == list(range(len(Activity)))


def test_a_run_without_a_trace_is_the_same_run_and_cannot_be_shown(grid_scenario, tmp_path):
    kept, bare = (simulate(grid_scenario(run__trace=keeps)) for keeps in (True, False))
    assert bare.missions.equals(kept.missions)
    assert (kept.trace.leg_count > 0, bare.trace.leg_count, bare.trace.events) == (True, 0, [])
    bare.save(tmp_path / "run")
    assert not list((tmp_path / "run").glob("trace_*"))
    assert load_result(tmp_path / "run").missions.equals(bare.missions)
    again = (
        r"has no trace; run it again, as by `corridor simulate .* --set run.trace=true --out NEW`"
    )
    with pytest.raises(ResultError, match=again):
        read_saved_run(tmp_path / "run")
    model = EmergencyModel(grid_scenario(run__trace=False))
    with pytest.raises(ScenarioError, match=r"run\.trace = false"):
        Observer(model)
    model.close()
