"""What dispatchers expect: from the scenario by hand, and narrowed to what they may do."""

from contextlib import closing

import numpy as np
import pytest

from policies.expected_demand import ExpectedDemand
from simulation.expectations import expected_demand
from simulation.model import EmergencyModel
from tests.conftest import SITES, ZONES

CITY = {
    "demand__calls_per_day": 48,
    "demand__unit_shares": (0.5, 0.5),
    "demand__mobilisation": 30,
    "demand__on_scene": 600,
    "demand__handover": 300,
    "demand__transported_share": 0.25,
    "travel__siren_speed_factor": 1.25,
    "demand__priorities": (
        {"name": "high", "share": 0.4, "target_s": 300, "siren": True},
        {"name": "low", "share": 0.6, "target_s": 300, "siren": False},
    ),
}


def expected(scenario) -> ExpectedDemand:
    with closing(EmergencyModel(scenario)) as model:
        return expected_demand(model.setup, model.vehicles)


def test_times_by_hand(grid_scenario) -> None:
    # S1 at (0, 0), zone B at (800, 0) with hospital H1: 80 s apart, with siren 64 s.
    found = expected(grid_scenario(fleet__available_after="base", **CITY))
    drive_s = 0.4 * 64 + 0.6 * 80
    assert found.drive_s[0, 1] == pytest.approx(drive_s)
    # To the hospital it is no way at all, and home it is 80 s from either place.
    assert found.busy_s[0, 1] == pytest.approx(30 + drive_s + 600 + 0.25 * 300 + 80)
    # Zone A lies at S1; the nearest hospital is 80 s away, from where it is 80 s home.
    assert found.busy_s[0, 0] == pytest.approx(30 + 600 + 0.25 * (80 + 300 + 80))
    clear = expected(grid_scenario(fleet__available_after="clear", **CITY))
    assert clear.busy_s[0, 1] == pytest.approx(30 + drive_s + 600 + 0.25 * 300)


def test_calls_that_need_two_count_twice(grid_scenario) -> None:
    found = expected(grid_scenario(**CITY))
    assert found.calls_per_hour == pytest.approx(1.5 * 2 * np.array([0.4, 0.3, 0.2, 0.1]))
    assert found.ambulances.tolist() == [1, 1]


def test_slow_hours_count_by_their_calls(grid_scenario) -> None:
    speed = [0.5] * 12 + [1.0] * 12
    all_at_night = [1.0] * 12 + [0.0] * 12
    plain = expected(grid_scenario(**CITY))
    slow = expected(grid_scenario(travel__hourly_speed_factors=speed, **CITY))
    slowest = expected(
        grid_scenario(
            travel__hourly_speed_factors=speed, demand__hourly_weights=all_at_night, **CITY
        )
    )
    assert slow.drive_s == pytest.approx(1.5 * plain.drive_s)
    assert slowest.drive_s == pytest.approx(2.0 * plain.drive_s)


def test_arrays_cannot_be_written() -> None:
    one = ExpectedDemand(np.ones(1, int), np.ones(1), np.ones((1, 1)), np.ones((1, 1)))
    with pytest.raises(ValueError, match="read-only"):
        one.calls_per_hour[0] = 2


@pytest.mark.parametrize(
    ("mechanisms", "ambulances", "calls"),
    [
        (["planning", "risk"], [1, 1], [True, True, True, True]),
        (["risk"], [1, 1], [True, False, False, False]),
        (["planning"], [1, 0], [True, False, False, False]),
        ([], [1, 0], [True, False, False, False]),
    ],
)
def test_a_district_looks_as_far_as_it_may(grid_scenario, mechanisms, ambulances, calls) -> None:
    """Planning tells over whose calls one decides, risk whose ambulances one may send."""
    files = {
        "sites.csv": "\n".join(
            f"{line},{district}" for line, district in zip(
                SITES.splitlines(), ["district", "west", "east", "", ""], strict=True
            )
        ),
        "zones.csv": "\n".join(
            f"{line},{district}" for line, district in zip(
                ZONES.splitlines(), ["district", "west", "east", "east", "east"], strict=True
            )
        ),
    }  # fmt: skip
    scenario = grid_scenario(files, coordination__mechanisms=mechanisms)
    with closing(EmergencyModel(scenario)) as model:
        view = model.centre._view
        west = model.calls.table.index[model.calls.table["zone"] == 0]
        view.look_at(next(c for c in model.calls.by_readiness() if c.number in west))
        seen = view.expected_demand
        assert view.expected_demand is seen
    assert seen.ambulances.tolist() == ambulances
    assert (seen.calls_per_hour > 0).tolist() == calls
