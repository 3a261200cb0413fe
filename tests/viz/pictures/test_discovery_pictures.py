"""Where a conclusion fails, as it is drawn and printed."""

import re

import numpy as np
import pandas as pd
import pytest

from experiments.discovery import Effects, discover_among, read_condition
from viz.pictures.studies import designs, discovery
from viz.terminal.console import open_console
from viz.terminal.discovery import print_discovery


@pytest.fixture
def found():
    """Three minutes are lost where load is below 4 on the new map, and gained elsewhere."""
    table = pd.DataFrame({"load": np.arange(80) / 8, "map": ["old", "new"] * 40})
    table.index = pd.Index([f"w{k}" for k in range(80)])
    lost = (table["load"] < 4) & (table["map"] == "new")
    change = np.where(lost, 180.0, -60.0)
    changes = pd.DataFrame([change - 6, change + 6], columns=table.index)
    effects = Effects.of("response_s", "more", "base", table, changes)
    return discover_among(effects, read_condition("above 30"))


@pytest.fixture
def drawn(monkeypatch):
    """The figures that are saved."""
    figures = []
    for module in (designs, discovery):
        monkeypatch.setattr(module, "save_picture", lambda figure, _: figures.append(figure))
    return figures


def test_box_and_worlds_are_drawn_where_they_are(found, drawn, tmp_path):
    path = discovery.draw_discovery(found, tmp_path)
    assert path.name == "discovery.png"
    trade, worlds = drawn[0].axes
    star = trade.collections[1].get_offsets()[0]
    assert star.tolist() == [1.0, 1.0]
    (box,) = worlds.patches
    sides = {worlds.get_xlabel(): (box.get_x(), box.get_width()),
             worlds.get_ylabel(): (box.get_y(), box.get_height())}  # fmt: skip
    left, width = sides["load"]
    assert left < 0
    assert left + width == pytest.approx(4, abs=0.13)
    assert sides["map"] == (pytest.approx(0.6), pytest.approx(0.8))  # the second of two texts
    holds, fails = worlds.collections
    assert (len(holds.get_offsets()), len(fails.get_offsets())) == (64, 16)
    assert drawn[0].get_suptitle().endswith("response_s is above 30 (0.50 min)")


def test_changes_are_drawn_from_the_least_to_the_greatest(found, drawn, tmp_path):
    designs.draw_changes(found.effects, 30.0, tmp_path / "changes_1.png", title="So?")
    (panel,) = drawn[0].axes
    lines, dots = panel.collections
    assert dots.get_offsets()[:, 0].tolist() == [-1.0] * 64 + [3.0] * 16  # in minutes
    half = 6 * 2**0.5 * 12.706204736 / 2**0.5 / 60  # t(1), two replications
    assert lines.get_segments()[0][:, 0] == pytest.approx([-1 - half, -1 + half])
    assert [line.get_xdata()[0] for line in panel.lines] == [0, -0.5]


def test_box_is_printed(found, capsys):
    print_discovery(open_console(width=100), found)
    text = " ".join(capsys.readouterr().out.split())
    assert "from base to more is above 30 (0.50 min) in 16 of 80 worlds" in text
    limit = re.search(r"load at most ([\d.]+) 0 to 9.875", text)
    assert limit is not None
    assert 3.875 < float(limit[1]) < 4.125  # between the last new map inside and the next
    assert "coverage 100% of the failures, density 100% (16 of 16 worlds fail), mass 20%" in text
    assert "By chance alone one as good is found in 0.1% of shuffles" in text
