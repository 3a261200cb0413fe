"""The picture of stocks: what lies at stores and distributors, day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from environment.units import DAY_S, HOUR_S
from simulation.measures.supply import signed_units
from simulation.tables.supply import SupplyTables
from viz.pictures.style import GRID, LINE_STYLES, SERIES, corridor_style, save_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL_IN = (3.7, 1.9)
SEEN_EVERY_H = 3
KINDS = {"store": "at stores", "distributor": "at distributors"}


def stock_by_day(tables: SupplyTables, horizon_s: float) -> pd.DataFrame:
    """Units of each item that lie at all sites of a kind, on average over each day.

    Returns
    -------
    DataFrame
        A row for each day; a column for each kind of site and item.
    """
    moments_s = np.arange(0.0, horizon_s, SEEN_EVERY_H * HOUR_S)
    kind = tables.stock_changes["site"].map(tables.sites.set_index("site")["kind"])
    changes = tables.stock_changes.assign(kind=kind, signed=signed_units(tables.stock_changes))
    levels = {}
    for name in KINDS:
        for item in tables.items["item"]:
            own = changes[(changes["kind"] == name) & (changes["item"] == item)]
            level = np.append(0, own["signed"].cumsum())
            levels[name, str(item)] = level[np.searchsorted(own["time_s"], moments_s, side="right")]
    day = pd.Index((moments_s // DAY_S).astype(int), name="day")
    return pd.DataFrame(levels, index=day).groupby(level="day").mean()


def draw_stock(
    stocks: Mapping[str, Sequence[pd.DataFrame]], path: Path | str, *, title: str
) -> None:
    """Draw stocks over the days: a row of panels for each item, a line for each arm.

    The line is the mean over replications; a band reaches from the least to the greatest of them.

    Parameters
    ----------
    stocks : mapping of str to sequence of DataFrame
        By arm, one for each replication (see `stock_by_day`).
    path : path-like
        ``.png`` or ``.svg``; written whole or not at all.
    title : str
    """
    first = next(iter(stocks.values()))[0]
    items = list(dict.fromkeys(first.columns.get_level_values(1)))
    with corridor_style():
        from matplotlib.figure import Figure

        size_in = (PANEL_IN[0] * len(KINDS) + 0.5, PANEL_IN[1] * len(items) + 0.9)
        figure = Figure(figsize=size_in, layout="constrained")
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=13)
        rows = figure.subplots(len(items), len(KINDS), sharex=True, squeeze=False)
        for item, panels in zip(items, rows, strict=True):
            for kind, panel in zip(KINDS, panels, strict=True):
                own = {
                    arm: pd.concat([one[kind, item] for one in tables], axis="columns")
                    for arm, tables in stocks.items()
                }
                _draw_panel(panel, own)
            panels[0].set_ylabel(f"{item}\n(units)")
        for panel, name in zip(rows[0], KINDS.values(), strict=True):
            panel.set_title(name, fontsize=10, fontweight="normal")
        for panel in rows[-1]:
            panel.set_xlabel("day")
        if len(stocks) > 1:
            handles = rows[0, 0].get_legend_handles_labels()
            figure.legend(*handles, loc="outside lower left", ncols=4)
        save_picture(figure, path)


def _draw_panel(panel: Axes, stocks: Mapping[str, pd.DataFrame]) -> None:
    for number, (arm, units) in enumerate(stocks.items()):
        colour = SERIES[number % len(SERIES)]
        day = units.index.to_numpy() + 0.5
        if units.shape[1] > 1:
            least, most = units.min(axis=1), units.max(axis=1)
            panel.fill_between(day, least, most, color=colour, alpha=0.15, lw=0)
        style = LINE_STYLES[number % len(LINE_STYLES)]
        panel.plot(day, units.mean(axis=1), color=colour, linewidth=2, linestyle=style, label=arm)
    panel.yaxis.set_major_formatter("{x:,.0f}")
    panel.set(xlim=(0, len(day)))
    panel.set_ylim(bottom=0)
    panel.locator_params(axis="y", nbins=4)
    panel.locator_params(axis="x", integer=True)
    panel.grid(axis="y", color=GRID, linewidth=0.7)
    panel.set_axisbelow(True)
