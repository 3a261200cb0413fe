"""Work of the page of planning: what may be asked, progress, an end at any time, and maps."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from environment.errors import DataError
from experiments.location.locate import locate
from experiments.location.question import MODELS, make_question
from scenarios.loader import load_scenario
from simulation.preparation import prepare
from viz.page.planning import job as jobs
from viz.page.planning.job import Job
from viz.page.planning.map import plan_figure, supply_figure, who_serves_whom
from viz.page.planning.tab import MODEL_NAMES, Question


def ended(job: Job) -> Job:
    for _ in range(200):
        if not job.is_under_way:
            return job
        time.sleep(0.02)
    raise AssertionError(job.state)


def test_every_model_can_be_asked_from_lists():
    assert set(MODEL_NAMES) == set(MODELS)
    for model in MODELS:
        chosen = Question(model, 20, 50, "3", "7", "box")
        question = make_question(model, chosen.given())
        assert question.sites == 20
        assert question.stations == (3 if "stations" in MODELS[model] else None)


def test_work_tells_of_its_progress_and_has_a_result():
    job, heard = Job(), []

    def work(tell):
        tell("half", 0.5)
        heard.append((job.state, job.text, job.share))
        return 42

    job.begin(work)
    assert ended(job).state == "done"
    assert (job.result, heard) == (42, [("runs", "half", 0.5)])


def test_work_stops_when_it_next_tells():
    job, begun = Job(), threading.Event()

    def work(tell):
        while True:
            tell("on and on", None)
            begun.set()
            time.sleep(0.01)

    job.begin(work)
    assert begun.wait(5)
    job.begin(lambda _: 1 / 0)  # not while there is something under way
    job.stop()
    assert ended(job).state == "stopped"
    assert job.result is None


def test_a_mistake_is_told_and_the_next_work_goes_on():
    def work(_):
        raise DataError("no such place")

    job = Job()
    job.begin(work)
    assert (ended(job).state, job.text) == ("failed", "no such place")
    job.begin(lambda _: "fine")
    assert (ended(job).state, job.result) == ("done", "fine")


def test_others_wait_for_their_turn_and_may_leave():
    free = threading.Event()
    busy = [Job() for _ in range(jobs.AT_A_TIME)]
    for one in busy:
        one.begin(lambda _: free.wait(5))
    waiting = Job()
    waiting.begin(lambda _: "came")
    time.sleep(0.1)
    assert waiting.state == "waits"
    waiting.stop()
    assert ended(waiting).state == "stopped"
    free.set()
    assert all(ended(one).state == "done" for one in busy)


def test_maps_of_a_plan(grid_scenario):
    scenario = grid_scenario(run__days=2, demand__calls_per_day=20)
    question = make_question("p_median", {"stations": 1, "days": 30})
    found = locate(scenario, question)
    for plan in (found.present, found.plan):
        _, spokes, zones, stations = plan_figure(plan, plan.longest_drive_s, dark=True)["data"]
        assert len(stations["x"]) == int(plan.is_open.sum())
        numbers = [int(text.strip("<b>/")) for text in stations["text"]]
        assert numbers == plan.ambulances[plan.is_open].tolist()
        assert max(zones["marker"]["color"]) == pytest.approx(plan.longest_drive_s / 60)
        assert len(spokes["x"]) == 3 * len(zones["x"])


def test_who_serves_whom():
    scenario = load_scenario("metropolis")
    area = prepare(scenario)
    rows = who_serves_whom(scenario, area)
    assert [row[0] for row in rows] == [d.site_id for d in scenario.supplies.sites.distributors]
    zones = [int(row[1].partition(" ")[0]) for row in rows]
    assert sum(zones) == len(area.city.zones)
    assert rows[0][2] == "store_nw"
    figure = supply_figure(scenario, area, dark=False)
    marks = figure["data"][-3:]
    assert [mark["text"][0] for mark in marks] == ["<b>Su</b>", "<b>St</b>", "<b>D</b>"]
    assert np.unique([len(mark["x"]) for mark in marks]).tolist() == [3, 4]
