"""The report on the case of Zhao, Zhang and Pang, with its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.attribution.factorial import OFF, ON
from experiments.statistics import Interval
from papers.report import ReproductionReport, Section
from papers.zhao.claims import MechanismRow, Reproduction
from papers.zhao.experiment import CASE
from papers.zhao.paper import PAPER
from papers.zhao.tables import claims_table, mechanisms_table, notes_of, rows_table
from scenarios.loader import load_scenario
from viz.pictures.draw import Drawing, draw_sites
from viz.pictures.panels import panel_figure
from viz.pictures.style import BLUE, FAINT_INK, GRID, INK, VERMILION, corridor_style, save_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes


ABOUT = (
    "Zhao, Zhang and Pang, Industry Science and Engineering 1(1), 2024: masks, protective clothing "
    "and goggles in ten scenarios, with and without a coordination mechanism."
)


def zhao_report(found: Reproduction, command: str) -> ReproductionReport:
    """All that the terminal says, with pictures."""
    return ReproductionReport(
        "Supplies with and without coordination",
        ABOUT,
        "Does coordination bring more, and bring it sooner?",
        [claim.verdict for claim in found.claims],
        [
            Section("The claims", [claims_table(found)]),
            Section("Row by row", [rows_table(found)], ("papers_rows",)),
            Section("Attribution of the gain", [mechanisms_table(found)], ("each_mechanism",)),
            Section("Where it happens", [], ("supply_map",)),
        ],
        [*notes_of(found), *found.runs.failures],
        command,
    )


ROWS_PANEL_IN, ARMS_PANEL_IN = (4.3, 4.6), (3.3, 2.7)
MECHANISM_PANELS = (
    ("quantity", "quantity over that without"),
    ("time", "time over that without"),
    ("waiting", "likewise, waiting to the end"),
)


def zhao_drawings(found: Reproduction) -> list[Drawing]:
    """The pictures of a reproduction."""
    nobody = pd.DataFrame({"station": pd.Series(dtype=str)})
    return [
        Drawing("supply_map", partial(draw_sites, load_scenario(CASE), nobody), is_map=True),
        Drawing("papers_rows", partial(draw_rows, found)),
        Drawing("each_mechanism", partial(draw_mechanisms, found.mechanisms)),
    ]


def draw_rows(found: Reproduction, path: Path) -> None:
    """Draw each row of the paper beside ours, with coordination and without."""
    means = found.scenario_means()
    names = [f"{row.scenario}  {row.item}" for row in PAPER]
    ours = {arm: means.loc[[(row.scenario, row.item, arm) for row in PAPER]] for arm in (ON, OFF)}
    delivered = {
        ON: [row.quantity / row.demand for row in PAPER],
        OFF: [row.quantity_off / row.demand for row in PAPER],
    }
    hours = {ON: [row.hours for row in PAPER], OFF: [row.hours_off for row in PAPER]}
    with corridor_style():
        figure, panels = panel_figure(2, "The paper's rows", ROWS_PANEL_IN, 1.7, sharey=True)
        for panel, paper, measure, label in (
            (panels[0, 0], delivered, "ratio", "delivered over needed"),
            (panels[0, 1], hours, "hours", "hours from request to delivery"),
        ):
            own = {arm: ours[arm][measure].to_numpy() for arm in (ON, OFF)}
            _draw_pairs(panel, {arm: np.array(paper[arm]) for arm in (ON, OFF)}, own)
            panel.set_title(label, fontsize=10, fontweight="normal")
        panels[0, 0].set_yticks(range(len(names)), names)
        panels[0, 0].set_ylim(len(names) - 0.4, -0.6)
        figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside right center")
        save_picture(figure, path)


def _draw_pairs(panel: Axes, paper: dict[str, np.ndarray], ours: dict[str, np.ndarray]) -> None:
    """Two lines a row, the paper's above ours, each from without to with."""
    rows = np.arange(len(paper[ON]))
    for values, colour, marker, up, whose in (
        (paper, VERMILION, "D", -0.16, "the paper"),
        (ours, BLUE, "o", 0.16, "here"),
    ):
        panel.hlines(rows + up, values[OFF], values[ON], color=colour, linewidth=1.4, alpha=0.6)
        dots: dict[str, Any] = {"ls": "none", "marker": marker, "ms": 5, "color": colour}
        panel.plot(values[ON], rows + up, label=f"{whose}, on", **dots)
        panel.plot(values[OFF], rows + up, label=f"{whose}, off", mfc="white", **dots)
    panel.grid(axis="x", color=GRID, linewidth=0.7)
    panel.set_axisbelow(True)
    panel.set_xlim(left=0)
    panel.tick_params(axis="y", length=0)


def draw_mechanisms(rows: Sequence[MechanismRow], path: Path) -> None:
    """Draw what each mechanism and all of them change, with intervals; one is no change."""
    shown = [row for row in rows if row.arm != OFF]
    with corridor_style():
        title = "All ten scenarios: each mechanism alone, and all"
        figure, panels = panel_figure(len(MECHANISM_PANELS), title, ARMS_PANEL_IN, sharey=True)
        for panel, (name, label) in zip(panels[0], MECHANISM_PANELS, strict=True):
            _draw_changes(panel, [getattr(row, name) for row in shown])
            panel.set_title(label, fontsize=9.5, fontweight="normal")
        panels[0, 0].set_yticks(range(len(shown)), [row.arm for row in shown])
        panels[0, 0].set_ylim(len(shown) - 0.5, -0.5)
        save_picture(figure, path)


def _draw_changes(panel: Axes, changes: Sequence[Interval]) -> None:
    for k, change in enumerate(changes):
        colour = INK if k == len(changes) - 1 else BLUE
        panel.plot([change.low, change.high], [k, k], color=colour, linewidth=1.6)
        panel.plot(change.mean, k, marker="o", color=colour, markersize=5)
    panel.locator_params(axis="x", nbins=4)
    panel.axvline(1, color=FAINT_INK, linewidth=0.9)
    panel.grid(axis="x", color=GRID, linewidth=0.7)
    panel.set_axisbelow(True)
    panel.tick_params(axis="y", length=0)
