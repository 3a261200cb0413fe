"""What each factor of a design changes: a panel a factor, a dot a point."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from experiments.designs import Study
from simulation.measures.catalogue import measure_of
from viz.pictures.panels import panel_figure
from viz.pictures.style import BLUE, ORANGE, corridor_style, save_picture

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


def _places(values: pd.Series) -> tuple[pd.Series, list[str]]:
    """Where the points stand over a key; texts stand side by side, under their names."""
    if all(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
        return values.astype(float), []
    texts = values.map(str)
    names = list(dict.fromkeys(texts))
    return texts.map(names.index), names
