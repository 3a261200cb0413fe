"""The picture of the fleet: what ambulances on duty do, hour by hour of the day."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from simulation.measures.service import DUTY_STATES
from viz.pictures.panels import panel_figure
from viz.pictures.style import corridor_style, save_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL_IN = (4.4, 3.6)
LEGEND_IN = 1.7
COLOURS = {
    "mobilising": "#F6C5A0",
    "to_call": "#D55E00",
    "on_scene": "#E69F00",
    "to_hospital": "#0072B2",
    "waiting_bay": "#2B2B2B",
    "handover": "#56B4E9",
    "returning": "#9CC9B8",
    "moving": "#CC79A7",
    "on_break": "#B9B4AB",
    "out_of_order": "#7A756E",
    "idle": "#F1EEE8",
}
NAMES = {
    "mobilising": "setting out",
    "to_call": "driving to a call",
    "on_scene": "on the scene",
    "to_hospital": "driving to hospital",
    "waiting_bay": "waiting for a bay",
    "handover": "handing over",
    "returning": "driving home",
    "moving": "moving to a station",
    "on_break": "on a break",
    "out_of_order": "out of order",
    "idle": "at a station",
}


def draw_fleet_by_hour(states: Mapping[str, pd.DataFrame], path: Path | str, *, title: str) -> None:
    """Draw the share of the fleet in each state over the day, one panel an arm.

    Parameters
    ----------
    states : mapping of str to DataFrame
        By arm (see `by_state_and_hour`). States that nobody is ever in are left
        out, hours in which nobody is on duty are blank.
    path : path-like
        ``.png`` or ``.svg``; written whole or not at all.
    title : str
    """
    seen = [name for name in DUTY_STATES if any((own[name] > 0).any() for own in states.values())]
    with corridor_style():
        figure, panels = panel_figure(len(states), title, PANEL_IN, LEGEND_IN, sharey=True)
        for panel, (arm, own) in zip(panels.ravel(), states.items(), strict=False):
            _draw_panel(panel, own[seen])
            panel.set_title(arm if len(states) > 1 else "", fontsize=11, fontweight="normal")
        for panel in panels[:, 0]:
            panel.set_ylabel("ambulances on duty (%)")
        handles, names = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles[::-1], names[::-1], loc="outside right center")
        save_picture(figure, path)


def _draw_panel(panel: Axes, states: pd.DataFrame) -> None:
    """Areas one upon the other; each hour is as high at its end as at its beginning."""
    shares = 100 * states.reindex(range(24), fill_value=0.0).to_numpy()
    panel.stackplot(
        np.arange(25),
        np.vstack((shares, shares[-1:])).T,
        step="post",
        labels=[NAMES[str(name)] for name in states],
        colors=[COLOURS[str(name)] for name in states],
        linewidth=0,
    )
    panel.set(xlim=(0, 24), ylim=(0, 100), xticks=range(0, 25, 6), xlabel="hour of the day")
    panel.tick_params(length=0)
