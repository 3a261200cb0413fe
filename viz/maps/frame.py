"""The frame of a map: its page, true proportions, water and parks, scale, legend and title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from environment.places.city import CityMap
from environment.roads.network import PLANE, RoadNetwork
from viz.pictures.style import (
    FAINT_INK,
    HALO,
    INK,
    LAND,
    PARK,
    SMALL_PT,
    TEXT_PT,
    TITLE_PT,
    WATER,
    round_below,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LONG_SIDE_IN = 11.0
TOP_IN, BOTTOM_IN, SIDE_IN = 0.75, 0.8, 0.25
MARGIN_SHARE = 0.004  # of the map's size, left free around the streets
USUAL_KM_PER_INCH = 1.1
LEGEND_DOT_PT2 = 12.0
BELOW_SYMBOLS = 4.5
"""What lies below this is one image within an SVG: streets by the thousand, lights, areas."""


def new_figure(roads: RoadNetwork) -> tuple[Figure, Axes]:
    """A figure as wide and high as the map asks for, without pyplot and so without a display."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width, height = np.ptp(roads.xy_m, axis=0) * (1 + 2 * MARGIN_SHARE)
    inches = LONG_SIDE_IN / max(width, height)
    map_w = float(np.clip(width * inches, 0.6 * LONG_SIDE_IN, LONG_SIDE_IN))
    map_h = float(np.clip(height * inches, 0.4 * LONG_SIDE_IN, LONG_SIDE_IN))
    page_w, page_h = map_w + 2 * SIDE_IN, map_h + TOP_IN + BOTTOM_IN
    figure = Figure(figsize=(page_w, page_h))
    FigureCanvasAgg(figure)
    ax = figure.add_axes((SIDE_IN / page_w, BOTTOM_IN / page_h, map_w / page_w, map_h / page_h))
    return figure, ax


def grid_over(ax: Axes, cells: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points all over a framed map, x and y, so many along its longer side."""
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    box = ax.get_window_extent()
    scale = cells / max(box.width, box.height)
    x, y = np.meshgrid(
        np.linspace(west, east, max(2, round(scale * box.width))),
        np.linspace(south, north, max(2, round(scale * box.height))),
    )
    return x, y


def frame_map(ax: Axes, roads: RoadNetwork) -> float:
    """Set limits and true proportions; return the factor on the widths of lines."""
    west, south, east, north = roads.bounds
    aspect = 1.0 if roads.crs == PLANE else float(1 / np.cos(np.radians((south + north) / 2)))
    box = ax.get_window_extent()
    margin = MARGIN_SHARE * max(east - west, (north - south) * aspect)
    half_width = max(east - west, (north - south) * aspect * box.width / box.height) / 2 + margin
    half_height = half_width * box.height / box.width / aspect
    ax.set_xlim((west + east) / 2 - half_width, (west + east) / 2 + half_width)
    ax.set_ylim((south + north) / 2 - half_height, (south + north) / 2 + half_height)
    ax.set_aspect(aspect)
    ax.set_autoscale_on(False)
    ax.set_rasterization_zorder(BELOW_SYMBOLS)
    ax.set_facecolor(LAND)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set(visible=True, color="#CFCAC1", linewidth=0.8)
    km_per_inch = _shown_width_m(ax, roads) / 1000 / (box.width / ax.figure.dpi)
    return float(np.clip((USUAL_KM_PER_INCH / km_per_inch) ** 0.5, 0.55, 2.2))


def _shown_width_m(ax: Axes, roads: RoadNetwork) -> float:
    low, high = ax.get_xlim()
    return (high - low) / _units_per_metre(roads)


def _units_per_metre(roads: RoadNetwork) -> float:
    """Units of the map's ``x`` in a metre."""
    west, south, _, north = roads.bounds
    x_m, _ = roads.to_metres(np.array([west, west + 1.0]), np.full(2, (south + north) / 2))
    return float(1.0 / (x_m[1] - x_m[0]))


def draw_land(ax: Axes, city_map: CityMap) -> None:
    """Parks, and water above them."""
    from matplotlib.collections import PolyCollection

    ax.add_collection(PolyCollection(city_map.parks, facecolor=PARK, zorder=0.5))
    ax.add_collection(
        PolyCollection(
            city_map.water, facecolor=WATER, edgecolor="#94B8CB", linewidth=0.7, zorder=2
        )
    )


def draw_scale_bar(ax: Axes, roads: RoadNetwork) -> Artist:
    """A bar of a round length in the lower right corner; returns it without its text."""
    from matplotlib.patheffects import withStroke

    length_m = round_below(_shown_width_m(ax, roads) / 6)
    length = length_m * _units_per_metre(roads)
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    right, base = east - 0.025 * (east - west), south + 0.025 * (north - south)
    tick = 0.007 * (north - south)
    halo: Any = [withStroke(linewidth=4.0, foreground=HALO, alpha=0.85)]
    (bar,) = ax.plot(
        [right - length, right - length, right, right],
        [base + tick, base, base, base + tick],
        color=INK, linewidth=1.4, solid_joinstyle="miter", zorder=9, path_effects=halo,
    )  # fmt: skip
    text = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
    ax.text(
        right - length / 2, base + 1.4 * tick, text, ha="center", va="bottom",
        fontsize=SMALL_PT, zorder=9, path_effects=halo,
    )  # fmt: skip
    return bar


def draw_legend(ax: Axes, *, columns: int = 5) -> None:
    """What the symbols mean, below the map."""
    from matplotlib.collections import PathCollection

    handles, names = ax.get_legend_handles_labels()
    if not handles:
        return
    legend = ax.legend(
        handles[::-1], names[::-1], loc="upper left", bbox_to_anchor=(-0.008, -0.012),
        ncols=columns, fontsize=TEXT_PT, handletextpad=0.3, columnspacing=1.6,
        borderaxespad=0.0,
    )  # fmt: skip
    for handle in legend.legend_handles:
        if isinstance(handle, PathCollection):  # dots are larger here than on the map
            handle.set_sizes([max(LEGEND_DOT_PT2, *handle.get_sizes())])


def write_title(ax: Axes, title: str, subtitle: str) -> None:
    """Title and subtitle above the map."""
    for text, above_pt, size, weight, colour in (
        (title, 24.0 if subtitle else 10.0, TITLE_PT, "bold", INK),
        (subtitle, 8.0, TEXT_PT, "normal", FAINT_INK),
    ):
        ax.annotate(
            text, (0, 1), xycoords="axes fraction", xytext=(0, above_pt),
            textcoords="offset points", fontsize=size, fontweight=weight, color=colour,
        )  # fmt: skip
