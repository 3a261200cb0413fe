"""What the information switch does to orders: a chain of the simulator's own views and rules.

Each stage fills up to a moving average of what its view shows: the orders of the stage below if
information is off, the true needs if it is on. Stages order once a day and are linear as long as
nobody orders less than nothing, so that the variance of the last stage's orders over that of
demand is the sum of its squared responses to one unit more on one day; see Chen et al. (2000).
"""

from types import SimpleNamespace

import numpy as np
import pytest

from agents.coordination.information import LocalInformation, SharedInformation
from environment.units import DAY_S
from policies.coordination import InformationPrice
from policies.ordering.bullwhip import shared_amplification, unshared_amplification
from policies.ordering.order_up_to import OrderUpTo

MEAN = 1e6
EXACT = InformationPrice(delay_h=0, error_cv=0)
ONE = np.ones(1)


class Clock:
    """Time of a chain that is stepped day by day."""

    now = 0.0


def supply_at(clock, lead_days, below_days, forecast):
    """The supply side of one item, in which goods take `lead_days`, and `below_days` further on."""
    times = SimpleNamespace(
        order_every_h=24.0,
        request_every_h=24.0,
        expected_supplier_days=lead_days,
        expected_delivery_days=below_days - 1.0,  # and a day between two requests
    )
    return SimpleNamespace(
        env=clock,
        parameters=SimpleNamespace(times=times, government=SimpleNamespace(forecast=forecast)),
        item_names=("masks",),
        unit_cost=ONE,
        holding_cost=ONE,
        shortage_cost=ONE,
    )


class Stage:
    """An office's place in the chain: what it has, has ordered, owes and has been asked for.

    It begins with what its rule would fill up to.
    """

    def __init__(self, information, customers):
        self.information = information
        self.distributors = [customers]
        self.rows = [0]
        self.money = np.inf
        self.asked_by_day = []
        self.outstanding = np.zeros((1, 1))
        self.on_order = np.zeros((1, 1))
        self.stores = [SimpleNamespace(free=lambda: np.zeros(1))]
        level = information.ordering_view(self).protection_periods * MEAN
        self.stores = [SimpleNamespace(free=lambda: level)]

    def order(self, policy):
        """Order for the days to come."""
        units = policy.order(self.information.ordering_view(self))
        self.on_order = self.on_order + units
        return float(units[0])

    def hear(self, units):
        """Be asked for units on a day, which are owed until they come from above."""
        self.asked_by_day.append(np.full((1, 1), units))
        self.outstanding = self.outstanding + units


def last_orders(needs, stages, lead_days, window_days, *, is_shared, forecast="moving_average"):
    """Orders of the last stage on each day.

    Nothing ever arrives, so that a stage's position is what it has ordered less what was asked of
    it; where true needs are shared, the chain's position is less the needs themselves.
    """
    clock, policy = Clock(), OrderUpTo(periods=window_days, safety_z=0)
    people = SimpleNamespace(
        number=0, name="people", needs_by_day=[], waiting_units=np.zeros(1), on_way=np.zeros(1),
        stock=SimpleNamespace(on_hand=lambda: np.zeros(1)),
    )  # fmt: skip
    chain = []
    for below in range(stages):
        supply = supply_at(clock, lead_days, below * (lead_days + 1.0), forecast)
        information = LocalInformation(supply)
        if is_shared:
            streams = lambda _: np.random.default_rng(1)  # noqa: E731 - an error of 0 is drawn
            information = SharedInformation(EXACT, supply, streams, len(needs))
        chain.append(Stage(information, people))
    orders = []
    for day, units in enumerate(needs):
        people.needs_by_day.append(np.full(1, units))
        people.waiting_units = people.waiting_units + units
        clock.now = (day + 1) * DAY_S
        asked = units
        for stage in chain:
            stage.hear(asked)
            asked = stage.order(policy)
        orders.append(asked)
    return np.array(orders)


def amplification(stages, lead_days, window_days, *, is_shared):
    """Sum of squared responses to a unit more on one day, once the window is full."""
    needs = np.full((stages + 2) * (window_days + 2), MEAN)
    plain = last_orders(needs, stages, lead_days, window_days, is_shared=is_shared)
    assert plain == pytest.approx(MEAN)
    needs[window_days + 1] += 1000.0
    response = last_orders(needs, stages, lead_days, window_days, is_shared=is_shared) - plain
    return float(((response / 1000.0) ** 2).sum())


@pytest.mark.parametrize("stages", [1, 2, 3])
@pytest.mark.parametrize(("protection_days", "window_days"), [(2, 5), (1, 5), (3, 7), (4, 20)])
def test_orders_vary_as_the_formulas_say(stages, protection_days, window_days):
    """Lead time and a day of review make the protection time of each stage."""
    case = (stages, protection_days - 1.0, window_days)
    exact = (stages, protection_days, window_days)
    assert amplification(*case, is_shared=False) == pytest.approx(
        unshared_amplification(*exact), rel=1e-6
    )
    assert amplification(*case, is_shared=True) == pytest.approx(
        shared_amplification(*exact), rel=1e-6
    )


def test_the_figures_of_the_model_page():
    """L = 2, p = 5: alike for one stage; 6.28 and 13.517 for three."""
    assert amplification(1, 1.0, 5, is_shared=False) == pytest.approx(2.12, rel=1e-6)
    assert amplification(3, 1.0, 5, is_shared=True) == pytest.approx(6.28, rel=1e-6)
    assert amplification(3, 1.0, 5, is_shared=False) == pytest.approx(13.517, rel=1e-4)


def test_what_a_forecast_of_growth_costs_where_nothing_grows():
    """It looks for growth, and so takes chance for growth: more than a moving average does.

    600 days of independent normal needs, L = 2, a week: the ratio of variances has a standard error
    of about a tenth. The moving average amplifies by 1 + 2 (2 / 7) + 2 (2 / 7)² = 1.73.
    """
    needs = np.random.default_rng(5).normal(MEAN, 0.01 * MEAN, 600)
    case = (needs, 1, 1.0, 7)
    averaged, grown = (
        last_orders(*case, is_shared=True, forecast=how)[60:].var() / needs[60:].var()
        for how in ("moving_average", "growth")
    )
    assert averaged == pytest.approx(1.73, abs=0.3)
    assert grown - averaged > 0.5
