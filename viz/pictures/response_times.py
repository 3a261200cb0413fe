"""The picture of response times: what share of calls has been reached after how many minutes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from viz.pictures.panels import panel_figure
from viz.pictures.style import FAINT_INK, GRID, LINE_STYLES, SERIES, corridor_style, save_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL_IN = (4.0, 3.9)
LEGEND_IN, LETTER_IN = 0.7, 0.075  # the line of an arm, and a letter of its name
SHOWN_SHARE = 0.99  # the axis ends where this share of calls has been reached,
SHOWN_TARGETS = 2.5  # or at so many target times, if that is sooner,
BEYOND_TARGET = 1.04  # but never at the target itself, whose line would be lost on the edge


def draw_response_times(calls: Mapping[str, pd.DataFrame], path: Path | str, *, title: str) -> None:
    """Draw cumulative response times, one panel a priority and one line an arm.

    Parameters
    ----------
    calls : mapping of str to DataFrame
        By arm, the calls that count (see `call_table`), of which there must be
        one; those that were lost are never reached.
    path : path-like
        ``.png`` or ``.svg``; written whole or not at all.
    title : str
    """
    targets_min = _targets_min(calls)
    legend_in = LEGEND_IN + LETTER_IN * max(map(len, calls)) if len(calls) > 1 else 0
    with corridor_style():
        figure, panels = panel_figure(len(targets_min), title, PANEL_IN, legend_in, sharey=True)
        for panel, (priority, targets) in zip(panels.ravel(), targets_min.items(), strict=False):
            own = {arm: table[table["priority"] == priority] for arm, table in calls.items()}
            _draw_panel(panel, own, targets)
            told = " or ".join(f"{target:g}" for target in targets)
            panel.set_title(
                f"{priority} priority\ntarget {told} min", fontsize=10, fontweight="normal"
            )
        for panel in panels[:, 0]:
            panel.set_ylabel("calls reached (%)")
        if len(calls) > 1:
            figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside right center")
        save_picture(figure, path)


def _targets_min(calls: Mapping[str, pd.DataFrame]) -> dict[str, list[float]]:
    """By priority its target times: several if arms have different ones. The shortest first."""
    pairs = pd.concat(table[["priority", "target_s"]] for table in calls.values())
    pairs = pairs.drop_duplicates().sort_values("target_s", kind="stable")
    return {
        str(priority): (own / 60).tolist()
        for priority, own in pairs.groupby("priority", sort=False, observed=True)["target_s"]
    }


def _draw_panel(panel: Axes, calls: Mapping[str, pd.DataFrame], targets_min: list[float]) -> None:
    reached = {
        arm: np.sort(table["response_s"].dropna().to_numpy()) / 60 for arm, table in calls.items()
    }
    ends = [np.quantile(minutes, SHOWN_SHARE) for minutes in reached.values() if len(minutes)]
    target_min = targets_min[-1]
    end_min = min(max([*ends, BEYOND_TARGET * target_min]), SHOWN_TARGETS * target_min)
    for k, (arm, minutes) in enumerate(reached.items()):
        share = 100 * np.arange(len(minutes) + 1) / max(len(calls[arm]), 1)
        panel.step(
            [0, *minutes, max([end_min, *minutes])],
            [*share, share[-1]],
            where="post",
            label=arm,
            color=SERIES[k % len(SERIES)],
            linewidth=2,
            linestyle=LINE_STYLES[k % len(LINE_STYLES)],
        )
    for target in targets_min:
        panel.axvline(target, color=FAINT_INK, linewidth=1)
    panel.set(xlim=(0, end_min), ylim=(0, 101), xlabel="minutes from call to arrival")
    panel.grid(axis="y", color=GRID, linewidth=0.7)
    panel.set_axisbelow(True)
