"""Features that are switched on with values that make them void: the run stays bit for bit."""

import pandas as pd
import pytest
from hypothesis import given, settings

from tests.simulation.full_service import FullRun
from tests.simulation.random_scenarios import everything, some_runs

LATE = {"from_hour": 5.0, "until_hour": 5.2}
VOID = {
    "one class to call off for": {"dispatch_centre__redispatch": True},
    "a table of nothing but home": {
        "policies__relocation": {"use": "compliance_table", "table": {"99": ["S1"]}}
    },
    "waves of no distance": {"policies__signals": {"use": "green_wave", "distance_m": 0}},
    "no light that can be switched": {
        "policies__signals": {"use": "green_wave", "distance_m": 300},
        "signals__equipped_share": 0,
    },
    "shifts of all day": {"fleet__shifts": ({"name": "all day", "hours": 24},)},
    "a break that is never due": {
        "fleet__shifts": ({"name": "all day", "break_after_hours": 23, "break_s": 60},)
    },
    "no breakdown in a lifetime": {"fleet__breakdowns": {"mean_hours_between": 1e6}},
    "types that are alike": {
        "fleet__types": ({"name": "one", "share": 0.5}, {"name": "other", "share": 0.5})
    },
    "skills that nobody asks for": {
        "fleet__types": (
            {"name": "one", "share": 0.5, "skills": ("advanced",)},
            {"name": "other", "share": 0.5},
        )
    },
    "bays for all": {"hospitals__bays": 100, "hospitals__divert_when_waiting": 1},
    "beds for all": {"hospitals__beds": 1000},
    "patience without end": {"patience": 1e7},
    "worsening long after": {"worsens": 1e7},
    "conditions that change nothing": {
        "demand__conditions": ({"name": "arrest", "shares": {"high": 0.5}, "survival": "de_maio"},)
    },
    "a surge by nothing": {"disruptions": ({"kind": "surge", "factor": 1, **LATE},)},
    "coverage is only looked at": {"run__coverage_every_s": 500.0},
}
"""Features that are switched on and change nothing."""

OFF = {
    "dispatch_centre__redispatch": False,
    "policies__relocation": "home",
    "policies__signals": "fixed",
    "fleet__shifts": (),
    "fleet__breakdowns": None,
    "hospitals__bays": None,
    "hospitals__beds": None,
    "hospitals__divert_when_waiting": None,
    "demand__conditions": (),
    "run__coverage_every_s": None,
    "disruptions": (),
}


@pytest.mark.parametrize("name", VOID)
@given(features=everything())
@settings(some_runs, max_examples=4)
def test_what_has_no_effect_changes_nothing(grid_scenario, name, features):
    classes = [{"name": "high", "share": 1.0, "target_s": 300}]
    if name == "worsening long after":
        classes = [{**classes[0], "share": 0.5}, {"name": "low", "share": 0.5, "target_s": 900}]
    off = {**features, **OFF, "demand__priorities": classes}
    off.pop("fleet__types", None)
    on = dict(VOID[name])
    for course in {"patience", "worsens"} & set(on):
        changed = {**classes[-1], course: on.pop(course)}
        on["demand__priorities"] = [*classes[:-1], changed]
    if name == "no light that can be switched":
        off["signals__equipped_share"] = 0
    plain, void = FullRun(grid_scenario, off).result, FullRun(grid_scenario, {**off, **on}).result
    told = ["condition", "survival"]  # which say what patients have, whatever is done for them
    pd.testing.assert_frame_equal(
        plain.calls.drop(columns=told), void.calls.drop(columns=told), check_exact=True
    )
    for table in ("missions", "moves", "forced_greens", "hours"):
        pd.testing.assert_frame_equal(
            getattr(plain, table), getattr(void, table), check_exact=True, obj=table
        )
