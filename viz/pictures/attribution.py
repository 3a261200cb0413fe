"""Attribution of the gain, in the terminal and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from rich.table import Table
from rich.text import Text

from experiments.attribution.factorial import ON, TOGETHER
from experiments.attribution.shapley import Attribution
from simulation.measures.catalogue import measure_of
from simulation.measures.measure import Measure
from viz.pictures.panels import panel_figure
from viz.pictures.style import FAINT_INK, INK, SERIES, SMALL_PT, corridor_style, save_picture
from viz.terminal.console import change_table, change_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL_IN = (3.6, 2.5)
INTERVAL = ["low", "high"]


def shapley_table(attribution: Attribution, title: str) -> Table:
    """What each mechanism adds to the difference on minus off, one measure a row.

    Measures of which nothing differs in any replication are left out.
    """
    table = change_table(title)
    for mechanism in attribution.factors:
        table.add_column(mechanism, justify="right", no_wrap=True)
    section = ""
    for name in differing_measures(attribution):
        measure = measure_of(name)
        if measure.section != section:
            section = measure.section
            table.add_section()
            table.add_row(Text(section, "bold"))
        rows = _of_measure(attribution.shapley, name).set_index("measure")
        table.add_row(measure.heading, *_cells(rows[["value", *INTERVAL]]))
    table.caption = (
        f"Shapley values ± half-width of the {attribution.level:.0%} t-interval over "
        "replications; they add up to on minus off"
    )
    return table


def effect_table(attribution: Attribution, measures: Sequence[str], title: str) -> Table:
    """Effects of mechanisms alone and in pairs, one a row, for some measures.

    Parameters
    ----------
    attribution : Attribution
    measures : sequence of str
        By name; four fit a terminal.
    title : str
    """
    table = change_table(title)
    table.columns[0].no_wrap = True  # headings give way here
    for name in measures:
        table.add_column(measure_of(name).full_heading, justify="right")
    shown = attribution.effects[attribution.effects["order"] <= 2]
    for term, own in shown.groupby("term", sort=False):
        rows = own.set_index("measure").loc[list(measures), ["effect", *INTERVAL]]
        table.add_row(str(term).replace(TOGETHER, " × "), *_cells(rows))
    table.caption = (
        "mean of all combinations with a mechanism less that without; of a pair, half of what one "
        "changes in the effect of the other"
    )
    return table


def draw_shapley(
    attribution: Attribution, measures: Sequence[str], path: Path | str, *, title: str
) -> None:
    """Draw what each mechanism adds, and the sum, as bars with their intervals.

    Parameters
    ----------
    attribution : Attribution
    measures : sequence of str
        By name; a panel for each.
    path : path-like
        ``.png`` or ``.svg``; written whole or not at all.
    title : str
    """
    with corridor_style():
        figure, panels = panel_figure(len(measures), title, PANEL_IN, 0.8, sharey=True)
        for panel, name in zip(panels.ravel(), measures, strict=False):
            _draw_panel(panel, attribution, measure_of(name))
        save_picture(figure, path)


def _draw_panel(panel: Axes, attribution: Attribution, measure: Measure) -> None:
    """A bar for each mechanism, and one for all of them below a line."""
    bars = _bars(attribution, measure.name) * measure.scale
    colours = [*SERIES[: len(bars) - 1], FAINT_INK]
    panel.barh(bars.index, bars["value"], color=colours, height=0.62)
    panel.errorbar(
        bars["value"], bars.index,
        xerr=[bars["value"] - bars["low"], bars["high"] - bars["value"]],
        fmt="none", ecolor=INK, elinewidth=1.2, capsize=3,
    )  # fmt: skip
    panel.use_sticky_edges = False  # a margin on both sides of zero
    panel.axvline(0, color=INK, linewidth=0.8)
    panel.axhline(len(bars) - 1.5, color=FAINT_INK, linewidth=0.6)
    panel.set_ylim(len(bars) - 0.5, -0.5)
    panel.tick_params(axis="y", length=0)
    panel.set_title(measure.full_heading, fontsize=10, fontweight="normal")
    unit = measure.unit_of_differences
    better = f"{measure.better} is better" if measure.better else ""
    panel.set_xlabel(", ".join(filter(None, (unit, better))), fontsize=SMALL_PT)


def _bars(attribution: Attribution, measure: str) -> pd.DataFrame:
    """Values and intervals by mechanism, and last of all together."""
    shares = _of_measure(attribution.shapley, measure).set_index("mechanism")
    total = _of_measure(attribution.totals, measure).rename(columns={"difference": "value"})
    total.index = pd.Index([ON])
    return pd.concat([shares, total])[["value", *INTERVAL]]


def differing_measures(attribution: Attribution) -> list[str]:
    """Measures that are shown and differ between combinations, by name."""
    return [
        str(name)
        for name, own in attribution.effects.groupby("measure", sort=False)
        if measure_of(str(name)).shown != "in files" and (own[INTERVAL] != 0).any(axis=None)
    ]


def _of_measure(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    return table[table["measure"] == measure]


def _cells(rows: pd.DataFrame) -> list[Text]:
    """A change and its interval in each row, by measure."""
    return [change_text(measure_of(str(name)), *row) for name, *row in rows.itertuples()]
