"""What a search went through, and the front that it found."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.search import Optimum
from experiments.search.trials import PRESENT
from simulation.measures.measure import Measure
from viz.pictures.panels import panel_figure
from viz.pictures.style import (
    BLUE,
    FAINT_INK,
    GREEN,
    SKY,
    SMALL_PT,
    VERMILION,
    corridor_style,
    save_picture,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

PANEL_IN = (4.6, 3.4)
CAP_PT = 2.5
ENDS = (("low", "min"), ("high", "max"))
ROOM = 1.0
"""For worse trials, as a share of where the plans lie that are told of."""


def draw_optimum(found: Optimum, folder: Path) -> list[Path]:
    """Draw how a search went on, and the front if it has several measures, as PNG and SVG.

    Returns
    -------
    list of Path
        The PNG files.
    """
    drawn = [folder / "search.png"]
    draw_search(found, drawn[0])
    draw_search(found, drawn[0].with_suffix(".svg"))
    if len(found.question.goals) > 1:
        drawn.append(folder / "front.png")
        draw_front(found, drawn[1])
        draw_front(found, drawn[1].with_suffix(".svg"))
    return drawn


def draw_search(found: Optimum, path: Path) -> None:
    """Draw every trial over the runs that had been made, the best so far, and the fresh figures.

    A trial stands at the present plan's mean plus its own change from it, so that trials with few
    and with many replications can be compared.
    """
    measures = found.question.measures
    with corridor_style():
        figure, panels = panel_figure(len(measures), "The search", PANEL_IN)
        for measure, panel in zip(measures, panels.ravel(), strict=False):
            _draw_trials(panel, found, measure)
            panel.set_xlabel("runs")
            _style_axis(panel.yaxis, measure)
        _add_legend(figure, panels.ravel()[0])
        save_picture(figure, path)


def _draw_trials(panel: Axes, found: Optimum, measure: Measure) -> None:
    table = found.table[found.table["ended"] != "failed"]
    present = found.row(PRESENT, measure.name)["search_mean"] * measure.scale
    runs, at = table["runs_so_far"], _in_the_search(found, measure, table)
    full = table["ended"] == "in full"
    best = at[full].groupby(runs[full]).agg("min" if measure.better == "lower" else "max")
    best = best.cummin() if measure.better == "lower" else best.cummax()
    best.loc[runs.max()] = best.iloc[-1]
    panel.scatter(runs[~full], at[~full], s=14, fc="none", ec=SKY, label="trial, given up")
    panel.scatter(runs[full], at[full], s=16, color=BLUE, label="trial, in full")
    panel.step(best.index, best, where="post", color=BLUE, lw=1.2, label="best so far")
    panel.axhline(present, color=FAINT_INK, lw=1, ls=(0, (4, 2)), label="present plan")
    ends = _draw_fresh(panel, found, measure, float(runs.max()))
    bottom, top = _limits([present, best.iloc[-1], *ends], at, measure)
    panel.set_ylim(bottom, top)
    _tell_left_out(panel, (at < bottom) | (at > top))


def _in_the_search(found: Optimum, measure: Measure, table: pd.DataFrame) -> pd.Series:
    """Where trials stand: at the present plan's mean and their own change from it, as shown."""
    present = found.row(PRESENT, measure.name)["search_mean"]
    return (present + table[f"{measure.name} change"]) * measure.scale


def _limits(told: Sequence[float], at: pd.Series, measure: Measure) -> tuple[float, float]:
    """From where to where an axis goes: what is told fits, and trials that are far worse do not."""
    low, high = min(told), max(told)
    room = ROOM * (high - low) or 0.1 * abs(high) or 1.0
    if measure.better == "lower":
        low, high = min(low, at.min()), min(max(high, at.max()), high + room)
    else:
        low, high = max(min(low, at.min()), low - room), max(high, at.max())
    edge = 0.06 * (high - low)
    return low - edge, high + edge


