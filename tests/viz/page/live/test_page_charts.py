"""What charts are sent, and which a run has."""

from __future__ import annotations

import numpy as np
import pandas as pd

from environment.demand.priorities import PriorityClass
from simulation.measures.catalogue import measure_of
from viz.live.states import STATES
from viz.page.live.chart_list import charts_of
from viz.page.live.charts import MOST_POINTS, thinned

COLOURS = dict.fromkeys(STATES, "#123456")


def series(minutes):
    time_s = np.arange(minutes) * 60.0
    return pd.DataFrame({"time_s": time_s, "calls": time_s / 60, "other": np.nan})


def test_the_end_is_always_among_what_is_sent():
    told = thinned(series(1_000), 0, ["calls", "unknown"])
    assert set(told) == {"time_s", "calls"}
    assert len(told["time_s"]) <= MOST_POINTS
    assert (told["time_s"][-1], told["calls"][-1]) == (59_940.0, 999.0)


def test_a_window_of_hours():
    told = thinned(series(1_000), 6, ["calls"])
    assert told["time_s"][-1] - told["time_s"][0] <= 6 * 3_600
    assert told["time_s"][-1] == 59_940.0


def test_what_is_not_known_is_a_gap_and_nothing_is_nothing():
    assert thinned(series(2), 0, ["other"])["other"] == [None, None]
    assert thinned(series(0), 0, ["calls"]) == {"time_s": []}


def test_only_charts_that_have_something_to_show():
    known = {
        key: measure_of(key)
        for key in ("fill_rate", "stock[masks]", "stock[gloves]", "stock[store-A/masks]")
    }
    charts = charts_of(known, [], COLOURS)
    assert [chart["id"] for chart in charts] == ["fill", "stock"]
    assert [line["label"] for line in charts[1]["lines"]] == ["masks", "gloves"]
    of_masks = charts[1]["variants"][1]
    assert (of_masks["label"], [line["label"] for line in of_masks["lines"]]) == (
        "of masks, by site",
        ["A"],
    )


def test_targets_stand_in_the_chart_of_responses():
    known = {key: measure_of(key) for key in ("response_s", "response_s[high]")}
    high = PriorityClass(name="high", share=1.0, target_s=480)
    (chart,) = charts_of(known, [high], COLOURS)
    assert (chart["targets"], chart["target_text"]) == ([8.0], "target 8 min")
