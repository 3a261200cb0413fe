"""The report on robust location and lights that make way, with its pictures."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from papers.report import ReproductionReport, Section
from papers.smart_ems.claims import SmartEms
from papers.smart_ems.experiment import KINDS
from papers.smart_ems.tables import (
    claims_table,
    draw_lights,
    lights_table,
    notes_of,
    sensitivity_table,
    sizes_table,
    small_table,
)
from viz.pictures.draw import Drawing, draw_coverage_map, draw_forced_greens
from viz.pictures.panels import panel_figure
from viz.pictures.style import GRID, LINE_STYLES, SERIES, corridor_style, save_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes


PAPER = (
    "The paper on robust location of ambulance stations with intelligent traffic lights, its small "
    "case, its larger ones, and green waves in the simulated city."
)


def smart_ems_report(found: SmartEms, command: str) -> ReproductionReport:
    """All that the terminal says, with pictures."""
    return ReproductionReport(
        "Robust location, and lights that make way",
        PAPER,
        "What do protection against demand, more candidates and more equipped lights change?",
        [claim.verdict for claim in found.claims],
        [
            Section("The claims", [claims_table(found)]),
            Section("Ambulances and stations", [small_table(found)]),
            Section("More candidates", [sizes_table(found)], ("larger_cases",)),
            Section("Sensitivity", [sensitivity_table(found)]),
            Section("Lights that make way", [lights_table(found)], ("lights",)),
            Section("The simulated city", [], ("map", "forced_greens")),
        ],
        notes_of(found),
        command,
    )


PANEL_IN = (3.6, 3.0)
PANELS = (
    ("objective", "cost, demand at its worst"),
    ("opened", "stations opened"),
    ("ambulances", "ambulances"),
)


def smart_ems_drawings(found: SmartEms) -> list[Drawing]:
    """The pictures of a reproduction; maps only where the runs of the city are kept."""
    charts = [
        Drawing("lights", partial(draw_lights, found)),
        Drawing("larger_cases", partial(draw_sizes, found)),
    ]
    return [*charts, *_maps(found)]


def _maps(found: SmartEms) -> list[Drawing]:
    batch = found.runs.lights.batch
    *_, every = batch.arms
    numbers = batch.summaries.loc[batch.summaries["arm"] == every, "replication"]
    if batch.folder is None or numbers.empty:
        return []
    runs = [batch.result(every, int(number)) for number in numbers]
    city = batch.arms[every]
    return [
        Drawing("map", partial(draw_coverage_map, city, runs[0].vehicles), is_map=True),
        Drawing("forced_greens", partial(draw_forced_greens, city, runs), is_map=True),
    ]


def draw_sizes(found: SmartEms, path: Path) -> None:
    """Draw the larger cases by number of candidates, a line a kind, with intervals."""
    with corridor_style():
        title = "Larger cases by number of candidates"
        figure, panels = panel_figure(len(PANELS), title, PANEL_IN, 1.2)
        for panel, (name, label) in zip(panels[0], PANELS, strict=True):
            _draw_kinds(panel, found, name)
            panel.set_title(label, fontsize=10, fontweight="normal")
        figure.supxlabel("candidates", fontsize=10)
        figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside right center")
        save_picture(figure, path)


def _draw_kinds(panel: Axes, found: SmartEms, name: str) -> None:
    for k, kind in enumerate(KINDS):
        rows = [row for row in found.sizes if row.kind == kind]
        places = np.array([row.stations for row in rows]) + 0.6 * (k - 1)  # beside one another
        values = [getattr(row, name) for row in rows]
        means = np.array([value.mean for value in values])
        ends = [means - [v.low for v in values], [v.high for v in values] - means]
        panel.errorbar(
            places, means, yerr=np.nan_to_num(ends), label=kind, color=SERIES[k], marker="o",
            markersize=4, linestyle=LINE_STYLES[k], capsize=3, elinewidth=1.2,
        )  # fmt: skip
    panel.set_xticks(sorted({row.stations for row in found.sizes}))
    panel.yaxis.set_major_formatter("{x:,.0f}")
    panel.grid(axis="y", color=GRID, linewidth=0.7)
    panel.set_axisbelow(True)
