"""Closed streets, stations and hospitals, and many casualties, solved by hand."""

import numpy as np
import pytest

from environment.units import HOUR_S
from simulation.model import EmergencyModel, simulate
from tests.simulation import four_streets
from tests.simulation.four_streets import FILES, C, E, S, W, timeline

NODES = {W: 0, C: 1, E: 2}
ONLY_A = {"sites.csv": "site_id,kind,x,y,ambulances\nA,station,-1000,50,1\nH,hospital,0,1025,0\n"}
ONLY_B = {"sites.csv": "site_id,kind,x,y,ambulances\nB,station,1000,0,1\nH,hospital,0,1025,0\n"}
TWO_HOSPITALS = {"sites.csv": ONLY_B["sites.csv"] + "H2,hospital,0,-1000,0\n"}


def closed(kind, from_s, until_s, **what):
    return {"kind": kind, "from_hour": from_s / HOUR_S, "until_hour": until_s / HOUR_S, **what}


def street(one, other, from_s, until_s):
    ends = [[NODES[one], NODES[other]]]
    return closed("road_closure", from_s, until_s, streets=ends, one_way=True)


def moves(result):
    columns = ["ambulance", "reason", "station", "left_s", "ended_s", "metres", "arrived"]
    return [tuple(row) for row in result.moves[columns].itertuples(index=False)]


TO_E = {"called_s": 0, "place": E, "priority": "low"}


def test_a_street_that_is_closed_ahead(run_city):
    result = run_city(TO_E, files=ONLY_A, disruptions=[street(C, E, 100, 1000)])
    # It leaves W at 70 and is at C at 150, where the street to E is closed since 100: on over N,
    # 100 s and 90 s one way. Back E–C–W 140 s and 10 s.
    assert timeline(result) == [pytest.approx((0, 0, True, 0, 60, 340, 440, 440, 590, "home"))]
    assert result.missions["to_call_m"].tolist() == [3500]
    assert result.missions["home_m"].tolist() == [2000]


@pytest.mark.parametrize("from_s", [160, 300])
def test_a_street_that_is_closed_behind(run_city, from_s):
    result = run_city(TO_E, files=ONLY_A, disruptions=[street(C, E, from_s, 1000)])
    assert timeline(result) == [pytest.approx((0, 0, True, 0, 60, 210, 310, 310, 460, "home"))]


def test_a_street_that_opens_again(run_city):
    result = run_city(
        TO_E, {**TO_E, "called_s": 600}, files=ONLY_A, disruptions=[street(C, E, 0, 500)]
    )
    assert result.missions["to_call_m"].tolist() == [3500, 2000]
    assert result.missions["arrived_s"].tolist() == pytest.approx([340, 810])


def test_while_it_still_is_at_its_station(run_city):
    result = run_city(TO_E, files=ONLY_A, disruptions=[street(C, E, 30, 1000)])
    assert timeline(result)[0][:6] == pytest.approx((0, 0, True, 0, 60, 340))
    assert result.missions["to_call_m"].tolist() == [3500]


def test_a_street_that_is_closed_on_the_way_home(run_city):
    result = run_city(
        {"called_s": 0, "place": W}, files=ONLY_B, disruptions=[street(C, E, 300, 1000)]
    )
    # Clear at W at 60 + 112 + 100, it is at C at 352: over N to E.
    assert timeline(result) == [pytest.approx((0, 0, True, 0, 60, 172, 272, 272, 542, "home"))]
    assert result.missions["home_m"].tolist() == [3500]


def test_metres_of_a_way_whose_beginning_is_closed_behind(grid_scenario):
    """Bug: who turned off such a way was taken to have come round by the detour."""
    files = {
        "sites.csv": "site_id,kind,x,y,ambulances\nS,station,800,0,1\nH,hospital,800,800,0\n",
        "calls.csv": (
            "called_s,x,y,priority,transported,dispatch_delay_s,mobilisation_s,scene_s\n"
            "0,0,0,high,0,0,0,36,0\n150,800,400,high,0,0,0,10,0\n"
        ).replace(",0\n", "\n"),
    }
    result = simulate(
        grid_scenario(
            files=files,
            demand__recorded_calls="calls.csv",
            disruptions=[closed("road_closure", 120, 3000, streets=[[0, 1]])],
        )
    )
    # 800 m with siren 64 s, 36 s there: back from 100 on at 10 m/s. At 150 it is half-way between
    # the third and the fourth junction; the street closed at 120 lies behind it.
    missions = result.missions
    assert missions["home_s"].tolist()[0] == pytest.approx(150)
    assert missions["home_m"].tolist()[0] == pytest.approx(600)
    assert missions["arrived_s"].tolist()[1] == pytest.approx(160 + 600 / 12.5)


