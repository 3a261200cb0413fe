"""The hypercube beside the event simulator: six towns, and a case with what it leaves out."""

import json
import re
from io import StringIO

import pytest
from typer.testing import CliRunner

from benchmarks.validation.hypercube import TOWNS, Runs, checks, predicted
from environment.errors import CorridorError
from experiments.hypercube.arms import CASE, LOST, WAITING, arms_of
from experiments.hypercube.check import (
    FILE,
    Figure,
    check_hypercube,
    figures_of,
    predict,
    system_of,
)
from experiments.statistics import Interval
from policies.hypercube import solve
from run import app
from scenarios.errors import ScenarioError
from scenarios.loader import load_scenario
from scenarios.scenario import Scenario
from viz.terminal.console import open_console
from viz.terminal.hypercube import print_hypercube

SMALL = {"run.days": 0.2, "fleet.ambulances": 8, "demand.calls_per_day": 60}


def assert_all_hold(found, widest):
    assert found
    assert not [check for check in found if not check.holds]
    for check in found:  # an interval that holds everything proves nothing
        if "share" not in check.measure:
            assert check.half_width < widest * check.expected, check


@pytest.mark.parametrize("town", TOWNS)
def test_runs_agree_with_the_model(town, tmp_path):
    assert_all_hold(list(checks(Runs(tmp_path, replications=8, calls=1500), town)), widest=0.5)


@pytest.mark.slow
@pytest.mark.parametrize("town", TOWNS)
def test_long_runs_agree_with_the_model(town, tmp_path):
    assert_all_hold(list(checks(Runs(tmp_path, replications=20, calls=8000), town)), widest=0.2)


def test_service_rates_of_the_paper_make_ambulances_look_idle(tmp_path):
    """Mean rates are no rates of mean times: with long ways they are far too high."""
    run = Runs(tmp_path, replications=8, calls=1500)
    by_rates = predicted(run, "five, long ways", "paper")
    found = {check.measure: check for check in checks(run, "five, long ways")}
    for measure, check in found.items():
        if measure.startswith("workload"):
            assert by_rates[measure] < check.got - check.half_width
    lost = found["lost_share"]
    assert by_rates["lost_share"] < lost.got - lost.half_width


def test_where_service_is_alike_both_modes_agree(tmp_path, grid_scenario):
    run = Runs(tmp_path, replications=1, calls=1)
    system = system_of(run.scenario("nearest of three"))
    answer = solve(system)
    assert (abs(system.service_s / system.service_s.mean() - 1) < 0.5).all()
    assert answer.workload.sum() == pytest.approx(
        (answer.served * system.service_s * system.calls_per_hour).sum() / 3600
    )


def test_system_of_a_scenario(grid_scenario):
    scenario = grid_scenario(
        demand__calls_per_day=48,
        demand__on_scene=600,
        demand__transported_share=0,
        demand__mobilisation=30,
        fleet__available_after="base",
        fleet__ambulances=3,
        travel__siren_speed_factor=1.0,
    )
    system = system_of(scenario)
    assert system.line == "infinite"
    assert system.total_calls_per_hour == pytest.approx(2)
    assert system.travel_s[:, 1].tolist() == pytest.approx([80, 80, 60])  # two stand at S1
    assert system.service_s[:, 1] == pytest.approx([30 + 160 + 600, 30 + 160 + 600, 30 + 120 + 600])
    assert system.preferences[1, 0].tolist() == [2, 0, 1]
    lost = scenario.changed({"dispatch_centre.when_busy": "lose"})
    assert system_of(lost).line == "loss"
    found = predict(lost)
    assert found.stations == ("S1", "S2")
    assert found.ambulances.tolist() == [2, 1]
    assert found.mean_workload == pytest.approx(found.answer.workload.mean())


def test_arms_are_what_the_case_has():
    city = arms_of(load_scenario("city", {}))
    assert list(city)[:2] == [LOST, WAITING]
    assert list(city)[-1] == CASE
    assert {"traffic-lights", "sent-from-the-road", "two-or-more-a-call"} <= set(city)
    assert not {"epidemic-and-supplies", "bays-and-beds", "own-policies"} & set(city)
    metropolis = arms_of(load_scenario("metropolis", {}))
    assert {"epidemic-and-supplies", "bays-and-beds", "called-off-for-worse"} <= set(metropolis)


