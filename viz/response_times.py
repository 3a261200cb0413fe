"""The picture of response times: what share of calls has been reached after how many minutes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from viz.style import FAINT_INK, SERIES, SMALL_PT, corridor_style, save_picture

SIZE_IN = (10.0, 4.6)
SHOWN_SHARE = 0.99  # the axis ends where this share of calls has been reached,
SHOWN_TARGETS = 2.5  # or at so many target times, if that is sooner
LINE_STYLES = ("-", (0, (4, 2)), ":", "-.")


def draw_response_times(calls: Mapping[str, pd.DataFrame], path: Path | str, *, title: str) -> None:
    """Draw cumulative response times, one panel a priority and one line an arm.

    Parameters
    ----------
    calls : mapping of str to DataFrame
        By arm, the calls that count (see `simulation.tables.call_table`); those that were lost
        are never reached.
    path : path-like
        ``.png`` or ``.svg``; written whole or not at all.
    title : str
    """
    with corridor_style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=SIZE_IN, layout="constrained")
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=13)
        priorities = next(iter(calls.values()))[["priority", "target_s"]].drop_duplicates()
        priorities = priorities.sort_values("target_s")
        panels = figure.subplots(1, len(priorities), sharey=True, squeeze=False)[0]
        for panel, (priority, target_s) in zip(
            panels, priorities.itertuples(index=False), strict=True
        ):
            own = {arm: table[table["priority"] == priority] for arm, table in calls.items()}
            _draw_panel(panel, own, target_s / 60)
            panel.set_title(f"{priority} priority", fontsize=11, fontweight="normal")
        panels[0].set_ylabel("calls reached (%)")
        panels[-1].legend(loc="lower right")
        save_picture(figure, path)


def _draw_panel(panel, calls: Mapping[str, pd.DataFrame], target_min: float) -> None:  # type: ignore[no-untyped-def]
    longest_min = target_min
    for k, (arm, table) in enumerate(calls.items()):
        minutes = np.sort(table["response_s"].dropna().to_numpy()) / 60
        share = 100 * np.arange(1, len(minutes) + 1) / max(len(table), 1)
        style = LINE_STYLES[k % len(LINE_STYLES)]
        panel.step(
            minutes, share, where="post", label=arm, color=SERIES[k % len(SERIES)],
            linewidth=2, linestyle=style,
        )  # fmt: skip
        if len(minutes):
            longest_min = max(longest_min, np.quantile(minutes, SHOWN_SHARE))
    panel.axvline(target_min, color=FAINT_INK, linewidth=1)
    panel.annotate(
        f"target {target_min:g} min", (target_min, 3), xytext=(4, 0), textcoords="offset points",
        color=FAINT_INK, fontsize=SMALL_PT + 0.5,
    )  # fmt: skip
    panel.set_xlim(0, min(longest_min, SHOWN_TARGETS * target_min))
    panel.set_ylim(0, 101)
    panel.set_xlabel("minutes from call to arrival")
    panel.grid(axis="y", color="#E8E4DE", linewidth=0.7)
    panel.set_axisbelow(True)
