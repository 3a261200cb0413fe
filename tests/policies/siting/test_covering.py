"""Covering models beside every choice of sites, and what holds between them."""

from itertools import combinations, combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from policies.base import InfeasibleError, PolicyError
from policies.siting.covering.backup_coverage import BackupCoverage
from policies.siting.covering.double_standard import DoubleStandard
from policies.siting.covering.maximal_covering import MaximalCovering
from policies.siting.covering.mexclp import Mexclp
from policies.siting.covering.p_center import PCenter
from policies.siting.covering.p_median import PMedian
from policies.siting.covering.set_covering import SetCovering
from policies.siting.k_medoids import k_medoids
from policies.siting.limits import SearchLimits
from policies.siting.sites import Places

SEEDS = st.integers(0, 10_000)
NUMBERS = st.integers(1, 5)
TARGET = 5.0
FEW = settings(max_examples=25, deadline=None)


def sets_of(places: Places, number: int) -> list[list[int]]:
    return [list(sites) for sites in combinations(range(places.sites), number)]


@given(SEEDS)
@FEW
def test_set_covering(random_places, seed: int) -> None:
    places = random_places(seed)
    reaches = places.travel <= TARGET
    if not reaches.any(axis=0).all():
        with pytest.raises(InfeasibleError, match="no site reaches demand point"):
            SetCovering(TARGET).solve(places)
        return
    fewest = min(
        number
        for number in range(1, 6)
        if any(reaches[sites].any(axis=0).all() for sites in sets_of(places, number))
    )
    siting = SetCovering(TARGET).solve(places)
    assert siting.units.sum() == siting.objective == siting.bound == fewest
    assert reaches[siting.units > 0].any(axis=0).all()


@given(SEEDS, NUMBERS)
@FEW
def test_maximal_covering(random_places, seed: int, number: int) -> None:
    places = random_places(seed)
    reaches = places.travel <= TARGET
    best = max(places.demand @ reaches[sites].any(axis=0) for sites in sets_of(places, number))
    siting = MaximalCovering(number, TARGET).solve(places)
    assert siting.objective == pytest.approx(best)
    assert siting.units.sum() == number


@given(SEEDS, NUMBERS)
@FEW
def test_maximal_covering_with_capacities(random_places, seed: int, number: int) -> None:
    places = random_places(seed, 4, 5)
    number = min(number, 4)
    capacity = np.random.default_rng(seed).uniform(5, 30, 4)
    best = max(
        most_served(places, places.travel <= TARGET, capacity, sites)
        for sites in sets_of(places, number)
    )
    siting = MaximalCovering(number, TARGET).solve(places, capacity=capacity)
    assert siting.objective == pytest.approx(best)
    assert (siting.share @ places.demand <= capacity * siting.units + 1e-6).all()


def most_served(places: Places, reaches, capacity, sites: list[int]) -> float:
    """Demand that these sites can serve, as a transport problem."""
    allowed = reaches[sites].ravel()
    points = len(places.demand)
    by_site = np.kron(np.eye(len(sites)), np.ones(points))
    by_point = np.kron(np.ones(len(sites)), np.eye(points))
    answer = linprog(
        -np.ones(len(allowed)),
        A_ub=np.vstack([by_site, by_point]),
        b_ub=[*capacity[sites], *places.demand],
        bounds=[(0, None if fine else 0) for fine in allowed],
    )
    return -answer.fun


@given(SEEDS, NUMBERS)
@FEW
def test_p_median(random_places, seed: int, number: int) -> None:
    places = random_places(seed)
    best = min(
        places.demand @ places.travel[sites].min(axis=0) for sites in sets_of(places, number)
    )
    siting = PMedian(number).solve(places)
    assert siting.objective == pytest.approx(best)
    assert siting.bound == pytest.approx(best)


@given(SEEDS, st.integers(2, 4))
@FEW
def test_p_median_with_capacities(random_places, seed: int, number: int) -> None:
    places = random_places(seed, 4, 5)
    capacity = np.full(4, places.demand.sum() / number * 1.1)
    costs = [transport_cost(places, capacity, sites) for sites in sets_of(places, number)]
    siting = PMedian(number).solve(places, capacity=capacity)
    assert siting.objective == pytest.approx(min(costs))


def transport_cost(places: Places, capacity, sites: list[int]) -> float:
    points = len(places.demand)
    answer = linprog(
        places.travel[sites].ravel(),
        A_ub=np.kron(np.eye(len(sites)), np.ones(points)),
        b_ub=capacity[sites],
        A_eq=np.kron(np.ones(len(sites)), np.eye(points)),
        b_eq=places.demand,
    )
    return answer.fun if answer.success else np.inf


@given(SEEDS, NUMBERS)
@FEW
def test_p_center(random_places, seed: int, number: int) -> None:
    places = random_places(seed)
    best = min(places.travel[sites].min(axis=0).max() for sites in sets_of(places, number))
    siting = PCenter(number).solve(places)
    assert siting.objective == siting.bound == best
    assert siting.units.sum() <= number


@given(SEEDS, NUMBERS, st.sampled_from([0.0, 0.3, 0.8]))
@FEW
def test_mexclp(random_places, seed: int, ambulances: int, busy: float) -> None:
    places = random_places(seed, 4, 6)
    reaches = places.travel <= TARGET
    best = max(
        places.demand @ (1 - busy ** reaches[list(sites)].sum(axis=0))
        for sites in combinations_with_replacement(range(4), ambulances)
    )
    siting = Mexclp(busy, TARGET, ambulances).solve(places)
    assert siting.objective == pytest.approx(best)
    assert siting.bound == pytest.approx(best)
    assert siting.units.sum() == ambulances


