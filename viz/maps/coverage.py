"""How soon help arrives: bands of colour around the streets, and the lines between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from environment.roads.network import RoadNetwork
from viz.maps.frame import grid_over
from viz.pictures.style import HALO, INK, LAND, SMALL_PT, TEXT_PT, seconds_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Patch
    from matplotlib.path import Path
    from matplotlib.text import Text

BAND_MINUTES = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0)
REACH_M = 320.0  # coverage is coloured so far from a junction
POINT_EVERY_M = 150.0  # along long streets
CELLS = 420  # along the longer side
LEAST_ISOCHRONE_PT = 60.0


def draw_coverage(ax: Axes, roads: RoadNetwork, coverage_s: NDArray[np.float64]) -> list[Text]:
    """Draw bands of travel time around the streets and isochrones, with their minutes.

    Parameters
    ----------
    ax : Axes
        With its limits set.
    roads : RoadNetwork
    coverage_s : (n,) float64
        Seconds to each junction; at least one of them finite.

    Returns
    -------
    list of Text
        The minutes beside the lines, which give way to other texts.
    """
    x, y, minutes, distance_m = _coverage_grid(ax, roads, coverage_s)
    levels = minute_bands(coverage_s)
    colours = seconds_colours(len(levels))
    shown = ax.contourf(
        x, y, minutes, levels=levels, colors=colours.colors, extend="max", alpha=0.92, zorder=1
    )
    ax.contourf(x, y, distance_m, levels=[REACH_M, np.inf], colors=[LAND], zorder=1.1)
    labels = _draw_isochrones(ax, x, y, np.where(distance_m < REACH_M, minutes, np.nan), levels)
    scale = ax.inset_axes((0.68, -0.05, 0.32, 0.014))
    bar = ax.figure.colorbar(shown, cax=scale, orientation="horizontal", ticks=levels)
    cast("Patch", bar.outline).set_visible(False)
    bar.ax.xaxis.set_major_formatter("{x:g}")
    bar.ax.tick_params(length=0, labelsize=SMALL_PT)
    bar.ax.set_title(
        "Minutes from the nearest station", fontsize=TEXT_PT, fontweight="normal", pad=4
    )
    return labels


def _draw_isochrones(
    ax: Axes,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    minutes: NDArray[np.float64],
    levels: NDArray[np.float64],
) -> list[Text]:
    """Lines of equal travel time; each says its minutes."""
    from matplotlib.patheffects import withStroke

    lines = ax.contour(
        x, y, minutes, levels=levels[1:], colors=INK, linewidths=0.9, alpha=0.8, zorder=1.9
    )
    lines.set_paths([_long_lines(path, ax) for path in lines.get_paths()])
    labels = ax.clabel(lines, fmt="%g\N{THIN SPACE}min", fontsize=SMALL_PT, inline=False, zorder=6)
    for label in labels:
        label.set(color=INK, path_effects=[withStroke(linewidth=3.4, foreground=HALO)])
    return labels


def _long_lines(path: Path, ax: Axes) -> Path:
    """A level's lines without those around spots too small to be told."""
    from matplotlib.path import Path as Lines

    least_px = LEAST_ISOCHRONE_PT * ax.figure.dpi / 72
    pieces = path.to_polygons(closed_only=False)
    steps = [np.diff(ax.transData.transform(piece), axis=0) for piece in pieces]
    length_px = [np.hypot(*step.T).sum() for step in steps]
    return Lines.make_compound_path(
        *(Lines(p) for p, px in zip(pieces, length_px, strict=True) if px >= least_px)
    )


def minute_bands(coverage_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round limits in minutes, at most nine, that hold nearly all junctions."""
    finite = coverage_s[np.isfinite(coverage_s)] / 60
    most = float(np.quantile(finite, 0.98)) if len(finite) else 1.0
    step = next((band for band in BAND_MINUTES if most / band <= 8), BAND_MINUTES[-1])
    count = max(2, int(np.ceil(most / step))) + 1
    return np.linspace(0.0, (count - 1) * step, count)


def _coverage_grid(
    ax: Axes, roads: RoadNetwork, coverage_s: NDArray[np.float64]
) -> tuple[NDArray[np.float64], ...]:
    """Minutes at the points of a grid, from the junctions near each, and how near they are."""
    from scipy.ndimage import gaussian_filter
    from scipy.spatial import cKDTree

    x, y = grid_over(ax, CELLS)
    known, known_s = _points_along_streets(roads, coverage_s)
    distance_m, nearest = cKDTree(known).query(
        np.column_stack(roads.to_metres(x.ravel(), y.ravel())), k=min(6, len(known))
    )
    weight = 1 / (distance_m.reshape(x.size, -1) + 30) ** 2
    minutes = known_s[nearest.reshape(x.size, -1)] / 60
    mean = (weight * minutes).sum(axis=1) / weight.sum(axis=1)
    nearest_m = distance_m.reshape(x.size, -1)[:, 0]
    return (
        x,
        y,
        gaussian_filter(mean.reshape(x.shape), 1.8),
        gaussian_filter(nearest_m.reshape(x.shape), 2.0),
    )


def _points_along_streets(
    roads: RoadNetwork, coverage_s: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Junctions and points between them in metres, with the travel time to each."""
    reached = np.isfinite(coverage_s)
    edges = np.flatnonzero(reached[roads.tail] & reached[roads.head])
    count = (roads.length_m[edges] // POINT_EVERY_M).astype(int)
    edge = np.repeat(edges, count)
    place = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    share = (place + 1) / (np.repeat(count, count) + 1)
    tail, head = roads.tail[edge], roads.head[edge]
    xy = roads.xy_m
    between = xy[tail] + share[:, None] * (xy[head] - xy[tail])
    between_s = coverage_s[tail] + share * (coverage_s[head] - coverage_s[tail])
    return np.concatenate((xy[reached], between)), np.concatenate((coverage_s[reached], between_s))
