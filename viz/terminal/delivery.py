"""Delivery plans in the terminal."""

from __future__ import annotations

import pandas as pd
from rich.console import Console
from rich.table import Table

from experiments.delivery.deliver import STAFF, Delivery
from viz.terminal.console import narrow_table, plain_table, print_notes


def print_delivery(console: Console, found: Delivery) -> None:
    """Print what goes where, what it costs and delays, what is short, and what limits it."""
    console.print(plan_table(found))
    console.print(figures_table(found))
    if found.front:
        console.print(front_table(found))
    print_notes(console, found.shortages(), "Short")
    unmet = found.unmet()
    if len(unmet):
        console.print(unmet_table(unmet))
    print_notes(console, found.binding(), "What limits the plan")


def plan_table(found: Delivery) -> Table:
    """A row for every way that is used."""
    table = narrow_table("Deliveries")
    table.show_header = True
    for heading in ("from", *found.country.items, STAFF, "km", "there on day", "days late"):
        table.add_column(heading, justify="left" if heading == "from" else "right")
    before = ""
    for row in found.deliveries().to_dict("records"):
        name = "" if row["district"] == before else row["district"]
        before = row["district"]
        late = f"{row['late_days']:.1f}" if row["late_days"] else ""
        table.add_row(
            name, row["site"], *(f"{row[item]:,}" for item in (*found.country.items, STAFF)),
            f"{row['km']:,.0f}", f"{row['arrival_days']:.1f}", late,
        )  # fmt: skip
    return table


def figures_table(found: Delivery) -> Table:
    """Both objectives, and what is proven of the plan."""
    answer, plan = found.answer, found.plan
    of_delay, of_cost = answer.extremes.normalised(plan)
    table = plain_table("The plan")
    costs = (
        f"sites {plan.fixed_cost:,.0f}, staff {plan.staff_cost:,.0f}, "
        f"transport {plan.transport_cost:,.0f}"
    )
    weights = f"{answer.delay_weight:g} of delay and {1 - answer.delay_weight:g} of cost"
    table.show_header = False
    table.add_column("")
    rows = (
        ("Delay penalty", f"{plan.delay:,.4g}  ({of_delay:.3f} from least 0 to most 1)"),
        ("Cost", f"{plan.cost:,.0f}  ({of_cost:.3f} from least 0 to most 1)"),
        (
            "  of which",
            costs,
        ),
        (
            "Weighted sum",
            f"{answer.objective:.5f} with weights {weights}",
        ),
        ("Proven gap", f"{_percent(answer.gap)} of the true sum, penalty not linearised"),
    )
    for heading, text in rows:
        table.add_row(heading, text)
    return table


def front_table(found: Delivery) -> Table:
    """Plans between least cost and least delay."""
    table = plain_table("Between cost and delay")
    table.show_header = True
    for heading in ("weight of delay", "cost", "delay penalty", "open sites", "gap"):
        table.add_column(heading, justify="right")
    for number, answer in enumerate(found.front, start=1):
        table.add_row(
            str(number), f"{answer.delay_weight:g}", f"{answer.plan.cost:,.0f}",
            f"{answer.plan.delay:,.4g}", str(int(answer.plan.is_open.sum())),
            _percent(answer.gap),
        )  # fmt: skip
    return table


def _percent(gap: float) -> str:
    """A gap, without the digits of the solver's rounding."""
    return f"{100 * gap:.2g} %" if gap >= 1e-5 else "< 0.001 %"


def unmet_table(unmet: pd.DataFrame) -> Table:
    """Who goes without how much."""
    table = plain_table("Goes without")
    for heading in unmet.columns:
        table.add_column(str(heading), justify="right")
    for name, row in unmet.iterrows():
        table.add_row(str(name), *(f"{units:,}" for units in row))
    return table
