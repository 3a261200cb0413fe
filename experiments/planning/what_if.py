"""What another budget, fleet or demand would bring: each solved like the plan itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import nan

import numpy as np

from experiments.planning.inputs import Need, PlanningInput
from experiments.planning.plan import Plan, Tell, plan_on, total_units
from policies.base import InfeasibleError
from policies.ordering.laws import demand_law

BUDGETS = (-0.2, -0.1, 0.1, 0.2)
MORE_DEMAND = 0.2
AS_PLANNED = "as planned"
ONE_MORE = "one more vehicle like"


@dataclass(frozen=True)
class WhatIf:
    """One line of the table.

    Attributes
    ----------
    change : str
    units : float
    fill_rate : float
    order_cost, route_cost, total_cost : float
        Money; the expected cost of orders includes what is left over and short.
    distance_km : float
    last_arrival_s : float
    vehicles : int
        That are used.
    unserved : int
        Visits that nobody makes.
    note : str
        Why there is no such plan, where there is none; all numbers are NaN then.
    """

    change: str
    units: float = nan
    fill_rate: float = nan
    order_cost: float = nan
    route_cost: float = nan
    total_cost: float = nan
    distance_km: float = nan
    last_arrival_s: float = nan
    vehicles: int = 0
    unserved: int = 0
    note: str = ""


def what_if(planned: Plan, tell: Tell = lambda _: None) -> list[WhatIf]:
    """The plan, and what it would be after one change at a time.

    With a vehicle more the plan as it is can still be driven, so it is kept where the search finds
    no better one.
    """
    rows = [row_of(AS_PLANNED, planned)]
    for change, asked in changes_of(planned):
        tell(f"What if: {change}")
        try:
            other = plan_on(asked, planned.ways)
        except InfeasibleError as error:
            rows.append(WhatIf(change, note=f"not possible: {str(error).splitlines()[0]}"))
            continue
        rows.append(
            row_of(change, _no_worse(planned, other) if change.startswith(ONE_MORE) else other)
        )
    return rows


def row_of(change: str, planned: Plan) -> WhatIf:
    """A plan as a line of the table."""
    measures = planned.routes.measures
    return WhatIf(
        change,
        units=total_units(planned.orders),
        fill_rate=planned.fill_rate,
        order_cost=float(planned.orders.cost),
        route_cost=measures.cost,
        total_cost=planned.total_cost,
        distance_km=measures.distance / 1000,
        last_arrival_s=measures.latest_arrival,
        vehicles=planned.used_vehicles,
        unserved=len(planned.routes.unserved),
    )


def changes_of(planned: Plan) -> Iterator[tuple[str, PlanningInput]]:
    """Each change by its name, and the question with it."""
    asked = planned.asked
    money = [number for number, limit in enumerate(asked.limits) if limit.kind == "money"]
    for share in BUDGETS if money else ():
        limits = list(asked.limits)
        limits[money[0]] = replace(limits[money[0]], amount=limits[money[0]].amount * (1 + share))
        name = limits[money[0]].name
        yield f"{name} {share:+.0%}", replace(asked, limits=tuple(limits))
    largest = max(asked.trucks, key=lambda truck: truck.capacity)
    more = replace(largest, name=_free_name(asked, largest.name))
    yield f"{ONE_MORE} {largest.name}", replace(asked, trucks=(*asked.trucks, more))
    if len(asked.trucks) > 1:
        rest = tuple(truck for truck in asked.trucks if truck is not largest)
        yield f"without {largest.name}", replace(asked, trucks=rest)
    needs = tuple(scaled(need, 1 + MORE_DEMAND) for need in asked.needs)
    yield f"demand {MORE_DEMAND:+.0%}", replace(asked, needs=needs)


def scaled(need: Need, factor: float) -> Need:
    """A need whose demand is so many times as high, mean and deviation alike."""
    from experiments.planning.reading.laws import NAMES

    mean, sd = need.mean * factor, need.sd * factor
    history = tuple(np.multiply(need.history, factor).tolist())
    if need.law_name == "empirical":
        law = demand_law("empirical", demand=history)
    elif need.law_name == "Poisson":
        law = demand_law("poisson", mean=mean)
    else:
        law = demand_law(NAMES[need.law_name], mean=mean, sd=sd)
    return replace(need, law=law, mean=mean, sd=sd, history=history)


def _free_name(asked: PlanningInput, name: str) -> str:
    taken = {truck.name for truck in asked.trucks}
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"


def _no_worse(planned: Plan, other: Plan) -> Plan:
    """The better of two plans by the objective, where both order the same."""
    same = np.array_equal(planned.orders.quantity, other.orders.quantity)
    return planned if same and planned.routes.objective < other.routes.objective else other
