"""Sets of demand: what is worst in them, what protects whom, and what is no set."""

import re
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from policies.base import InfeasibleError, PolicyError
from policies.siting.robust.uncertainty import (
    Box,
    Budgeted,
    Ellipsoid,
    Nominal,
    distribution_free_protection,
    distribution_free_radius,
    estimate_covariance,
    excess,
    normal_protection,
    normal_radius,
)

WEIGHTS = arrays(float, 4, elements=st.floats(0, 10))
WIDTH = np.array([1.0, 2.0, 0.5, 3.0])


def test_excess_by_hand() -> None:
    weights = np.array([3.0, 1.0, 2.0, 1.0])
    assert excess(Nominal(), weights) == 0
    assert excess(Box(WIDTH), weights) == 3 + 2 + 1 + 3
    assert excess(Budgeted(WIDTH, 1.5), weights) == 3 + 3 / 2
    assert excess(Ellipsoid(np.diag(WIDTH**2), 2), weights) == pytest.approx(2 * np.sqrt(23))


@given(WEIGHTS, st.integers(0, 4))
def test_budget_lets_the_worst_points_deviate(weights: np.ndarray, budget: int) -> None:
    worst = max(
        sum(WIDTH[list(points)] * weights[list(points)])
        for points in combinations(range(4), budget)
    )
    assert excess(Budgeted(WIDTH, budget), weights) == pytest.approx(worst)


@given(WEIGHTS, st.integers(0, 1000))
def test_no_point_of_an_ellipsoid_is_worse(weights: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(4, 4))
    zeta = rng.normal(size=(4, 50))
    zeta *= 1.5 / np.linalg.norm(zeta, axis=0)
    ellipsoid = Ellipsoid(root @ root.T, 1.5)
    true_norm = 1.5 * np.linalg.norm(root.T @ weights)
    assert excess(ellipsoid, weights) == pytest.approx(true_norm)
    assert (weights @ root @ zeta).max() <= true_norm * (1 + 1e-9) + 1e-9


def test_a_budget_of_all_points_is_the_box() -> None:
    weights = np.array([3.0, 1.0, 2.0, 1.0])
    assert excess(Budgeted(WIDTH, 4), weights) == excess(Box(WIDTH), weights)


def test_radius_of_a_probability() -> None:
    assert normal_radius(0.975) == pytest.approx(1.959964, abs=1e-6)
    assert distribution_free_radius(0.9) == pytest.approx(3)
    for probability in (0.5, 0.8, 0.99):
        assert normal_protection(normal_radius(probability)) == pytest.approx(probability)
        radius = distribution_free_radius(probability)
        assert distribution_free_protection(radius) == pytest.approx(probability)
        assert radius > normal_radius(probability)
    with pytest.raises(PolicyError, match=r"probability must be from 0\.5 to below 1, got 1"):
        normal_radius(1)


def test_two_points_attain_the_bound_of_cantelli() -> None:
    """Demand is 1 - p of the time at the radius above the mean: no smaller radius protects it."""
    p = 0.9
    radius = distribution_free_radius(p)
    values, chances = np.array([-1 / radius, radius]), np.array([p, 1 - p])
    assert values @ chances == pytest.approx(0)
    assert values**2 @ chances == pytest.approx(1)


def test_covariance_is_drawn_to_its_diagonal() -> None:
    counts = np.array([[1, 2], [3, 6], [5, 1], [2, 2]])
    sample = np.cov(counts.T)
    shrunk = estimate_covariance(counts, 0.25)
    assert np.diag(shrunk) == pytest.approx(np.diag(sample))
    assert shrunk[0, 1] == pytest.approx(0.75 * sample[0, 1])


def test_covariance_of_fewer_days_than_points_is_made_definite() -> None:
    counts = np.random.default_rng(0).poisson(3, (5, 12))
    assert np.linalg.eigvalsh(estimate_covariance(counts, 0))[0] == pytest.approx(0, abs=1e-9)
    assert np.linalg.eigvalsh(estimate_covariance(counts, 0.1))[0] > 0.01


@pytest.mark.parametrize(
    ("counts", "shrinkage", "message"),
    [
        ([[1, 2]], 0.1, "counts must have a row for each of at least 2 days, got (1, 2)"),
        (
            [[1, 2], [3, -4]],
            2,
            "shrinkage must be from 0 to 1, got 2; counts[1, 1] must be >= 0, got -4",
        ),
    ],
)
def test_bad_counts_are_told(counts, shrinkage, message: str) -> None:
    with pytest.raises(PolicyError, match=re.escape(message)):
        estimate_covariance(counts, shrinkage)


def test_all_mistakes_of_a_problem_at_once(random_problem) -> None:
    wrong = np.eye(4)
    wrong[0, 1] = wrong[1, 0] = 2
    with pytest.raises(PolicyError) as error:
        random_problem(
            0,
            unmet_cost=-1.0,
            calls_set=Ellipsoid(wrong, 1),
            simultaneous_set=Budgeted(np.array([1, -2, 0, 0.0]), 5),
        )
    assert str(error.value) == (
        "unmet_cost must be >= 0, got -1; "
        "calls_set: covariance must be positive semidefinite, its least eigenvalue is -1; "
        "simultaneous_set: half_width[1] must be >= 0, got -2; "
        "simultaneous_set: budget must be from 0 to 4, got 5"
    )


@pytest.mark.parametrize(
    ("covariance", "message"),
    [
        (np.eye(3), "covariance must have shape (4, 4), got (3, 3)"),
        (np.full((4, 4), np.nan), "covariance must have finite entries"),
        (np.triu(np.ones((4, 4))), "covariance must be symmetric, got 1 at [0, 1] and 0 at [1, 0]"),
    ],
)
def test_what_is_no_covariance_is_told(random_problem, covariance, message: str) -> None:
    with pytest.raises(PolicyError, match=re.escape(f"calls_set: {message}")):
        random_problem(0, calls_set=Ellipsoid(covariance, 1))


def test_shapes_are_compared_first(random_problem) -> None:
    with pytest.raises(PolicyError, match=r"travel_s must have shape \(3, 4\), got \(2, 4\)"):
        random_problem(0, travel_s=np.ones((2, 4)))


def test_a_point_without_a_way_is_named(random_problem) -> None:
    travel_s = np.full((3, 4), 60.0)
    travel_s[:, [1, 3]] = np.inf
    with pytest.raises(InfeasibleError, match="no station reaches demand points 1, 3"):
        random_problem(0, travel_s=travel_s)
