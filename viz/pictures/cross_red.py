"""What green for ambulances costs those who cross: red at the lights, as circles on the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from environment.roads.lights import light_of_node
from environment.roads.network import RoadNetwork
from simulation.measures.service import greens_by_light
from simulation.tables.result import Result
from viz.pictures.style import CROSS_RED, HALO, round_below

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_PT2 = 320.0


def cross_red_of(runs: Sequence[Result], roads: RoadNetwork) -> pd.DataFrame:
    """Where lights were switched to green, and for how long others saw red for it.

    Returns
    -------
    DataFrame
        One row per light: ``x``, ``y`` (the middle of its junctions) and ``cross_red_s``, seconds
        a day on average over the runs.
    """
    lights = pd.concat([greens_by_light(run) for run in runs]).groupby("light").sum() / len(runs)
    junctions = pd.DataFrame({"x": roads.x, "y": roads.y, "light": light_of_node(roads)})
    places = junctions.groupby("light")[["x", "y"]].mean()
    return places.join(lights.loc[lights["cross_red_s"] > 0, "cross_red_s"], how="inner")


def draw_cross_red(ax: Axes, cross_red: pd.DataFrame) -> None:
    """Draw a circle at each light, its area being the red that cross traffic saw.

    Parameters
    ----------
    ax : Axes
    cross_red : DataFrame
        One row per light (see `cross_red_of`), one at least.
    """
    most_s = cross_red["cross_red_s"].max()
    style: dict[str, Any] = {
        "color": CROSS_RED,
        "alpha": 0.6,
        "edgecolors": HALO,
        "linewidths": 0.6,
        "zorder": 6,
    }
    largest_first = cross_red.sort_values("cross_red_s", ascending=False)
    area_pt2 = MOST_PT2 * largest_first["cross_red_s"] / most_s
    ax.scatter(largest_first["x"], largest_first["y"], s=area_pt2, **style)
    unit_s = 60 if most_s >= 60 else 1
    round_s = unit_s * round_below(most_s / unit_s)
    for red_s in (round_s / 10, round_s):
        ax.scatter(
            [], [], s=MOST_PT2 * red_s / most_s, label=f"{_duration(red_s)} of red a day", **style
        )


def _duration(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 60 else f"{seconds / 60:g} min"
