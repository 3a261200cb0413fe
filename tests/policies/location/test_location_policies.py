"""Where the location policies put a fleet, in a town easy to see."""

import numpy as np
import pytest

from policies.base import InfeasibleError, LocationView, PolicyError
from policies.location.backup_coverage import BackupCoverage
from policies.location.double_standard import DoubleStandard
from policies.location.maximal_covering import MaximalCovering
from policies.location.mexclp import Mexclp
from policies.location.p_center import PCenter
from policies.location.p_median import PMedian
from policies.location.robust import Robust
from policies.location.set_covering import SetCovering

PLACE_S = np.array([0.0, 300, 600, 900])
"""Stations and zones stand together on one road."""


def town(ambulances: int) -> LocationView:
    travel_s = abs(PLACE_S[:, None] - PLACE_S)
    share = np.array([0.5, 0.25, 0.15, 0.1])
    given, busy_s = np.zeros(4, dtype=np.int64), 1800 + travel_s
    return LocationView(ambulances, given, share, travel_s, calls_per_hour=2.0, busy_s=busy_s)


@pytest.mark.parametrize(
    ("policy", "placed"),
    [
        (SetCovering(300), 2),
        (MaximalCovering(sites=1, target_s=300), [0, 4, 0, 0]),
        (MaximalCovering(sites=2, target_s=10), [2, 2, 0, 0]),
        (Mexclp(0.5, 10), [2, 1, 1, 0]),
        (PMedian(1), [4, 0, 0, 0]),
        (PMedian(2), [3, 0, 1, 0]),
        (PCenter(2), 2),
        (DoubleStandard(300, 900), 4),
        (BackupCoverage(2, 300), 2),
    ],
)
def test_four_ambulances(policy, placed) -> None:
    """Where more than one answer is best, only the number of stations is known."""
    answer = policy.place(town(4))
    assert sum(answer) == 4
    if isinstance(placed, list):
        assert answer == placed


def test_robust_gives_more_to_where_more_happens() -> None:
    answer = Robust(target_s=600).place(town(12))
    assert sum(answer) == 12
    assert answer[0] == max(answer)


def test_robust_pools_demand_where_stations_are_dear() -> None:
    many = Robust(station_cost_per_day=0).place(town(12))
    one = Robust(station_cost_per_day=1e6).place(town(12))
    assert np.count_nonzero(one) == 1
    assert np.count_nonzero(many) > 1


def test_fewer_ambulances_than_stations_needed_is_told() -> None:
    message = "4 stations are needed, and there are 3 ambulances: 1 short"
    with pytest.raises(InfeasibleError, match=message):
        SetCovering(10).place(town(3))


def test_all_bad_parameters_of_robust_at_once() -> None:
    with pytest.raises(PolicyError) as error:
        Robust(0.3, 0, -1, 0, 2, -5, 0)
    assert str(error.value) == (
        "protection must be from 0.5 to below 1, got 0.3; "
        "busy_fraction must be above 0 and below 1, got 0; target_s must be above 0, got -1; "
        "job_s must be above 0, got 0; weight must be from 0 to 1, got 2; "
        "station_cost_per_day must be >= 0, got -5; time_limit_s must be above 0, got 0"
    )
