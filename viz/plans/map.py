"""The map of a plan: depots, centres by what they get, and the route of every vehicle."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from environment.roads.network import PLANE
from experiments.planning.drops import load_scale
from experiments.planning.plan import Plan
from policies.routing.planning import RoutedTrip
from viz.maps.streets import draw_roads
from viz.pictures.style import (
    FAINT_INK,
    HALO,
    INK,
    LAND,
    LINE_STYLES,
    SERIES,
    SMALL_PT,
    TEXT_PT,
    VERMILION,
    corridor_style,
    save_picture,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LONG_SIDE_IN = 9.0
MOST_NAMES, MOST_IN_LEGEND = 45, 12
MARGIN = 0.08
HALF_TURN = 180.0
LARGEST_PT2 = 170.0


def draw_plan_map(plan: Plan, path: Path | str, *, title: str) -> None:
    """Draw where every vehicle goes.

    Parameters
    ----------
    plan : Plan
        With coordinates of its places.
    path : path-like
        ``.png`` or ``.svg``; written whole or not at all.
    title : str
    """
    xy = places_xy(plan)
    with corridor_style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=_size_in(plan, xy), layout="constrained")
        ax = figure.add_subplot()
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=13)
        _frame(ax, plan, xy)
        if plan.ways.streets is not None:
            draw_roads(ax, plan.ways.streets.city_map.roads, zoom=0.6, plain=False)
        for trip in plan.routes.trips:
            _draw_route(ax, plan, trip, xy)
        _draw_places(ax, plan, xy)
        if plan.used_vehicles <= MOST_IN_LEGEND:
            figure.legend(loc="outside lower left", ncols=4, fontsize=TEXT_PT)
        save_picture(figure, path)


def can_be_drawn(plan: Plan) -> bool:
    """Whether every place has coordinates."""
    return bool(np.isfinite(places_xy(plan)).all())


def places_xy(plan: Plan) -> NDArray[np.float64]:
    """Depots first, then centres, (p, 2); without a leap of 360 degrees at the date line."""
    xy = np.array([(place.x, place.y) for place in plan.asked.places])
    if plan.asked.crs != PLANE and np.ptp(xy[:, 0]) > HALF_TURN:
        xy[:, 0] %= 2 * HALF_TURN
    return xy


def _aspect(plan: Plan, xy: NDArray[np.float64]) -> float:
    """Height over width of a unit of the coordinates."""
    return (
        1.0
        if plan.asked.crs == PLANE
        else 1 / max(0.05, float(np.cos(np.radians(xy[:, 1].mean()))))
    )


def _size_in(plan: Plan, xy: NDArray[np.float64]) -> tuple[float, float]:
    width, height = np.ptp(xy, axis=0)
    share = height * _aspect(plan, xy) / width if width > 0 else 1.0
    return LONG_SIDE_IN, float(np.clip(LONG_SIDE_IN * share, 4.0, LONG_SIDE_IN)) + 1.0


def _frame(ax: Axes, plan: Plan, xy: NDArray[np.float64]) -> None:
    (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
    margin = MARGIN * max(east - west, north - south, 1e-6)
    names = 2.0 if len(plan.asked.centres) <= MOST_NAMES else 1.0  # they stand on the right
    ax.set_xlim(west - margin, east + names * margin)
    ax.set_ylim(south - margin, north + margin)
    ax.set_aspect(_aspect(plan, xy))
    ax.set_facecolor(LAND)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set(visible=True, color="#CFCAC1", linewidth=0.8)


def _draw_route(ax: Axes, plan: Plan, trip: RoutedTrip, xy: NDArray[np.float64]) -> None:
    number = trip.vehicle
    depots = len(plan.asked.depots)
    places = [
        trip.depot,
        *(depots + plan.drops[stop].centre for stop in trip.stops),
        trip.end_depot,
    ]
    line = np.vstack([_leg(plan, here, there, xy) for here, there in pairwise(places)])
    is_first = trip is next(t for t in plan.routes.trips if t.vehicle == number)
    ax.plot(
        line[:, 0],
        line[:, 1],
        color=SERIES[number % len(SERIES)],
        linewidth=2.0,
        alpha=0.85,
        linestyle=LINE_STYLES[number // len(SERIES) % len(LINE_STYLES)],
        zorder=5,
        label=plan.asked.trucks[number].name if is_first else None,
    )


def _leg(plan: Plan, here: int, there: int, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """The way between two places: along streets where there is a map, else straight."""
    streets = plan.ways.streets
    if streets is None or here == there:
        return xy[[here, there]]
    stops, _ = streets.stops_at(*xy[[here, there]].T)
    return np.vstack([xy[[here]], streets.path_xy(*stops.tolist()), xy[[there]]])


def _draw_places(ax: Axes, plan: Plan, xy: NDArray[np.float64]) -> None:
    from matplotlib.patheffects import withStroke

    halo: Any = [withStroke(linewidth=2.5, foreground=HALO)]
    depots, served = len(plan.asked.depots), _loads(plan)
    centres = xy[depots:]
    area = LARGEST_PT2 * served / max(served.max(initial=0.0), 1e-9)
    got = served > 0
    ax.scatter(
        centres[got, 0],
        centres[got, 1],
        s=np.maximum(area[got], 12),
        color="white",
        edgecolor=INK,
        linewidth=1.1,
        zorder=7,
    )
    ax.scatter(
        centres[~got, 0],
        centres[~got, 1],
        s=40,
        color=VERMILION,
        marker="x",
        zorder=7,
        label="not served" if (~got).any() else None,
    )
    ax.scatter(
        xy[:depots, 0], xy[:depots, 1], s=130, color=INK, marker="s", zorder=8, label="depot"
    )
    names = [depot.name for depot in plan.asked.depots]
    if len(plan.asked.centres) <= MOST_NAMES:
        names += [f"{c.name}: {n:,.6g}" for c, n in zip(plan.asked.centres, served, strict=True)]
    for (x, y), name in zip(xy, names, strict=False):
        ax.annotate(
            name,
            (x, y),
            xytext=(7, 5),
            textcoords="offset points",
            fontsize=SMALL_PT,
            color=FAINT_INK if name in names[depots:] else INK,
            zorder=9,
            path_effects=halo,
        )


def _loads(plan: Plan) -> NDArray[np.float64]:
    """What vehicles bring to each centre, in the load unit, (centres,)."""
    served = np.zeros(len(plan.asked.centres))
    for trip in plan.routes.trips:
        for stop in trip.stops:
            served[plan.drops[stop].centre] += plan.drops[stop].load / load_scale(plan.asked)
    return served
