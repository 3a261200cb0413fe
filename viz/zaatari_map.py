"""Za'atari camp on its grid: districts, demand points, candidate sites and servers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from experiments.reproduce.zaatari_camp import (
    CLINICS,
    COLUMNS,
    GRID,
    ROWS,
    district_centres,
)
from experiments.reproduce.zaatari_replica import Replica
from viz.style import BLUE, FAINT_INK, HALO, INK, SMALL_PT, VERMILION, save_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_TINT = 0.55
"""How strong the colour of the most densely inhabited district is."""


def draw_camp_map(replica: Replica, path: Path) -> None:
    """Draw the camp with the five servers and the two that are added (Figures 1 and 4)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.6, 7.2), layout="constrained")
    panel = figure.subplots()
    _draw_districts(panel, replica)
    camp, clinics = replica.camp, len(CLINICS)
    panel.plot(*camp.points.T, ".", color=FAINT_INK, markersize=4, label="demand point")
    panel.plot(
        *camp.sites[clinics:].T, "s", color=HALO, markeredgecolor=INK, markersize=6, zorder=3.6,
        label="candidate site",
    )  # fmt: skip
    panel.plot(
        *camp.sites[:clinics].T, "P", color=HALO, markeredgecolor=INK, markersize=10,
        label="clinic, a candidate too",
    )  # fmt: skip
    _draw_servers(panel, replica)
    panel.set(xlim=(0, GRID), ylim=(0, GRID), aspect="equal")
    panel.set_title("The camp that stands in for Za'atari", fontsize=13)
    panel.set_xlabel("cells of 23 m; the darker a district, the more people live there")
    figure.legend(loc="outside lower center", ncols=3, fontsize=SMALL_PT + 1)
    save_picture(figure, path)


def _draw_districts(panel: Axes, replica: Replica) -> None:
    from matplotlib.patches import Rectangle

    width, height = GRID / COLUMNS, GRID / ROWS
    inhabitants = replica.camp.inhabitants
    for k, (x, y) in enumerate(district_centres()):
        corner = (x - width / 2, y - height / 2)
        tint = MOST_TINT * inhabitants[k] / inhabitants.max()
        panel.add_patch(Rectangle(corner, width, height, facecolor=BLUE, alpha=tint, zorder=0))
        frame = Rectangle(corner, width, height, fill=False, edgecolor=HALO, linewidth=1.5)
        panel.add_patch(frame)
        panel.text(
            corner[0] + 1, corner[1] + height - 1, f"{k + 1}: {inhabitants[k]:.0%}",
            va="top", fontsize=SMALL_PT, color=INK, zorder=3.5,
            bbox={"facecolor": HALO, "edgecolor": "none", "alpha": 0.8, "pad": 1.5},
        )  # fmt: skip


def _draw_servers(panel: Axes, replica: Replica) -> None:
    camp, fitted = replica.camp, replica.fitted
    five = fitted.setting.sites
    groups = ((five, INK, "server"), (fitted.seven[len(five) :], VERMILION, "added server"))
    number = 0
    for sites, colour, label in groups:
        places = camp.sites[list(sites)]
        panel.plot(*places.T, "o", color=colour, markersize=14, label=label, zorder=4)
        for x, y in places:
            number += 1
            panel.text(
                x, y, str(number), color=HALO, ha="center", va="center", fontsize=9, zorder=5,
                fontweight="bold",
            )  # fmt: skip
