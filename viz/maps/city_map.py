"""The picture of a city: streets, water, stations and hospitals, and how soon help arrives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.places.city import CityMap
from environment.places.zones import Zones
from environment.roads.network import RoadNetwork
from viz.maps.coverage import draw_coverage
from viz.maps.frame import (
    draw_land,
    draw_legend,
    draw_scale_bar,
    frame_map,
    new_figure,
    write_title,
)
from viz.maps.labels import remove_covered
from viz.maps.streets import draw_roads
from viz.maps.symbols import draw_symbols, hospital_symbols, station_symbols
from viz.pictures.cross_red import draw_cross_red
from viz.pictures.style import (
    BLUE,
    CALL,
    SIGNAL,
    corridor_style,
    save_picture,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text


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
        Red that cross traffic saw for green to ambulances, by light (see `viz.pictures.cross_red`).

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
        figure, ax = new_figure(roads)
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
    """All layers, from the lowest up."""
    roads = city_map.roads
    zoom = frame_map(ax, roads)
    draw_land(ax, city_map)
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
    draw_symbols(ax, [*hospital_symbols(city_map), *station_symbols(city_map)])
    remove_covered(ax, minutes, beside=draw_scale_bar(ax, roads))
    draw_legend(ax, columns=5 if coverage_s is None else 2)  # beside the scale of minutes
    write_title(ax, title, subtitle)


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
