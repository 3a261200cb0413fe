"""Beside the paper on robust location and lights: its cases, our optima, and which claims hold."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from experiments.batch.engine import Batch
from experiments.compare import Comparison
from papers.smart_ems.cases import (
    NOISE,
    SIZES,
    SMALL_PAPER,
    Variant,
    larger_case,
    other_candidates,
)
from papers.smart_ems.claims import SmartEms
from papers.smart_ems.experiment import (
    EQUIPPED_SHARES,
    LIMITS,
    NOMINAL,
    OTHER,
    ROBUST,
    Size,
    SmartEmsRuns,
    Solved,
    Task,
    compare_lights,
    solve_small,
    solve_task,
    tasks,
)
from papers.smart_ems.tables import draw_lights, print_smart_ems
from scenarios.loader import load_scenario
from viz.terminal.console import open_console

SIZE = Size(experiments=2, replications=3)


def test_small_case_beside_the_paper():
    rows = list(solve_small())
    assert [(row.ambulances, SMALL_PAPER[row.paper], row.station) for row in rows] == [
        (434, 434, 2),
        (478, 478, 2),
        (458, 367, 2),
        (473, 367, 2),
    ]


def test_fewer_candidates_are_among_more():
    few, many = (larger_case(2, Variant(size), is_robust=True) for size in (20, 50))
    assert (few.distance_km == many.distance_km[:20]).all()
    assert (few.calls_per_day == many.calls_per_day).all()
    few, many = (other_candidates(2, Variant(size)) for size in (20, 50))
    assert (few.calls_per_day == many.calls_per_day).all()
    assert not np.isin(few.distance_km[0], many.distance_km).any()


def test_every_experiment_has_its_own_noise():
    plain, first, second = (larger_case(k, Variant(), is_robust=False) for k in range(3))
    assert plain.simultaneous_calls.sum() == pytest.approx(500)
    for case in (first, second):
        for name in ("distance_km", "calls_per_day", "simultaneous_calls"):
            ratio = getattr(case, name) / getattr(plain, name)
            assert abs(ratio - 1).max() <= NOISE
            assert ratio.std() == pytest.approx(NOISE / np.sqrt(3), rel=0.25)
    assert (first.distance_km != second.distance_km).all()


def test_more_candidates_never_cost_more():
    """The paper's cost rises; that of an optimum with nested candidates cannot."""
    for experiment in (1, 2):
        found = [solve_task(Task(ROBUST, experiment, Variant(size))) for size in (10, 20, 30)]
        assert all(one.gap <= LIMITS.gap for one in found)
        costs = np.array([one.objective for one in found])
        assert (costs[1:] * (1 - LIMITS.gap) <= costs[:-1]).all()
        assert all(one.open_all_cost >= one.objective for one in found)


def test_more_demand_needs_more():
    base, daily, at_once = (
        solve_task(Task(ROBUST, 0, Variant(10, calls=calls, at_once=at_once)))
        for calls, at_once in ((1.0, 1.0), (2.0, 1.0), (1.0, 2.0))
    )
    assert min(daily.objective, at_once.objective) > base.objective
    assert at_once.ambulances > 1.9 * base.ambulances
    assert daily.ambulances == pytest.approx(base.ambulances, rel=0.02)


def test_lights_in_the_simulated_city():
    found = compare_lights(1)
    held = found.batch.summaries.set_index("arm")["held_vehicles_per_hour"]
    assert list(held.index) == ["0", "25", "50", "75", "100"]
    assert held["0"] == 0
    assert (np.diff(held) > 0).all()
    assert found.batch.summaries["calls"].nunique() == 1
    first, last = found.batch.arms["0"], found.batch.arms["100"]
    assert first.changed({"signals.equipped_share": 1.0}) == last


