"""Placements: what they cost, and that searches find the best."""

from itertools import combinations, combinations_with_replacement

import numpy as np
import pytest

from environment.gini import gini_by_row
from policies.base import InfeasibleError, PolicyError
from policies.hypercube import approximate, gini, preferences_by_time, solve
from policies.hypercube.placement.exhaustive import beside_optimum, exhaustive, expected_s
from policies.hypercube.placement.genetic import GeneticParameters, genetic
from policies.hypercube.placement.local_search import (
    at_random,
    find_placement,
    greedy,
    local_search,
    p_median,
)
from policies.hypercube.placement.objective import RESPONSE, Objective
from policies.hypercube.placement.problem import Placement, PlacementProblem
from policies.hypercube.system import HypercubeSystem


def plane(sites=9, points=25, servers=3, level=2, seed=4, **options):
    """Sites and points at random in a square of 10 min by 10 min, half an hour on the scene."""
    rng = np.random.default_rng(seed)
    here, there = rng.uniform(0, 600, (sites, 1, 2)), rng.uniform(0, 600, (points, 2))
    travel_s = np.linalg.norm(here - there, axis=2)
    calls = rng.dirichlet(np.ones(points)) * 3
    return PlacementProblem(calls, travel_s, 1800 + travel_s, servers, level, **options)


def street(objective=RESPONSE, **options):
    """Sites a minute apart for two servers; a call an hour at 0 s, and two at 300 s."""
    at_s = np.array([0.0, 60, 120, 180, 240, 300])
    travel_s = abs(at_s[:, None] - np.array([0.0, 300.0]))
    return PlacementProblem([1, 2], travel_s, 600, 2, 2, objective, **options)


@pytest.mark.parametrize("mode", ["calibrated", "paper"])
def test_cost_is_that_of_the_solved_system(mode):
    problem = plane(service_mode=mode)
    sites = [6, 0, 3]
    own = solve(problem.system(sites)).mean_response_s
    lists, weights = preferences_by_time(problem.travel_s[sites], 2)
    by_hand = solve(
        HypercubeSystem(
            problem.calls_per_hour, problem.travel_s[sites], lists, problem.service_s[sites],
            service_mode=mode, weights=weights,
        )
    ).mean_response_s  # fmt: skip
    assert problem.costs([sites])[0] == pytest.approx(own, rel=1e-8)
    assert own == pytest.approx(by_hand, rel=1e-8)


def test_objective_is_a_weighted_sum():
    weights = Objective(2.0, 1000.0, 300.0, 50.0, within_s=240.0)
    problem = plane(objective=weights)
    answer = solve(problem.system([1, 5, 7]))
    assert answer.coverage(240) < 1 - answer.mean_loss
    wanted = (
        2 * answer.mean_response_s
        + 1000 * answer.mean_loss
        + 300 * (1 - answer.coverage(240))
        + 50 * gini(answer.response_s, problem.calls_per_hour)
    )
    assert problem.costs([[1, 5, 7]])[0] == pytest.approx(wanted, rel=1e-8)


def test_gini_by_row_is_gini_of_each_row():
    rng = np.random.default_rng(3)
    values, weights = rng.exponential(size=(4, 7)), rng.random(7)
    pairs = abs(values[:, :, None] - values[:, None, :])
    by_pairs = np.einsum("i,j,sij->s", weights, weights, pairs)
    by_pairs /= 2 * weights.sum() * (values @ weights)
    assert gini_by_row(values, weights) == pytest.approx(by_pairs)
    assert gini(values[2], weights) == pytest.approx(by_pairs[2])
    assert gini_by_row(np.zeros((1, 3)), np.ones(3)) == 0


def test_a_street_by_hand():
    """Servers at both ends are soonest there; the middle is fairest; losses are the same."""
    assert exhaustive(street()).sites == (0, 5)
    assert exhaustive(street(Objective(per_gini=1.0))).sites == (2, 3)
    erlang_b = 0.125 / 1.625  # two servers, half an erlang
    lost = street(Objective(per_lost_share=1.0), may_share=True)
    assert lost.costs([[0, 5], [2, 2], [0, 1]]) == pytest.approx(np.full(3, erlang_b))


