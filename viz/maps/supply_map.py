"""The picture of the supply side: who makes, keeps and gives out what is needed, and where."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from environment.places.city import CityMap
from environment.places.zones import Zones
from environment.roads.network import RoadNetwork
from environment.supply.sites import StoreParameters, SupplierParameters, SupplySite, SupplySites
from viz.maps.frame import (
    draw_land,
    draw_legend,
    draw_scale_bar,
    frame_map,
    grid_over,
    new_figure,
    write_title,
)
from viz.maps.streets import draw_roads
from viz.maps.symbols import Symbols, draw_symbols, hospital_symbols, station_symbols
from viz.pictures.style import FAINT_INK, SERIES, corridor_style, save_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes


CELLS = 600  # along the longer side
TINT = 0.22
"""Share of a district's colour in that of the land."""


def draw_districts(ax: Axes, roads: RoadNetwork, zones: Zones, district: NDArray[np.int64]) -> None:
    """Colour the land by the district of the nearest zone.

    Parameters
    ----------
    ax : Axes
        With its limits set.
    roads : RoadNetwork
    zones : Zones
    district : (z,) int64
        The number of each zone's district.
    """
    from matplotlib.colors import ListedColormap

    x, y, number = _district_grid(ax, roads, zones, district)
    colours = ListedColormap([SERIES[k % len(SERIES)] for k in range(int(district.max()) + 1)])
    frame = (*ax.get_xlim(), *ax.get_ylim())
    ax.imshow(
        number, cmap=colours, vmin=-0.5, vmax=colours.N - 0.5, alpha=TINT, zorder=1,
        interpolation="nearest", origin="lower", extent=frame, aspect=ax.get_aspect(),
    )  # fmt: skip
    for one in np.unique(number)[1:]:
        ax.contour(x, y, number == one, levels=[0.5], colors=FAINT_INK, linewidths=1.1, zorder=1.9)


def _district_grid(
    ax: Axes, roads: RoadNetwork, zones: Zones, district: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """The district at the points of a grid over the map."""
    from scipy.spatial import cKDTree

    x, y = grid_over(ax, CELLS)
    points = np.column_stack(roads.to_metres(x.ravel(), y.ravel()))
    centres = np.column_stack(roads.to_metres(zones.x, zones.y))
    return x, y, district[cKDTree(centres).query(points)[1]].reshape(x.shape)


DISTRIBUTOR, STORE, SUPPLIER = ("#7A2E8E", "^"), ("#00664B", "p"), ("#8A4B00", "D")


def draw_supply_map(
    city_map: CityMap,
    sites: SupplySites,
    district: NDArray[np.int64],
    path: Path | str,
    *,
    title: str,
    subtitle: str = "",
) -> None:
    """Draw suppliers, stores and distributors with their districts, stations and hospitals.

    Parameters
    ----------
    city_map : CityMap
        With its zones.
    sites : SupplySites
    district : (z,) int64
        The row of the distributor to which each zone belongs.
    path : path-like
        ``.png`` or ``.svg``; written whole or not at all.
    title, subtitle : str
    """
    roads = city_map.roads
    assert city_map.zones is not None
    with corridor_style():
        figure, ax = new_figure(roads)
        zoom = frame_map(ax, roads)
        draw_land(ax, city_map)
        draw_districts(ax, roads, city_map.zones, district)
        draw_roads(ax, roads, zoom=zoom, plain=True)
        supplies = _supply_symbols(sites)
        draw_symbols(ax, [*supplies, *hospital_symbols(city_map), *station_symbols(city_map)])
        draw_scale_bar(ax, roads)
        draw_legend(ax)
        write_title(ax, title, subtitle)
        save_picture(figure, path)


def _supply_symbols(sites: SupplySites) -> list[Symbols]:
    """Suppliers and stores with the number of their trucks."""
    no_texts = [""] * len(sites.distributors)
    return [
        _symbols("distributor", sites.distributors, no_texts, *DISTRIBUTOR),
        _symbols("store, with its trucks", sites.stores, _trucks(sites.stores), *STORE),
        _symbols("supplier, with its trucks", sites.suppliers, _trucks(sites.suppliers), *SUPPLIER),
    ]


def _symbols(
    kind: str, sites: Sequence[SupplySite], texts: list[str], colour: str, marker: str
) -> Symbols:
    x, y = np.array([(site.x, site.y) for site in sites]).T
    return Symbols(kind, x, y, [site.site_id for site in sites], texts, colour, marker)


def _trucks(sites: Sequence[SupplierParameters | StoreParameters]) -> list[str]:
    return [str(site.trucks.count) for site in sites]
