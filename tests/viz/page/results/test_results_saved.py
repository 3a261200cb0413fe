"""Which results a page may open, and what is in them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from experiments.attribution.shapley import attribute, off_and_on
from experiments.compare import compare
from experiments.single_run_intervals import simulate_once
from scenarios.loader import load_scenario
from simulation.errors import ResultError
from simulation.measures.catalogue import measure_of
from simulation.tables.files import read_json, to_json
from viz.page.results import charts
from viz.page.results.saved import list_saved, open_saved


@pytest.fixture(scope="module")
def root(grid_scenario, tmp_path_factory) -> Path:
    """A folder with a comparison, a single run further down, and traps."""
    root = tmp_path_factory.mktemp("served")
    scenario = grid_scenario(run__days=1.5, demand__calls_per_day=30)
    arms = {"now": scenario, "more": scenario.changed({"demand.calls_per_day": 40})}
    compare(arms, 2, out=root / "two")
    simulate_once(scenario.changed({"run.days": 30}), out=root / "deep/er/one")
    (root / "empty").mkdir()
    outside = tmp_path_factory.mktemp("outside")
    compare({"secret": scenario}, 1, out=outside / "secret")
    (root / "link").symlink_to(outside / "secret")
    (root / "deep/link").symlink_to(outside)
    return root


def test_only_what_is_below_the_folder_is_listed(root):
    assert list_saved(root) == [
        ("deep/er/one", "1 run"),
        ("two", "now, more; 2 runs each"),
    ]
    assert list_saved(root / "nothing") == []


@pytest.mark.parametrize(
    "name",
    ["../outside", "link", "deep/link/secret", "two/now", "two/../two", "/etc", "", ".", "moon",
     "two/now/replication-0000"],
)  # fmt: skip
def test_nothing_else_can_be_opened(root, name):
    with pytest.raises(ResultError, match="is not among the results that are served here"):
        open_saved(root, name)


def test_a_comparison_is_as_it_was_saved(root):
    saved = open_saved(root, "two")
    told = read_json(root / "two/comparison.json")
    assert saved.comparison.base == "now"
    assert len(saved.comparison.table) == len(told["rows"])
    assert saved.replications("more") == [0, 1]
    assert saved.run_folder("now", 1) == root.resolve() / "two/now/replication-0001"
    assert saved.attribution is None
    assert saved.report is None
    with pytest.raises(ResultError, match="holds no run 7 of 'now'"):
        saved.run_folder("now", 7)
    with pytest.raises(ResultError, match="holds no run 0 of"):
        saved.run_folder("../now", 0)


def test_a_single_run_keeps_the_intervals_of_its_batches(root):
    table = open_saved(root, "deep/er/one").comparison.table.set_index("measure")
    assert table.loc["response_s", "low"] < table.loc["response_s", "mean"]


def test_damaged_and_old_folders_are_told_in_one_line(root, tmp_path):
    for name, spoil, why in (
        ("old", lambda f: (f / "batch.json").write_bytes(
            to_json({**read_json(f / "batch.json"), "format": 0})), "has format 0, expected 3"),
        ("cut", lambda f: (f / "summaries.parquet").write_bytes(b"x"), "not as it was saved"),
        ("part", lambda f: (f / "summaries.parquet").unlink(), "is not finished"),
        ("other", lambda f: (f / "batch.json").write_text("[]"), "holds no result"),
    ):  # fmt: skip
        shutil.copytree(root / "two", tmp_path / name)
        spoil(tmp_path / name)
        assert name in [one.name for one in list_saved(tmp_path)]
        with pytest.raises(ResultError, match=why) as refused:
            open_saved(tmp_path, name)
        assert "\n" not in str(refused.value)
        assert str(tmp_path) not in str(refused.value)


@pytest.mark.parametrize("dark", [False, True])
def test_charts_have_the_figures_of_the_table(root, dark):
    saved = open_saved(root, "two")
    table = saved.comparison.table.set_index(["measure", "arm"])
    measure = measure_of("response_s")
    (trace,) = charts.arms_figure(saved.comparison, "response_s", dark)["data"]
    assert trace["y"] == ["more", "now"]
    assert trace["x"][1] == pytest.approx(table.loc[("response_s", "now"), "mean"] * measure.scale)
    row = table.loc[("response_s", "more")]
    (trace,) = charts.differences_figure(saved.comparison, "response_s", dark)["data"]
    assert trace["x"] == pytest.approx([row["difference"] * measure.scale])
    half = (row["difference_high"] - row["difference"]) * measure.scale
    assert trace["error_x"]["array"] == pytest.approx([half])


def test_response_times_and_the_day_of_the_fleet(root):
    saved = open_saved(root, "two")
    runs = {arm: [saved.batch.result(arm, 0)] for arm in ("now", "more")}
    priority = saved.batch.arms["now"].demand.priorities[0].name
    figure = charts.response_figure(runs, priority, dark=False)
    assert [trace["name"] for trace in figure["data"]] == ["now", "more"]
    for trace in figure["data"]:
        assert sorted(trace["y"]) == trace["y"]
        assert trace["y"][-1] > 50
    bars = charts.fleet_figure(runs["now"], dark=True)["data"]
    by_hour = [sum(bar["y"][hour] for bar in bars) for hour in range(24)]
    assert by_hour == pytest.approx([100.0] * 24)


def test_attributions_and_prices(tmp_path):
    base = load_scenario("covid-supplies", {"run.days": 1, "run.warm_up_days": 0})
    mechanisms = ("information", "risk")
    ends = compare(off_and_on(base, mechanisms), 2, out=tmp_path / "gain", tables=False)
    known = attribute(ends, mechanisms)
    saved = open_saved(tmp_path, "gain")
    assert saved.attribution is not None
    assert saved.attribution.factors == known.factors
    assert saved.attribution.totals["difference"].to_list() == pytest.approx(
        known.totals["difference"].to_list(), nan_ok=True
    )
    assert saved.replications("off") == []
    (bars,) = charts.shapley_figure(saved.attribution, "fill_rate", dark=False)["data"]
    assert bars["y"] == ["on minus off", "risk", "information"]
    assert bars["x"][0] == pytest.approx(bars["x"][1] + bars["x"][2], abs=1e-9)
