"""The picture of needs: what was given at once, what was waited for, and what never came."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from environment.units import DAY_S
from simulation.tables.supply import SupplyTables
from viz.pictures.style import (
    BLUE,
    FAINT_INK,
    GRID,
    PALE_BLUE,
    SMALL_PT,
    VERMILION,
    corridor_style,
    save_picture,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL_IN = (3.7, 1.8)
OUTCOMES = {
    "at_once": ("given at once", PALE_BLUE),
    "later": ("given later", BLUE),
    "never": ("not given", VERMILION),
}


def needs_by_day(tables: SupplyTables, horizon_s: float) -> pd.DataFrame:
    """Units that were needed of each item on each day, by what became of them.

    Returns
    -------
    DataFrame
        A row for each item and day; its columns are ``at_once``, ``later`` and ``never``.
    """
    needs = tables.needs
    outcomes = pd.DataFrame(
        {
            "item": needs["item"].astype(str),
            "day": (needs["since_s"] // DAY_S).astype(int),
            "at_once": needs["at_once"],
            "later": needs["given"] - needs["at_once"],
            "never": needs["units"] - needs["given"],
        }
    )
    days = range(int(np.ceil(horizon_s / DAY_S)))
    every = pd.MultiIndex.from_product([tables.items["item"], days], names=["item", "day"])
    return outcomes.groupby(["item", "day"]).sum().reindex(every, fill_value=0)


def draw_needs(needs: Mapping[str, pd.DataFrame], path: Path | str, *, title: str) -> None:
    """Draw what became of the needs of each day: a row of panels for each item, one an arm.

    Parameters
    ----------
    needs : mapping of str to DataFrame
        By arm (see `needs_by_day`), or means of such tables.
    path : path-like
        ``.png`` or ``.svg``; written whole or not at all.
    title : str
    """
    items = list(dict.fromkeys(next(iter(needs.values())).index.get_level_values("item")))
    with corridor_style():
        from matplotlib.figure import Figure

        size_in = (PANEL_IN[0] * len(needs) + 0.5, PANEL_IN[1] * len(items) + 0.9)
        figure = Figure(figsize=size_in, layout="constrained")
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=13)
        rows = figure.subplots(len(items), len(needs), sharex=True, sharey="row", squeeze=False)
        for item, panels in zip(items, rows, strict=True):
            for panel, units in zip(panels, needs.values(), strict=True):
                _draw_panel(panel, units.loc[item])
            panels[0].set_ylim(bottom=0)
            panels[0].set_ylabel(f"{item}\n(units a day)")
        for panel, arm in zip(rows[0], needs, strict=True):
            panel.set_title(arm if len(needs) > 1 else "", fontsize=10, fontweight="normal")
        for panel in rows[-1]:
            panel.set_xlabel("day")
        figure.legend(*rows[0, 0].get_legend_handles_labels(), loc="outside lower left", ncols=3)
        save_picture(figure, path)


def _draw_panel(panel: Axes, units: pd.DataFrame) -> None:
    """A bar for each day, and in a corner the shares over all of them."""
    base = np.zeros(len(units))
    for outcome, (name, colour) in OUTCOMES.items():
        own = units[outcome].to_numpy(float)
        panel.bar(units.index + 0.5, own, bottom=base, width=0.86, color=colour, label=name)
        base += own
    total = units.to_numpy().sum()
    if total:
        at_once, later, _ = units[list(OUTCOMES)].sum() / total
        panel.annotate(
            f"{at_once + later:.1%} given, {at_once:.1%} at once", (1, 1),
            xycoords="axes fraction", ha="right", va="bottom", fontsize=SMALL_PT, color=FAINT_INK,
        )  # fmt: skip
    panel.yaxis.set_major_formatter("{x:,.0f}")
    panel.set(xlim=(0, len(units)))
    panel.use_sticky_edges = False  # some room above the bars
    panel.margins(y=0.08)
    panel.locator_params(axis="y", nbins=4)
    panel.locator_params(axis="x", integer=True)
    panel.grid(axis="y", color=GRID, linewidth=0.7)
    panel.set_axisbelow(True)
