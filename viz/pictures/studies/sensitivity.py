"""Which keys a measure depends on: Morris's plane of size and spread, or bars of Sobol' indices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.sensitivity import Sensitivity
from simulation.measures.catalogue import measure_of
from viz.pictures.style import (
    BLUE,
    FAINT_INK,
    GRID,
    INK,
    ORANGE,
    SMALL_PT,
    corridor_style,
    save_picture,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PLANE_IN = (6.4, 4.4)
BARS_IN = (6.4, 1.6)
BAR_IN = 0.5
"""Height of the picture of bars: so much, and so much for each key."""


def draw_sensitivity(found: Sensitivity, folder: Path) -> list[Path]:
    """Draw what a method says of each key, as PNG and SVG.

    Returns
    -------
    list of Path
        The PNG file: none where no key has an index, as of a measure that nothing changes.
    """
    from matplotlib.figure import Figure

    path = folder / "sensitivity.png"
    files = (path, path.with_suffix(".svg"))
    if found.method == "sobol" and found.table[["s1", "st"]].isna().all(axis=None):
        for file in files:
            file.unlink(missing_ok=True)  # those of another measure of the same runs
        return []
    with corridor_style():
        if found.method == "morris":
            figure = Figure(figsize=PLANE_IN, layout="constrained")
            _plane(figure, found)
        else:
            height_in = BARS_IN[1] + BAR_IN * len(found.table)
            figure = Figure(figsize=(BARS_IN[0], height_in), layout="constrained")
            _bars(figure, found)
        for file in files:
            save_picture(figure, file)
    return [path]


def _plane(figure: Figure, found: Sensitivity) -> None:
    """Size to the right, spread upwards; along the line both are alike."""
    measure, table = measure_of(found.measure), found.table
    columns = ["mu_star", "mu_star_low", "mu_star_high", "sigma", "noise"]
    shown = table[columns] * measure.scale
    panel = figure.subplots()
    error = [shown["mu_star"] - shown["mu_star_low"], shown["mu_star_high"] - shown["mu_star"]]
    drawn = panel.errorbar(
        shown["mu_star"], shown["sigma"], xerr=error, fmt="o", color=BLUE, ms=5, lw=1, capsize=2.5
    )
    drawn.lines[0].set_clip_on(False)  # a key that does nothing is seen whole
    most = max(float(shown["mu_star_high"].max()), float(shown["sigma"].max()) * 1.15, 1e-9)
    panel.plot([0, most], [0, most], color=GRID, lw=1.2, zorder=0)
    panel.annotate(
        "as uneven as it is great", (0.7 * most, 0.7 * most), xytext=(-4, 4), fontsize=SMALL_PT,
        textcoords="offset points", ha="right", color=FAINT_INK,
    )  # fmt: skip
    noise = float(shown["noise"].max())
    if noise > 0:
        panel.axvspan(0, noise, color=GRID, alpha=0.5, lw=0, zorder=0)
    for key, row in zip(table["key"], shown.to_dict(orient="records"), strict=True):
        panel.annotate(
            key, (row["mu_star"], row["sigma"]), xytext=(0, 6), textcoords="offset points",
            fontsize=SMALL_PT, ha="center" if row["mu_star"] > 0.15 * most else "left",
        )  # fmt: skip
    panel.set_xlim(0, most * 1.05)
    top = max(float(shown["sigma"].max()) * 1.25, 0.2 * most)
    panel.set_ylim(-0.04 * top, top)  # the interval of a key without spread is seen, too
    unit = measure.unit_of_differences
    unit = f" ({unit})" if unit else ""
    panel.set_xlabel(f"mean size of the change over the range, mu*{unit}; grey: by noise alone")
    panel.set_ylabel(f"its deviation, sigma{unit}")
    panel.set_title(measure.full_heading)


def _bars(figure: Figure, found: Sensitivity) -> None:
    """Two bars a key, the greatest on top."""
    table = found.table.sort_values("st", ascending=False, kind="stable")
    panel = figure.subplots()
    place = np.arange(len(table))
    told = {"s1": ("S1, alone", BLUE, -0.19), "st": ("ST, with others", ORANGE, 0.19)}
    for name, (label, colour, beside) in told.items():
        panel.barh(place + beside, table[name], height=0.36, color=colour, label=label)
        error = [table[name] - table[f"{name}_low"], table[f"{name}_high"] - table[name]]
        panel.errorbar(
            table[name], place + beside, xerr=error, fmt="none", ecolor=INK, lw=1, capsize=2.5
        )
    panel.axvline(0, color=INK, lw=0.8)
    panel.set_yticks(place, list(table["key"]))
    panel.set_ylim(len(table) - 0.4, -0.6)
    panel.tick_params(axis="y", length=0)
    panel.set_xlabel("share of the variance over the ranges")
    panel.legend(loc="lower right", fontsize=SMALL_PT)
    panel.set_title(measure_of(found.measure).full_heading)