def _tell_left_out(panel: Axes, is_left_out: pd.Series) -> None:
    if is_left_out.any():
        panel.set_title(
            f"{int(is_left_out.sum())} trials are worse than shown", loc="right",
            fontsize=SMALL_PT, fontweight="normal", color=FAINT_INK,
        )  # fmt: skip


def _style_axis(axis: Axis, measure: Measure) -> None:
    axis.set_label_text(measure.full_heading)
    axis.set_major_formatter(lambda value, _: f"{value:,.6g}")


def _draw_fresh(panel: Axes, found: Optimum, measure: Measure, last: float) -> list[float]:
    """The best and the present plan in the fresh replications, beside the search.

    Returns
    -------
    list of float
        The ends of their intervals, as shown.
    """
    sign = 1 if measure.better == "lower" else -1
    best = min(found.front, key=lambda name: sign * found.row(name, measure.name)["mean"])
    ends = []
    for name, colour, at, label in (
        (best, GREEN, 1.05, "best, fresh"),
        (PRESENT, FAINT_INK, 1.1, "present plan, fresh"),
    ):
        row = found.row(name, measure.name)
        low, mean, high = (row[end] * measure.scale for end in ("low", "mean", "high"))
        panel.errorbar(
            at * last, mean, high - mean, fmt="s", ms=4, color=colour, capsize=CAP_PT, label=label
        )
        ends += [low, high]
    return ends


def draw_front(found: Optimum, path: Path) -> None:
    """Draw the plans of the front in fresh replications, two measures at a time."""
    pairs = list(combinations(found.question.measures, 2))
    trials = found.table[found.table["ended"] != "failed"]
    with corridor_style():
        figure, panels = panel_figure(len(pairs), "The front", PANEL_IN)
        for (across, up), panel in zip(pairs, panels.ravel(), strict=False):
            x, y = (_in_the_search(found, one, trials) for one in (across, up))
            panel.scatter(x, y, s=12, fc="none", ec=SKY, label="trial, search")
            of_panel = (panel, found, (across, up))
            ends = [
                *_draw_plans(*of_panel, found.dominated, FAINT_INK, "x", "dominated, fresh"),
                *_draw_plans(*of_panel, found.front, BLUE, "o", "front, fresh"),
                *_draw_plans(*of_panel, (PRESENT,), VERMILION, "D", "present plan, fresh"),
            ]
            left, right = _limits([one for one, _ in ends], x, across)
            bottom, top = _limits([one for _, one in ends], y, up)
            panel.set(xlim=(left, right), ylim=(bottom, top))
            _tell_left_out(panel, (x < left) | (x > right) | (y < bottom) | (y > top))
            _style_axis(panel.xaxis, across)
            _style_axis(panel.yaxis, up)
        _add_legend(figure, panels.ravel()[0])
        save_picture(figure, path)


def _draw_plans(
    panel: Axes,
    found: Optimum,
    measures: tuple[Measure, Measure],
    names: Sequence[str],
    colour: str,
    marker: str,
    label: str,
) -> list[tuple[float, float]]:
    """Draw plans with their intervals; returns the lower left and upper right of these."""
    if not names:
        return []
    across, up = (_intervals(found, names, one) for one in measures)
    panel.errorbar(
        across["mean"], up["mean"], xerr=across["high"] - across["mean"],
        yerr=up["high"] - up["mean"], fmt=marker, ms=4, lw=0.8, color=colour, label=label,
    )  # fmt: skip
    return [(across[end].agg(way), up[end].agg(way)) for end, way in ENDS]


def _intervals(found: Optimum, names: Sequence[str], measure: Measure) -> pd.DataFrame:
    rows = pd.DataFrame([found.row(name, measure.name) for name in names])
    return rows[["low", "mean", "high"]].astype(float) * measure.scale


def _add_legend(figure: Any, panel: Axes) -> None:
    handles, labels = panel.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=2, fontsize=SMALL_PT)
