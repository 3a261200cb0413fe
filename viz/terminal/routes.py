"""Routes of an instance of CVRPLIB in the terminal."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from experiments.routing.routed import Routed
from viz.terminal.console import print_notes


def print_routes(console: Console, routed: Routed) -> None:
    """Print what the routes come to, and each of them."""
    plan, instance = routed.plan, routed.instance
    console.print(
        f"{instance.name}: {len(instance.customers):,} customers, {sum(instance.demand):,} units, "
        f"{instance.capacity:,} a vehicle"
    )
    console.print(_summary(routed))
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("route", "customers", "load", "distance", "last arrival"):
        table.add_column(name, justify="right")
    table.add_column("nodes in this order", justify="left", overflow="fold")
    for number, trip in enumerate(plan.trips, 1):
        nodes = " ".join(map(str, routed.nodes(trip)))
        cells = (number, len(trip.stops), trip.load, trip.distance_m, max(trip.arrival_s))
        table.add_row(*(f"{cell:,.10g}" for cell in cells), nodes)
    console.print(table)
    print_notes(console, plan.notes, "Note")


def _summary(routed: Routed) -> str:
    """Vehicles, distance and gap on a line, and the objective if it is another."""
    plan = routed.plan
    least = routed.instance.least_vehicles
    told = [
        f"{len(plan.trips)} routes (the loads fill {least})",
        f"distance {plan.measures.distance:,.10g}",
    ]
    if routed.gap is not None:
        told.append(f"{100 * routed.gap:+.2f} % of the best known {routed.best_known:,.10g}")
    objective = routed.deliveries.objective
    if objective != "distance":
        told.append(f"{objective.replace('_', ' ')} {plan.objective:,.10g}")
    if plan.bound == plan.objective:
        told.append("no plan is better")
    return f"{', '.join(told)}; by {plan.method}"
