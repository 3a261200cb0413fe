"""A measure is written once: the summary, the live view and the replay then have it."""

from __future__ import annotations

import pytest

from simulation.measures.catalogue import MEASURES, from_counts, measure_of
from simulation.measures.counts import ratio
from simulation.measures.measure import Measure
from simulation.model import EmergencyModel
from viz.live.observer import Observer
from viz.live.record import RecordedRun
from viz.page.live.key_figures import CHOSEN, key_figures

BY_PRIORITY = {
    "run__days": 0.2,
    "demand__calls_per_day": 60,
    "demand__priorities": [
        {"name": "high", "share": 0.4, "target_s": 100},
        {"name": "low", "share": 0.6, "target_s": 200},
    ],
}


def test_one_entry_gives_summary_live_figure_and_replay(grid_scenario, tmp_path, monkeypatch):
    late = Measure("late_share", "Late", "%", "lower", scale=100, digits=1, by="priority")
    in_time = ratio("in_target", "ended")
    entry = from_counts(late, lambda counts: 1 - in_time(counts))
    monkeypatch.setitem(MEASURES, "late_share", entry)
    monkeypatch.setattr("viz.page.live.key_figures.CHOSEN", ("late_share", *CHOSEN))

    model = EmergencyModel(grid_scenario(**BY_PRIORITY))
    observer = Observer(model)
    result = model.run()
    observer.look()
    result.save(tmp_path / "run")
    replay = RecordedRun(tmp_path / "run")
    replay.seek(replay.end_s)
    replay.close()

    assert 0 < result.summary["late_share"] < 1
    for name in ("late_share", "late_share[high]", "late_share[low]"):
        expected = pytest.approx(result.summary[name])
        assert (observer.values[name], replay.values()[name]) == (expected, expected), name
        assert replay.series()[name].iloc[-1] == expected
    shown = key_figures(observer.known, [observer.values])[0]
    assert (shown["text"], shown["value"]) == (
        "Late so far (%)",
        measure_of("late_share").text(result.summary["late_share"]),
    )
