"""The picture of a fit shows the past, the chosen law first, and its figures."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from policies.ordering.fit import fit_demand
from viz.pictures.plans.demand_fit import demand_fit_figure
from viz.pictures.style import save_picture

COUNTS = np.random.default_rng(3).negative_binomial(4, 0.05, 104)


def test_bars_count_all_periods_and_lines_are_the_laws() -> None:
    fitted = fit_demand(COUNTS, samples=19)
    figure = demand_fit_figure(fitted)
    FigureCanvasAgg(figure).draw()
    bars, steps = figure.axes
    assert sum(patch.get_height() for patch in bars.patches) == len(COUNTS)
    past, chosen, *others = steps.get_lines()
    assert past.get_label() == "past, 104 periods"
    assert chosen.get_label().startswith(fitted.name.replace("_", " "))
    assert f"AIC {fitted.chosen.aic:,.1f}" in chosen.get_label()
    assert 1 <= len(others) <= 2
    level, met = chosen.get_data()
    assert met[200] == pytest.approx(fitted.law.probability_met(level[200]))
    share = bars.get_lines()[0].get_ydata()
    assert 0.9 * len(COUNTS) < share.sum() < len(COUNTS)


@pytest.mark.parametrize("law", ["empirical", "poisson", "gamma"])
def test_every_law_is_drawn_into_a_file(law: str, tmp_path) -> None:
    figure = demand_fit_figure(fit_demand(1 + COUNTS, law, samples=0), title="Camp A, doses a week")
    save_picture(figure, tmp_path / "fit.png")
    assert (tmp_path / "fit.png").stat().st_size > 10_000
    named = [line.get_label().split(":")[0].lower() for line in figure.axes[1].get_lines()]
    assert law in named or law == "empirical"
