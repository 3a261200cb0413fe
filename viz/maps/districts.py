"""Districts as tints of the land, with a line where one meets another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from environment.places.zones import Zones
from environment.roads.network import RoadNetwork
from viz.maps.frame import grid_over
from viz.pictures.style import FAINT_INK, SERIES

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