@pytest.mark.parametrize("may_share", [False, True])
def test_exhaustive_is_the_least_of_all(may_share):
    problem = plane(may_share=may_share)
    choose = combinations_with_replacement if may_share else combinations
    every = list(choose(range(9), 3))
    costs = [solve(problem.system(sites)).mean_response_s for sites in every]
    found = exhaustive(problem)
    assert found.tried == problem.placements == len(every) == (165 if may_share else 84)
    assert found.sites == every[int(np.argmin(costs))]
    assert found.cost == found.optimum == pytest.approx(min(costs), rel=1e-8)
    assert (found.found_by, found.is_exact, found.gap) == ("exhaustive", True, 0.0)


def test_cost_does_not_depend_on_the_order_of_sites():
    """Both sites are as near, one is much slower: a tie went by the order in the placement."""
    travel_s = [[300, 300], [300, 300], [900, 900]]
    problem = PlacementProblem(
        [1, 2], travel_s, [3600, 600, 600], 2, 1, Objective(per_lost_share=1.0)
    )
    assert problem.costs([[0, 1]]) == problem.costs([[1, 0]])
    one, other = (solve(problem.system(sites)) for sites in ([0, 1], [1, 0]))
    assert one.mean_loss == pytest.approx(problem.costs([[0, 1]])[0])
    np.testing.assert_allclose(one.workload, other.workload[::-1])
    rng = np.random.default_rng(3)
    rough = PlacementProblem(rng.random(12), rng.integers(9, size=(7, 12)) * 100, 3600, 4, 4)
    best = exhaustive(rough).cost
    for search in (genetic, local_search):
        found = search(rough, np.random.default_rng(1))
        assert found.cost == problem_cost(rough, found.sites) >= best


def problem_cost(problem, sites):
    return problem.costs([sites])[0]


@pytest.mark.parametrize(
    ("sites", "message"),
    [
        ([0, 1], "a placement has 3 sites, got 2"),
        ([0, 1, 1], "sites may not be shared, got 1 twice in row 0"),
        ([-1, 0, 1], "sites must be from 0 to 8, got -1 at"),
        ([0, 1, 9], "sites must be from 0 to 8, got 9 at"),
        ([0.5, 1, 2], "sites must be numbers"),
    ],
)
def test_what_is_no_placement(sites, message):
    problem = plane()
    asks = (
        lambda: problem.costs([sites]),
        lambda: problem.system(sites),
        lambda: local_search(problem, np.random.default_rng(1), 0, [sites]),
    )
    for ask in asks:
        with pytest.raises(PolicyError, match=message):
            ask()


def test_a_number_of_numpy_is_kept_as_a_plain_one():
    problem = plane(servers=np.int64(3), level=np.int64(2))
    assert type(problem.servers) is type(problem.districting_level) is int
    assert exhaustive(problem).is_exact is True


def test_too_many_placements_are_counted_and_timed():
    problem = plane(sites=40, servers=8, level=3)
    with pytest.raises(InfeasibleError, match=r"76,904,685 placements would take about .* at most"):
        exhaustive(problem)
    assert expected_s(problem) > 60


def test_local_search_ends_where_no_move_gains():
    problem = plane(sites=15, servers=4, level=3)
    found = local_search(problem, np.random.default_rng(1))
    for k in range(4):
        for site in set(range(15)) - set(found.sites):
            moved = [*found.sites[:k], site, *found.sites[k + 1 :]]
            assert problem.costs([moved])[0] >= found.cost * (1 - 1e-8)


