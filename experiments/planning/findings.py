"""What a plan says, in sentences: what it costs, what is tight, what more would bring."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from environment.units import HOUR_S
from experiments.planning.plan import Plan, total_units
from experiments.planning.what_if import WhatIf


def tight_lines(plan: Plan) -> list[str]:
    """What is tight, and what one more unit of it would save."""
    money, lines = plan.asked.settings.currency, []
    units = {"money": money}
    for limit, kind, used, price in zip(
        plan.limits, plan.limit_kinds, plan.orders.used, plan.orders.price, strict=True
    ):
        unit = units.get(kind, kind)
        if price > 0:
            lines.append(
                f"{limit.name} is tight: {used:,.6g} of {limit.amount:,.6g} {unit} used; each "
                f"further one would save {price:,.3g} {money}"
            )
    if not lines:
        lines.append("No limit is tight: every centre gets the quantity that costs least")
    return lines


def more_lines(rows: Sequence[WhatIf], plan: Plan) -> Iterator[str]:
    """What each change of the what-if table would bring."""
    money = plan.asked.settings.currency
    for row in rows[1:]:
        if row.note:
            yield f"{row.change}: {row.note}"
            continue
        difference = row.total_cost - rows[0].total_cost
        km = row.distance_km - rows[0].distance_km
        if abs(difference) < 0.005 and abs(km) < 0.05:
            yield f"{row.change}: changes nothing"
            continue
        word = "less" if difference < 0 else "more"
        yield (
            f"{row.change}: {abs(difference):,.2f} {money} {word} in all, {km:+,.1f} km, "
            f"{row.fill_rate:.1%} of demand met"
        )


def unserved_lines(plan: Plan) -> list[str]:
    """Who goes without, and why."""
    routes = plan.routes
    lines = [
        f"{plan.drops[k].name} is not served: {routes.why.get(k, 'left out')}"
        for k in routes.unserved
    ]
    ordering = {
        need.centre for need, q in zip(plan.asked.needs, plan.orders.quantity, strict=True) if q > 0
    }
    nothing = [c.name for k, c in enumerate(plan.asked.centres) if k not in ordering]
    if nothing:
        shown = ", ".join(nothing[:8]) + (", …" if len(nothing) > 8 else "")
        lines.append(f"{len(nothing)} of {len(plan.asked.centres)} centres get nothing: {shown}")
    return lines


def figures_of(plan: Plan) -> list[tuple[str, float, str]]:
    """The figures of a plan: what, how much, and in which unit."""
    measures, money = plan.routes.measures, plan.asked.settings.currency
    outcomes = plan.orders.outcomes
    spent = sum(
        need.unit_cost * outcome.quantity
        for need, outcome in zip(plan.asked.needs, outcomes, strict=True)
    )
    return [
        ("Centres", len(plan.asked.centres), ""),
        ("Units ordered", total_units(plan.orders), "units"),
        ("Money for the units", spent, money),
        ("Expected units short", sum(o.shortage for o in outcomes), "units"),
        ("Expected units left over", sum(o.surplus for o in outcomes), "units"),
        ("Expected demand met", plan.fill_rate, "share"),
        ("Expected cost of orders, shortage and surplus included", float(plan.orders.cost), money),
        ("Vehicles used", plan.used_vehicles, f"of {len(plan.asked.trucks)}"),
        ("Trips", len(plan.routes.trips), ""),
        ("Driven", measures.distance / 1000, "km"),
        ("Time at the wheel", measures.time / HOUR_S, "h"),
        ("Last arrival", measures.latest_arrival, "clock"),
        ("Cost of vehicles", measures.cost, money),
        ("All costs together", plan.total_cost, money),
    ]
