"""Tables for the terminal: which rows they have, and how wide they are."""

from __future__ import annotations

import math
from io import StringIO

import pandas as pd
import pytest
from rich.console import Console

from experiments.batch.engine import Batch
from experiments.batch.failures import describe_failures
from experiments.batch.folder import Failure
from experiments.compare import Comparison
from experiments.warm_up import WarmUpEstimate
from policies.check import Report
from scenarios.scenario import Scenario
from viz.terminal.console import (
    comparison_tables,
    narrow_table,
    open_console,
    print_notes,
    print_report,
    print_warm_up,
)


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


@pytest.mark.parametrize(("width", "tables"), [(80, 3), (140, 2)])
def test_many_arms_stand_in_as_many_tables_as_fit(width, tables):
    """Bug: five arms broke every cell into three lines."""
    runs = [{"response_s": 300.0 + k, "km_per_call": 1234.5 + 900 * k} for k in range(3)]
    arms = {f"arm{number}": runs for number in range(5)}
    lines = printed(*comparison_tables(compared(arms), "Title", width), width=width)
    rows = [line for line in lines if "Response, mean (min)" in line]
    assert len(rows) == tables
    assert sum(row.count("±") for row in rows) == 5 + 4
    assert max(map(len, lines)) <= width


def test_one_run_with_and_without_intervals():
    once = compared({"run": [{"response_s": 300.0}]})
    assert not any("±" in line for line in printed(*comparison_tables(once, "Title")))
    once.table[["low", "high"]] = 270.0, 330.0
    text = "\n".join(printed(*comparison_tables(once, "Title")))
    assert "5.00 ± 0.50" in text
    assert "interval by batch means" in " ".join(text.split())
    once.table[["low", "high"]] = 270.0, 360.0  # not symmetrical
    assert "5.00 [4.50, 6.00]" in "\n".join(printed(*comparison_tables(once, "Title")))


def test_nothing_is_shown_where_every_run_has_failed():
    empty = pd.DataFrame(columns=["arm", "replication"])
    failed = Comparison.of(Batch(scenarios("run"), 1, empty, (), None))
    assert printed(*comparison_tables(failed, "Title"))[0] == "Title"


def told(show) -> list[str]:
    """What is printed on a console as the command line has it."""
    console = open_console(file=StringIO(), width=80)
    show(console)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def warm_up_lines(found: WarmUpEstimate) -> list[str]:
    return told(lambda console: print_warm_up(console, found, "city"))


def test_warm_up_beside_that_of_the_scenario():
    lines = warm_up_lines(WarmUpEstimate(0.5, (0.0, 0.25, 1.5), too_short=0))
    assert lines[0] == "city: warm-up by MSER-5"
    assert lines[4:7] == [
        " set as run.warm_up_days   0.50",
        " median of the runs        0.25",
        " longest                   1.50",
    ]
    assert lines[-1] == "What is set is enough for 2 of 3 runs."


def test_runs_that_are_too_short_have_no_say_in_the_warm_up():
    assert warm_up_lines(WarmUpEstimate(0.5, (0.0, 0.25, 1.5), too_short=1))[-3:] == [
        "What is set is enough for 2 of 3 runs that tell.",
        "Note:",
        "  1 of 4 runs is too short to tell, and left out; set more run.days",
    ]
    assert warm_up_lines(WarmUpEstimate(0.5, (), too_short=3)) == [
        "Note:",
        "  3 of 3 runs are too short to tell, and left out; set more run.days",
    ]


BRACKETS = "a [/x] and [bold]b[/bold] :smile: [0]"


def test_brackets_of_the_user_stay_as_they_are():
    assert told(lambda console: print_notes(console, [BRACKETS], "Note"))[1] == f"  {BRACKETS}"
    table = compared({"run": [{f"response_s[{BRACKETS}]": 60.0}]})
    lines = told(lambda console: console.print(*comparison_tables(table, BRACKETS)))
    assert lines[0] == BRACKETS
    assert f" {BRACKETS} priority" in lines
    report = Report("dispatch", BRACKETS, [BRACKETS], [BRACKETS], {})
    lines = told(lambda console: print_report(console, report))
    assert lines == [f"wrong    {BRACKETS}", f"warning  {BRACKETS}"]


def failed(arms: int, replications: int, *messages: tuple[int, str]) -> list[str]:
    names = [f"arm{number}" for number in range(arms)]
    failures = tuple(
        Failure(names[arm], number, 1, message) for number, (arm, message) in enumerate(messages)
    )
    return describe_failures(Batch(scenarios(*names), replications, pd.DataFrame(), failures, None))


def test_each_message_of_failed_runs_once():
    assert failed(1, 1, (0, "no idea")) == ["no idea"]
    assert failed(1, 4, (0, "late"), (0, "no idea"), (0, "no idea")) == [
        "2 of 4 replications: no idea",
        "1 of 4 replications: late",
    ]
    assert failed(2, 4, (0, "no idea"), (1, "no idea"), (1, "no idea")) == [
        "arm arm0 in 1 and arm arm1 in 2 of 4 replications: no idea"
    ]
    many = failed(1, 9, *((0, f"late by {number} s") for number in range(7)))
    assert len(many) == 6
    assert many[-1] == "… and 2 other messages"


def test_narrow_terminal_cuts_no_figure_of_a_table():
    table = narrow_table("Title")
    for heading in ("coverage", "density", "mass", "worlds", "keys limited"):
        table.add_column(heading, justify="right")
    table.add_row("step 10", "100%", "100%", "100%", "1000", "10")
    console = open_console(file=StringIO(), width=30)
    console.print(table)
    assert "step 10      100%     100%  100%    1000" in console.file.getvalue()
    assert "…" not in console.file.getvalue()
