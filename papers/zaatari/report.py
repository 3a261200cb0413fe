"""The report on Za'atari camp, with its pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from papers.report import ReproductionReport, Section
from papers.zaatari.camp import (
    CLINICS,
    COLUMNS,
    GRID,
    ROWS,
    district_centres,
)
from papers.zaatari.claims import CLAIMS
from papers.zaatari.experiment import Zaatari
from papers.zaatari.outbreaks import OutbreakRuns
from papers.zaatari.paper import (
    COMBINATIONS,
    SERVERS,
    TABLE_3,
    Combination,
    Measure,
)
from papers.zaatari.replica import Replica
from papers.zaatari.tables import (
    base_table,
    beyond_tables,
    check_tables,
    claims_table,
    fit_table,
    gini_table,
    none_table,
    notes_of,
    outbreak_table,
)
from viz.pictures.draw import Drawing, draw_all
from viz.pictures.style import (
    BLUE,
    FAINT_INK,
    HALO,
    INK,
    PALE_BLUE,
    SMALL_PT,
    VERMILION,
    corridor_style,
    save_picture,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


PAPER = (
    "Blank, Journal of Humanitarian Logistics and Supply Chain Management, 2021, "
    "doi 10.1108/JHLSCM-07-2020-0058: five ambulances in Za'atari refugee camp, placed by a "
    "spatial hypercube queueing model, in virus outbreaks."
)


def zaatari_report(found: Zaatari, command: str) -> ReproductionReport:
    """All that the terminal says, with pictures."""
    replica = found.replica
    boxes = ("box_plots_5", "box_plots_7")
    return ReproductionReport(
        "A camp's ambulances in outbreaks",
        PAPER,
        "What do outbreaks do to five ambulances, and what do two more change?",
        [_verdict(found, claim.holds) for claim in CLAIMS],
        [
            Section("The claims", [claims_table(found)]),
            Section("The camp", [fit_table(replica), base_table(replica)], ("camp",)),
            Section("Outbreaks", [outbreak_table(replica, found.effort.runs)], ("cases", *boxes)),
            Section("Read otherwise", [none_table(replica), gini_table(replica)]),
            Section("The model beside a simulation", check_tables(found)),
            Section("What the paper could not ask", beyond_tables(found)),
        ],
        notes_of(found),
        command,
    )


def _verdict(found: Zaatari, holds: Callable[..., bool]) -> str:
    return "holds" if holds(found.replica.table) else "does not hold"


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


PANELS: Mapping[Measure, str] = {
    "gini_a": "Gini a, of losses",
    "gini_b": "Gini b, of response times, min",
    "loss": "share of calls lost",
}
WORKLOADS = (Combination(1, 3), Combination(5, 2), Combination(10, 1))
"""Those whose workloads the paper shows."""
MOST_CASES = 60
"""Beyond which hardly any run is."""


def draw_zaatari(found: Zaatari, folder: Path) -> list[Path]:
    """Draw the paper's five figures of our camp, also as SVG; return the PNG files."""
    return draw_all(zaatari_drawings(found), folder)


def zaatari_drawings(found: Zaatari) -> list[Drawing]:
    """The paper's five figures."""
    replica = found.replica
    return [
        Drawing("camp", partial(_in_style, draw_camp_map, replica)),
        Drawing("cases", partial(_in_style, draw_cases_of_runs, replica)),
        *(
            Drawing(f"box_plots_{servers}", partial(_in_style, draw_box_plots, replica, servers))
            for servers in SERVERS
        ),
    ]


def _in_style(draw: Callable[..., None], *what: object) -> None:
    with corridor_style():
        draw(*what)


def draw_cases_of_runs(replica: Replica, path: Path) -> None:
    """Draw how many cases the runs of each combination have (the paper's Figure 2)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.6, 6.0), layout="constrained")
    figure.suptitle("Cases in a run", x=0.01, ha="left", fontweight="bold", fontsize=13)
    panels = figure.subplots(3, 3, sharex=True)
    for panel, combination in zip(panels.ravel(), COMBINATIONS, strict=True):
        cases = replica.cases[combination].sum(axis=1)
        share = np.bincount(cases.clip(0, MOST_CASES)) / len(cases)
        panel.bar(np.arange(len(share)), share, width=1.0, color=BLUE)
        panel.set_title(f"{combination}, mean {cases.mean():.1f}", fontsize=10, fontweight="normal")
    figure.supxlabel(f"cases, {MOST_CASES} and more together", fontsize=10)
    figure.supylabel("share of runs", fontsize=10)
    save_picture(figure, path)


def draw_box_plots(replica: Replica, servers: int, path: Path) -> None:
    """Draw the runs of all combinations, with the paper's medians and whiskers (Figures 3, 5)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11.0, 7.4), layout="constrained")
    title = f"Outbreaks with {servers} servers"
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=13)
    panels = figure.subplots(2, 2)
    runs = {combination: replica.outbreaks[servers, combination] for combination in COMBINATIONS}
    for panel, measure in zip(panels.ravel(), PANELS, strict=False):
        _draw_measure(panel, runs, servers, measure)
    _draw_workloads(panels[1, 1], runs)
    panels[0, 0].legend(loc="upper left", fontsize=8)
    save_picture(figure, path)


def _draw_measure(
    panel: Axes, runs: Mapping[Combination, OutbreakRuns], servers: int, measure: Measure
) -> None:
    _boxes(panel, [getattr(one, measure) for one in runs.values()], np.arange(len(runs)))
    paper = [TABLE_3[servers, combination, measure] for combination in runs]
    for k, marker, size, label in ((0, "D", 4, "median"), (1, "_", 13, "upper whisker")):
        panel.plot(
            range(len(paper)), [one[k] for one in paper], marker, color=VERMILION,
            markersize=size, zorder=4, label=f"the paper's {label}",
        )  # fmt: skip
    panel.set_xticks(range(len(runs)), [str(one) for one in runs], fontsize=8, rotation=30)
    panel.set_title(PANELS[measure], fontsize=10, fontweight="normal")
    panel.set_ylim(bottom=0)


def _draw_workloads(panel: Axes, runs: Mapping[Combination, OutbreakRuns]) -> None:
    """Share of time busy of each server, in the combinations that the paper shows."""
    ticks: list[float] = []
    for k, combination in enumerate(WORKLOADS):
        workload = runs[combination].workload
        places = np.arange(workload.shape[1]) + k * (workload.shape[1] + 1)
        _boxes(panel, list(workload.T), places)
        for place, number in zip(places, range(1, len(places) + 1), strict=True):
            panel.text(place, -0.02, str(number), ha="center", va="top", fontsize=7.5)
        ticks.append(float(places.mean()))
    panel.set_xticks(ticks, [str(one) for one in WORKLOADS], fontsize=8)
    panel.tick_params(axis="x", length=0, pad=11)
    panel.set_ylim(0, 1)
    panel.set_title("workload of each server", fontsize=10, fontweight="normal")


def _boxes(panel: Axes, values: list[NDArray[np.float64]], places: NDArray[np.int64]) -> None:
    boxes = panel.boxplot(
        values,
        positions=places,
        widths=0.6,
        patch_artist=True,
        boxprops={"facecolor": PALE_BLUE, "edgecolor": BLUE},
        medianprops={"color": INK, "linewidth": 1.6},
        whiskerprops={"color": BLUE},
        capprops={"color": BLUE},
        flierprops={"marker": ".", "markersize": 1.5, "markeredgecolor": FAINT_INK},
        manage_ticks=False,
    )
    for fliers in boxes["fliers"]:
        fliers.set_rasterized(True)  # thousands of dots would make an SVG heavy
