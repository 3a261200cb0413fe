"""The pictures of a search show what it found, and not what is far worse."""

from __future__ import annotations

import pytest

from experiments.search import optimise
from tests.experiments.search.made_up import bowl, stand_in
from viz.pictures.studies import search as pictures
from viz.pictures.studies.search import draw_front, draw_search


@pytest.fixture
def drawn(monkeypatch):
    """The figure that was drawn last, which is not written."""
    figures = []
    monkeypatch.setattr(pictures, "save_picture", lambda figure, _: figures.append(figure))
    return figures


def test_best_so_far_ends_with_the_winner(grid_scenario, monkeypatch, drawn, tmp_path):
    stand_in(monkeypatch, bowl)
    over = {"signals.green_share": "0.05..0.95", "signals.equipped_share": "0.0..1.0"}
    found = optimise(grid_scenario(), over, "response_s", 24, 8, workers=1)
    draw_search(found, tmp_path / "search.png")
    (panel,) = drawn[0].axes
    present = found.row("present", "response_s")["search_mean"]
    won = present + found.row(found.best, "response_s")["search_change"]
    steps = next(line for line in panel.lines if line.get_label() == "best so far").get_ydata()
    assert steps[-1] == pytest.approx(won / 60)
    assert sorted(steps, reverse=True) == list(steps)
    assert panel.get_ylabel() == "Response, mean (min)"
    bottom, top = panel.get_ylim()
    table = found.table
    worse = (present + table["response_s change"]) / 60 > top
    assert 0 < worse.sum() < 18
    assert panel.get_title(loc="right") == f"{worse.sum()} trials are worse than shown"
    assert bottom < found.row(found.best, "response_s")["low"] / 60


def test_the_front_is_drawn_with_its_intervals(grid_scenario, monkeypatch, drawn, tmp_path):
    def measures(plan, own):
        return {"response_s": 600 / (plan.fleet.ambulances or 2) + own.normal(0, 1)}

    stand_in(monkeypatch, measures)
    priced = {"prices": {"fleet.ambulances": 100}, "workers": 1}
    goals = ["response_s", "cost"]
    found = optimise(grid_scenario(), {"fleet.ambulances": "2..8"}, goals, 7, 4, **priced)
    draw_front(found, tmp_path / "front.png")
    (panel,) = drawn[0].axes
    front = next(one for one in panel.containers if one.get_label() == "front, fresh")
    x, y = front.lines[0].get_data()
    assert sorted(y) == [200, 300, 400, 500, 600, 700, 800]
    assert list(x) == [found.row(name, "response_s")["mean"] / 60 for name in found.front]
    low, high = panel.get_xlim()
    assert low < min(x)
    assert high > max(x)
