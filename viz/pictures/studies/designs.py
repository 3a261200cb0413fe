"""What each factor of a design changes, and what an arm changes in each world."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from experiments.designs import Study
from experiments.discovery import Effects
from simulation.measures.catalogue import measure_of
from viz.pictures.panels import panel_figure
from viz.pictures.style import BLUE, FAINT_INK, ORANGE, VERMILION, corridor_style, save_picture

DRAWN = ("response_s", "fill_rate")
MOST_PANELS = 9
PANEL_IN = (3.2, 2.6)


def draw_study(study: Study, folder: Path) -> list[Path]:
    """Draw the first headline measure that a study has over each of its keys, as PNG and SVG.

    Returns
    -------
    list of Path
        The PNG files: none where nothing is varied.
    """
    names = [name for name in DRAWN if name in study.measures]
    known = [name for name in names if study.batch.summaries[name].notna().any()]
    if not study.design.keys or not known:
        return []
    path = folder / "design.png"
    measure, means = measure_of(known[0]), study.means(known[0])
    shown = {"mean": means["mean"] * measure.scale}
    shown["error"] = (means["high"] - means["mean"]) * measure.scale
    keys = study.design.keys[:MOST_PANELS]
    with corridor_style():
        figure, panels = panel_figure(len(keys), measure.heading, PANEL_IN, sharey=True)
        for key, panel in zip(keys, panels.ravel(), strict=False):
            at, names = _places(means[key])
            panel.errorbar(
                at, shown["mean"], shown["error"].fillna(0), fmt="o", color=BLUE, ms=3.5, lw=0.8
            )
            of_all = shown["mean"].groupby(at).mean()
            if len(of_all) < len(at):
                panel.plot(of_all.index, of_all, color=ORANGE, lw=1.2)
            panel.set_xlabel(key)
            if names:
                panel.set_xticks(range(len(names)), names)
        for file in (path, path.with_suffix(".svg")):
            save_picture(figure, file)
    return [path]


def draw_changes(effects: Effects, by: float, path: Path, *, title: str) -> Path:
    """Draw the change in each world with its interval, from the least to the greatest.

    Parameters
    ----------
    effects : Effects
    by : float
        The least change for the better that counts.
    path : Path
        The PNG file; an SVG stands beside it.
    title : str
    """
    from matplotlib.figure import Figure

    measure = measure_of(effects.measure)
    order = np.argsort(effects.of_world[:, 0])
    mean, low, high = (effects.of_world[order] * measure.scale).T
    sign = -1.0 if measure.better == "lower" else 1.0
    better = [BLUE if good else VERMILION for good in sign * mean > by * measure.scale]
    places = np.arange(len(mean))
    with corridor_style():
        figure = Figure(figsize=(6.4, min(1.6 + 0.1 * len(mean), 5.0)), layout="constrained")
        panel = figure.subplots()
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=13, wrap=True)
        panel.hlines(places, low, high, colors=better, lw=1.0, alpha=0.6)
        panel.scatter(mean, places, 12, color=better, zorder=3)
        panel.axvline(0, color=FAINT_INK, lw=0.8)
        if by:
            panel.axvline(sign * by * measure.scale, color=FAINT_INK, lw=0.8, ls=":")
        panel.set_yticks([])
        panel.set_ylabel(f"{len(mean)} worlds")
        unit = f" ({measure.unit_of_differences})" if measure.unit else ""
        panel.set_xlabel(f"{measure.label}: {effects.arm} minus {effects.against}{unit}")
        for file in (path, path.with_suffix(".svg")):
            save_picture(figure, file)
    return path


def _places(values: pd.Series) -> tuple[pd.Series, list[str]]:
    """Where the points stand over a key; texts stand side by side, under their names."""
    if all(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
        return values.astype(float), []
    texts = values.map(str)
    names = list(dict.fromkeys(texts))
    return texts.map(names.index), names
