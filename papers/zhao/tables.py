"""A reproduction beside the paper's tables, in the terminal."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from experiments.attribution.factorial import OFF, ON
from experiments.statistics import Interval
from papers.zhao.claims import Reproduction
from papers.zhao.paper import PAPER, contradictions, paper_summary
from viz.terminal.console import narrow_table, print_notes


def print_reproduction(console: Console, found: Reproduction) -> None:
    """Print the paper's rows beside ours, the mechanisms, the claims, and what to know of them."""
    console.print(rows_table(found), mechanisms_table(found), claims_table(found))
    print_notes(console, notes_of(found), "Note")
    print_notes(console, found.runs.failures, "Failed")


def rows_table(found: Reproduction) -> Table:
    """The paper's twelve rows, and means of ours."""
    table = narrow_table(
        "The paper's scenarios: delivered / needed, hours from request to delivery"
    )
    for heading in ("paper\non", "h", "paper\noff", "h", "on", "fill", "h", "off", "fill", "h"):
        table.add_column(heading, justify="right")
    means, scenario = found.scenario_means().to_dict("index"), 0
    for row in PAPER:
        if row.scenario != scenario and scenario:
            table.add_section()
        scenario = row.scenario
        table.add_row(
            f"{row.scenario} {row.item}",
            _number(row.quantity / row.demand), _hours(row.hours),
            _number(row.quantity_off / row.demand), _hours(row.hours_off),
            *(
                text(means[row.scenario, row.item, arm][measure])
                for arm in (ON, OFF)
                for measure, text in (("ratio", _number), ("fill", _number), ("hours", _hours))
            ),
        )  # fmt: skip
    table.caption = (
        f"on, off: ours, means over {found.runs.replications} samples of what the paper does not "
        "give;\nfill: given to people / needed; –: demand lost"
    )
    return table


def mechanisms_table(found: Reproduction) -> Table:
    """Every arm over all ten scenarios."""
    table = narrow_table("All ten scenarios, each mechanism alone and all together")
    for heading in ("delivered", "fill", "q/q0", "t/t0", "w/w0"):
        table.add_column(heading, justify="right")
    for row in found.mechanisms:
        changes = (row.quantity, row.time, row.waiting) if row.arm != OFF else ()
        table.add_row(
            row.arm, _interval(row.ratio, 2), _interval(row.fill, 2),
            *(_interval(change, 2) for change in changes),
        )  # fmt: skip
    paper = paper_summary()
    quantity, time, waiting = (
        _quartiles(found.quartiles(name)) for name in ("ratio", "hours", "waited")
    )
    table.caption = (
        "delivered: over needed; q/q0, t/t0: medians of quantity and time over those\n"
        "without; w/w0: as t/t0, where what has not come waits to the end; ± half-width\n"
        "of the 95% interval over replications\n"
        f"quartiles: q/q0 {quantity}, paper "
        f"{_quartiles(paper.quantity_quartiles)}\n"
        f"           t/t0 {time}, paper {_quartiles(paper.time_quartiles)}\n"
        f"           w/w0 {waiting}"
    )
    return table


def claims_table(found: Reproduction) -> Table:
    """Each claim of the paper, and how often it is so."""
    table = narrow_table("What the paper claims of coordination")
    for heading in ("in its\nrows, %", "in our\nsamples, %", ""):
        table.add_column(heading, justify="right")
    for claim in found.claims:
        table.add_row(
            claim.text, _percent(claim.in_paper), _percent_interval(claim.share), claim.verdict
        )
    return table


def notes_of(found: Reproduction) -> list[str]:
    """What a reader of the tables must know."""
    rows = contradictions()
    against = "; ".join(f"scenario {row.scenario}, {row.item}: {row.contradicts}" for row in rows)
    notes = [f"{len(rows)} of the paper's {len(PAPER)} rows contradict its claim: {against}"]
    if found.runs.replications == 1:
        notes.append("one replication has no interval; ask for more")
    return notes


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"


def _hours(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:#.3g}".rstrip(".")


def _interval(value: Interval, digits: int) -> str:
    half = value.high - value.mean
    width = "" if math.isnan(half) else f" ± {half:.{digits}f}"
    return f"{value.mean:.{digits}f}{width}"


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{100 * share:.0f}"


def _percent_interval(share: Interval) -> str:
    return _interval(Interval(100 * share.mean, 100 * share.low, 100 * share.high, share.size), 0)


def _quartiles(values: NDArray[np.float64]) -> str:
    low, middle, high = values
    return f"{middle:.2f} ({low:.2f}–{high:.2f})"