def test_a_station_that_closes_and_opens(run_city):
    result = run_city(
        {"called_s": 5000, "place": S},
        disruptions=[closed("station_closed", 100, 1000, station="A")],
    )
    assert moves(result) == [
        (0, "station_closed", "B", 100, pytest.approx(250), 2000, True),
        (0, "to_own_station", "A", 1000, pytest.approx(1150), 2000, True),
    ]


def test_a_station_that_is_closed_twice_at_a_time(run_city):
    """Bug: the end of the first closure opened it."""
    twice = [closed("station_closed", *times, station="A") for times in ((100, 500), (300, 1000))]
    result = run_city({"called_s": 5000, "place": S}, disruptions=twice)
    assert [move[:5] for move in moves(result)] == [
        (0, "station_closed", "B", 100, pytest.approx(250)),
        (0, "to_own_station", "A", 1000, pytest.approx(1150)),
    ]


def test_a_hospital_that_is_closed_twice_at_a_time(run_city):
    """Bug: the end of the first closure opened it."""
    twice = [closed("hospital_closed", *t, hospital="H") for t in ((0, 500), (300, 1000))]
    result = run_city(
        {"called_s": 600, "place": C, "transported": 1}, files=TWO_HOSPITALS, disruptions=twice
    )
    assert result.missions["hospital"].tolist() == ["H2"]


def test_a_crew_whose_station_closes_while_it_is_away(run_city):
    result = run_city(
        {"called_s": 0, "place": W},
        disruptions=[closed("station_closed", 100, 1000, station="A")],
    )
    # Clear at W at 170, it drives to B: 140 s. From there back at 1000.
    assert timeline(result) == [pytest.approx((0, 0, True, 0, 60, 70, 170, 170, 310, "home"))]
    assert moves(result) == [(0, "to_own_station", "A", 1000, pytest.approx(1150), 2000, True)]


def test_a_crew_that_was_away_when_its_station_opened_comes_home(run_city):
    """Bug: sent only from a station, it stayed at the other one until its next call."""
    result = run_city(
        {"called_s": 0, "place": W},
        fleet__available_after="base",
        disruptions=[closed("station_closed", 100, 200, station="A")],
    )
    assert timeline(result) == [pytest.approx((0, 0, True, 0, 60, 70, 170, 170, 310, "home"))]
    assert moves(result) == [
        (0, "to_own_station", "A", pytest.approx(310), pytest.approx(460), 2000, True)
    ]


def test_a_crew_on_its_way_to_a_station_that_closes(run_city):
    result = run_city(
        {"called_s": 0, "place": C, "scene_s": 10},
        files=ONLY_B | {"sites.csv": FILES["sites.csv"]},
        disruptions=[closed("station_closed", 150, 1000, station="B")],
    )
    # There at 108, clear at 118, bound for B. At 150 it is on C–E: it turns at E, and is there
    # at 178 whatever happens; from there to A.
    first = timeline(result)[0]
    assert first[:8] == pytest.approx((0, 1, True, 0, 60, 108, 118, 118))
    assert first[8:] == (pytest.approx(150), "moved_on")
    away, back = moves(result)
    assert away == (1, "station_closed", "A", pytest.approx(150), pytest.approx(328), 2000, True)
    assert back == (1, "to_own_station", "B", 1000, pytest.approx(1150), 2000, True)


def test_a_hospital_that_closes_ahead(run_city):
    result = run_city(
        {"called_s": 0, "place": C, "transported": 1},
        files=TWO_HOSPITALS,
        disruptions=[closed("hospital_closed", 250, 1000, hospital="H")],
    )
    # It leaves C at 208 for N. At 250 it is under way and turns at N at 308: N–C–S 220 s.
    missions = result.missions
    assert missions["hospital"].tolist() == ["H2"]
    assert missions["at_hospital_s"].tolist() == pytest.approx([528])
    assert missions["to_hospital_m"].tolist() == [3000]