def test_a_failed_run_is_left_out(tmp_path):
    """A policy of the user's fails in its own arm; the others tell what they have to tell."""
    (tmp_path / "own.py").write_text(
        "class Own:\n    def choose(self, call, view):\n        return 1 / 0\n"
    )
    scenario = load_scenario("city", {**SMALL, "policies.dispatch": "own:Own"})
    found = check_hypercube(scenario.model_copy(update={"folder": tmp_path}), 2)
    assert {failure.arm for failure in found.batch.failures} == {"own-policies", CASE}
    console = open_console(width=100, file=StringIO())
    print_hypercube(console, found, "failing")
    shown = console.file.getvalue()
    assert "ZeroDivisionError" in shown
    assert re.search(r"own policies +\d\.\d\d +– +– ", shown)


def test_each_arm_differs_from_the_matched_one_by_what_it_is_called_after():
    arms = arms_of(load_scenario("city", {}))
    lit = arms["traffic-lights"]
    assert lit.signals.active
    assert lit.changed({"signals.active": False}) == arms[LOST]
    assert arms["calls-by-hour"].demand.hourly_weights is not None
    assert arms[WAITING].dispatch_centre.when_busy == "wait"


def test_cases_that_it_cannot_take(grid_scenario):
    types = [{"name": "a", "share": 0.5}, {"name": "b", "share": 0.5}]
    wrong = grid_scenario(demand__recorded_calls="calls.csv", fleet__types=types)
    with pytest.raises(ScenarioError) as error:
        arms_of(wrong)
    assert str(error.value) == (
        "unnamed: calls must be random, got demand.recorded_calls; leave it out\n"
        "unnamed: ambulances must be all alike, got fleet.types a, b; keep one"
    )
    with pytest.raises(
        ScenarioError, match=r"the hypercube needs calls, got demand\.calls_per_day"
    ):
        system_of(grid_scenario(demand__calls_per_day=0))


def test_a_queue_without_end_names_its_arm():
    busy = load_scenario("city", {"fleet.ambulances": 5})
    with pytest.raises(CorridorError, match=f"arm {WAITING}: the queue grows without end"):
        check_hypercube(busy, 1)


def test_a_figure_without_an_interval_is_not_off():
    nan = float("nan")
    assert not Figure("lost_share", 0.001, Interval(0.0, nan, nan, 5)).is_off
    assert Figure("workload", 0.3, Interval(0.4, 0.35, 0.45, 5)).is_off
    assert not Figure("workload", 0.4, Interval(0.4, 0.35, 0.45, 5)).is_off


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A check of a small case, saved."""
    out = tmp_path_factory.mktemp("checked") / "out"
    scenario = Scenario.model_validate(
        {
            "name": "small",
            "roads": {"source": "synthetic_city"},
            "run": {"days": 1, "warm_up_days": 0.1},
            "fleet": {"ambulances": 6},
        }
    )
    return check_hypercube(scenario, 3, out=out), out


def test_change_is_paired(small):
    found, _ = small
    first = found.matched[0]
    assert first.left_out_s.mean == 0
    road = next(arm for arm in found.arms if arm.name == "sent-from-the-road")
    response, base = road.figure("response_s"), first.figure("response_s")
    expected_s = (response.simulated.mean - base.simulated.mean) - (
        response.predicted - base.predicted
    )
    assert road.left_out_s.mean == pytest.approx(expected_s)


def test_what_is_saved_is_what_is_told(small):
    found, out = small
    saved = json.loads((out / FILE).read_text())
    assert saved == json.loads(found.to_json())
    assert {row["arm"] for row in saved["rows"]} == {arm.name for arm in found.arms}
    assert (out / LOST / "replication-0002").is_dir()


def test_busy_is_until_an_ambulance_can_be_sent(small):
    batch = small[0].batch
    home, clear = (batch.result(arm, 0) for arm in (LOST, "sent-from-the-road"))
    until_home, until_clear = (figures_of(run, ["S1"])["workload"] for run in (home, clear))
    assert until_home == pytest.approx(home.summary["utilisation"], rel=0.05)
    assert until_clear < 0.97 * clear.summary["utilisation"]


def test_command_prints_both_tables():
    words = ["hypercube", *(f"--set={key}={value}" for key, value in SMALL.items()), "-n", "2"]
    ended = CliRunner().invoke(app, [*words, "-w", "1"])
    assert ended.exit_code == 0, ended.output
    assert "as the hypercube assumes" in ended.output
    assert "What it leaves out, each switched on by itself" in ended.output
    assert "sent from the road" in ended.output


def test_command_as_json():
    words = ["hypercube", *(f"--set={key}={value}" for key, value in SMALL.items()), "-n", "1"]
    ended = CliRunner().invoke(app, [*words, "-w", "1", "--json"])
    assert ended.exit_code == 0, ended.output
    rows = json.loads(ended.output)["rows"]
    assert {row["measure"] for row in rows} >= {"response_s", "workload", "workload[S1]"}
