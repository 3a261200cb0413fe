"""Bays, beds, diversion and patients who cannot wait, in the city of `four_streets`."""

from math import nan

import pytest

from simulation.model import simulate
from tests.simulation.four_streets import FILES, C, E, S, W, timeline

TWO_AT_A = {
    "sites.csv": (
        "site_id,kind,x,y,ambulances\n"
        "A,station,-1000,50,2\nB,station,1000,0,1\nH,hospital,0,1025,0\n"
    )
}
TWO_HOSPITALS = {"sites.csv": TWO_AT_A["sites.csv"] + "H2,hospital,0,-1000,0\n"}
# 0: from B, 60 + 60 s to C; 100 s; 105 s to the hospital. 1: from A to W in 70 s; 100 s; 185 s.
TAKEN = (
    {"called_s": 0, "place": C, "priority": "low", "transported": 1, "handover_s": 300},
    {"called_s": 10, "place": W, "priority": "low", "transported": 1, "handover_s": 300},
)


def at_hospital(result):
    """Arrival, beginning of the handover and its end, by call."""
    ordered = result.missions.set_index("call").sort_index()
    return [tuple(row) for row in ordered[["at_hospital_s", "bay_s", "clear_s"]].to_numpy()]


def approx(rows):
    return [pytest.approx(row, nan_ok=True) for row in rows]


def test_enough_bays(run_city):
    for bays in (None, 2):
        result = run_city(*TAKEN, hospitals__bays=bays)
        assert at_hospital(result) == approx([(325, 325, 625), (365, 365, 665)])


def test_one_bay_and_two_crews(run_city):
    result = run_city(*TAKEN, hospitals__bays=1)
    assert at_hospital(result) == approx([(325, 325, 625), (365, 625, 925)])
    hours = result.hours.sum()
    assert hours["waiting_bay_s"] == pytest.approx(260)
    assert hours["handover_s"] == pytest.approx(600)


def test_the_most_urgent_is_handed_over_first(run_city):
    urgent = {"called_s": 100, "place": W, "transported": 1, "handover_s": 50}
    result = run_city(*TAKEN, urgent, files=TWO_AT_A, hospitals__bays=1)
    # It is at W at 170 and comes last to the hospital, at 455.
    assert at_hospital(result) == approx([(325, 325, 625), (365, 675, 975), (455, 625, 675)])


def test_diversion(run_city):
    third = {"called_s": 300, "place": W, "transported": 1, "handover_s": 50}
    limits = {"hospitals__bays": 1, "hospitals__divert_when_waiting": 1}
    result = run_city(*TAKEN, third, files=TWO_HOSPITALS, **limits)
    # Leaving W at 470, it hears that a crew waits at H since 365, and goes to S: 200 s.
    missions = result.missions.set_index("call").sort_index()
    assert missions["hospital"].tolist() == ["H", "H", "H2"]
    assert at_hospital(result)[2] == pytest.approx((670, 670, 720))
    undiverted = run_city(*TAKEN, third, files=TWO_HOSPITALS, hospitals__bays=1)
    assert undiverted.missions["hospital"].tolist() == ["H"] * 3


def test_a_crew_keeps_its_patient_until_there_is_a_bed(run_city):
    calls = [{**call, "stay_s": 2000} for call in TAKEN]
    result = run_city(*calls, hospitals__beds=1)
    # Handed over by 625, the first stays until 2625; only then has the second one a bed.
    assert at_hospital(result) == approx([(325, 325, 625), (365, 365, 2625)])


def test_who_does_not_stay_needs_no_bed(run_city):
    calls = [{**TAKEN[0], "stay_s": 2000}, {**TAKEN[1], "stay_s": 0}]
    result = run_city(*calls, hospitals__beds=1)
    assert at_hospital(result) == approx([(325, 325, 625), (365, 365, 665)])


def test_a_full_hospital_diverts(run_city):
    calls = [{**TAKEN[0], "stay_s": 2000}, {**TAKEN[1], "called_s": 700, "stay_s": 2000}]
    result = run_city(*calls, files=TWO_HOSPITALS, hospitals__beds=1)
    # Call 1 is ready at 700 at W, reached at 770 and left at 870.
    assert result.missions.sort_values("call")["hospital"].tolist() == ["H", "H2"]
    assert at_hospital(result)[1] == pytest.approx((1070, 1070, 1370))


