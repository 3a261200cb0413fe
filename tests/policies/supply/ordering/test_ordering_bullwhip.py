"""The bullwhip: a chain of stores under the rule itself against its exact amplification.

Each store sees the orders of the one before it, or the true demand where that is shared, orders up
to the moving average times lead time and review, without safety stock, and passes its order on
within the period. The formulas let orders be negative. The rule never gives one; but the mean of
demand cancels out of the variance, so demand is put so high here that no store ever wants one, and
the rule is tested as it is.
"""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from policies.base import PolicyError
from policies.ordering.base import OrderingView
from policies.ordering.bullwhip import shared_amplification, unshared_amplification
from policies.ordering.order_up_to import OrderUpTo

MEAN, SD = 10_000.0, 10.0
CHAINS = [(k, lead, p) for k in (1, 2, 3) for lead, p in ((2, 5), (1, 4), (3, 3), (4, 10))]

Orders = NDArray[np.float64]


def amplification(stages: int, protection_periods: float, window_periods: int, shared: bool):
    formula = shared_amplification if shared else unshared_amplification
    return formula(stages, protection_periods, window_periods)


def last_orders(demand: Orders, stages: int, protection: int, window: int, shared: bool) -> Orders:
    """Orders of the last stage, (n, periods): every row of demand is a chain of its own."""
    incoming = demand
    for _ in range(stages):
        incoming = orders_of_one(incoming, demand if shared else incoming, protection, window)
        assert (incoming[:, window:] > 0).all(), "a cut order would break the formula"
    return incoming


def orders_of_one(incoming: Orders, seen: Orders, protection: int, window: int) -> Orders:
    """What one stage orders: it serves what comes in, and then fills its position up again."""
    rule, count = OrderUpTo(window, safety_z=0), len(incoming)
    position, orders = np.full(count, protection * MEAN), np.empty_like(incoming)
    nothing, ones = np.zeros(count), np.ones(count)
    for period in range(incoming.shape[1]):
        view = OrderingView(
            items=tuple(map(str, range(count))),
            on_hand=position - incoming[:, period],
            on_order=nothing,
            backorders=nothing,
            demand_history=seen[:, : period + 1],
            lead_time_periods=ones * (protection - 1),
            review_periods=1.0,
            unit_cost=ones,
            holding_cost=ones,
            shortage_cost=ones,
        )
        orders[:, period] = rule.order(view)
        position = view.on_hand + orders[:, period]
    return orders


@pytest.mark.parametrize(
    ("stages", "shared", "printed"), [(1, True, 2.12), (1, False, 2.12), (3, True, 6.28)]
)
def test_printed_amplification(stages: int, shared: bool, printed: float) -> None:
    assert amplification(stages, 2, 5, shared) == pytest.approx(printed)


def test_printed_amplification_of_three_stages_that_share_nothing() -> None:
    assert unshared_amplification(3, 2, 5) == pytest.approx(13.517, abs=5e-4)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(("stages", "protection", "window"), CHAINS)
def test_one_unusual_period_shows_the_exact_amplification(
    stages: int, protection: int, window: int, shared: bool
) -> None:
    """The chain is linear: iid demand is amplified by the sum of its squared responses to one."""
    before = 2 * window
    demand = np.full((1, before + (stages + 1) * window), MEAN)
    demand[0, before] += 1.0
    response = last_orders(demand, stages, protection, window, shared)[0, before:] - MEAN
    assert response.sum() == pytest.approx(1)  # nothing is ordered that nobody asked for
    exact = amplification(stages, protection, window, shared)
    assert response @ response == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("stages", [1, 2, 3])
def test_simulated_amplification(stages: int, shared: bool) -> None:
    """400 chains of 250 periods; within 4 standard errors, and these below 1 %."""
    window, chains, warm_up = 5, 400, 5 * (stages + 1)
    demand = np.random.default_rng(2000).normal(MEAN, SD, (chains, 250 + warm_up))
    orders = last_orders(demand, stages, 2, window, shared)[:, warm_up:]
    of_each = np.square((orders - MEAN) / SD).mean(axis=1)
    standard_error = of_each.std(ddof=1) / math.sqrt(chains)
    exact = amplification(stages, 2, window, shared)
    assert standard_error < 0.01 * exact
    assert of_each.mean() == pytest.approx(exact, abs=4 * standard_error)


@pytest.mark.parametrize(("stages", "protection", "window"), CHAINS)
def test_sharing_never_amplifies_more(stages: int, protection: int, window: int) -> None:
    shared, unshared = (amplification(stages, protection, window, s) for s in (True, False))
    assert shared == pytest.approx(unshared) if stages == 1 else shared < unshared


@pytest.mark.parametrize(("stages", "protection", "window"), CHAINS)
def test_bound_of_chen(stages: int, protection: int, window: int) -> None:
    bound = shared_amplification(1, protection, window) ** stages
    assert unshared_amplification(stages, protection, window) >= bound * (1 - 1e-12)


def test_mistakes_are_told_together() -> None:
    with pytest.raises(PolicyError, match=r"stages must be .*, got 0; .*, got -1; .*, got 2.5"):
        shared_amplification(0, -1, 2.5)
