"""A plan: how much every centre gets, and which vehicle brings it when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from experiments.planning.drops import Drop, deliveries_of, drops_of
from experiments.planning.inputs import LimitKind, PlanningInput
from experiments.planning.orders import item_of, limits_of, orders_of, use_of
from experiments.planning.streets import Streets
from experiments.planning.travel import Ways, ways_of
from policies.base import InfeasibleError
from policies.ordering.limits import Limit, OrderPlan
from policies.ordering.newsvendor import outcome
from policies.routing.planning import Deliveries, DeliveryPlan, measures_of, plan_deliveries

FLEET = "What all vehicles carry"
"""Name of the limit that is what all vehicles carry in all their trips."""
STEPS, STEPS_A_STOP = 1_000, 4
"""Steps of the search for routes, and more for each stop: the same for a plan and its what-ifs."""
LOWER, LOWERINGS = 0.95, 8
"""By how much orders are lowered where their loads do not fit into the vehicles, and how often."""
NOT_BROUGHT = (
    "What nobody brings is not ordered; the money for it is free: plan again without those centres"
)
Tell = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Plan:
    """What is ordered and who brings it.

    Attributes
    ----------
    asked : PlanningInput
    ways : Ways
    limits : tuple of Limit
        Those of the workbook, and last what the vehicles carry.
    orders : OrderPlan
        Quantities and outcomes in the order of ``asked.needs``.
    drops : tuple of Drop
        The stops of ``deliveries``.
    deliveries : Deliveries
    routes : DeliveryPlan
    notes : tuple of str
    """

    asked: PlanningInput
    ways: Ways
    limits: tuple[Limit, ...]
    orders: OrderPlan
    drops: tuple[Drop, ...]
    deliveries: Deliveries
    routes: DeliveryPlan
    notes: tuple[str, ...] = ()

    @property
    def limit_kinds(self) -> tuple[LimitKind, ...]:
        """What each of ``limits`` counts."""
        kinds = (limit.kind for limit in self.asked.limits)
        return (*kinds, self.asked.settings.load_unit)

    @property
    def total_cost(self) -> float:
        """Expected money for orders, what is left over and short, and for vehicles."""
        return float(self.orders.cost) + self.routes.measures.cost

    @property
    def fill_rate(self) -> float:
        """Expected share of all demand that is met, of what is ordered."""
        asked_for = sum(need.law.shortage(0.0) for need in self.asked.needs)
        short = sum(outcome.shortage for outcome in self.orders.outcomes)
        return max(0.0, 1 - short / asked_for) if asked_for else 1.0

    @property
    def used_vehicles(self) -> int:
        """How many vehicles leave the depot."""
        return len({trip.vehicle for trip in self.routes.trips})


def plan(
    asked: PlanningInput,
    streets: Streets | None = None,
    *,
    iterations: int | None = None,
    tell: Tell = lambda _: None,
) -> Plan:
    """Order, then route.

    Parameters
    ----------
    asked : PlanningInput
    streets : Streets, optional
        The map to drive on.
    iterations : int, optional
        Steps of the search for routes; by default as many as the number of stops asks for, or as
        long as the workbook's setting says.
    tell : callable, optional
        Is told what is being done.

    Raises
    ------
    InfeasibleError
        If a limit cannot be met: which, and by how much.
    """
    tell("Measuring ways")
    ways = ways_of(asked, streets)
    try:
        return plan_on(asked, ways, iterations=iterations, tell=tell)
    except InfeasibleError as error:
        lines = [*asked.notes, *str(error).splitlines()]  # a note may tell why
        raise InfeasibleError("\n".join(lines)) from None


def plan_on(
    asked: PlanningInput,
    ways: Ways,
    *,
    iterations: int | None = None,
    tell: Tell = lambda _: None,
) -> Plan:
    """Order, then route on ways that are known already; see `plan`."""
    carried = sum(truck.capacity * truck.trips for truck in asked.trucks)
    share = 1.0
    for left in reversed(range(LOWERINGS)):
        fleet = Limit(FLEET, carried * share, use_of(asked, asked.settings.load_unit))
        tell("Ordering")
        orders = orders_of(asked, [fleet])
        drops = drops_of(asked, orders.quantity)
        deliveries = deliveries_of(asked, ways, drops)
        tell(f"Finding routes to {len(drops):,} stops")
        try:
            routes = _routes(deliveries, asked.settings.search_s, iterations)
        except InfeasibleError:
            used = float(orders.used[-1])
            if not left or used < carried / 2:
                raise
            share = LOWER * min(share, used / carried)
            continue
        limits = (*limits_of(asked), replace(fleet, amount=carried * share))
        notes = [*asked.notes, *ways.notes, *_lowered(share), *routes.notes]
        if routes.unserved:
            orders = brought_of(asked, limits, orders, [drops[k] for k in routes.unserved])
            notes.append(NOT_BROUGHT)
        return Plan(asked, ways, limits, orders, tuple(drops), deliveries, routes, tuple(notes))
    raise AssertionError("the last try raises or returns")


def brought_of(
    asked: PlanningInput, limits: Sequence[Limit], orders: OrderPlan, lost: Sequence[Drop]
) -> OrderPlan:
    """Orders without what some visits would have brought, and what is to be expected then."""
    quantity = np.array(orders.quantity, float)
    for drop in lost:
        for need, units in drop.contents:
            quantity[need] -= units
    quantity = np.maximum(quantity, 0.0)
    items = [item_of(need, asked.products[need.product]) for need in asked.needs]
    outcomes = tuple(map(outcome, items, quantity.tolist()))
    used = np.array([limit.use @ quantity for limit in limits])
    cost = float(sum(one.cost for one in outcomes))
    return orders._replace(quantity=quantity, outcomes=outcomes, used=used, cost=cost)


def _lowered(share: float) -> list[str]:
    if share == 1:
        return []
    return [
        (
            f"Orders are kept to {share:.0%} of what all vehicles carry: larger ones do not fit "
            "into them in whole visits and shifts"
        )
    ]


def _routes(deliveries: Deliveries, search_s: float, iterations: int | None) -> DeliveryPlan:
    if not deliveries.stops:
        measures = measures_of(deliveries, ())
        return DeliveryPlan((), 0.0, 0.0, measures, method="nothing to bring")
    if search_s:
        return plan_deliveries(deliveries, time_limit_s=search_s)
    steps = iterations or STEPS + STEPS_A_STOP * len(deliveries.stops)
    return plan_deliveries(deliveries, iterations=steps)


def total_units(orders: OrderPlan) -> float:
    """Units of all orders together."""
    return float(np.sum(orders.quantity))
