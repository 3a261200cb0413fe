"""The picture of a fit: past demand beside the laws that were fitted to it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from policies.ordering.fit import Candidate, FittedDemand
from policies.ordering.laws import DemandLaw, NegativeBinomialDemand, PoissonDemand
from viz.pictures.style import (
    FAINT_INK,
    GRID,
    LINE_STYLES,
    PALE_BLUE,
    SERIES,
    corridor_style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE_IN = (8.2, 3.6)
MOST_LAWS = 3
"""Of the laws, the best ones only are drawn: more lines could not be told apart."""
MOST_BARS = 30
POINTS = 400
NAMES = {"negative_binomial": "negative binomial", "poisson": "Poisson"}


def demand_fit_figure(
    fitted: FittedDemand, *, title: str = "Past demand and fitted laws"
) -> Figure:
    """Draw past demand as bars and steps, and over it the chosen law and the next best ones.

    To the left, how many periods had which demand, and would be expected to; to the right, the
    share of periods with no more than a demand, on which the order depends.

    Parameters
    ----------
    fitted : FittedDemand
    title : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    with corridor_style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=SIZE_IN, layout="constrained")
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=13)
        bars, steps = figure.subplots(1, 2)
        others = [c for c in fitted.candidates if c.law is not None and c.name != fitted.name]
        shown = [fitted.chosen, *others][:MOST_LAWS]
        edges = _edges(fitted.history)
        _draw_bars(bars, fitted.history, edges, shown)
        _draw_steps(steps, fitted.history, edges, shown)
        figure.legend(
            *steps.get_legend_handles_labels(), loc="outside lower left", ncols=2, fontsize=8
        )
    return figure


def _draw_bars(
    panel: Axes, history: NDArray[np.float64], edges: NDArray[np.float64], shown: list[Candidate]
) -> None:
    panel.hist(history, edges.tolist(), color=PALE_BLUE, edgecolor="white")
    middle = (edges[1:] + edges[:-1]) / 2
    for place, one in enumerate(shown):
        if one.law is not None and one.name != "empirical":
            expected = len(history) * np.diff(_met(one.law, edges))
            panel.plot(middle, expected, **_line(place), marker=".", markersize=4)
    _finish(panel, "units a period", "periods")


def _draw_steps(
    panel: Axes, history: NDArray[np.float64], edges: NDArray[np.float64], shown: list[Candidate]
) -> None:
    ordered = np.sort(history)
    share = np.arange(1, len(ordered) + 1) / len(ordered)
    panel.step(ordered, share, where="post", color=FAINT_INK, label=f"past, {len(ordered)} periods")
    level = np.linspace(edges[0], edges[-1], POINTS)
    for place, one in enumerate(shown):
        if one.law is not None and one.name != "empirical":
            steps = "steps-post" if _is_counted(one.law) else "default"
            line = _met(one.law, level)
            panel.plot(level, line, **_line(place), drawstyle=steps, label=_told(one))
    panel.set_ylim(0, 1.02)
    _finish(panel, "units a period", "share of periods with no more")


def _line(place: int) -> dict[str, Any]:
    return {"color": SERIES[place], "linestyle": LINE_STYLES[place], "linewidth": 1.6}


def _told(one: Candidate) -> str:
    """A law with its criteria, as the legend tells it."""
    name = NAMES.get(one.name, one.name)
    fit = f", p = {one.p_value:.2g}" if not math.isnan(one.p_value) else ""
    return f"{name}: AIC {one.aic:,.1f}, distance {one.distance:.2g}{fit}"


def _edges(history: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ends of bars: of whole demands round them, so many units wide that there are not too many."""
    low, high = float(history.min()), float(history.max())
    if (history % 1 == 0).all():
        width = max(1.0, np.ceil((high - low + 1) / MOST_BARS))
        count = int(np.ceil((high - low + 1) / width))
        return low - 0.5 + width * np.arange(count + 1)
    return np.histogram_bin_edges(history, "auto")


def _met(law: DemandLaw, level: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([law.probability_met(q) for q in level.tolist()])


def _is_counted(law: DemandLaw) -> bool:
    return isinstance(law, PoissonDemand | NegativeBinomialDemand)


def _finish(panel: Axes, below: str, beside: str) -> None:
    panel.set_xlabel(below)
    panel.set_ylabel(beside)
    panel.grid(axis="y", color=GRID, linewidth=0.7)
    panel.set_axisbelow(True)