def test_a_hospital_that_is_closed(run_city):
    calls = [{"called_s": t, "place": C, "transported": 1} for t in (0, 2000)]
    result = run_city(
        *calls, files=TWO_HOSPITALS,
        disruptions=[closed("hospital_closed", 0, 1000, hospital="H")],
    )  # fmt: skip
    assert result.missions["hospital"].tolist() == ["H2", "H"]


def test_patients_in_a_hospital_that_closes_stay(run_city):
    result = run_city(
        {"called_s": 0, "place": C, "transported": 1},
        files=TWO_HOSPITALS,
        disruptions=[closed("hospital_closed", 320, 1000, hospital="H")],
    )
    assert result.missions["hospital"].tolist() == ["H"]
    assert result.missions["clear_s"].tolist() == pytest.approx([413])


def casualties(count, **more):
    return {
        "kind": "mass_casualty", "at_hour": 0, "x": 0, "y": 0, "casualties": count,
        "triage": {"high": 0.5, "low": 0.5}, "reported_as": "high", "triage_s": 45,
        "transported_share": 0, **more,
    }  # fmt: skip


@pytest.fixture
def incident(files_in):
    """A run with casualties at C, one ambulance at B, and a call at the far end of the day."""

    def run(*disruptions, scene_s, sites=ONLY_B):
        files = sites | {"calls.csv": four_streets.records({"called_s": 40_000, "place": E})}
        values = {
            "disruptions": disruptions,
            "demand.dispatch_delay": 0,
            "demand.on_scene": scene_s,
        }
        model = EmergencyModel(four_streets.city(files_in, files).changed(values))
        return model.run(), model.calls.table

    return run


def test_casualties_one_after_another(incident):
    result, table = incident(casualties(6), scene_s=400)
    # The crew is at the first casualty (call 1) at 108; triage ends at 108 + 6 · 45 = 378, before
    # it is clear at 508. Then the others, those who are "high" first, each for 400 s.
    true = table["triage_priority"]
    rest = sorted(range(2, 7), key=lambda call: (true[call], call))
    missions = result.missions[result.missions["call"] > 0]
    assert missions["call"].tolist() == [1, *rest]
    assert missions["arrived_s"].tolist() == pytest.approx(108 + 400 * np.arange(6))
    assert result.calls["priority"].tolist()[1:] == ["high"] * 6
    final = ["high" if true[call] == 0 else "low" for call in range(1, 7)]
    assert result.calls["final_priority"].tolist()[1:] == final
    assert sorted(final) == ["high"] * 3 + ["low"] * 3
    assert result.calls["incident"].tolist() == [-1, *[0] * 6]


def test_before_triage_all_are_alike(incident):
    result, table = incident(casualties(6, triage_s=100), scene_s=151)
    # Clear at 259, when only casualty 1 has been triaged (208); 2 is next whatever it has. At 410
    # 2 and 3 are known (308, 408), then one more every 100 s.
    true = table["triage_priority"]
    waiting, order, now_s = set(range(3, 7)), [1, 2], 410
    while waiting:
        known = {call: true[call] if 108 + 100 * call <= now_s else 0 for call in waiting}
        order.append(min(waiting, key=lambda call: (known[call], call)))
        waiting.remove(order[-1])
        now_s += 151
    missions = result.missions[result.missions["call"] > 0]
    assert missions["call"].tolist() == order


def test_triage_begins_when_a_crew_that_came_round_arrives(incident):
    """Bug: nobody was triaged if closed streets held up the first crew."""
    result, table = incident(
        casualties(4, x=1000), street(C, E, 100, 2000), scene_s=700, sites=ONLY_A
    )
    # At C at 134 it goes on over N, and is at E at 286.
    assert result.missions["arrived_s"].tolist()[0] == pytest.approx(286)
    true = table["triage_priority"]
    final = ["high" if true[call] == 0 else "low" for call in range(1, 5)]
    assert result.calls["final_priority"].tolist()[1:] == final