def runs_of(objective, response):
    """Runs in which the cost and the response are what functions say."""
    solved = {}
    for task in tasks(SIZE):
        ambulances = round(10 * task.variant.points * task.variant.at_once)
        cost = objective(task)
        solved[task] = Solved(cost, cost, cost, cost + 1, 5, ambulances, 0, 1e-4)
    rows = [
        {
            "arm": f"{100 * share:.0f}", "replication": replication,
            "response_s[high]": response(share) + replication + 0.1 * share * replication,
            "held_vehicles_per_hour": 10 * share, "forced_green_s_per_hour": 70 * share,
        }
        for share in EQUIPPED_SHARES
        for replication in range(SIZE.replications)
    ]  # fmt: skip
    scenario = load_scenario("city")
    arms = {f"{100 * share:.0f}": scenario for share in EQUIPPED_SHARES}
    batch = Batch(arms, SIZE.replications, pd.DataFrame(rows), (), None)
    return SmartEms(SmartEmsRuns(tuple(solve_small()), solved, Comparison.of(batch), SIZE))


def by_hand(task):
    """Dearer with more candidates where these are drawn anew, and with demand."""
    sign = 1 if task.kind == OTHER else -1
    demand = task.variant.calls * task.variant.at_once * task.variant.points / 50
    return 100 * demand + sign * task.variant.stations / 10 + task.experiment


def test_claims_on_numbers_made_by_hand():
    found = runs_of(by_hand, lambda share: 300 - 40 * share * (1 - share))
    assert found.rises(ROBUST) == 0
    assert found.rises(OTHER) == SIZE.experiments
    verdicts = {claim.text: claim.verdict for claim in found.claims}
    assert verdicts == {
        "small case: 434 nominal, 478 box": "holds",
        "small case: 367 ellipsoid, below the nominal": "does not hold",
        "500 ambulances with 30, 50 and 70 candidates": "holds",
        "cost rises from 30 to 70 candidates": "does not hold",
        "ambulances rise with daily demand": "does not hold",
        "ambulances rise with simultaneous demand": "holds",
        "cost rises with daily and simultaneous demand": "holds",
        "other inputs change the cost less than demand": "holds",
        "more lights help at first": "holds",
        "and then hurt": "holds",
    }
    steps = [row.step_s.mean for row in found.lights[1:]]
    assert steps == pytest.approx([-7.475, -2.475, 2.525, 7.525])
    assert found.lights[2].change_s.mean == pytest.approx(-10 + 0.05)


def test_lights_that_only_help_do_not_hurt():
    found = runs_of(by_hand, lambda share: 300 - 40 * share)
    assert [claim.verdict for claim in found.claims[-2:]] == ["holds", "does not hold"]
    found = runs_of(lambda task: task.variant.stations, lambda _: 300.0)
    assert [claim.verdict for claim in found.claims[-2:]] == ["does not hold", "does not hold"]
    assert found.claims[3].verdict == "holds"


def test_json_terminal_and_picture(tmp_path):
    found = runs_of(by_hand, lambda share: 300 - 40 * share)
    data = json.loads(found.to_json())
    assert data["small_case"][2]["in_paper"] == 367
    assert len(data["larger_cases"]) == 3 * len(SIZES)
    assert data["nominal_ambulances"] == {"30": 500, "50": 500, "70": 500}
    assert data["lights"][0]["change_s"]["mean"] is None
    assert data["sensitivity"]["demand points"][2]["variant"]["points"] == 60
    text = io.StringIO()
    print_smart_ems(open_console(file=text, width=80), found)
    lines = text.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.split() == ["nominal", "434", "434", "2"] for line in lines)
    draw_lights(found, tmp_path / "lights.png")
    assert (tmp_path / "lights.png").stat().st_size > 10_000


def test_kinds_of_larger_cases():
    wanted = tasks(SIZE)
    assert len(wanted) == len(set(wanted))
    nominal = [task for task in wanted if task.kind == NOMINAL]
    assert {task.experiment for task in nominal} == {0, 1, 2}
