"""The picture of a plan's day: what every vehicle does from when to when."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from environment.units import HOUR_S
from experiments.planning.plan import Plan
from policies.routing.planning import RoutedTrip
from viz.pictures.style import FAINT_INK, GRID, SERIES, SMALL_PT, corridor_style, save_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH_IN, ROW_IN, AROUND_IN = 10.5, 0.42, 1.3
WAIT = "#D9D4CC"


class Stretch(NamedTuple):
    """What a vehicle does for a while; `what` is ``drive``, ``wait`` or ``unload``."""

    what: str
    begin_s: float
    end_s: float
    name: str = ""


def stretches_of(plan: Plan, trip: RoutedTrip) -> list[Stretch]:
    """A trip from the depot and back, without gaps."""
    deliveries = plan.deliveries
    places = [trip.depot, *map(deliveries.place, trip.stops), trip.end_depot]
    now_s, stretches = trip.start_s, []
    for (here, there), stop, at_s in zip(
        pairwise(places[:-1]), trip.stops, trip.arrival_s, strict=True
    ):
        there_s = now_s + float(deliveries.travel_s[here, there])
        stretches.append(Stretch("drive", now_s, there_s))
        if at_s - there_s > 1:
            stretches.append(Stretch("wait", there_s, at_s))
        now_s = at_s + deliveries.stops[stop].service_s
        stretches.append(Stretch("unload", at_s, now_s, plan.drops[stop].name))
    stretches.append(Stretch("drive", now_s, trip.back_s))
    return stretches


def draw_gantt(plan: Plan, path: Path | str, *, title: str) -> None:
    """Draw a row for each vehicle that is used: driving, waiting and unloading.

    Parameters
    ----------
    plan : Plan
    path : path-like
        ``.png`` or ``.svg``; written whole or not at all.
    title : str
    """
    used = sorted({trip.vehicle for trip in plan.routes.trips})
    with corridor_style():
        from matplotlib.figure import Figure

        height_in = ROW_IN * max(1, len(used)) + AROUND_IN
        figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
        ax = figure.add_subplot()
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=13)
        span_h = _span_h(plan.routes.trips)
        for row, vehicle in enumerate(used):
            colour = SERIES[vehicle % len(SERIES)]
            for trip in plan.routes.trips:
                if trip.vehicle == vehicle:
                    _draw_trip(ax, row, stretches_of(plan, trip), colour, span_h)
        ax.set_yticks(range(len(used)), [plan.asked.trucks[vehicle].name for vehicle in used])
        ax.set_ylim(len(used) - 0.4, -0.6)
        ax.xaxis.set_major_formatter(lambda hour, _: f"{int(hour):02}:{round(hour % 1 * 60):02}")
        ax.grid(axis="x", color=GRID, linewidth=0.7)
        ax.set_axisbelow(True)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlabel("line: on the way; grey: waits for the place to open; block: unloads")
        save_picture(figure, path)


def _span_h(trips: Sequence[RoutedTrip]) -> float:
    """Hours from the first start to the last return."""
    if not trips:
        return 1.0
    return (max(t.back_s for t in trips) - min(t.start_s for t in trips)) / HOUR_S or 1.0


def _draw_trip(
    ax: Axes, row: int, stretches: Sequence[Stretch], colour: str, span_h: float
) -> None:
    least_h = span_h / 250  # so that a visit without unloading is seen, too
    for what, begin_s, end_s, name in stretches:
        begin_h, end_h = begin_s / HOUR_S, end_s / HOUR_S
        if what == "drive":
            ax.plot([begin_h, end_h], [row, row], color=colour, linewidth=2, solid_capstyle="butt")
        elif what == "wait":
            ax.barh(row, end_h - begin_h, left=begin_h, height=0.3, color=WAIT)
        else:
            ax.barh(row, max(end_h - begin_h, least_h), left=begin_h, height=0.42, color=colour)
            _name(ax, row, begin_h, name, span_h)


def _name(ax: Axes, row: int, begin_h: float, name: str, span_h: float) -> None:
    """Write the place's name above its block, cut to what a visit has room for."""
    most = 16 if span_h < 12 else 9
    text = name if len(name) <= most else f"{name[: most - 1]}…"
    ax.annotate(
        text, (begin_h, row - 0.23), fontsize=SMALL_PT - 1, color=FAINT_INK, va="bottom",
        annotation_clip=False,
    )  # fmt: skip
