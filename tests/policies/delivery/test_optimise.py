"""Delivery plans against enumeration, the transport problem and the figures of the Hubei paper."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from environment.apportionment import apportion
from environment.roads import GEOGRAPHIC, distance_m
from policies.base import PolicyError
from policies.delivery import (
    DeliveryPlan,
    DeliveryProblem,
    find_front,
    find_plan,
    groups_needed,
)
from policies.delivery.shortage import shares_of
from policies.siting.limits import SearchLimits

EXACT = SearchLimits(gap=1e-9)
HUBEI_SITES = ("Yichang", "Wuhan", "Xiangyang")


def small_problem(seed: int, **changes: object) -> DeliveryProblem:
    """Two sites, three districts, one item, so few units that all plans can be gone through."""
    rng = np.random.default_rng(seed)
    need = rng.integers(0, 5, (3, 1))
    spare = rng.integers(0, 4)
    supply = np.array([[need.sum() // 2 + spare], [need.sum() - need.sum() // 2]])
    values = {
        "need": need,
        "groups": rng.integers(0, 2, 3),
        "supply": supply,
        "ready": np.minimum(supply, rng.integers(0, 2, (2, 1))),
        "production_per_day": rng.uniform(0.5, 3, (2, 1)),
        "staff_groups": np.array([2, 2]),
        "distance_km": rng.uniform(10, 900, (2, 3)),
        "region": rng.integers(0, 2, 3),
        "fixed_cost": rng.uniform(0, 2000, 2),
        "threshold_days": rng.uniform(0, 4, 3),
        "infected_share": rng.random(3),
        "cost_per_unit_km": np.array([1.0]),
        "subsidy_per_person": 10.0,
        "delay_growth_per_day": 0.6,
        "help": "anywhere",
    }
    return DeliveryProblem(**values | changes)


def every_plan(problem: DeliveryProblem) -> list[DeliveryPlan]:
    """All ways to give two sites' customers their shares."""
    shares = shares_of(problem)
    amounts = [range(int(units) + 1) for units in shares.units.ravel()]
    there = np.column_stack([problem.supply, problem.staff_groups])
    is_own = problem.region[None] == np.arange(2)[:, None]
    plans = []
    for choice in product(*amounts):
        first = np.array(choice).reshape(shares.units.shape)
        sent = np.stack([first, shares.units - first])
        own = np.where(is_own[:, :, None], sent, 0).sum(axis=1)
        if (sent.sum(axis=1) <= there).all() and (
            shares.from_own is None or (own == shares.from_own).all()
        ):
            plans.append(DeliveryPlan(problem, sent))
    return plans


QUICK = 6
SEEDS = [*range(QUICK), *(pytest.param(k, marks=pytest.mark.slow) for k in range(QUICK, 30))]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_other_plan_is_better(seed: int) -> None:
    rule = "anywhere" if seed % 3 else "own_region_first"
    problem = small_problem(seed, help=rule)
    answer = find_plan(problem, delay_weight=0.5, limits=EXACT)
    plans = every_plan(problem)
    extremes = answer.extremes
    least = min(sum(extremes.normalised(plan)) / 2 for plan in plans)
    assert answer.objective == pytest.approx(least, abs=1e-6)
    assert answer.bound <= least + 1e-6
    assert extremes.least_delay == pytest.approx(min(p.delay for p in plans), rel=1e-6, abs=1e-6)
    assert extremes.least_cost == pytest.approx(min(p.cost for p in plans), rel=1e-6)
    cheapest = [p.delay for p in plans if p.cost <= extremes.least_cost * (1 + 1e-7) + 1e-6]
    assert extremes.most_delay == pytest.approx(min(cheapest), rel=1e-6, abs=1e-6)


@pytest.fixture
def table(shared_data: Path) -> pd.DataFrame:
    return pd.read_csv(shared_data / "hubei" / "prefectures.csv")


def hubei(table: pd.DataFrame, **changes: object) -> DeliveryProblem:
    sites = [table.index[table["prefecture"] == name][0] for name in HUBEI_SITES]
    lon, lat = table["lon"].to_numpy(), table["lat"].to_numpy()
    km = distance_m(GEOGRAPHIC, lon[sites][:, None], lat[sites][:, None], lon[None], lat[None])
    supply = np.array([[2560], [27160], [4520]])
    values = {
        "need": apportion(int(supply.sum()), table["confirmed_2020_02_01"])[:, None],
        "groups": groups_needed(table["confirmed_2020_02_01"]),
        "supply": supply,
        "ready": np.zeros_like(supply),
        "production_per_day": supply / 20,
        "staff_groups": np.array([60, 500, 70]),
        "distance_km": km / 1000,
        "region": table["paper_region"].to_numpy() - 1,
        "fixed_cost": np.zeros(3),
        "threshold_days": np.full(17, 10.0),
        "infected_share": (table["confirmed_2020_02_01"] / table["population_2020"]).to_numpy(),
        "cost_per_unit_km": np.array([1.0]),
        "delay_growth_per_day": 0.2,
    }
    return DeliveryProblem(**values | changes)  # type: ignore[arg-type]


