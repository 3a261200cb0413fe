"""Plans of stations and ambulances, in the terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

from experiments.location.locate import ProgressReporter
from experiments.location.located import LocatedPlan, Location
from experiments.statistics import Interval
from policies.siting.limits import Progress
from viz.terminal.console import plain_table, print_notes


def print_location(console: Console, found: Location) -> None:
    """Print the figures of the plans, the stations of the one that was asked for, and the front."""
    console.print(plans_table(found))
    console.print(legend(found))
    console.print()
    console.print(stations_table(found.plan))
    if found.front:
        console.print(front_table(found))
    print_notes(console, found.notes, "Note")


def plans_table(found: Location) -> Table:
    """What the city has beside the plan, and beside those that stand other sets of demands."""
    question, plans = found.question, [found.present, found.plan, *found.beside]
    table = plain_table(f"{found.case}: {question.model}")
    table.padding = (0, 1, 0, 0)
    for plan in plans:
        table.add_column(plan.name, justify="right")
    for heading, text in ROWS:
        table.add_row(heading, *map(text, plans))
    if question.lights:
        table.add_row("Lights equipped", *(str(int(plan.is_equipped.sum())) for plan in plans))
    table.add_section()
    for heading, text in SEARCH_ROWS:
        table.add_row(heading, *map(text, plans))
    return table


def legend(found: Location) -> str:
    """What the rows of figures mean."""
    stood = f"; limits of sets hold with {found.question.probability:.0%} each"
    return (
        f"in time: its station is within {found.target_s:.4g} s with siren; cost: of stations,\n"
        "ambulances, kilometres and lights at mean demand; days held: of "
        f"{found.plan.days_held.size} simulated\n"
        "days, those on which no station is asked for more ambulances than it has;\n"
        f"± half-width of the 95% interval{stood if found.question.is_robust else ''}"
    )


def stations_table(plan: LocatedPlan) -> Table:
    """Where the ambulances of a plan stand."""
    table = plain_table(f"Stations of {plan.name}")
    table.add_column("ambulances", justify="right")
    table.add_column("demand, %", justify="right")
    for row in plan.sited():
        name = row["name"] if row["name"] == row["site_id"] else f"{row['site_id']} {row['name']}"
        table.add_row(name, str(row["ambulances"]), f"{100 * row['share_of_demand']:.1f}")
    return table


def front_table(found: Location) -> Table:
    """Plans between the cheapest and the best service."""
    table = plain_table(f"Between cost and service ({found.plan.name}, demand at its worst)")
    table.show_header = True
    for heading in ("cost a day", "late calls' cost", "stations", "ambulances", "gap, %"):
        table.add_column(heading, justify="right")
    for number, plan in enumerate(found.front, start=1):
        table.add_row(
            str(number), f"{plan.cost_per_day:,.0f}", f"{plan.service_cost_per_day:,.0f}",
            str(plan.stations), str(plan.ambulances), f"{100 * plan.gap:.2f}",
        )  # fmt: skip
    table.caption = "late calls' cost: with stations and ambulances, without transport"
    return table


@contextmanager
def search_line(console: Console) -> Iterator[ProgressReporter]:
    """Show in one line what is being done and how far the search is; silent where nobody looks."""
    from rich.progress import Progress as Line
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Line(*columns, console=console, transient=True, disable=not console.is_terminal) as line:
        task = line.add_task("", total=None)

        def tell(what: str, step: Progress | None) -> None:
            line.update(task, description=what if step is None else f"{what}: {step_text(step)}")

        yield tell


def step_text(step: Progress) -> str:
    """How far a search is."""
    if math.isinf(step.gap):
        return "no plan yet"
    return f"{step.objective:,.0f} found, at least {step.bound:,.0f}, gap {step.gap:.2%}"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.2f}"


def _percent(share: Interval) -> str:
    half = 100 * (share.high - share.low) / 2
    return f"{100 * share.mean:.0f} ± {half:.0f}"


def _gap(plan: LocatedPlan) -> str:
    if plan.search is None or math.isnan(plan.search.gap):
        return "–"
    return f"{100 * plan.search.gap:.2f}"


ROWS: tuple[tuple[str, Callable[[LocatedPlan], str]], ...] = (
    ("Stations", lambda plan: str(int(plan.is_open.sum()))),
    ("Ambulances", lambda plan: str(int(plan.ambulances.sum()))),
    ("Demand in time (%)", lambda plan: f"{100 * plan.within_target:.1f}"),
    ("Drive, mean (min)", lambda plan: _minutes(plan.mean_drive_s)),
    ("Drive, longest (min)", lambda plan: _minutes(plan.longest_drive_s)),
    ("Cost a day", lambda plan: f"{plan.cost_per_day:,.0f}"),
    ("Days held (%)", lambda plan: _percent(plan.days_held)),
    ("Station-days held (%)", lambda plan: _percent(plan.station_days_held)),
)
SEARCH_ROWS: tuple[tuple[str, Callable[[LocatedPlan], str]], ...] = (
    ("Proven gap (%)", _gap),
    ("Status", lambda plan: plan.search.status if plan.search else "–"),
    ("Seconds", lambda plan: f"{plan.search.seconds:.1f}" if plan.search else "–"),
)
