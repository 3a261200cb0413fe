"""Saved results and planning, in a real browser.

Screenshots of the main states are left in ``results/screenshots``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.compare import compare
from policies.coordination import MECHANISMS
from tests.viz.page.end_to_end import DAY

pytestmark = pytest.mark.slow

ON = {"coordination.mechanisms": list(MECHANISMS)}
OFF = {"coordination.mechanisms": []}


@pytest.fixture(scope="module")
def saved(tmp_path_factory, city) -> Path:
    """A folder with a batch, one that is damaged, one whose run is, and a link that leads out."""
    folder = tmp_path_factory.mktemp("results")
    short = city.changed({"run.days": 0.25, "demand.calls_per_day": 900})
    arms = {"off": short.changed(OFF), "on": short.changed(ON)}
    compare(arms, 2, workers=1, out=folder / "good")
    compare({"plain": short}, 1, workers=1, out=folder / "torn")
    (run,) = (folder / "torn").rglob("missions.parquet")
    run.write_bytes(run.read_bytes()[:100])
    (folder / "broken").mkdir()
    (folder / "broken" / "batch.json").write_text("{", encoding="utf-8")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    compare({"plain": short}, 1, workers=1, out=elsewhere / "secret")
    (folder / "way-out").symlink_to(elsewhere / "secret")
    return folder


@pytest.fixture(scope="module")
def served(serve, browser, saved):
    words = [f"--set={key}={value}" for key, value in DAY.items()]
    return serve("city", "--results", str(saved), *words)


def test_a_saved_batch_has_its_intervals_and_plays_again(served, visit):
    visitor = visit(served)
    visitor.open("/results")
    names = visitor.page.locator(".r-item")
    visitor.page.wait_for_selector(".r-item")
    assert names.evaluate_all("all => all.map((one) => one.dataset.name)") == [
        "broken",
        "good",
        "torn",
    ]
    visitor.page.click(".r-item[data-name=good]")
    visitor.page.wait_for_selector(".r-table-patients table")
    table = visitor.page.inner_text(".r-table-patients")
    assert "Mean response" in table or "Response" in table
    assert "±" in table or "to" in table
    visitor.keep("results-table")
    visitor.page.click(".p-tab-replay")
    visitor.wait("window.__corridor_map?.frames > 0")
    visitor.page.wait_for_selector(".r-play")
    visitor.page.select_option(".r-speed select", "600")
    visitor.page.click(".r-play")
    visitor.wait("window.__corridor_map.clock > 1800")
    before = visitor.places()
    visitor.wait("window.__corridor_map.clock > 3600")
    after = visitor.places()
    assert [name for name in before if name in after and before[name] != after[name]]
    visitor.page.click(".r-play")
    visitor.keep("results-replay")


def test_a_result_that_cannot_be_opened_says_why(served, visit):
    visitor = visit(served)
    visitor.open("/results").page.wait_for_selector(".r-item")
    for name, told in (
        ("broken", "broken/batch.json: cannot be read"),
        ("../elsewhere", "is not among the results"),
        ("way-out", "is not among the results"),
    ):
        visitor.tell(".r-list", "choose", name)
        visitor.page.wait_for_selector(f".c-error >> text={told}")
    visitor.page.click(".r-item[data-name=torn]")
    visitor.page.click(".p-tab-replay")
    visitor.page.wait_for_selector(".c-error >> text=cannot be read")


def test_pages_of_planning_and_results_fit(served, visit):
    for look in ("light", "dark"):
        visitor = visit(served, look)
        for name in ("planning", "results"):
            visitor.open(f"/{name}").page.wait_for_selector(".r-page")
            if name == "results":
                visitor.page.click(".r-item[data-name=good]")
                visitor.page.wait_for_selector(".r-table-patients table")
            wide = visitor.ask("document.documentElement.scrollWidth")
            assert wide == 1280
            visitor.keep(f"{name}-{look}")
        visitor.leave()
