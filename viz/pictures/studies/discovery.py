"""Where a conclusion fails: the trade of coverage for density, and the box among the worlds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.discovery import Discovery
from simulation.measures.catalogue import measure_of
from viz.pictures.panels import panel_figure
from viz.pictures.style import (
    BLUE,
    FAINT_INK,
    INK,
    ORANGE,
    PALE_BLUE,
    VERMILION,
    corridor_style,
    save_picture,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Panel

NAME = "discovery"
MOST_KEYS = 3
PANEL_IN = (3.6, 3.1)
MARGIN = 0.03
"""Of a panel, between the outermost worlds and its edge."""


def draw_discovery(found: Discovery, folder: Path, name: str = NAME) -> Path:
    """Draw the trajectory, and pairs of the keys that the box limits, as PNG and SVG.

    Parameters
    ----------
    found : Discovery
    folder : Path
    name : str
        Of the files.

    Returns
    -------
    Path
        The PNG file.
    """
    path = folder / f"{name}.png"
    pairs = _pairs(found)
    with corridor_style():
        what = "the change of " if found.effects.against else ""
        title = f"Where {what}{found.effects.measure} is {found.condition}{_shown_limit(found)}"
        figure, panels = panel_figure(1 + len(pairs), title, PANEL_IN)
        _draw_trajectory(found, panels.ravel()[0])
        for panel, (across, up) in zip(panels.ravel()[1:], pairs, strict=False):
            _draw_worlds(found, panel, across, up)
        handles, labels = panels.ravel()[1].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
        for file in (path, path.with_suffix(".svg")):
            save_picture(figure, file)
    return path


def _shown_limit(found: Discovery) -> str:
    """The limit in the unit in which the measure is shown, where that is another."""
    measure, limit = measure_of(found.effects.measure), found.condition.limit
    if not limit or measure.scale == 1:
        return ""
    return f" ({measure.text(limit)} {measure.unit_of_differences})"


def _pairs(found: Discovery) -> list[tuple[int, int | None]]:
    """Pairs of the keys that are limited; one alone stands over the effect itself.

    Without a box the keys that trials limit most often are shown.
    """
    often = found.trials.limited
    keys = sorted(
        range(len(found.axes.keys)) if found.box is None else found.box.limited,
        key=lambda number: -often[found.axes.keys[number]],
    )[: MOST_KEYS if found.box is not None else 2]
    if len(keys) == 1:
        return [(keys[0], None)]
    return [(one, other) for place, one in enumerate(keys) for other in keys[place + 1 :]]


def _draw_trajectory(found: Discovery, panel: Panel) -> None:
    coverage, density, mass = np.array([step.share[:3] for step in found.steps]).T
    panel.plot(coverage, density, color=FAINT_INK, lw=0.8, zorder=1)
    panel.scatter(coverage, density, 8 + 70 * mass, color=BLUE, zorder=2)
    panel.axhline(found.fails.mean(), color=FAINT_INK, lw=0.8, ls=":")
    if found.share is not None:
        panel.scatter(
            found.share.coverage, found.share.density, 90, color=ORANGE, marker="*", zorder=3
        )
        panel.annotate(
            "the box",
            (found.share.coverage, found.share.density),
            (6, 6),
            textcoords="offset points",
            color=INK,
        )
    panel.set(xlim=(-0.03, 1.05), ylim=(0, 1.08))
    panel.set_xlabel("coverage: share of the failures")
    panel.set_ylabel("density: share that fails")
    panel.text(0.02, 0.02, "size: mass; dotted: all worlds", color=FAINT_INK, fontsize=7.5)


def _draw_worlds(found: Discovery, panel: Panel, across: int, up: int | None) -> None:
    x = _places(found, panel, across, "x")
    y = _effects(found, panel) if up is None else _places(found, panel, up, "y")
    panel.scatter(x[~found.fails], y[~found.fails], 16, color=PALE_BLUE, label="holds")
    panel.scatter(x[found.fails], y[found.fails], 18, color=VERMILION, marker="x", label="fails")
    if found.box is None:
        return
    from matplotlib.patches import Rectangle

    for left, right in _stretches(found, across):
        whole: list[tuple[float, float]] = [panel.get_ylim()]
        for low, high in whole if up is None else _stretches(found, up):
            panel.add_patch(
                Rectangle(
                    (left, low), right - left, high - low, fill=False, color=ORANGE, lw=2, zorder=3
                )
            )


def _places(found: Discovery, panel: Panel, number: int, which: str) -> NDArray[np.float64]:
    """Where worlds stand on a key: numbers where they are, other values side by side."""
    codes, levels = found.axes.codes[:, number], found.axes.levels[number]
    set_to: Any = getattr(panel, f"set_{which}lim")
    getattr(panel, f"set_{which}label")(found.axes.keys[number])
    if found.axes.is_ordered[number]:
        values = np.array(levels, dtype=float)
        room = MARGIN * (values[-1] - values[0])
        set_to(values[0] - room, values[-1] + room)
        return values[codes]
    set_to(-0.6, len(levels) - 0.4)
    getattr(panel, f"set_{which}ticks")(range(len(levels)), [str(level) for level in levels])
    spread = np.random.default_rng(0).uniform(-0.25, 0.25, len(codes))
    return codes + spread


def _effects(found: Discovery, panel: Panel) -> NDArray[np.float64]:
    measure = measure_of(found.effects.measure)
    change = "change of " if found.effects.against else ""
    panel.set_ylabel(f"{change}{measure.heading}")
    shown = found.effects.of_world[:, 0] * measure.scale
    room = MARGIN * np.ptp(shown)
    panel.set_ylim(shown.min() - room, shown.max() + room)
    panel.axhline(found.condition.limit * measure.scale, color=FAINT_INK, lw=0.8, ls=":")
    return shown


def _stretches(found: Discovery, number: int) -> list[tuple[float, float]]:
    """From where to where the box goes on a key; of texts, each is a stretch of its own."""
    assert found.box is not None
    levels = found.axes.levels[number]
    own = np.flatnonzero(found.box.allowed[number])
    if not found.axes.is_ordered[number]:
        return [(place - 0.4, place + 0.4) for place in own]
    limit = found.box.limits(found.axes).get(found.axes.keys[number], {})
    room = MARGIN / 2 * (levels[-1] - levels[0])
    half = 0.5 if all(isinstance(level, int) for level in levels) else 0.0
    low, high = limit.get("low"), limit.get("high")
    return [
        (
            levels[0] - room if low is None else float(low) - half,
            levels[-1] + room if high is None else float(high) + half,
        )
    ]
