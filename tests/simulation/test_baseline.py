"""One run with every feature switched on, figure by figure: a change of results must be explained.

The figures were written down from a run, not worked out: they say that nothing has changed, not
that it is right. Where they change on purpose, the failing test shows the new ones, and the change
log says why.
"""

import pytest

from simulation.measures.catalogue import summary
from simulation.model import simulate
from tests.simulation.random_scenarios import (
    BREAKDOWNS,
    CASUALTIES,
    CLOSED_STREETS,
    CONDITIONS,
    EARLY,
    GREEN_WAVE,
    LATE,
    RESPONDERS,
    SITES,
    SLOW_MORNING,
    WITH_BREAK,
)

EXPONENTIAL = {"distribution": "exponential", "mean_s": 600}
EVERYTHING = {
    "seed": 2026,
    "roads__signal_every": 1,
    "signals__active": True,
    "travel__hourly_speed_factors": SLOW_MORNING,
    "run__days": 0.4,
    "run__coverage_every_s": 600.0,
    "demand__calls_per_day": 150,
    "demand__address": "street",
    "demand__on_scene": EXPONENTIAL,
    "demand__handover": EXPONENTIAL,
    "demand__unit_shares": (0.7, 0.3),
    "demand__trip_noise_cv": 0.3,
    "demand__conditions": CONDITIONS,
    "demand__priorities": (
        {"name": "high", "share": 0.3, "target_s": 300, "needs": ("first_aid", "advanced")},
        {"name": "mid", "share": 0.3, "target_s": 600, "worsens": 900},
        {"name": "low", "share": 0.4, "target_s": 900, "siren": False, "worsens": 1500,
         "patience": EXPONENTIAL},
    ),
    "fleet__ambulances": 16,
    "fleet__types": RESPONDERS,
    "fleet__shifts": ({**EARLY, **WITH_BREAK}, LATE),
    "fleet__breakdowns": {**BREAKDOWNS, "mean_hours_between": 8.0},
    "hospitals__bays": 1,
    "hospitals__beds": 10,
    "hospitals__stay": {"distribution": "exponential", "mean_s": 5000},
    "hospitals__divert_when_waiting": 2,
    "dispatch_centre__redispatch": True,
    "policies__hospital": "soonest_handover",
    "policies__relocation": {"use": "dmexclp", "target_s": 60.0},
    "policies__signals": GREEN_WAVE,
    "disruptions": (
        {"kind": "road_closure", "from_hour": 1, "until_hour": 5, **CLOSED_STREETS[0]},
        {"kind": "surge", "from_hour": 3, "until_hour": 4, "factor": 2.5},
        {"kind": "station_closed", "from_hour": 4, "until_hour": 6, "station": "S1"},
        {"kind": "hospital_closed", "from_hour": 2, "until_hour": 3, "hospital": "H1"},
        {**CASUALTIES, "at_hour": 5},
    ),
}  # fmt: skip
EXPECTED = {
    "response_s": 327.93265488729253,
    "in_target_share": 0.7125,
    "utilisation": 0.4715360311150852,
    "calls completed": 66,
    "calls left": 14,
    "missions home": 60,
    "missions sent_on": 42,
    "missions broken_down": 4,
    "missions called_off": 8,
    "missions moved_on": 1,
    "moves": 9,
    "absences": 27,
    "forced greens": 153,
    "cross_red_s": 2132.5569742811026,
    "waiting_bay_s": 18993.122390540375,
    "moving_s": 1989.9068598273861,
    "covered_share": 0.8689655172413792,
    "survival": 0.17134373765575475,
    "metres": 163293.55398406982,
    "last_s": 36238.32507425907,
}


def figures(grid_scenario):
    result = simulate(grid_scenario(files={"sites.csv": SITES}, **EVERYTHING))
    measures = summary(result)
    ends = result.missions["end"].value_counts()
    return {
        **{name: measures[name] for name in ("response_s", "in_target_share", "utilisation")},
        **{f"calls {state}": n for state, n in result.calls["state"].value_counts().items()},
        **{f"missions {end}": n for end, n in ends.items()},
        "moves": len(result.moves),
        "absences": len(result.absences),
        "forced greens": len(result.forced_greens),
        "cross_red_s": result.forced_greens["cross_red_s"].sum(),
        "waiting_bay_s": result.hours["waiting_bay_s"].sum(),
        "moving_s": result.hours["moving_s"].sum(),
        "covered_share": result.coverage["covered_share"].mean(),
        "survival": result.calls["survival"].mean(),
        "metres": result.missions[["to_call_m", "to_hospital_m", "home_m"]].sum().sum(),
        "last_s": result.missions["home_s"].max(),
    }


def test_every_figure_is_as_it_was(grid_scenario):
    assert figures(grid_scenario) == pytest.approx(EXPECTED, rel=1e-9)
