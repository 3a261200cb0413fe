"""Gain against price, in the terminal and as a picture."""

from io import StringIO

import pandas as pd
import pytest

from experiments.attribution.price_sweep import PriceSweep
from experiments.batch.engine import Batch
from experiments.compare import Comparison
from scenarios.scenario import Scenario
from viz.pictures.price_sweep import draw_price_sweep, sweep_table, turning_table
from viz.terminal.console import open_console

PRICES = {"0": 0.0, "2": 2.0, "8": 8.0}
GAINS_S = {"off": 0.0, "0": 60.0, "2": 20.0, "8": -40.0}
MEASURES = ["response_s", "wait_s"]


@pytest.fixture
def sweep():
    """A gain of 60, 20 and -40 s with noise in the last; no call waits anywhere."""
    rows = [
        {
            "arm": arm,
            "replication": number,
            "response_s": 600 - gain + noise * (arm == "8"),
            "wait_s": 0.0,
        }
        for arm, gain in GAINS_S.items()
        for number, noise in enumerate((-1.0, 0.0, 1.0))
    ]
    batch = Batch(dict.fromkeys(GAINS_S, Scenario()), 3, pd.DataFrame(rows), (), None)
    return PriceSweep.of(Comparison.of(batch), "coordination.information.delay_h", PRICES)


def printed(table):
    console = open_console(file=StringIO(), width=80)
    console.print(table)
    return [" ".join(line.split()) for line in console.file.getvalue().splitlines()]


def test_a_column_for_each_price(sweep):
    lines = printed(sweep_table(sweep, MEASURES, "What it costs"))
    assert "0 2 8" in lines
    assert "Response, mean (min) -1.00 ± 0.00 -0.33 ± 0.00 +0.67 ± 0.04" in lines
    assert "Wait, mean (min) 0.00 ± 0.00 0.00 ± 0.00 0.00 ± 0.00" in lines
    assert "on minus off by coordination.information.delay_h" in lines


def test_where_gain_turns_into_harm_in_words(sweep):
    (low, high) = sweep.turning_points.loc[0, ["low", "high"]]
    lines = printed(turning_table(sweep, MEASURES, "Where it does harm"))
    assert f"Response, mean (min) turns to harm at 4 ({low:.3g} to {high:.3g})" in lines
    assert "Wait, mean (min) no difference" in lines
    assert 3.9 < low < 4 < high < 4.1


def test_turning_point_is_drawn_where_it_is(sweep, monkeypatch):
    kept = []
    monkeypatch.setattr(
        "viz.pictures.price_sweep.save_picture", lambda figure, path: kept.append(figure)
    )
    draw_price_sweep(sweep, MEASURES, "sweep.png", title="What it costs")
    first, second = kept[0].axes
    _, gains, turn = first.lines
    assert gains.get_xydata().tolist() == [
        [0, -1],
        [2, pytest.approx(-1 / 3)],
        [8, pytest.approx(2 / 3)],
    ]
    assert turn.get_xdata() == pytest.approx([4.0, 4.0], abs=1e-9)
    assert first.get_ylabel() == "on minus off, lower is better"
    assert len(second.lines) == 2  # it never turns


def test_picture_is_drawn(sweep, tmp_path):
    draw_price_sweep(sweep, MEASURES, tmp_path / "sweep.png", title="What it costs")
    assert (tmp_path / "sweep.png").stat().st_size > 5_000
