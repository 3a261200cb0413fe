"""The hypercube beside the simulator, in the terminal."""

from __future__ import annotations

import math

from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.batch.failures import describe_failures
from experiments.hypercube.arms import LOST, WAITING
from experiments.hypercube.check import LEVEL, ArmCheck, Figure, HypercubeCheck
from experiments.statistics import Interval
from viz.terminal.console import WORSE, plain_table, print_notes

MEASURES = {
    "response_s": "response time (min)",
    "lost_share": "calls lost (%)",
    "waiting_share": "calls that wait (%)",
    "workload": "ambulances busy (%)",
}

HEADINGS = {LOST: "calls lost:", WAITING: "calls wait:"}


def print_hypercube(console: Console, found: HypercubeCheck, title: str) -> None:
    """Print the model beside the runs: as it assumes, then with what it leaves out."""
    console.print(matched_table(found, title), left_out_table(found))
    print_notes(console, notes_of(found), "Note")
    print_notes(console, describe_failures(found.batch), "Failed")


def matched_table(found: HypercubeCheck, title: str) -> Table:
    """All figures under matched assumptions, calls being lost or waiting."""
    table = plain_table(f"{title}: as the hypercube assumes")
    for arm in found.matched:
        table.add_column(f"{HEADINGS[arm.name]}\nmodel", justify="right")
        table.add_column("\nruns", justify="right")
    lost, waiting = found.matched
    names = [figure.measure for figure in lost.figures]
    for name in names:
        if name == names[len(MEASURES)]:
            table.add_section()
        cells = (_cells(arm.figure(name)) for arm in (lost, waiting))
        table.add_row(_row_label(name, lost), *(cell for pair in cells for cell in pair))
    table.caption = (
        f"± half-width of the {LEVEL:.0%} t-interval over {found.batch.replications} replications; "
        "red: the model\nlies outside"
    )
    return table


def left_out_table(found: HypercubeCheck) -> Table:
    """Response and workload with each thing that the model leaves out."""
    table = plain_table("What it leaves out, each switched on by itself")
    table.padding = (0, 1, 0, 0)
    headings = ("response\nmodel", "(min)\nruns", "left out\n(s)", "busy (%)\nmodel", "\nruns")
    for heading in headings:
        table.add_column(heading, justify="right")
    lost, _ = found.matched
    for arm in (lost, *(arm for arm in found.arms if arm not in found.matched)):
        response, busy = arm.figure("response_s"), arm.figure("workload")
        left_out = "" if arm is lost else _left_out(arm.left_out_s)
        table.add_row(_label(arm), *_cells(response), left_out, *_cells(busy))
        if arm is lost or arm is found.arms[-2]:
            table.add_section()
    table.caption = (
        "left out: by how much more the response changes in the runs than in the model,\n"
        "on the same patients. The model is told what it can use: means over hours and\n"
        "classes, waits at lights, no way back where ambulances are sent from the road"
    )
    return table


def _left_out(change_s: Interval) -> Text:
    if math.isnan(change_s.mean):
        return Text("–")
    half_s = change_s.high - change_s.mean
    width = "" if math.isnan(half_s) else f" ± {half_s:.1f}"
    is_clear = change_s.low > 0 or change_s.high < 0
    return Text(f"{change_s.mean:+.1f}{width}", WORSE if is_clear else "")


def _label(arm: ArmCheck) -> str:
    return arm.name.replace("-", " ")


def _row_label(measure: str, arm: ArmCheck) -> str:
    if measure in MEASURES:
        return MEASURES[measure]
    station = measure.removeprefix("workload[").removesuffix("]")
    count = arm.prediction.ambulances[arm.prediction.stations.index(station)]
    return f"  {station}, {count} ambulance{'s' if count > 1 else ''}"


def _cells(figure: Figure) -> tuple[str, Text]:
    scale, digits = (1 / 60, 2) if figure.measure == "response_s" else (100.0, 1)
    if figure.measure in {"lost_share", "waiting_share"}:
        digits = 2
    simulated = figure.simulated
    if math.isnan(simulated.mean):
        return f"{scale * figure.predicted:.{digits}f}", Text("–")
    half = scale * (simulated.high - simulated.mean)
    width = "" if math.isnan(half) else f" ± {half:.{digits}f}"
    text = f"{scale * simulated.mean:.{digits}f}{width}"
    return f"{scale * figure.predicted:.{digits}f}", Text(text, WORSE if figure.is_off else "")


def notes_of(found: HypercubeCheck) -> list[str]:
    """What a reader of the tables must know."""
    figures = [figure for arm in found.matched for figure in arm.figures]
    known = [figure for figure in figures if not math.isnan(figure.simulated.low)]
    if not known:
        return ["one replication has no interval; ask for more"]
    within = sum(not figure.is_off for figure in known)
    return [
        (
            f"under matched assumptions {within} of {len(known)} predictions lie within; of "
            f"intervals like these about one in {1 / (1 - LEVEL):.0f} misses the truth by chance"
        )
    ]
