"""A city of four streets, solved by hand: every time of every mission; see `four_streets`."""

import pytest

from simulation.measures.service import by_priority
from simulation.model import simulate
from simulation.preparation import prepare
from tests.simulation import four_streets
from tests.simulation.four_streets import C, E, W, timeline

CALLS = {
    "calls.csv": (
        "called_s,x,y,priority,units,transported,dispatch_delay_s,mobilisation_s,scene_s,handover_s\n"
        "0,30,-1000,high,1,1,20,60,300,60\n"  # call 0: 30 m from S, 6 s
        "100,-1000,0,low,1,0,20,30,400,0\n"  # call 1: at W
        "200,1000,0,low,1,0,20,45,50,0\n"  # call 2: at E
        "300,0,40,high,1,0,20,60,100,0\n"  # call 3: 40 m from C, 8 s
        "850,0,-1010,high,1,1,30,60,100,100\n"  # call 4: 10 m from S, 2 s
    ),
}


@pytest.fixture(scope="module")
def city(files_in):
    return four_streets.city(files_in, CALLS)


def test_every_time_of_every_mission(city):
    result = simulate(city)
    expected = [
        # Call 1, ready at 120, at W. Ambulance 1 is away; 0 takes 30 s to leave and 10 s to W.
        # 400 s later it leaves the patient and is at W already.
        (1, 0, True, 120, 150, 160, 560, 560, 560, "sent_on"),
        # Calls 2 (ready at 220) and 3 (at 320) wait. At 560 call 3 is served: it is urgent.
        # No mobilisation; W–C with siren 64 s, then 8 s off the road.
        (3, 0, False, 560, 560, 632, 732, 732, 732, "sent_on"),
        # At 732 call 2 is served: 8 s back to C, C–E without siren 60 s.
        (2, 0, False, 732, 732, 800, 850, 850, 880, "sent_on"),
        # Ambulance 0 leaves E at 850 and would be at C at 910, at W at 990. At 880 call 4 is ready.
        # Ambulance 0 turns at C: 30 + 96 = 126 s. Ambulance 1 is on its way from N to E until 916:
        # 36 + 48 + 96 = 180 s. So 0: at S at 910 + 96 = 1006, then 2 s off the road.
        # 1108 + 2 + 220 + 5 = 1335 at the hospital, 1435 clear; home 5 + 100 + 80 + 10 later.
        (4, 0, False, 880, 880, 1008, 1108, 1435, 1630, "home"),
        # Call 0, ready at 20. From A 60 + 10 + 64 + 96 = 230 s, from B 60 + 48 + 96 = 204 s: B.
        # Leaves at 80, there at 80 + 144 + 6 = 230. From the scene at 530, 6 + 120 + 100 + 5 s:
        # at the hospital at 761, clear at 821. Back to N 5 s, then N–E one way 90 s: home at 916.
        (0, 1, True, 20, 80, 230, 530, 821, 916, "home"),
    ]
    assert timeline(result) == [pytest.approx(row) for row in expected]


def test_hospitals_and_places_and_metres(city):
    missions = simulate(city).missions.set_index("call").sort_index()
    roads = prepare(city).city.roads
    begins = [(roads.x[node], roads.y[node]) for node in missions["from_node"]]
    assert begins == [E, W, C, W, C]
    assert missions["at_hospital_s"].dropna().to_dict() == {0: 761, 4: 1335}
    assert missions["hospital"].dropna().to_dict() == {0: "H", 4: "H"}
    assert missions["station"].tolist() == ["B", "A", "A", "A", "A"]
    assert missions["to_call_m"].tolist() == [2000, 0, 1000, 1000, 1000]
    assert missions["to_hospital_m"].tolist() == [2000, 0, 0, 0, 2000]
    # After call 2 it had driven from E to C when it turned; after calls 1 and 3 nothing at all.
    assert missions["home_m"].tolist() == [1500, 0, 1000, 0, 2000]


def test_calls_as_their_callers_see_them(city):
    calls = simulate(city).calls
    assert calls["zone"].tolist() == ["south", "west", "east", "centre", "south"]
    assert calls["state"].tolist() == ["completed"] * 5
    assert calls["ready_s"].tolist() == [20, 120, 220, 320, 880]
    assert calls["access_s"].tolist() == pytest.approx([6, 0, 0, 8, 2])
    assert calls["response_s"].tolist() == pytest.approx([230, 60, 600, 332, 158])
    assert calls["wait_s"].tolist() == pytest.approx([0, 0, 512, 240, 0], abs=1e-9)
    assert calls["in_target"].tolist() == [True, True, False, False, True]


def test_summary(city):
    result = simulate(city)
    measures = result.summary
    assert measures["response_s"] == pytest.approx(1380 / 5)
    assert measures["response_median_s"] == pytest.approx(230)
    assert measures["response_s[high]"] == pytest.approx((230 + 332 + 158) / 3)
    assert measures["in_target_share"] == pytest.approx(3 / 5)
    assert measures["in_target_share[low]"] == pytest.approx(1 / 2)
    assert measures["wait_s"] == pytest.approx(752 / 5)
    assert measures["waiting_share"] == pytest.approx(2 / 5)
    assert measures["km_per_call"] == pytest.approx((5.5 + 0 + 2 + 1 + 5) / 5)
    # Ambulance 0 is out from 120 to 1630, ambulance 1 from 20 to 916, of 12 hours each.
    assert measures["utilisation"] == pytest.approx((1510 + 896) / (2 * 12 * 3600))
    assert by_priority(result.calls)["calls"].to_dict() == {"high": 3, "low": 2}


