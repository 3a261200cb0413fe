"""The report on the Hubei paper, with its pictures."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from papers.hubei.claims import Hubei
from papers.hubei.figure5 import PEAK_SHARE, PEAK_WEEK, WEEKS, trajectory
from papers.hubei.prefectures import SITES
from papers.hubei.tables import (
    claims_table,
    lettered,
    lost_table,
    nearest_table,
    notes_of,
    prefectures_table,
    readings_table,
    regions_table,
    searched_table,
)
from papers.report import ReproductionReport, Section
from viz.pictures.draw import Drawing
from viz.pictures.panels import panel_figure
from viz.pictures.style import (
    FAINT_INK,
    GRID,
    INK,
    LINE_STYLES,
    SERIES,
    corridor_style,
    save_picture,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAPER = (
    "The paper on COVID-19 in Hubei: a SPIR model, delivery sites by k-means and a plan of "
    "deliveries, of whose tables and equations only the text is left."
)
SMALL_PT = 8


def hubei_report(found: Hubei, command: str) -> ReproductionReport:
    """All that the terminal says, with pictures."""
    return ReproductionReport(
        "Hubei: an epidemic, its delivery sites and deliveries",
        PAPER,
        "What of the paper can be checked, and what of it holds?",
        [claim.verdict for claim in found.claims],
        [
            Section("The claims", [claims_table(found)]),
            Section(
                "Figure 5",
                [readings_table(found), searched_table(found), nearest_table(found)],
                ("figure5",),
            ),
            Section(
                "Regions and deliveries",
                [regions_table(found), prefectures_table(found)],
                ("deliveries",),
            ),
            Section("What is lost", [lost_table(found)]),
        ],
        notes_of(found),
        command,
    )


def hubei_drawings(found: Hubei) -> list[Drawing]:
    """The pictures of a reproduction."""
    return [
        Drawing("figure5", partial(draw_figure5, found)),
        Drawing("deliveries", partial(draw_deliveries, found), is_map=True),
    ]


def draw_figure5(found: Hubei, path: Path) -> None:
    """Draw the nearest of each reading, and where the paper's curve has its peak."""
    with corridor_style():
        title = "Figure 5: the nearest that any rates come, a line a reading"
        figure, panels = panel_figure(1, title, (6.4, 3.6), 2.0)
        panel = panels[0, 0]
        for k, (letter, one) in enumerate(lettered(found)):
            step_weeks, infectious = trajectory(one.reading, one.nearest[None])
            panel.plot(
                step_weeks * np.arange(len(infectious)), 100 * infectious[:, 0],
                label=letter,
                color=SERIES[k % len(SERIES)], linestyle=LINE_STYLES[k % len(LINE_STYLES)],
                linewidth=1.4,
            )  # fmt: skip
        panel.plot(
            [PEAK_WEEK, WEEKS], [100 * PEAK_SHARE, 0], "D", color=INK, markersize=6,
            label="the paper: peak and end", clip_on=False, zorder=5,
        )  # fmt: skip
        panel.set_xlim(0, WEEKS)
        panel.set_ylim(bottom=0)
        panel.set_xlabel("week")
        panel.set_ylabel("infected, % of the population")
        panel.grid(axis="y", color=GRID, linewidth=0.7)
        panel.set_axisbelow(True)
        handles = panel.get_legend_handles_labels()
        figure.legend(*handles, loc="outside right center", fontsize=SMALL_PT)
        save_picture(figure, path)


def draw_deliveries(found: Hubei, path: Path) -> None:
    """Draw the prefectures by region, and who is served from where."""
    with corridor_style():
        title = "The paper's regions, and the deliveries that drive least"
        figure, panels = panel_figure(1, title, (7.2, 4.0))
        panel = panels[0, 0]
        _draw_flows(panel, found)
        _draw_prefectures(panel, found)
        panel.set_aspect(1 / np.cos(np.radians(found.runs.prefectures.lat.mean())))
        panel.set_xlabel("longitude (°)")
        panel.set_ylabel("latitude (°)")
        panel.margins(0.09)
        panel.legend(loc="lower left", fontsize=SMALL_PT)
        save_picture(figure, path)


def _draw_flows(panel: Axes, found: Hubei) -> None:
    prefectures, doses = found.runs.prefectures, found.runs.deliveries.doses
    for i, site in enumerate(prefectures.sites):
        for j in np.flatnonzero(doses[i] > 0.5):
            panel.plot(
                prefectures.lon[[site, j]], prefectures.lat[[site, j]], color=SERIES[i], zorder=1,
                linewidth=0.6 + 5 * np.sqrt(doses[i, j] / doses.max()), alpha=0.45,
            )  # fmt: skip


def _draw_prefectures(panel: Axes, found: Hubei) -> None:
    prefectures = found.runs.prefectures
    for k, site in enumerate(SITES):
        own = prefectures.region == k
        panel.scatter(
            prefectures.lon[own], prefectures.lat[own], zorder=2, color=SERIES[k],
            s=12 + 260 * prefectures.confirmed[own] / prefectures.confirmed.max(),
            label=f"region {k + 1}, site {site}",
        )  # fmt: skip
    for name, lon, lat in zip(prefectures.names, prefectures.lon, prefectures.lat, strict=True):
        panel.annotate(
            name, (lon, lat), (0, 6), textcoords="offset points", ha="center",
            fontsize=SMALL_PT - 1, color=INK if name in SITES else FAINT_INK, zorder=3,
        )  # fmt: skip
