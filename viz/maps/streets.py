"""Streets on a picture: width and tone by class, drawn from the least to the greatest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from environment.roads.network import RoadNetwork

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class RoadStyle:
    """How streets of a class are drawn: a line, and the rim on both its sides."""

    classes: tuple[str, ...]
    width_pt: float
    colour: str
    rim_colour: str | None = None
    rim_pt: float = 0.5


MINOR = RoadStyle((), 0.55, "#BAB4A9")
STYLES = (
    MINOR,
    RoadStyle(("tertiary", "tertiary_link", "secondary_link"), 1.05, "#FFFFFF", "#B3ADA2", 0.45),
    RoadStyle(("secondary",), 1.5, "#FFFFFF", "#A09A8E", 0.5),
    RoadStyle(("primary_link",), 1.1, "#FBE3A4", "#B8954F", 0.4),
    RoadStyle(("primary",), 1.9, "#FBE3A4", "#B8954F", 0.5),
    RoadStyle(("motorway_link", "trunk_link"), 1.1, "#F3B27A", "#B06A35", 0.4),
    RoadStyle(("motorway", "trunk"), 2.5, "#F3B27A", "#B06A35", 0.55),
)
BARE = "#FFFFFF"


def draw_roads(ax: Axes, roads: RoadNetwork, *, zoom: float, plain: bool) -> None:
    """Draw every street once.

    Parameters
    ----------
    ax : Axes
    roads : RoadNetwork
    zoom : float
        Factor on all widths.
    plain : bool
        All streets white without rims, for a map whose colours mean something else.
    """
    style_of_class = np.array([_style_number(name) for name in roads.road_classes])
    style_of_edge = style_of_class[roads.road_class]
    once = one_of_each_pair(roads)
    for number, style in enumerate(STYLES):
        edges = once[style_of_edge[once] == number]
        if not len(edges):
            continue
        x, y = road_lines(roads, edges)
        width = style.width_pt * zoom
        line: dict[str, Any] = {"solid_capstyle": "round", "solid_joinstyle": "round"}
        if plain:
            ax.plot(x, y, color=BARE, linewidth=0.75 * width, alpha=0.6, zorder=3, **line)
            continue
        if style.rim_colour:
            rim = width + 2 * style.rim_pt * min(zoom, 1.3)
            ax.plot(x, y, color=style.rim_colour, linewidth=rim, zorder=3 + number / 20, **line)
        # The fillings of all classes lie above all rims of lesser ones, so that crossings open.
        ax.plot(x, y, color=style.colour, linewidth=width, zorder=3 + number / 20 + 0.07, **line)


def road_lines(
    roads: RoadNetwork, edges: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lines of street pieces one after another, with a NaN between two.

    One long line is drawn ten times as fast as a collection of thousands.
    """
    first, last = roads.shape_start[edges], roads.shape_start[edges + 1]
    inner = last - first
    begin = np.cumsum(inner + 3) - (inner + 3)  # tail, the line's own points, head, NaN
    x = np.full(int((inner + 3).sum()), np.nan)
    y = x.copy()
    own = np.arange(int(inner.sum())) - np.repeat(np.cumsum(inner) - inner, inner)
    target, source = np.repeat(begin + 1, inner) + own, np.repeat(first, inner) + own
    for line, nodes, shape in ((x, roads.x, roads.shape_x), (y, roads.y, roads.shape_y)):
        line[begin] = nodes[roads.tail[edges]]
        line[target] = shape[source]
        line[begin + inner + 1] = nodes[roads.head[edges]]
    return x, y


def _style_number(road_class: str) -> int:
    for number, style in enumerate(STYLES):
        if road_class in style.classes:
            return number
    return STYLES.index(MINOR)


def one_of_each_pair(roads: RoadNetwork) -> NDArray[np.int64]:
    """One street piece for each two junctions that are joined."""
    streets = np.flatnonzero(roads.is_street)
    ends = roads.junction[np.stack([roads.tail[streets], roads.head[streets]])]
    key = ends.min(axis=0) * roads.node_count + ends.max(axis=0)
    return streets[np.unique(key, return_index=True)[1]]
