"""Tables for the terminal: which rows they have, and how wide they are."""

from __future__ import annotations

import math
from io import StringIO

import pandas as pd
import pytest
from rich.console import Console

from experiments.batch import Batch
from experiments.compare import Comparison
from experiments.warm_up import WarmUpEstimate
from scenarios.scenario import Scenario
from viz.console import comparison_tables, print_warm_up


def scenarios(*arms: str) -> dict[str, Scenario]:
    return dict.fromkeys(arms, Scenario())


def compared(arms: dict[str, list[dict[str, float]]]) -> Comparison:
    """A comparison of made-up measures, a dictionary for each replication of an arm."""
    rows = [
        {"arm": arm, "replication": number, **measures}
        for arm, runs in arms.items()
        for number, measures in enumerate(runs)
    ]
    replications = max(len(runs) for runs in arms.values())
    return Comparison.of(Batch(scenarios(*arms), replications, pd.DataFrame(rows), (), None))


def printed(*tables: object, width: int = 80) -> list[str]:
    console = Console(file=StringIO(), width=width)
    console.print(*tables)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]


def lines_of(arms: dict[str, list[dict[str, float]]], width: int = 80) -> list[str]:
    return printed(*comparison_tables(compared(arms), "Title"), width=width)


def test_rows_of_features_that_no_arm_uses_are_not_there():
    nothing = {"lost_share": 0.0, "moves_per_day": 0.0, "survival_share": math.nan}
    text = "\n".join(lines_of({"a": [nothing, nothing], "b": [nothing, nothing]}))
    assert "Lost (%)" in text  # which is always told
    assert "Moves" not in text
    assert "Survival" not in text


def test_rows_of_features_that_one_arm_uses_are_there():
    without = {"response_s": 300.0, "moves_per_day": 0.0}
    moving = {"response_s": 300.0, "moves_per_day": 12.0, "km_moved_per_day": 30.0}
    lines = lines_of({"a": [without, without], "b": [moving, moving]})
    (row,) = [line for line in lines if "Moves per day" in line]
    assert " ".join(row.split()) == "Moves per day 0.0 ± 0.0 12.0 ± 0.0 +12.0 ± 0.0"
    assert not any("Moved per day" in line for line in lines)  # in files only


@pytest.mark.parametrize("count", [1, 2, 3])
def test_tables_of_up_to_three_arms_fit_eighty_columns_without_broken_cells(count):
    runs = [
        {"calls": 1545.0 + k, "response_s": 300.0 + k, "zone_response_gini": 0.1 + k / 100}
        for k in range(3)
    ]
    arms = {f"arm_number_{number}": runs for number in range(count)}
    lines = lines_of(arms)
    assert max(map(len, lines)) <= 80
    rows = [line for line in lines if line.strip().startswith(("Calls", "Response", "Inequ"))]
    assert len(rows) == 3 * (1 if count < 3 else 2)
    assert sum(row.count("±") for row in rows) == 3 * (2 * count - 1)
    assert any("Difference from arm_number_0" in line for line in lines) == (count == 3)


def test_one_run_with_and_without_intervals():
    once = compared({"run": [{"response_s": 300.0}]})
    assert not any("±" in line for line in printed(*comparison_tables(once, "Title")))
    once.table[["low", "high"]] = 270.0, 330.0
    text = "\n".join(printed(*comparison_tables(once, "Title")))
    assert "5.00 ± 0.50" in text
    assert "interval by batch means" in " ".join(text.split())


def test_nothing_is_shown_where_every_run_has_failed():
    empty = pd.DataFrame(columns=["arm", "replication"])
    failed = Comparison.of(Batch(scenarios("run"), 1, empty, (), None))
    assert printed(*comparison_tables(failed, "Title"))[0] == "Title"


def test_warm_up_beside_that_of_the_scenario():
    console = Console(file=StringIO(), width=80)
    print_warm_up(console, WarmUpEstimate(0.5, (0.0, 0.25, 1.5), too_short=1), "city")
    text = console.file.getvalue()  # type: ignore[attr-defined]
    for words in ("run.warm_up_days   0.50", "median of the runs        0.25", "1.50"):
        assert words in text
    assert "enough for 2 of 3 runs" in text
    assert "1 of 3 runs are too short to tell" in text
