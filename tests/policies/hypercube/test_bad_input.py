"""What is said of mistakes."""

import numpy as np
import pytest

from policies.base import InfeasibleError, PolicyError
from policies.hypercube import (
    HypercubeSystem,
    gini,
    preferences_by_time,
    solve,
    solve_many,
    solve_placements,
)

GOOD = {
    "calls_per_hour": [1.0, 2.0],
    "travel_s": [[60.0, 90.0], [80.0, 70.0], [50.0, 40.0]],
    "preferences": [[0, 1], [1, 2]],
    "service_s": 3600.0,
}
WEIGHTED = {"preferences": [[[0, 1], [1, 0]], [[1, 2], [2, 1]]]}
EVERYONE = {"preferences": [[0, 1, 2], [1, 2, 0]]}
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"calls_per_hour": [[1, 2]]}, "one number a demand point, got shape (1, 2)"),
        ({"calls_per_hour": []}, "one number a demand point, got shape (0,)"),
        ({"calls_per_hour": [1, -2]}, "calls_per_hour must be >= 0 and finite, got -2.0 at [1]"),
        ({"calls_per_hour": [0, 0]}, "calls_per_hour must not be 0 everywhere"),
        (
            {"travel_s": [[60, 90, 10], [80, 70, 10], [50, 40, 10]]},
            "a row for each server and a column for each of 2 demand points, got shape (3, 3)",
        ),
        ({"travel_s": [[60, 90], [80, -1], [NAN, 40]]}, ">= 0, got -1.0 at [1, 1] and 1 more"),
        (
            {"travel_s": [[60, 90], [80, INF], [50, 40]]},
            "demand point 1 lists server 1, which cannot serve it: travel_s is infinite",
        ),
        ({"service_s": 0}, "service_s must be > 0, got 0.0 at [0, 0] and 5 more"),
        ({"service_s": [1, 2]}, "one number, or have shape (3,) or (3, 2), got (2,)"),
        ({"service_s": [INF, 1, 1]}, "service_s is infinite"),
        ({"preferences": [[0, 1]]}, "preferences must have shape (2, D), or (2, L, D) with"),
        ({"preferences": [[0.5, 1], [1, 2]]}, "preferences must be numbers of servers, got float"),
        (
            {"preferences": [[0, 1, 2, 1], [1, 2, 0, 0]]},
            "preferences name 4 servers a list, and there are 3",
        ),
        (
            {"preferences": [[0, 1], [1, 3]]},
            "point 1 lists server 3; servers have the numbers 0 to",
        ),
        ({"preferences": [[0, 0], [1, 2]]}, "demand point 0 lists server 0 twice"),
        (WEIGHTED, "2 lists a demand point, which need weights of shape (2, 2)"),
        (
            {**WEIGHTED, "weights": [[1.0], [1.0]]},
            "weights must have shape (2, 2) as preferences have, got (2, 1)",
        ),
        (
            {**WEIGHTED, "weights": [[1, 0], [0.5, 0.4]]},
            "must sum to 1, got 0.9 for demand point 1",
        ),
        ({**WEIGHTED, "weights": [[2, -1], [1, 0]]}, "weights must be >= 0, got -1.0 at [0, 1]"),
        ({"line": "infinite"}, "every list must name all 3 servers, got 2"),
        ({"calls_per_hour": ["many", 2]}, "calls_per_hour must be a table of numbers: could not"),
        ({"travel_s": [[60, 90], [80]]}, "travel_s must be a table of numbers: "),
        ({"preferences": [[0, 1], [1]]}, "preferences must be a table of numbers: "),
        ({"line": "long"}, "line must be 'loss' or 'infinite', got 'long'"),
        ({"service_mode": "exact"}, "service_mode must be 'calibrated' or 'paper', got 'exact'"),
    ],
)
def test_system(changes, text):
    with pytest.raises(PolicyError) as told:
        HypercubeSystem(**{**GOOD, **changes})
    assert text in str(told.value)


def test_all_mistakes_at_once():
    with pytest.raises(PolicyError) as told:
        HypercubeSystem([1, -2], [[60, -1], [80, 70]], [[0, 0], [1, 0]], 0)
    for name in ("calls_per_hour", "travel_s", "service_s", "lists server 0 twice"):
        assert name in str(told.value)


@pytest.mark.parametrize("service_mode", ["calibrated", "paper"])
def test_unstable_queue(service_mode):
    bad = {**GOOD, **EVERYONE, "calls_per_hour": [3, 1], "line": "infinite"}
    with pytest.raises(InfeasibleError) as told:
        solve(HypercubeSystem(**bad, service_mode=service_mode))
    assert "4 calls per hour keep 4 servers busy, and there are 3" in str(told.value)
    assert "stable below 3 calls per hour, or with 5 such servers or more" in str(told.value)


def test_too_many_servers_are_refused_before_anything_is_allocated():
    servers = 48
    lists = [list(range(servers))]
    system = HypercubeSystem([1], np.ones((servers, 1)), lists, 3600)
    with pytest.raises(InfeasibleError, match=r"2\*\*48 states, which need 58,720,256\.0 GiB"):
        solve(system)