def test_groups_and_case_shares_of_the_paper_s_regions(table: pd.DataFrame) -> None:
    """612 groups, 4,896 persons, 54, 490 and 68 groups and 8.7, 80.4 and 10.9 % by region."""
    plan = find_plan(hubei(table)).plan
    assert int(plan.groups.sum()) * 8 == 4896
    assert plan.groups.sum(axis=1).tolist() == [54, 490, 68]
    cases = table.groupby("paper_region")["confirmed_2020_02_01"].sum()
    assert (cases / cases.sum() * 100).round(1).tolist() == [8.7, 80.4, 10.9]


def test_the_transport_problem_of_hubei(table: pd.DataFrame) -> None:
    """1.3961 million dose-km; linear programming's dual gives the same."""
    in_time = np.full(17, 1000.0)
    problem = hubei(table, help="anywhere", threshold_days=in_time)
    plan = find_plan(problem, limits=SearchLimits(1e-6)).plan
    assert plan.transport_cost == pytest.approx(1.3961e6, rel=5e-5)
    rows = np.concatenate([np.kron(np.eye(3), np.ones(17)), -np.kron(np.ones(3), np.eye(17))])
    limit = np.concatenate([problem.supply[:, 0], -problem.need[:, 0]])
    primal = linprog(problem.distance_km.ravel(), A_ub=rows, b_ub=limit, method="highs")
    dual = float(limit @ primal.ineqlin.marginals)
    assert plan.transport_cost == pytest.approx(dual, rel=1e-6)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), rule=st.sampled_from(["own_region_first", "anywhere"]))
def test_plans_keep_to_what_there_is(seed: int, rule: str) -> None:
    rng = np.random.default_rng(seed)
    cut = rng.integers(0, 5, (2, 1))
    problem = small_problem(seed, help=rule, supply=cut, ready=np.minimum(cut, 1))
    plan = find_plan(problem).plan
    assert (plan.units.sum(axis=1) <= problem.supply).all()
    assert (plan.unmet >= 0).all()
    assert (plan.unmet_groups >= 0).all()
    # Every site reaches every district: nobody goes without while something is left.
    short = max(int(problem.need.sum() - cut.sum()), 0)
    assert plan.unmet.sum() == short
    assert plan.cost == pytest.approx(plan.fixed_cost + plan.staff_cost + plan.transport_cost)


def test_help_goes_to_others_only_from_what_the_own_region_leaves() -> None:
    problem = small_problem(
        3,
        need=np.array([[4], [4], [6]]),
        supply=np.array([[12], [4]]),
        ready=np.array([[0], [0]]),
        region=np.array([0, 0, 1]),
        help="own_region_first",
    )
    plan = find_plan(problem).plan
    assert plan.units[:, :, 0].tolist() == [[4, 4, 2], [0, 0, 4]]


def test_who_goes_without_is_decided_by_the_rule() -> None:
    short = {
        "need": np.array([[4], [4], [8]]),
        "supply": np.array([[4], [4]]),
        "ready": np.array([[4], [4]]),
        "infected_share": np.array([0.1, 0.3, 0.2]),
    }
    shared = find_plan(small_problem(1, short="proportional", **short)).plan
    assert shared.unmet[:, 0].tolist() == [2, 2, 4]
    worst_first = find_plan(small_problem(1, short="most_infected", **short)).plan
    assert worst_first.unmet[:, 0].tolist() == [4, 0, 4]


def test_a_district_without_way_goes_without() -> None:
    km = np.array([[10.0, 20.0, np.inf], [15.0, 5.0, np.inf]])
    plan = find_plan(small_problem(2, distance_km=km, groups=np.array([1, 1, 1]))).plan
    assert plan.sent[:, 2].sum() == 0
    assert plan.unmet_groups.tolist() == [0, 0, 1]


def test_the_front_falls_from_cost_to_delay() -> None:
    front = find_front(small_problem(7), weights=6, limits=EXACT)
    cost, delay = (np.array([getattr(a.plan, name) for a in front]) for name in ("cost", "delay"))
    assert (np.diff(cost) > 0).all()
    assert (np.diff(delay) < 0).all()
    assert cost[0] == pytest.approx(front[0].extremes.least_cost)
    assert delay[-1] == pytest.approx(front[0].extremes.least_delay, rel=1e-6, abs=1e-6)


def test_every_mistake_of_a_problem_is_told_at_once() -> None:
    with pytest.raises(PolicyError, match="help must be one of") as told:
        small_problem(0, help="nowhere", speed_km_per_day=0.0)
    assert "speed_km_per_day must be above 0" in str(told.value)
    with pytest.raises(PolicyError, match="delay_growth_per_day must be at most"):
        small_problem(0, delay_growth_per_day=1000.0)
