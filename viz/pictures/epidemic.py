"""The picture of an epidemic: who is infectious where, and the calls that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from environment.units import DAY_S
from simulation.tables.result import Result
from viz.pictures.style import (
    FAINT_INK,
    GRID,
    LINE_STYLES,
    PALE_BLUE,
    SERIES,
    VERMILION,
    corridor_style,
    save_picture,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE_IN = (8.0, 5.6)


def infectious_by_day(result: Result) -> pd.DataFrame:
    """Persons who are infectious in the morning, by day (rows) and district (columns)."""
    table = result.epidemic.pivot_table("infectious", "day", "district", sort=False)
    return table.sort_index()


def calls_by_day(result: Result) -> pd.DataFrame:
    """Calls of each day, the ``usual`` ones and those of the ``epidemic``."""
    scenario = result.manifest["scenario"]["run"]
    days = int(np.ceil(scenario["days"] + scenario["warm_up_days"]))
    day = (result.calls["called_s"] // DAY_S).astype(int)
    whose = np.where(result.calls["epidemic"], "epidemic", "usual")
    counts = pd.crosstab(day, whose)
    return counts.reindex(index=range(days), columns=["usual", "epidemic"], fill_value=0)


def draw_epidemic(
    infectious: Mapping[str, pd.DataFrame],
    calls: Mapping[str, pd.DataFrame],
    path: Path | str,
    *,
    title: str,
) -> None:
    """Draw who is infectious in each district, and below, if anybody calls, the calls of each day.

    Parameters
    ----------
    infectious, calls : mapping of str to DataFrame
        By arm (see `infectious_by_day` and `calls_by_day`), or means of such tables. Calls are
        those of the first arm.
    path : path-like
        ``.png`` or ``.svg``; written whole or not at all.
    title : str
    """
    with corridor_style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=SIZE_IN, layout="constrained")
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=13)
        first, own = next(iter(calls.items()))
        heights = (3, 2) if own.to_numpy().any() else (3,)
        panels = figure.subplots(
            len(heights), 1, sharex=True, height_ratios=heights, squeeze=False
        ).ravel()
        _draw_infectious(panels[0], infectious)
        for lower in panels[1:]:
            _draw_calls(lower, own, f" ({first})" if len(calls) > 1 else "")
        panels[-1].set(xlim=(0, len(own)), xlabel="day")
        panels[-1].locator_params(axis="x", integer=True)
        for panel in panels:
            panel.set_ylim(bottom=0)
            panel.grid(axis="y", color=GRID, linewidth=0.7)
            panel.set_axisbelow(True)
        save_picture(figure, path)


def _draw_infectious(panel: Axes, infectious: Mapping[str, pd.DataFrame]) -> None:
    """A colour for each district, a kind of line for each arm whose epidemic is another."""
    first = next(iter(infectious.values()))
    if all(table.equals(first) for table in infectious.values()):
        infectious = {"": first}
    for row, (arm, table) in enumerate(infectious.items()):
        style = LINE_STYLES[row % len(LINE_STYLES)]
        for column, (district, persons) in enumerate(table.items()):
            panel.plot(
                persons.index, persons, color=SERIES[column % len(SERIES)], linewidth=1.8,
                linestyle=style, label=None if row else str(district),
            )  # fmt: skip
        if len(infectious) > 1:
            panel.plot([], [], color=FAINT_INK, linestyle=style, label=arm)
    panel.set_title("persons infectious, by district", fontsize=10, fontweight="normal")
    panel.yaxis.set_major_formatter("{x:,.0f}")
    panel.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))


def _draw_calls(panel: Axes, calls: pd.DataFrame, whose: str) -> None:
    base = np.zeros(len(calls))
    for kind, name, colour in (
        ("usual", "usual calls", PALE_BLUE),
        ("epidemic", "of the epidemic", VERMILION),
    ):
        own = calls[kind].to_numpy(float)
        panel.bar(calls.index + 0.5, own, bottom=base, width=0.86, color=colour, label=name)
        base += own
    panel.set_title(f"calls a day{whose}", fontsize=10, fontweight="normal")
    panel.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
