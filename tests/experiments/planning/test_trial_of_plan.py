"""A plan from a workbook in the simulator: it arrives when it says, and costs what it says."""

from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from environment.units import HOUR_S
from experiments.planning.plan import Plan, plan
from experiments.planning.reading.read import read_input
from experiments.planning.trial.of_plan import EACH_ALONE, MEAN_NEAREST, THIS_PLAN, try_plan
from experiments.planning.writing.template import template
from viz.terminal.trial import trial_table


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    path: Path = tmp_path_factory.mktemp("plan") / "asked.xlsx"
    path.write_bytes(template())
    return plan(read_input(path), iterations=50)


def test_a_plan_drives_as_it_says(planned: Plan) -> None:
    tried = try_plan(planned, ["normal"], 2)
    own = tried[tried["plan"] == THIS_PLAN]
    begin_s = min(trip.start_s for trip in planned.routes.trips)
    unloaded_s = [
        arrival_s + planned.deliveries.stops[stop].service_s - begin_s
        for trip in planned.routes.trips
        for stop, arrival_s in zip(trip.stops, trip.arrival_s, strict=True)
    ]
    # The router of a run counts whole milliseconds.
    last_h = own["last_arrival_h"].to_numpy(dtype=float)
    assert last_h == pytest.approx(np.full(2, max(unloaded_s) / HOUR_S), abs=1e-5)
    driving = own["driving"].to_numpy(dtype=float)
    assert driving == pytest.approx(np.full(2, planned.routes.measures.cost), rel=1e-4)
    ordered = sum(
        need.unit_cost * quantity
        for need, quantity in zip(planned.asked.needs, planned.orders.quantity, strict=True)
    )
    assert own["ordering"].to_numpy(dtype=float) == pytest.approx(np.full(2, ordered))


@pytest.mark.slow
def test_a_plan_costs_what_it_expects(planned: Plan) -> None:
    tried = try_plan(planned, ["normal"], 60, seed=2)
    cost = tried.loc[tried["plan"] == THIS_PLAN, "cost"]
    # Four standard errors of the mean; that of this cost is about 3 % of it.
    error = 4 * cost.std() / np.sqrt(len(cost))
    assert cost.mean() == pytest.approx(planned.total_cost, abs=float(error))


def test_rules_of_thumb_are_shown_beside_it(planned: Plan) -> None:
    console = Console(record=True, width=80)
    console.print(trial_table(try_plan(planned, ["normal", "surge"], 2)))
    text = console.export_text()
    assert text.count(THIS_PLAN) == 2
    assert text.count(f"{MEAN_NEAREST} ") == text.count(f"{EACH_ALONE} ") == 2
    assert "…" not in text
