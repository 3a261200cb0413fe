"""The picture of a city: streets, water, stations and hospitals, and how soon help arrives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.city_map import CityMap
from environment.roads.network import PLANE, RoadNetwork
from environment.sites import Sites
from environment.zones import Zones
from viz.coverage import draw_coverage
from viz.cross_red import draw_cross_red
from viz.labels import place_labels, remove_covered, spread_symbols
from viz.roads import draw_roads
from viz.style import (
    BLUE,
    CALL,
    FAINT_INK,
    HALO,
    HOSPITAL,
    INK,
    LAND,
    PARK,
    SIGNAL,
    SMALL_PT,
    STATION,
    TEXT_PT,
    TITLE_PT,
    WATER,
    corridor_style,
    round_below,
    save_picture,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

LONG_SIDE_IN = 11.0
TOP_IN, BOTTOM_IN, SIDE_IN = 0.75, 0.8, 0.25
MARGIN_SHARE = 0.004  # of the map's size, left free around the streets
USUAL_KM_PER_INCH = 1.1
SYMBOL_PT = 13.0
LEGEND_DOT_PT2 = 12.0


def draw_map(
    city_map: CityMap,
    target: Path | str | Axes,
    *,
    title: str = "",
    subtitle: str = "",
    coverage_s: NDArray[np.float64] | None = None,
    calls_xy: NDArray[np.float64] | None = None,
    show_demand: bool = False,
    cross_red: pd.DataFrame | None = None,
) -> None:
    """Draw a map into a file or into axes.

    Parameters
    ----------
    city_map : CityMap
    target : path-like or matplotlib Axes
        A file (``.png`` or ``.svg``), written whole or not at all, or axes of the caller's.
    title, subtitle : str
    coverage_s : (n,) float64, optional
        Seconds of travel from the nearest station to each junction; infinite where none reaches.
    calls_xy : (k, 2) float64, optional
        Where calls came from, in the units of the map.
    show_demand : bool
        Draw each demand zone as a disc whose area is its share of the calls.
    cross_red : DataFrame, optional
        Red that cross traffic saw for green to ambulances, by light (see `viz.cross_red`).

    Raises
    ------
    ValueError
        If ``coverage_s`` does not have one value a junction.
    """
    roads = city_map.roads
    if coverage_s is not None and len(coverage_s) != roads.node_count:
        raise ValueError(
            f"coverage_s must have one value for each of {roads.node_count} junctions,"
            f" got {len(coverage_s)}"
        )
    with corridor_style():
        if not isinstance(target, str | Path):
            _draw(target, city_map, title, subtitle, coverage_s, calls_xy, show_demand, cross_red)
            return
        figure, ax = _new_figure(roads)
        _draw(ax, city_map, title, subtitle, coverage_s, calls_xy, show_demand, cross_red)
        save_picture(figure, target)


def _draw(
    ax: Axes,
    city_map: CityMap,
    title: str,
    subtitle: str,
    coverage_s: NDArray[np.float64] | None,
    calls_xy: NDArray[np.float64] | None,
    show_demand: bool,
    cross_red: pd.DataFrame | None,
) -> None:
    """All layers, from the ground up."""
    roads = city_map.roads
    zoom = _frame(ax, roads)
    _draw_ground(ax, city_map)
    minutes: list[Text] = []
    if coverage_s is not None and np.isfinite(coverage_s).any():
        minutes = draw_coverage(ax, roads, coverage_s)
    if show_demand and city_map.zones is not None:
        _draw_demand(ax, city_map.zones)
    draw_roads(ax, roads, zoom=zoom, plain=coverage_s is not None)
    _draw_signals(ax, roads, zoom)
    if calls_xy is not None:
        _draw_calls(ax, calls_xy)
    if cross_red is not None and len(cross_red):
        draw_cross_red(ax, cross_red)
    _draw_sites(ax, city_map.stations, city_map.hospitals)
    remove_covered(ax, minutes, beside=_draw_scale_bar(ax, roads))
    _draw_legend(ax, coverage_s is not None)
    _write_title(ax, title, subtitle)


def _new_figure(roads: RoadNetwork) -> tuple[Figure, Axes]:
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


def _frame(ax: Axes, roads: RoadNetwork) -> float:
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


def _draw_ground(ax: Axes, city_map: CityMap) -> None:
    from matplotlib.collections import PolyCollection

    ax.add_collection(PolyCollection(city_map.parks, facecolor=PARK, zorder=0.5))
    ax.add_collection(
        PolyCollection(
            city_map.water, facecolor=WATER, edgecolor="#94B8CB", linewidth=0.7, zorder=2
        )
    )


def _draw_demand(ax: Axes, zones: Zones) -> None:
    area_pt2 = 75 * zones.demand_share * len(zones)
    ax.scatter(
        zones.x, zones.y, s=area_pt2, color=BLUE, alpha=0.28, linewidths=0, zorder=2.5,
        label="demand zone (area: share of calls)",
    )  # fmt: skip


def _draw_signals(ax: Axes, roads: RoadNetwork, zoom: float) -> None:
    """Tiny dots, the tinier the more there are."""
    count = int(roads.has_signal.sum())
    if count:
        area_pt2 = 4.0 * zoom**2 * min(1.0, max(0.3, 500 / count))
        ax.scatter(
            roads.x[roads.has_signal], roads.y[roads.has_signal], s=area_pt2, color=SIGNAL,
            linewidths=0, zorder=4, label="traffic light",
        )  # fmt: skip


def _draw_calls(ax: Axes, calls_xy: NDArray[np.float64]) -> None:
    ax.scatter(
        calls_xy[:, 0], calls_xy[:, 1], s=7, color=CALL, alpha=0.5, linewidths=0, zorder=5,
        label="call",
    )  # fmt: skip


def _draw_sites(ax: Axes, stations: Sites | None, hospitals: Sites | None) -> None:
    """Symbols of the sites with their names; a station shows how many ambulances it has."""
    kinds = [
        (sites, colour, marker, name)
        for sites, colour, marker, name in (
            (hospitals, HOSPITAL, "s", "hospital"),
            (stations, STATION, "o", "station, with its ambulances"),
        )
        if sites is not None and len(sites)
    ]
    if not kinds:
        return
    places = np.concatenate([np.column_stack((sites.x, sites.y)) for sites, *_ in kinds])
    places = spread_symbols(ax, places, symbol_pt=SYMBOL_PT)
    labels = []
    for sites, colour, marker, name in kinds:
        xy, places = places[: len(sites)], places[len(sites) :]
        ax.plot(
            xy[:, 0], xy[:, 1], marker, color=colour, markersize=SYMBOL_PT,
            markeredgecolor=HALO, markeredgewidth=1.2, zorder=7, label=name,
        )  # fmt: skip
        for k, (x, y) in enumerate(xy.tolist()):
            _write_in_symbol(ax, x, y, "H" if sites is hospitals else str(sites.ambulances[k]))
            labels.append((x, y, str(sites.name[k]), colour))
    place_labels(ax, labels, symbol_pt=SYMBOL_PT / 2)


def _write_in_symbol(ax: Axes, x: float, y: float, text: str) -> None:
    ax.annotate(
        text, (x, y), ha="center", va="center_baseline", color="white",
        fontsize=SMALL_PT, fontweight="bold", zorder=8,
    )  # fmt: skip


def _draw_scale_bar(ax: Axes, roads: RoadNetwork) -> Artist:
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


def _draw_legend(ax: Axes, beside_scale: bool) -> None:
    """What the symbols mean, below the map."""
    from matplotlib.collections import PathCollection

    handles, names = ax.get_legend_handles_labels()
    if not handles:
        return
    legend = ax.legend(
        handles[::-1], names[::-1], loc="upper left", bbox_to_anchor=(-0.008, -0.012),
        ncols=2 if beside_scale else 5, fontsize=TEXT_PT, handletextpad=0.3, columnspacing=1.6,
        borderaxespad=0.0,
    )  # fmt: skip
    for handle in legend.legend_handles:
        if isinstance(handle, PathCollection):  # dots are larger here than on the map
            handle.set_sizes([max(LEGEND_DOT_PT2, *handle.get_sizes())])


def _write_title(ax: Axes, title: str, subtitle: str) -> None:
    for text, above_pt, size, weight, colour in (
        (title, 24.0 if subtitle else 10.0, TITLE_PT, "bold", INK),
        (subtitle, 8.0, TEXT_PT, "normal", FAINT_INK),
    ):
        ax.annotate(
            text, (0, 1), xycoords="axes fraction", xytext=(0, above_pt),
            textcoords="offset points", fontsize=size, fontweight=weight, color=colour,
        )  # fmt: skip
