"""The gain of coordination over a range of its prices, in the terminal and as a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from rich.table import Table
from rich.text import Text

from experiments.attribution.price_sweep import PriceSweep
from simulation.measures.catalogue import measure_of
from simulation.measures.measure import Measure
from viz.pictures.panels import panel_figure
from viz.pictures.style import (
    BLUE,
    FAINT_INK,
    INK,
    SMALL_PT,
    VERMILION,
    corridor_style,
    save_picture,
)
from viz.terminal.console import BETTER, WORSE, change_table, change_text, plain_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL_IN = (3.6, 2.7)
COLOURS = {
    "turns to harm": WORSE,
    "harm throughout": WORSE,
    "turns to gain": BETTER,
    "gain throughout": BETTER,
    "undecided throughout": "",
    "no difference": "",
}


def sweep_table(sweep: PriceSweep, measures: Sequence[str], title: str) -> Table:
    """What coordination changes at each price, one measure a row; four prices fit a terminal.

    Parameters
    ----------
    sweep : PriceSweep
    measures : sequence of str
        By name.
    title : str
    """
    table = change_table(title)
    for price in sweep.table["price"].unique():
        table.add_column(f"{price:g}", justify="right", no_wrap=True)
    for name in measures:
        measure, rows = measure_of(name), _of_measure(sweep.table, name)
        changes = rows[["difference", "low", "high"]].itertuples(index=False)
        table.add_row(measure.full_heading, *(change_text(measure, *row) for row in changes))
    table.caption = f"on minus off by {sweep.key}"
    return table


def turning_table(sweep: PriceSweep, measures: Sequence[str], title: str) -> Table:
    """Where the gain of some measures turns into harm, or that it does not."""
    table = plain_table(title)
    table.show_header = False
    table.add_column()
    found = sweep.turning_points
    for name, what, *place in found[found["measure"].isin(measures)].itertuples(index=False):
        table.add_row(
            measure_of(name).full_heading, Text(finding_text(what, *place), COLOURS[what])
        )
    return table


def draw_price_sweep(
    sweep: PriceSweep, measures: Sequence[str], path: Path | str, *, title: str
) -> None:
    """Draw the difference that coordination makes against its price, a panel a measure.

    Parameters
    ----------
    sweep : PriceSweep
    measures : sequence of str
        By name. A band shows the interval at each price, a grey stretch where gain and harm
        cannot be told apart round the price at which one turns into the other.
    path : path-like
        ``.png`` or ``.svg``; written whole or not at all.
    title : str
    """
    with corridor_style():
        figure, panels = panel_figure(len(measures), title, PANEL_IN, 0.4, sharex=True)
        for panel, name in zip(panels.ravel(), measures, strict=False):
            _draw_panel(panel, sweep, measure_of(name))
        figure.supxlabel(sweep.key, fontsize=10)
        save_picture(figure, path)


def _draw_panel(panel: Axes, sweep: PriceSweep, measure: Measure) -> None:
    rows = _of_measure(sweep.table, measure.name).set_index("price")
    shown: pd.DataFrame = rows[["difference", "low", "high"]] * measure.scale
    panel.axhline(0, color=INK, linewidth=0.8)
    panel.fill_between(shown.index, shown["low"], shown["high"], color=BLUE, alpha=0.2, lw=0)
    panel.plot(shown.index, shown["difference"], color=BLUE, marker="o", markersize=4)
    points = _of_measure(sweep.turning_points, measure.name).dropna(subset="price")
    for price, low, high in points[["price", "low", "high"]].to_numpy():
        panel.axvspan(low, high, color=FAINT_INK, alpha=0.15, lw=0)
        panel.axvline(price, color=VERMILION, linewidth=1.2)
    panel.set_title(measure.full_heading, fontsize=10, fontweight="normal")
    better = f", {measure.better} is better" if measure.better else ""
    panel.set_ylabel(f"on minus off{better}", fontsize=SMALL_PT)


def _of_measure(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    return table[table["measure"] == measure]


def finding_text(found: str, price: float, low: float, high: float) -> str:
    """One line on what was found about the gain over a range of prices."""
    if math.isnan(price):
        return found
    return f"{found} at {price:.3g} ({low:.3g} to {high:.3g})"