def test_a_specialty(run_city):
    sites = FILES["sites.csv"].splitlines()
    with_specialties = "\n".join(
        [
            f"{sites[0]},specialties",
            *(f"{row}," for row in sites[1:]),
            "H2,hospital,0,-1000,0,burns",
        ]
    )
    result = run_city(
        {"called_s": 0, "place": W, "transported": 1, "condition": "burn"},
        {"called_s": 5000, "place": W, "transported": 1, "condition": "none"},
        files={"sites.csv": with_specialties + "\n"},
        demand__conditions=[{"name": "burn", "shares": {"high": 0.5}, "specialty": "burns"}],
    )
    assert result.missions["hospital"].tolist() == ["H2", "H"]
    assert result.calls["condition"].tolist() == ["burn", ""]


ONLY_B = {"sites.csv": "site_id,kind,x,y,ambulances\nB,station,1000,0,1\nH,hospital,0,1025,0\n"}


def test_a_patient_who_is_at_the_hospital_already(grid_scenario):
    """Bug: the clock, a hair past the end of the work on the scene, was to be turned back."""
    sites = "site_id,kind,x,y,ambulances\nS,station,0,0,1\nH,hospital,0,0,0\n"
    header = "called_s,x,y,transported,dispatch_delay_s,mobilisation_s,scene_s,handover_s"
    calls = f"{header}\n0.6,0,0,1,0,0.1,1.1,10\n"
    scenario = grid_scenario(
        files={"sites.csv": sites, "calls.csv": calls}, demand__recorded_calls="calls.csv"
    )
    assert simulate(scenario).missions["clear_s"].tolist() == pytest.approx([11.8])


def classes(**of_low):
    return [
        {"name": "high", "share": 0.3, "target_s": 300},
        {"name": "mid", "share": 0.3, "target_s": 300},
        {"name": "low", "share": 0.4, "target_s": 300, "siren": False, **of_low},
    ]


LONG = {"called_s": 0, "place": E, "scene_s": 940}  # until 1000


def test_patients_who_give_up_waiting(run_city):
    result = run_city(
        LONG,
        {"called_s": 100, "place": W, "priority": "low"},
        {"called_s": 600, "place": W, "priority": "low"},
        files=ONLY_B,
        demand__priorities=classes(patience=500),
    )
    assert result.calls["state"].tolist() == ["completed", "left", "completed"]
    assert result.calls["response_s"].tolist() == pytest.approx([60, nan, 540], nan_ok=True)
    assert result.missions["call"].tolist() == [0, 2]


def test_who_is_being_reached_does_not_give_up(run_city):
    result = run_city(
        {"called_s": 0, "place": W, "priority": "low"},
        files=ONLY_B,
        demand__priorities=classes(patience=199),
    )
    assert result.calls["state"].tolist() == ["completed"]
    assert result.calls["response_s"].tolist() == pytest.approx([200])


def test_who_worsens_is_served_before_later_ones(run_city):
    calls = (
        LONG,
        {"called_s": 100, "place": S, "priority": "mid"},
        {"called_s": 90, "place": W, "priority": "low"},
    )
    unchanged = run_city(*calls, files=ONLY_B, demand__priorities=classes())
    assert unchanged.calls["dispatched_s"].tolist()[1:] == pytest.approx([1244, 1000])
    worse = run_city(*calls, files=ONLY_B, demand__priorities=classes(worsens=700))
    # Called in at 90, it is "mid" from 790 on, and was ready before the other one. It is reached
    # with siren after 48 + 64 s.
    assert worse.calls["dispatched_s"].tolist()[1] == pytest.approx(1000)
    assert worse.calls["arrived_s"].tolist()[1] == pytest.approx(1112)
    assert worse.calls["priority"].tolist()[1] == "low"
    assert worse.calls["final_priority"].tolist()[1] == "mid"


def test_who_is_treated_does_not_worsen(run_city):
    result = run_city(
        {"called_s": 0, "place": W, "priority": "low"},
        files=ONLY_B,
        demand__priorities=classes(worsens=201),
    )
    assert result.calls["final_priority"].tolist() == ["low"]
    assert timeline(result)[0] == pytest.approx((0, 0, True, 0, 60, 200, 300, 300, 440, "home"))
