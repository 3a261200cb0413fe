"""The report on ordering and then routing, with its pictures."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from papers.report import ReproductionReport, Section
from papers.scott_rutner.claims import ScottRutner, sweep_grid
from papers.scott_rutner.experiment import RATIOS, STOPS, TOGETHER, TWO_STEPS
from papers.scott_rutner.instances import PLACE_KM
from papers.scott_rutner.tables import (
    case_table,
    claims_table,
    expected_table,
    notes_of,
    sizes_table,
    sweep_table,
    trips_table,
    worlds_table,
)
from viz.pictures.draw import Drawing
from viz.pictures.panels import panel_figure
from viz.pictures.style import (
    BLUE,
    GRID,
    INK,
    LINE_STYLES,
    SERIES,
    SMALL_PT,
    corridor_style,
    save_picture,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from experiments.planning.joint import JointPlan


PAPER = (
    "Scott and Rutner, Revisiting the Newsvendor and Traveling Salesman in a Healthcare Disaster "
    "or Pandemic Response: order for each treatment centre as a newsvendor, then deliver on a "
    "shortest tour."
)


def scott_rutner_report(found: ScottRutner, command: str) -> ReproductionReport:
    """All that the terminal says, with pictures."""
    return ReproductionReport(
        "Ordering, then routing",
        PAPER,
        "How good are two steps beside a joint choice, and beside what people do now?",
        [claim.verdict for claim in found.claims],
        [
            Section("The claims", [claims_table(found)]),
            Section("The case", [case_table(found), trips_table(found)], ("case",)),
            Section("Apart or together", [sweep_table(found), sizes_table(found)], ("saved",)),
            Section(
                "In the simulator", [expected_table(found), worlds_table(found)], ("cost_by_plan",)
            ),
        ],
        notes_of(found),
        command,
    )


def scott_rutner_drawings(found: ScottRutner) -> list[Drawing]:
    """The pictures of a reproduction."""
    return [
        Drawing("case", partial(draw_case, found)),
        Drawing("saved", partial(draw_saved, found)),
        Drawing("cost_by_plan", partial(draw_costs, found)),
    ]


def draw_case(found: ScottRutner, path: Path) -> None:
    """Draw the trips of the case, one panel for each way to choose."""
    case = found.runs.case
    with corridor_style():
        figure, panels = panel_figure(2, "Trips of the case, doses at each centre", (4.2, 4.2), 0.0)
        for panel, (name, plan) in zip(
            panels[0], ((TWO_STEPS, case.two_steps), (TOGETHER, case.together)), strict=True
        ):
            _draw_trips(panel, plan)
            panel.set_title(f"{name}: cost {plan.cost:,.0f}", fontsize=10, fontweight="normal")
        save_picture(figure, path)


def _draw_trips(panel: Axes, plan: JointPlan) -> None:
    for k, route in enumerate(plan.routes):
        places = PLACE_KM[[0, *(centre + 1 for centre in route), 0]]
        style = {"color": SERIES[k % len(SERIES)], "linestyle": LINE_STYLES[k % len(LINE_STYLES)]}
        panel.plot(*places.T, linewidth=1.6, zorder=2, **style)
    panel.plot(*PLACE_KM[1:].T, "o", color=INK, markersize=5, zorder=3)
    panel.plot(*PLACE_KM[0], "s", color=INK, markersize=8, zorder=3)
    panel.annotate("distributor", PLACE_KM[0], (-8, -16), textcoords="offset points", ha="right")
    for place, doses in zip(PLACE_KM[1:], plan.quantity, strict=True):
        panel.annotate(
            f"{doses:.0f}", place, (5, 5), textcoords="offset points", fontsize=SMALL_PT + 1
        )
    panel.set(aspect="equal", xlabel="km")
    panel.margins(0.15)


def draw_saved(found: ScottRutner, path: Path) -> None:
    """Draw what is saved against what driving costs, a line for each capacity."""
    with corridor_style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7.0, 4.0), layout="constrained")
        panel = figure.subplots()
        for k, (stops, column) in enumerate(
            zip(STOPS, zip(*sweep_grid(found), strict=True), strict=True)
        ):
            means = 100 * np.array([one.saved.mean for one in column])
            ends = 100 * np.array([[o.saved.low, o.saved.high] for o in column]).T
            label = "all on one" if np.isinf(stops) else f"{stops:g} a vehicle"
            panel.errorbar(
                np.array(RATIOS) * (1 + 0.04 * (k - 1.5)), means,
                yerr=np.nan_to_num(np.abs(ends - means)), label=label, color=SERIES[k],
                marker="o", markersize=4, linestyle=LINE_STYLES[k], capsize=3, elinewidth=1.2,
            )  # fmt: skip
        panel.set_xscale("log")
        panel.set_xticks(RATIOS, [f"{ratio:g}" for ratio in RATIOS])
        panel.minorticks_off()
        panel.set_xlabel("cost of driving to a centre and back / cost of leaving it without")
        panel.set_title("Saved by choosing orders and trips together (%)")
        panel.grid(axis="y", color=GRID, linewidth=0.7)
        panel.set_axisbelow(True)
        panel.legend(title="centres")
        save_picture(figure, path)


def draw_costs(found: ScottRutner, path: Path) -> None:
    """Draw what each plan costs in the simulator, a panel for each law of demand."""
    plans = found.plans
    with corridor_style():
        title = "Cost of each plan in the simulator, by demand"
        figure, panels = panel_figure(len(found.worlds), title, (2.9, 2.9), 0.0)
        for panel, world in zip(panels.flat, found.worlds, strict=False):
            values = [found.interval(world, plan, "cost") for plan in plans]
            means = np.array([one.mean for one in values])
            ends = np.array([[one.low, one.high] for one in values]).T
            rows = np.arange(len(plans))[::-1]
            panel.barh(rows, means, height=0.6, color=BLUE, alpha=0.35)
            panel.errorbar(
                means, rows, xerr=np.nan_to_num(np.abs(ends - means)), fmt="o", color=INK,
                markersize=3, capsize=2, elinewidth=1.0,
            )  # fmt: skip
            panel.set_yticks(rows, plans, fontsize=SMALL_PT)
            panel.set_title(world, fontsize=10, fontweight="normal")
        save_picture(figure, path)