@pytest.mark.parametrize("servers", [100, 1100])
def test_more_memory_than_can_be_told(servers):
    system = HypercubeSystem([1], np.ones((servers, 1)), [list(range(servers))], 3600)
    with pytest.raises(InfeasibleError, match=r"which need more than 2\*\*64 bytes of memory"):
        solve(system)


@pytest.mark.parametrize("within_s", [NAN, -1, "ten minutes", [60, 70]])
def test_coverage(within_s):
    with pytest.raises(PolicyError, match="within_s must be >= 0, got"):
        solve(HypercubeSystem(**GOOD)).coverage(within_s)


def test_numbers_of_numpy_are_numbers():
    system = HypercubeSystem(**GOOD)
    answer = solve(system, np.float32(1e-6))
    many = solve_many(system, [[1, 2]], within_s=np.int64(60))
    assert many.coverage[0] == pytest.approx(answer.coverage(np.int64(60)), abs=1e-5)
    with pytest.raises(PolicyError, match="must be >= 0"):
        answer.coverage(np.bool_(True))


def test_deviation_from_another_place():
    base = solve(HypercubeSystem([1], [[60]], [[0]], 3600))
    system = HypercubeSystem(**GOOD)
    for answer in (solve(system), solve_many(system, [[1, 2]])):
        for ask in (answer.deviation_in_loss, answer.deviation_in_response_s):
            with pytest.raises(PolicyError, match="base must have the same 2 demand points, got 1"):
                ask(base)


@pytest.mark.parametrize("tolerance", [0, 1, NAN])
def test_tolerance(tolerance):
    with pytest.raises(PolicyError, match="tolerance must be above 0 and below 1, got"):
        solve(HypercubeSystem(**GOOD), tolerance)


@pytest.mark.parametrize(
    ("travel_s", "level", "tie_s", "text"),
    [
        ([1, 2], 1, 0, "travel_s must be a table of servers by demand points, got (2,)"),
        ([[1, 2]], 2, 0, "districting_level must be from 1 to the number of servers, 1, got 2"),
        ([[1, 2]], 1.5, 0, "districting_level must be from 1 to the number of servers, 1, got 1.5"),
        ([[1, 2]], 1, -1, "tie_s must be >= 0 and finite, got -1"),
        ([[1, -2]], 1, 0, "travel_s must be >= 0, got -2.0 for server 0, point 1"),
        ([[1, INF]], 1, 0, "demand point 1 is reached by 0 servers, and districting_level is 1"),
        ([[1]] * 8, 8, 0, "which makes 40,320 orders; at most 5,040 are allowed"),
    ],
)
def test_preferences(travel_s, level, tie_s, text):
    with pytest.raises(PolicyError) as told:
        preferences_by_time(travel_s, level, tie_s)
    assert text in str(told.value)


@pytest.mark.parametrize(
    ("values", "weights", "text"),
    [
        ([1, 2], [1], "values and weights must be as long, got (2,) and (1,)"),
        ([1, -2], [1, 1], "values must be >= 0 and finite, got -2"),
        ([1, 2], [0, 0], "weights must not be 0 everywhere"),
    ],
)
def test_gini(values, weights, text):
    with pytest.raises(PolicyError) as told:
        gini(values, weights)
    assert text in str(told.value)


@pytest.mark.parametrize(
    ("changes", "calls", "text"),
    [
        ({}, [1, 2], "a row a system and a column for each of 2 demand points, got shape (2,)"),
        ({}, [[1, 2], [0, 0]], "calls_per_hour must not be 0 everywhere, as in row 1"),
        ({}, [[1, NAN]], "calls_per_hour must be >= 0 and finite, got nan at [0, 1]"),
        ({**EVERYONE, "line": "infinite"}, [[1, 1]], "must be 'loss' where many are solved"),
    ],
)
def test_many_calls(changes, calls, text):
    with pytest.raises(PolicyError) as told:
        solve_many(HypercubeSystem(**{**GOOD, **changes}), calls)
    assert text in str(told.value)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"sites": [[0, 3]]}, "sites must be from 0 to 2, got 3 at [0, 1]"),
        ({"sites": [0, 1]}, "a row a placement and a column a server, got int64 of shape (2,)"),
        ({"sites": [list(range(3)) * 5]}, "at most 12 servers where many are solved, got 15"),
        ({"travel_s": [[60, INF], [80, 70], [50, 40]]}, "travel_s must be >= 0 and finite"),
        ({"travel_s": [[60], [80], [50]]}, "a row for each site and a column for each of 2 demand"),
        ({"service_s": -1}, "service_s must be > 0 and finite, got -1.0 at []"),
        ({"districting_level": 3}, "from 1 to the number of servers, 2, got 3"),
        ({"within_s": NAN}, "within_s must be >= 0, got nan"),
    ],
)
def test_placements(changes, text):
    good = {key: GOOD[key] for key in ("calls_per_hour", "travel_s", "service_s")}
    good |= {"sites": [[0, 1]], "districting_level": 2}
    with pytest.raises(PolicyError) as told:
        solve_placements(**{**good, **changes})
    assert text in str(told.value)
