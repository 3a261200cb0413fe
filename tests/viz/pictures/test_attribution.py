"""Attribution of the gain, in the terminal and as a picture."""

from io import StringIO

import pandas as pd
import pytest
from matplotlib.figure import Figure

from experiments.attribution.factorial import factorial_arms
from experiments.attribution.shapley import Attribution
from experiments.batch.engine import Batch
from policies.coordination import MECHANISMS
from scenarios.scenario import Scenario
from viz.pictures.attribution import draw_shapley, effect_table, shapley_table
from viz.terminal.console import open_console


@pytest.fixture
def attribution():
    """Information is worth 60 s, 12 s more with planning; risk costs 30 s; `calls` is the same."""
    rows = []
    for arm, scenario in factorial_arms(Scenario()).items():
        on = scenario.coordination.of_supplies
        gain = 60 * on.information + 12 * (on.information and on.planning) - 30 * on.risk
        for number, noise in enumerate((-3.0, 0.0, 3.0)):
            measures = {"calls": 60.0, "response_s": 600 - gain + noise * on.rules}
            measures |= {"response_s[high]": 500 - gain, "siren_km_per_call": 1.0 * on.risk}
            rows.append({"arm": arm, "replication": number, **measures})
    return Attribution.of(Batch(factorial_arms(Scenario()), 3, pd.DataFrame(rows), (), None))


def printed(table, width=80, **options):
    console = open_console(file=StringIO(), width=width, **options)
    console.print(table)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_shapley_values_fit_a_terminal(attribution):
    lines = printed(shapley_table(attribution, "Attribution"))
    assert max(map(len, lines)) <= 80
    assert " ".join(MECHANISMS) in [" ".join(line.split()) for line in lines]
    both = [" ".join(line.split()) for line in lines if "Response, mean" in line]
    assert both == [
        "Response, mean (min) -1.10 ± 0.00 -0.10 ± 0.00 0.00 ± 0.12 +0.50 ± 0.00",
        "Response, mean (min) -1.10 ± 0.00 -0.10 ± 0.00 0.00 ± 0.00 +0.50 ± 0.00",
    ]
    assert " high priority" in lines
    text = " ".join(" ".join(lines).split())
    assert "Calls" not in text  # nothing differs
    assert "siren" not in text  # which stands in files alone
    assert "95% t-interval over replications; they add up to on minus off" in text


def test_help_is_green_and_harm_is_red(attribution):
    lines = printed(shapley_table(attribution, "Attribution"), force_terminal=True)
    row = next(line for line in lines if "Response" in line)
    assert "\x1b[32m-1.10" in row
    assert "\x1b[31m+0.50" in row
    assert " 0.00 ± 0.12" in row  # which could be either


def test_effects_alone_and_in_pairs(attribution):
    measures = ["response_s", "response_s[high]", "siren_km_per_call", "calls"]
    lines = printed(effect_table(attribution, measures, "Effects"))
    cells = {" ".join(line.split()) for line in lines if "±" in line}
    assert len(cells) == 10
    assert {
        "information -1.10 ± 0.00 -1.10 ± 0.00 0.00 ± 0.00 0 ± 0",
        "risk +0.50 ± 0.00 +0.50 ± 0.00 +1.00 ± 0.00 0 ± 0",
        "information × planning -0.10 ± 0.00 -0.10 ± 0.00 0.00 ± 0.00 0 ± 0",
    } <= cells


def test_bars_stand_at_their_values(attribution, tmp_path, monkeypatch):
    kept = []
    monkeypatch.setattr(
        "viz.pictures.attribution.save_picture", lambda figure, path: kept.append(figure)
    )
    draw_shapley(attribution, ["response_s", "calls"], tmp_path / "a.png", title="Attribution")
    (figure,) = kept
    assert isinstance(figure, Figure)
    panel, other = figure.axes
    widths = [bar.get_width() for bar in panel.patches]
    assert widths == pytest.approx([-1.1, -0.1, 0.0, 0.5, -0.7])
    assert [label.get_text() for label in panel.get_yticklabels()] == [*MECHANISMS, "on"]
    assert panel.get_xlabel() == "min, lower is better"
    (lines,) = panel.collections
    ends = [segment[:, 0].tolist() for segment in lines.get_segments()]
    half = 4.302653 * 3 / 3**0.5 / 60  # t of 2 degrees of freedom
    assert ends[2] == pytest.approx([-half, half], rel=1e-6)
    assert [bar.get_width() for bar in other.patches] == [0.0] * 5


def test_picture_is_drawn(attribution, tmp_path):
    measures = ["response_s", "response_s[high]", "calls", "siren_km_per_call"]
    draw_shapley(attribution, measures, tmp_path / "shares.png", title="Attribution")
    assert (tmp_path / "shares.png").stat().st_size > 5_000
