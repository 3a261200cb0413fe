"""Pictures of a delivery plan: the map of who serves whom, and when everything arrives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.delivery.deliver import Delivery
from simulation.tables.files import to_json, write_file
from viz.pictures.style import (
    FAINT_INK,
    GRID,
    INK,
    PALE_BLUE,
    SERIES,
    SMALL_PT,
    VERMILION,
    corridor_style,
    save_picture,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAP, ARRIVALS = "delivery_map.png", "arrivals.png"
ROW_IN = 0.24
MOST_ROWS = 120
"""Of arrivals that are drawn; of more, the latest."""
MOST_NAMES = 60
"""Of districts that are named on the map; of more, none is."""


def write_delivery(found: Delivery, out: Path) -> list[str]:
    """Write table, figures and pictures into a folder; each is there whole or not at all.

    Returns
    -------
    list of str
        Names of the files. There is no map where the tables give no places.

    Raises
    ------
    ResultError
        If one cannot be written.
    """
    table = found.deliveries().to_csv(index=False, lineterminator="\n")
    write_file(out / "deliveries.csv", table.encode())
    write_file(out / "delivery.json", to_json(found.to_dict()))
    names = ["deliveries.csv", "delivery.json", ARRIVALS]
    draw_arrivals(found, out / ARRIVALS)
    if found.country.district_place is not None:
        draw_map(found, out / MAP)
        names.append(MAP)
    return names


def draw_arrivals(found: Delivery, path: Path) -> None:
    """Draw a bar for every way: response, making, drive, and whether it comes after its threshold.

    A mark stands at the threshold of the district.
    """
    country, plan, problem = found.country, found.plan, found.plan.problem
    ways = np.argwhere(plan.is_used)
    order = np.argsort(plan.arrival_days[plan.is_used], kind="stable")[-MOST_ROWS:]
    with corridor_style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7.6, 1.6 + ROW_IN * len(order)), layout="constrained")
        ax = figure.subplots()
        for row, (i, j) in enumerate(ways[order].tolist()):
            response, making = problem.response_days, float(plan.making_days[i])
            end = float(plan.arrival_days[i, j])
            left = response + making
            parts = (
                (0.0, response, FAINT_INK, "response"),
                (response, making, PALE_BLUE, "made"),
                (left, end - left, SERIES[0], "on its way"),
            )
            for start, length, colour, name in parts:
                label = name if row == 0 else None
                ax.barh(row, length, left=start, height=0.72, color=colour, label=label)
            threshold = float(problem.threshold_days[j])
            ax.plot([threshold] * 2, [row - 0.42, row + 0.42], color=VERMILION, linewidth=1.6,
                    label="threshold" if row == 0 else None)  # fmt: skip
        names = [f"{country.districts[j]}  ({country.sites[i]})" for i, j in ways[order].tolist()]
        ax.set_yticks(range(len(names)), names, fontsize=SMALL_PT)
        ax.set_ylim(-0.7, max(len(names), 1) - 0.3)
        ax.set_xlabel("days from now; in brackets the site that sends")
        told = "" if len(order) == len(ways) else f", the latest {len(order)} of {len(ways)}"
        ax.set_title(f"When deliveries arrive{told}", fontsize=12)
        ax.grid(axis="x", color=GRID, linewidth=0.7)
        ax.set_axisbelow(True)
        if names:
            figure.legend(loc="outside lower center", ncols=4)
        save_picture(figure, path)


def draw_map(found: Delivery, path: Path) -> None:
    """Draw who serves whom: a line for every way, as wide as what goes on it is a share of all."""
    country, plan = found.country, found.plan
    places, sites = country.district_place, country.site_place
    if places is None or sites is None:
        raise ValueError("a map needs places of districts and sites")
    with corridor_style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(8.0, 6.4), layout="constrained")
        ax = figure.subplots()
        units = plan.units.sum(axis=2)
        most = max(int(units.max(initial=0)), 1)
        for i, j in np.argwhere(plan.is_used).tolist():
            ax.plot(
                *zip(sites[i], places[j], strict=True), color=SERIES[i % len(SERIES)], zorder=1,
                linewidth=0.8 + 5 * np.sqrt(units[i, j] / most), alpha=0.6,
                solid_capstyle="round",
            )  # fmt: skip
        late = plan.late_days.max(axis=0) > 0
        unmet = (plan.unmet > 0).any(axis=1) | (plan.unmet_groups > 0)
        size = 12 + 120 * np.sqrt(country.infected / max(int(country.infected.max()), 1))
        for is_shown, colour, name in (
            (~late & ~unmet, PALE_BLUE, "in time"),
            (late & ~unmet, SERIES[1], "late"),
            (unmet, VERMILION, "goes without some"),
        ):
            if is_shown.any():
                x, y = places[is_shown].T
                ax.scatter(x, y, size[is_shown], color=colour, edgecolor=INK, linewidths=0.5,
                           zorder=3, label=name)  # fmt: skip
        _mark_sites(ax, found)
        if len(places) <= MOST_NAMES:
            for name, place in zip(country.districts, places, strict=True):
                ax.annotate(name, place, xytext=(5, 4), textcoords="offset points",
                            fontsize=SMALL_PT, zorder=5)  # fmt: skip
        middle = float(np.radians(places[:, 1].mean()))
        ax.set_aspect(1 / max(float(np.cos(middle)), 0.1))
        ax.margins(0.08)
        ax.set_title("Who serves whom", fontsize=12)
        ax.set_xlabel("longitude; circles by infected, lines by units sent")
        ax.set_ylabel("latitude")
        figure.legend(loc="outside lower center", ncols=5)
        save_picture(figure, path)


def _mark_sites(ax: Axes, found: Delivery) -> None:
    """A square for each site that sends anything, a hollow one for each that does not."""
    sites = found.country.site_place
    if sites is None:
        return
    is_open = found.plan.is_open
    for is_shown, face, name in (
        (is_open, INK, "site"),
        (~is_open, "none", "site that sends nothing"),
    ):
        if is_shown.any():
            x, y = sites[is_shown].T
            ax.scatter(x, y, 46, marker="s", facecolor=face, edgecolor=INK, zorder=4, label=name)