def test_searches_beside_the_optimum():
    """Both find it here in each of ten runs or come near; the same seed finds the same."""
    problem = plane(sites=15, servers=4, level=3)
    best = exhaustive(problem).cost
    for search, worst in ((local_search, 1e-9), (genetic, 0.05)):
        found = [search(problem, np.random.default_rng(seed)) for seed in range(10)]
        gaps = np.array([one.cost / best - 1 for one in found])
        assert gaps.min() == pytest.approx(0, abs=1e-9)
        assert gaps.max() <= worst
        again = search(problem, np.random.default_rng(3))
        assert again == found[3]
    compared = beside_optimum(problem, found[0])
    assert compared.optimum == pytest.approx(best)
    assert compared.gap == pytest.approx(gaps[0])


def test_starts_by_hand():
    problem = street()
    assert sorted(p_median(problem)) == [0, 5]
    assert sorted(greedy(problem)) == [0, 5]
    assert greedy(problem)[0] == 5  # alone, it is best where two of three calls come from
    assert len(set(at_random(problem, np.random.default_rng(1)).tolist())) == 2


def test_local_search_begins_where_it_is_told():
    problem = plane()
    found = local_search(
        problem, np.random.default_rng(1), random_starts=0, initial_placements=[[0, 1, 2]]
    )
    assert found.cost <= problem.costs([[0, 1, 2]])[0]
    with pytest.raises(PolicyError, match="a start is needed"):
        local_search(problem, np.random.default_rng(1), random_starts=0, initial_placements=[])


def test_more_than_twelve_servers_are_approximated():
    problem = plane(sites=15, servers=13, level=3)
    sites = list(range(13))
    answer = approximate(problem.system(sites))
    assert problem.costs([sites])[0] == pytest.approx(answer.mean_response_s)
    found = find_placement(problem, np.random.default_rng(1))
    assert not found.is_exact
    assert found.found_by == "local search"


def test_find_tries_all_where_it_can():
    assert find_placement(plane(), np.random.default_rng(1)) == exhaustive(plane())


def test_genetic_keeps_sites_apart_unless_they_may_be_shared():
    problem = plane(sites=5, servers=4, level=2)
    found = genetic(problem, np.random.default_rng(2), GeneticParameters(mutation=1.0))
    assert len(set(found.sites)) == 4
    everyone = PlacementProblem(
        [1, 0.001], [[0, 300], [300, 0], [400, 400]], 3600, 2, 2, may_share=True
    )
    assert genetic(everyone, np.random.default_rng(2)).sites == (0, 0)


def test_gap_is_unknown_without_an_optimum():
    assert Placement((0,), 2.0, "genetic", True, 1).gap is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"servers": 0}, "servers must be a whole number >= 1, got 0"),
        ({"servers": 10}, "10 servers need as many sites, and there are 9"),
        ({"level": 4}, "districting_level must be from 1 to the number of servers, 3, got 4"),
        ({"objective": "response"}, "objective must be an Objective, such as .* got 'response'"),
        ({"service_mode": "fast"}, "service_mode must be 'calibrated' or 'paper', got 'fast'"),
    ],
)
def test_bad_problems(changed, message):
    with pytest.raises(PolicyError, match=message):
        plane(**changed)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({}, "one weight at least must be above 0: per_second, per_lost_share"),
        ({"per_second": -1, "per_gini": np.inf}, "per_second must be .* got -1; per_gini must be"),
        ({"per_late_share": 1.0}, "per_late_share needs within_s"),
    ],
)
def test_bad_objectives(weights, message):
    with pytest.raises(PolicyError, match=message):
        Objective(**weights)


def test_bad_genetic_parameters_are_told_at_once():
    with pytest.raises(PolicyError, match=r"population must be .* >= 2, got 1; crossover must be"):
        GeneticParameters(population=1, crossover=1.5)


@pytest.mark.slow
def test_placements_of_the_paper_in_a_few_seconds():
    """142,506 placements of 5 servers on 30 sites; 5 s on one core that has nothing else to do."""
    problem = plane(sites=30, points=200, servers=5, level=3, service_mode="paper")
    assert problem.placements == 142_506
    assert exhaustive(problem).cost <= local_search(problem, np.random.default_rng(1)).cost
