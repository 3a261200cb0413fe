"""Where the location policies put a fleet, in a town easy to see."""

import numpy as np
import pytest

from policies.base import InfeasibleError, LocationView, PolicyError
from policies.location.demand_share import DemandShare
from policies.location.robust import Robust
from policies.siting.covering.backup_coverage import BackupCoverage
from policies.siting.covering.double_standard import DoubleStandard
from policies.siting.covering.maximal_covering import MaximalCovering
from policies.siting.covering.mexclp import Mexclp, busy_at_once, busy_fraction
from policies.siting.covering.p_center import PCenter
from policies.siting.covering.p_median import PMedian
from policies.siting.covering.set_covering import SetCovering

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


def test_a_zone_without_calls_keeps_nobody_busy_however_long_a_job_took() -> None:
    view = town(4)
    nobody = view.demand_share * (np.arange(len(view.demand_share)) > 0)
    busy_s = view.busy_s.copy()
    busy_s[:, 0] = np.inf
    load = busy_at_once(view._replace(demand_share=nobody, busy_s=busy_s))
    assert load[0] == 0
    assert np.isfinite(load).all()


def test_what_the_view_expects_is_taken() -> None:
    """2 calls an hour of half an hour each keep one ambulance busy: a quarter of four."""
    view = town(4)
    assert busy_at_once(view) == pytest.approx(2.0 * view.demand_share * 0.5)
    assert busy_fraction(view) == pytest.approx(0.25)
    assert Mexclp(target_s=10).place(view) == Mexclp(0.25, 10).place(view)
    assert Mexclp(0.95, 10).place(view) != Mexclp(target_s=10).place(view)
    problem = Robust().problem(view)
    assert problem.simultaneous_calls == pytest.approx(view.demand_share)
    assert problem.calls_per_day == pytest.approx(48 * view.demand_share)
    given = Robust(busy_fraction=0.5, job_s=3600).problem(view)
    assert given.simultaneous_calls == pytest.approx(2 * view.demand_share)
    assert given.calls_per_day == pytest.approx(48 * view.demand_share)


def test_a_fleet_can_be_no_busier_than_always() -> None:
    assert busy_fraction(town(4)._replace(calls_per_hour=100.0)) == 0.99


def test_robust_where_nobody_calls() -> None:
    view = town(4)._replace(calls_per_hour=0.0)
    assert Robust().place(view) == DemandShare().place(view)


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