@given(SEEDS, NUMBERS)
@FEW
def test_mexclp_of_ambulances_never_busy_is_maximal_covering(
    random_places, seed: int, number: int
) -> None:
    places = random_places(seed)
    expected = Mexclp(0.0, TARGET, number).solve(places).objective
    assert MaximalCovering(number, TARGET).solve(places).objective == pytest.approx(expected)


@given(SEEDS, NUMBERS, st.sampled_from([0.0, 0.6]))
@FEW
def test_double_standard(random_places, seed: int, ambulances: int, share: float) -> None:
    places = random_places(seed, 4, 6)
    inner, outer = places.travel <= 3, places.travel <= 8
    fine = []
    for sites in combinations_with_replacement(range(4), ambulances):
        times = inner[list(sites)].sum(axis=0)
        once = places.demand @ (times >= 1)
        if outer[list(sites)].any(axis=0).all() and once >= share * places.demand.sum():
            fine.append(float(places.demand @ (times >= 2)))
    model = DoubleStandard(3, 8, share, ambulances)
    if not fine:
        with pytest.raises(InfeasibleError):
            model.solve(places)
        return
    assert model.solve(places).objective == pytest.approx(max(fine))


@given(SEEDS, NUMBERS)
@FEW
def test_backup_coverage_needs_as_many_sites_as_set_covering(
    random_places, seed: int, number: int
) -> None:
    places = random_places(seed)
    reaches = places.travel <= 7
    fine = [
        float(places.demand @ (reaches[sites].sum(axis=0) >= 2))
        for sites in sets_of(places, number)
        if reaches[sites].any(axis=0).all()
    ]
    model = BackupCoverage(number, 7)
    if not fine:
        with pytest.raises(InfeasibleError):
            model.solve(places)
        return
    assert model.solve(places).objective == pytest.approx(max(fine))
    assert number >= SetCovering(7).solve(places).objective


@given(SEEDS, st.integers(1, 4))
@FEW
def test_medoids_are_seldom_better_than_the_median(random_places, seed: int, number: int) -> None:
    places = random_places(seed, 5, 12)
    found = k_medoids(places, number, np.random.default_rng(seed))
    assert found.travel >= PMedian(number).solve(places).objective * (1 - 1e-9)
    assert found.travel == pytest.approx(places.travel[found.site].min(axis=0) @ places.demand)


def test_on_a_road_by_hand(line: Places) -> None:
    assert SetCovering(1).solve(line).units.sum() == 2
    assert MaximalCovering(1, 1).solve(line).units.tolist() == [0, 1, 0, 0]
    assert PMedian(1).solve(line).objective == 4 + 0 + 2 + 2
    assert PCenter(2).solve(line).objective == 1
    assert BackupCoverage(3, 1).solve(line).objective == 9
    assert Mexclp(0.4, 0.5, 3).solve(line).units.tolist() == [1, 1, 1, 0]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda p: SetCovering(0.5).solve(Places(p.travel[[0, 3]], p.demand)),
            ("no site reaches demand points 1, 2 within 0.5; all could be reached within 1"),
        ),
        (
            lambda p: BackupCoverage(1, 1).solve(p),
            "2 sites are needed to reach every point within 1, got 1: 1 short",
        ),
        (
            lambda p: DoubleStandard(0.5, 1, 0, 1).solve(p),
            "2 ambulances are needed to reach every point within 1, got 1: 1 short",
        ),
        (
            lambda p: DoubleStandard(0.5, 2, 0.9, 2).solve(p),
            (
                "covered_share: 2 ambulances cover 0.7 of the demand within 0.5 at most, "
                "wanted is 0.9: 0.2 short"
            ),
        ),
        (
            lambda p: PMedian(2).solve(p, capacity=np.array([2.0, 3, 4, 1])),
            "capacity: the 2 largest sites serve 7 together, demand is 10: 3 short",
        ),
        (
            lambda p: PMedian(1).solve(Places(np.array([[1, np.inf]]), np.ones(2))),
            "no site reaches demand point 1",
        ),
    ],
)
def test_what_cannot_be_is_told_with_what_is_short(line: Places, ask, message: str) -> None:
    with pytest.raises(InfeasibleError) as error:
        ask(line)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda p: PMedian(5).solve(p), "sites must be at most 4, the number of candidates, got 5"),
        (lambda p: PMedian(0), "sites must be a whole number >= 1, got 0"),
        (
            lambda p: MaximalCovering(2, 1).solve(p, capacity=np.ones(3)),
            "capacity must have shape (4,), got (3,)",
        ),
        (
            lambda p: MaximalCovering(2, 1).solve(p, capacity=-np.ones(4)),
            "capacity must be >= 0, got -1",
        ),
        (
            lambda p: Mexclp(1.0, -1, 0),
            (
                "busy_fraction must be from 0 to below 1, got 1.0; target_s must be above 0, "
                "got -1; ambulances must be >= 1, got 0"
            ),
        ),
        (
            lambda p: DoubleStandard(8, 5),
            "outer_target_s must be at least target_s, 8, got 5",
        ),
        (
            lambda p: Places(-p.travel, p.demand[:2]),
            (
                "travel must have a row for each site and a column for each point of demand, "
                "got shapes (4, 4) and (2,); travel must be >= 0, got -1"
            ),
        ),
        (
            lambda p: Places(np.ones((0, 2)), np.ones(2)),
            "there must be a site and a point, got shape (0, 2)",
        ),
        (
            lambda p: PMedian(2).solve(p, SearchLimits(time_limit_s=-1)),
            "time_limit_s must be above 0, got -1",
        ),
    ],
)
def test_bad_parameters_are_told(line: Places, ask, message: str) -> None:
    with pytest.raises(PolicyError) as error:
        ask(line)
    assert str(error.value) == message
