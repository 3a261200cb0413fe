"""Green waves in whole runs: one street with lights at every crossing, solved beside the run.

One siren drives 1 km eastwards at 12.5 m/s and passes four lights, 16 s apart; the light at the
end of its way is not passed.
"""

import numpy as np
import pytest

from simulation.model import EmergencyModel

SITES = "site_id,kind,x,y,ambulances\nS,station,0,0,1\nH,hospital,0,200,0\n"
ZONES = "zone_id,x,y,demand_share\nZ,1000,0,1\n"
HEADER = "called_s,x,y,priority,transported,dispatch_delay_s,mobilisation_s,scene_s\n"
STEP_S = 0.01


@pytest.fixture
def street(grid_scenario):
    def run(called_s, signals="fixed", **changes):
        rows = "".join(f"{moment},1000,0,high,0,0,10,0\n" for moment in called_s)
        model = EmergencyModel(
            grid_scenario(
                files={"sites.csv": SITES, "zones.csv": ZONES, "calls.csv": HEADER + rows},
                roads={
                    "source": "plane_grid", "rows": 2, "columns": 6, "speed_kph": 36,
                    "signal_every": 1,
                },
                signals__active=True,
                demand__recorded_calls="calls.csv",
                policies__signals=signals,
                **changes,
            )
        )  # fmt: skip
        return model, model.run()

    return run


def eastward(model):
    """The approaches to the four lights, with the plan of each: cycle, begin of green, green."""
    roads, lights = model.area.city.roads, model.area.driving.lights
    for junction in range(1, 5):
        piece = int(np.flatnonzero((roads.tail == junction - 1) & (roads.head == junction))[0])
        plan = (lights.cycle_s[piece], lights.green_from_s[piece], lights.green_s[piece])
        yield int(lights.light[piece]), plan


def red_left_s(plan, moment_s):
    cycle_s, green_from_s, green_s = plan
    since_green_s = (moment_s - green_from_s) % cycle_s
    return 0.0 if since_green_s < green_s else cycle_s - since_green_s


def is_red(plan, moments_s):
    cycle_s, green_from_s, green_s = plan
    return (moments_s - green_from_s) % cycle_s >= green_s


CALLED_S = [600.0 * k + 7 * k for k in range(20)]


def test_without_green_wave_a_siren_loses_a_little_at_red(street):
    model, result = street(CALLED_S, signals__siren_delay_s=5)
    for mission in result.missions.itertuples():
        now_s = mission.departed_s
        for _, plan in eastward(model):
            now_s += 16
            now_s += min(5, red_left_s(plan, now_s))
        assert mission.arrived_s == pytest.approx(now_s + 16)
    assert len(result.forced_greens) == 0


def test_a_green_wave_that_asks_early_enough_lets_nobody_wait(street):
    # Asked 400 m ahead, 32 s, but at the first light only 16 s: all more than the 4 s to switch.
    model, result = street(CALLED_S, {"use": "green_wave", "distance_m": 400})
    assert result.missions["arrived_s"].tolist() == pytest.approx(
        (result.missions["departed_s"] + 5 * 16).tolist()
    )
    greens = iter(result.forced_greens.sort_values(["call", "until_s"]).itertuples())
    for mission in result.missions.itertuples():
        expected = []
        for number, (light, plan) in enumerate(eastward(model), start=1):
            passed_s = mission.departed_s + 16 * number
            asked_s = max(mission.departed_s, passed_s - 32)
            green_s = asked_s + min(4, red_left_s(plan, asked_s))
            moments_s = np.arange(green_s, passed_s, STEP_S)
            red_s = STEP_S * is_red(plan, moments_s).sum()
            if red_s > 2 * STEP_S:
                expected.append((passed_s, green_s, red_s, light))
        for until_s, from_s, red_s, light in expected:
            row = next(greens)
            assert (row.call, row.ambulance, row.light) == (mission.call, 0, light)
            assert row.from_s == pytest.approx(from_s)
            assert row.until_s == pytest.approx(until_s)
            assert row.cross_red_s == pytest.approx(red_s, abs=2 * STEP_S)
    assert next(greens, None) is None


def test_vehicles_held_up_are_cross_red_times_cross_flow(street):
    wave = {"use": "green_wave", "distance_m": 400}
    _, result = street(CALLED_S, wave, signals__flow_per_hour={"unclassified": 240})
    greens = result.forced_greens
    # The crossing street is closed on its far sides: one piece comes to each light.
    assert greens["held_vehicles"].to_numpy() == pytest.approx(
        greens["cross_red_s"].to_numpy() * 240 / 3600
    )


def test_lights_that_are_not_equipped_are_not_switched(street):
    model, result = street(
        CALLED_S, {"use": "green_wave", "distance_m": 400}, signals__equipped_junctions=(2,)
    )
    second = list(eastward(model))[1][0]
    assert set(result.forced_greens["light"]) == {second}


def test_a_wave_of_no_distance_changes_nothing(street):
    _, plain = street(CALLED_S)
    _, nothing = street(CALLED_S, {"use": "green_wave", "distance_m": 0})
    assert plain.missions.equals(nothing.missions)
    assert len(nothing.forced_greens) == 0


def test_a_crew_called_off_gives_back_what_lies_ahead(grid_scenario):
    """It turns off between the second and the third light: those after it keep their cycles."""
    files = {
        "sites.csv": SITES,
        "zones.csv": ZONES,
        "calls.csv": HEADER + "0,1000,0,low,0,0,10,0\n45,400,200,high,0,0,10,0\n",
    }
    priorities = [
        {"name": "high", "share": 0.5, "target_s": 300},
        {"name": "low", "share": 0.5, "target_s": 300},
    ]
    model = EmergencyModel(
        grid_scenario(
            files=files,
            roads={
                "source": "plane_grid", "rows": 2, "columns": 6, "speed_kph": 36,
                "signal_every": 1,
            },
            signals__active=True,
            demand__recorded_calls="calls.csv",
            demand__priorities=priorities,
            dispatch_centre__redispatch=True,
            policies__signals={"use": "green_wave", "distance_m": 400},
        )
    )  # fmt: skip
    result = model.run()
    # It left at 10 and passed the second light at 42; at 45 it is called off.
    greens = result.forced_greens
    first = greens[(greens["call"] == 0) & (greens["from_s"] < result.missions["home_s"].iloc[1])]
    assert result.missions["end"].tolist()[0] == "called_off"
    assert (first["until_s"] <= 45 + 1e-9).all()
    assert (first["from_s"] < 45).all()