def test_first_come_first_served(city):
    result = simulate(city.changed({"dispatch_centre.queue": "first-come"}))
    calls = result.calls.set_index("call")
    # At 560 call 2 is served first: W–C–E without siren, 140 s. It is clear at 750 at E;
    # call 3 then: E–C with siren 48 s, 8 s off the road.
    assert calls.loc[2, "arrived_s"] == pytest.approx(700)
    assert calls.loc[3, "dispatched_s"] == pytest.approx(750)
    assert calls.loc[3, "arrived_s"] == pytest.approx(806)


def test_calls_that_find_everybody_busy_are_lost(city):
    calls = simulate(city.changed({"dispatch_centre.when_busy": "lose"})).calls
    assert calls["state"].tolist() == ["completed", "completed", "lost", "lost", "completed"]
    assert calls["response_s"].isna().tolist() == [False, False, True, True, False]
    # At 880 ambulance 0 stands at A (60 + 10 + 160 s); 1 is 36 s from E (36 + 144 s): it goes,
    # and is there at 880 + 180 + 2.
    assert calls["ambulance"].tolist()[4] == 1
    assert calls["arrived_s"].tolist()[4] == pytest.approx(1062)


def test_ambulances_that_must_come_home_first(city):
    result = simulate(city.changed({"fleet.available_after": "base"}))
    expected = [
        (1, 0, True, 120, 150, 160, 560, 560, 570, "home"),
        # Call 3 from A at 570: 60 s to leave, 10 + 64 + 8 s; home 8 + 80 + 10 s after 812.
        (3, 0, True, 570, 630, 712, 812, 812, 910, "home"),
        # At 910 call 4 is served before call 2: 60 s, 10 + 160 + 2 s. 1242 + 2 + 220 + 5 = 1469,
        # 1569 clear, 5 + 180 + 10 s home.
        (4, 0, True, 910, 970, 1142, 1242, 1569, 1764, "home"),
        (0, 1, True, 20, 80, 230, 530, 821, 916, "home"),
        # At 916 ambulance 1 is home: call 2 at E, after 45 s.
        (2, 1, True, 916, 961, 961, 1011, 1011, 1011, "home"),
    ]
    assert timeline(result) == [pytest.approx(row) for row in expected]


def test_each_district_for_itself(city):
    # South and centre are reached first from B (144 and 48 s; from A 170 and 74 s), so calls 0,
    # 2, 3 and 4 are all for ambulance 1, urgent ones first.
    result = simulate(city.changed({"policies.dispatch": "district_only"}))
    expected = [
        (1, 0, True, 120, 150, 160, 560, 560, 570, "home"),
        (0, 1, True, 20, 80, 230, 530, 821, 821, "sent_on"),
        # 5 s back to N, N–C with siren 80 s, 8 s.
        (3, 1, False, 821, 821, 914, 1014, 1014, 1014, "sent_on"),
        # 8 s back to C, C–S with siren 96 s, 2 s; then 2 + 220 + 5 s and 100 s.
        (4, 1, False, 1014, 1014, 1120, 1220, 1547, 1547, "sent_on"),
        # 5 s back to N, N–E without siren 90 s.
        (2, 1, False, 1547, 1547, 1642, 1692, 1692, 1692, "home"),
    ]
    assert timeline(result) == [pytest.approx(row) for row in expected]


def test_a_crew_between_its_last_junction_and_its_station_drives_back(files_in):
    """Bug: from off the road it used to be back at the junction in no time."""
    header = CALLS["calls.csv"].splitlines()[0]
    rows = "0,-1000,0,high,1,0,0,60,100,0\n176,0,0,high,1,0,0,60,10,0\n"
    missions = simulate(four_streets.city(files_in, {"calls.csv": f"{header}\n{rows}"})).missions
    # Clear at W at 170, at A at 180. At 176 it is 6 s from W, and needs 6 s back: 6 + 64 s to C.
    assert missions["clear_s"].tolist() == pytest.approx([170, 256])
    assert missions["arrived_s"].tolist() == pytest.approx([70, 176 + 6 + 64])


@pytest.mark.parametrize("delay_s", [0.0, 0.1, 0.7])
def test_calls_at_the_same_moment(files_in, delay_s):
    """Bug: the clock, a hair past a moment that two calls share, was to be turned back."""
    moments = [0.1, *[round(0.1 + 313.7 * k, 1) for k in range(1, 40) for _ in range(3)]]
    rows = "".join(f"{moment},0,0,{delay_s}\n" for moment in moments)
    record = {"calls.csv": f"called_s,x,y,dispatch_delay_s\n{rows}"}
    calls = simulate(four_streets.city(files_in, record)).calls
    assert calls["state"].eq("completed").all()
    assert (calls["wait_s"] > -1e-6).all()


def test_off_the_road_a_siren_may_be_faster(city):
    """At 36 km/h call 0 is reached 3 s sooner and call 3 4 s sooner; call 1 gets no siren."""
    places = city.places.model_copy(update={"siren_access_kph": 36.0})
    missions = simulate(city.model_copy(update={"places": places})).missions.set_index("call")
    assert missions["arrived_s"][[0, 1, 3]].tolist() == pytest.approx([227, 160, 628])
    assert missions["at_hospital_s"][0] == pytest.approx(758)  # to hospital without siren
