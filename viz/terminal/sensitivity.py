"""Which keys a measure depends on, in the terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from experiments.sensitivity import Sensitivity
from simulation.measures.catalogue import measure_of
from viz.terminal.console import plain_table, print_notes

MORRIS = (
    "mu: mean change of the measure from one end of the range to the other; mu*: mean size of it, "
    "± half-width of the {level:.0%} interval; sigma: its deviation, where the change is not "
    "straight or depends on other keys; noise: the mu* that simulation noise alone would give"
)
SOBOL = (
    "shares of the variance of the measure over the ranges, ± half-width of the {level:.0%} "
    "interval; S1: by the key alone; ST: with all that it does together with others"
)


def print_sensitivity(console: Console, found: Sensitivity, title: str) -> None:
    """Print a row for each key, the greatest first, and what is to be known of them."""
    heading = f"{title}: {measure_of(found.measure).full_heading}"
    console.print(_morris(found, heading) if found.method == "morris" else _sobol(found, heading))
    count = len(found.study.design.points)
    told = f"{count:,} points, {found.replications} replications of each"
    if not math.isnan(found.noise_share):
        share = min(found.noise_share, 1.0)
        told += f"; {share:.1%} of the variance between points is simulation noise"
        told += ", and is taken out" if found.method == "sobol" else ""
    print_notes(console, [told, *found.notes], "Note")


def _morris(found: Sensitivity, title: str) -> Table:
    measure, table = measure_of(found.measure), plain_table(title)
    for heading in ("over", "mu", "mu*", "sigma", "noise"):
        table.add_column(heading, justify="right")
    for row in _greatest_first(found, "mu_star"):
        size = f"{measure.text(row['mu_star'])} ± {measure.text(_half(row, 'mu_star'))}"
        change, rest = measure.difference_text(row["mu"]), (row["sigma"], row["noise"])
        table.add_row(row["key"], row["over"], change, size, *map(measure.text, rest))
    table.caption = MORRIS.format(level=found.level)
    return table


def _sobol(found: Sensitivity, title: str) -> Table:
    table = plain_table(title)
    for heading in ("over", "S1", "ST"):
        table.add_column(heading, justify="right")
    for row in _greatest_first(found, "st"):
        table.add_row(row["key"], row["over"], _index(row, "s1"), _index(row, "st"))
    table.caption = SOBOL.format(level=found.level)
    return table


def _greatest_first(found: Sensitivity, column: str) -> list[dict[Any, Any]]:
    ordered = found.table.sort_values(column, ascending=False, kind="stable")
    return [dict(row) for _, row in ordered.iterrows()]


def _index(row: Mapping[Any, Any], name: str) -> str:
    if math.isnan(row[name]):
        return "–"
    return f"{row[name]:z.2f} ± {_half(row, name):.2f}"


def _half(row: Mapping[Any, Any], name: str) -> float:
    return float(row[f"{name}_high"] - row[name])
