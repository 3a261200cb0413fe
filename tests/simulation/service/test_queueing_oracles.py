"""Theory of queues against runs: waits, losses and workloads within their 99 % intervals.

The scenarios and closed forms stand in ``benchmarks/validation/queueing.py``, which prints the same
comparison at length; here the closed forms are held to published values first.
"""

import pytest

from benchmarks.validation.check import Runs
from benchmarks.validation.formulas import (
    cobham_waits_s,
    erlang_a,
    erlang_b,
    erlang_c,
    hypercube_of_two,
    mean_wait_s,
    pollaczek_wait_s,
)
from benchmarks.validation.queueing import CASES, grid_city_moments


@pytest.mark.parametrize(
    ("servers", "load", "blocked"),
    [(1, 1, 0.5), (2, 1, 0.2), (5, 3, 0.1101), (10, 5, 0.0184), (20, 12, 0.0098)],
)
def test_erlang_b_as_in_the_tables(servers, load, blocked):
    assert erlang_b(servers, load) == pytest.approx(blocked, abs=5e-5)


@pytest.mark.parametrize(
    ("servers", "load", "waiting"),
    [(1, 0.7, 0.7), (2, 1, 1 / 3), (3, 2, 4 / 9), (10, 8, 0.4092)],
)
def test_erlang_c_as_in_the_tables(servers, load, waiting):
    assert erlang_c(servers, load) == pytest.approx(waiting, abs=5e-5)


def test_erlang_b_stays_exact_for_large_fleets():
    # Heavy traffic: the loss tends to 1 - servers / load.
    assert erlang_b(1000, 4000.0) == pytest.approx(0.75, abs=1e-3)


def test_one_server_three_ways():
    # M/M/1 at load 0.8 waits 4 services; Pollaczek and Khinchine say the same.
    assert mean_wait_s(1, 0.8, 600) == pytest.approx(2400)
    assert pollaczek_wait_s(0.8 / 600, 600, 2 * 600**2) == pytest.approx(2400)
    assert cobham_waits_s(1, (0.8,), 600) == pytest.approx([2400])


def test_urgency_moves_waits_from_class_to_class_but_not_their_sum():
    # Kleinrock's conservation law: the mean wait by load is that of first come, first served.
    loads = (1.2, 0.8, 2.0)
    waits_s = cobham_waits_s(5, loads, 600)
    assert waits_s == sorted(waits_s)
    mean = sum(a * w for a, w in zip(loads, waits_s, strict=True)) / 4
    assert mean == pytest.approx(mean_wait_s(5, 4.0, 600))


def test_a_hypercube_of_two_loses_as_erlang_b_does():
    cube = hypercube_of_two(1.2, 0.7)
    assert cube["lost_share"] == pytest.approx(erlang_b(2, 1.2))
    carried = 1.2 * (1 - cube["lost_share"])
    assert cube["workload S1"] + cube["workload S2"] == pytest.approx(carried)
    even = hypercube_of_two(1.2, 0.5)
    assert even["workload S1"] == pytest.approx(even["workload S2"])


def test_patience_without_end_and_without_delay():
    # Who never gives up waits as in Erlang C; who gives up at once is lost as in Erlang B.
    assert erlang_a(5, 4.0, 1e9)["left_share"] == pytest.approx(0, abs=1e-6)
    assert erlang_a(5, 4.0, 1e9)["utilisation"] == pytest.approx(0.8)
    assert erlang_a(5, 4.0, 1e-9)["left_share"] == pytest.approx(erlang_b(5, 4.0))


def test_patience_as_long_as_the_service():
    # Everybody then leaves at one rate, served or not: M/M/infinity, Poisson with mean 1.5.
    busy = 1 - 2.718281828459045**-1.5
    assert erlang_a(1, 1.5, 1.0)["utilisation"] == pytest.approx(busy)


def test_moments_of_the_grid_city():
    # To the call: 600, 1000, 600 and 1000 m; mean 760 m, at 12.5 m/s for 40 %, 10 m/s for 60 %.
    mean_s, square_s2, to_call_s = grid_city_moments()
    assert to_call_s == pytest.approx(760 * (0.4 / 12.5 + 0.6 / 10))
    # To the hospital 1400, 600, 600 and 200 m; from there home 800 m.
    to_hospital_m = 0.4 * 1400 + 0.3 * 600 + 0.2 * 600 + 0.1 * 200
    home_s = 0.6 * (to_hospital_m / 10 + 200 + 80) + 0.4 * 76
    assert mean_s == pytest.approx(45 + to_call_s + 300 + home_s)
    assert square_s2 > mean_s**2


def assert_all_hold(case, run, widest):
    checks = list(CASES[case](run))
    assert checks
    wrong = [check for check in checks if not check.holds]
    assert not wrong
    for check in checks:  # an interval that holds everything proves nothing
        assert check.half_width < widest * check.expected, check


@pytest.mark.parametrize("case", ["erlang-c-5", "erlang-b-5", "priority-5", "grid-city", "bays-2"])
def test_runs_agree_with_theory(case, tmp_path):
    assert_all_hold(case, Runs(tmp_path, replications=10, calls=1500), widest=0.8)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_long_runs_agree_with_theory(case, tmp_path):
    """Half the calls of ``benchmarks/validation.py``, so intervals wider by the root of two."""
    assert_all_hold(case, Runs(tmp_path, replications=20, calls=4000), widest=0.2 * 2**0.5)
