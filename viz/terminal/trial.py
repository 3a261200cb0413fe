"""A plan tried in the simulator beside rules of thumb, in the terminal."""

from __future__ import annotations

import math

import pandas as pd
from rich.table import Table

from experiments.statistics import Interval, paired_interval, t_interval
from viz.terminal.console import narrow_table

SHOWN = (("cost", 1.0, 0), ("short_share", 100.0, 1), ("waste_share", 100.0, 0))
"""Measure, factor, digits; each with its interval."""


def trial_table(tried: pd.DataFrame) -> Table:
    """What came of each plan, by law of demand.

    Parameters
    ----------
    tried : DataFrame
        As `experiments.planning.trial.runs.try_plans` gives it; the first plan is the base.
    """
    replications = tried["replication"].nunique()
    table = narrow_table(f"Tried in the simulator, {replications} runs of each")
    for heading in ("cost", "more than\nthe first", "short\n%", "left\n%", "arrives\nh"):
        table.add_column(heading, justify="right", no_wrap=True)
    for world, own in tried.groupby("world", sort=False):
        table.add_section()
        table.add_row(f"{world}:", style="bold")
        groups = own.groupby("plan", sort=False)
        plans = {name: rows.set_index("replication") for name, rows in groups}
        base = next(iter(plans.values()))["cost"]
        for name, rows in plans.items():
            cost, *others = (
                _told(t_interval(factor * rows[measure]), digits)
                for measure, factor, digits in SHOWN
            )
            more = paired_interval(rows["cost"], base[rows.index])
            is_base = rows["cost"].equals(base)
            table.add_row(
                str(name), cost, "" if is_base else _told(more, 0, sign="+"), *others,
                f"{rows['arrival_h'].mean():.1f}",
            )  # fmt: skip
    table.caption = (
        "mean, nearest: orders what is expected, drives on to the nearest; each\n"
        "for itself: a trip for every centre. Short: of what was asked for; left:\n"
        "of what was there or came; arrives: a unit, on average, after the first\n"
        "vehicle sets out. ± half-width of the 95% interval"
    )
    return table


def _told(value: Interval, digits: int, sign: str = "") -> str:
    half = value.high - value.mean
    mean = f"{value.mean:{sign},.{digits}f}".replace("-", "−")
    is_exact = math.isnan(half) or round(half, digits) == 0
    return mean if is_exact else f"{mean} ± {half:,.{digits}f}"
