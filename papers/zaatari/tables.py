"""The hypercube beside an event simulation of the camp, in the terminal."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.statistics import Interval
from papers.zaatari.beyond import Fleet, ListRow, QueueRow
from papers.zaatari.camps import shares_of_camps
from papers.zaatari.claims import CLAIMS, loss_left
from papers.zaatari.experiment import Zaatari
from papers.zaatari.outbreaks import box_plot
from papers.zaatari.paper import (
    COMBINATIONS,
    MEASURES,
    SERVERS,
    TABLE_2,
    TABLE_3,
    BaseRow,
)
from papers.zaatari.replica import Replica
from papers.zaatari.search import Search
from papers.zaatari.simulation_check import MODES, CheckedRow
from policies.hypercube.system import ServiceMode
from viz.terminal.console import narrow_table, print_notes

CHECK_HEADINGS: dict[ServiceMode, str] = {"paper": "\npaper", "calibrated": "cali-\nbrated"}


def check_tables(found: Zaatari) -> list[Table]:
    """Without outbreaks: losses, then waits; and the bias with outbreaks."""
    lost = [row for row in found.checked if row.line == "loss"]
    waiting = [row for row in found.checked if row.line == "infinite"]
    return [loss_table(lost), wait_table(waiting), bias_table(found)]


def loss_table(rows: list[CheckedRow]) -> Table:
    """Share lost and response time, simulated and in both service modes."""
    table = narrow_table("The same camp as an event simulation, and by the hypercube in both modes")
    for what in ("lost, %", "response, min"):
        table.add_column(f"{what}\nsimulated", justify="right", no_wrap=True)
        for mode in MODES:
            table.add_column(CHECK_HEADINGS[mode], justify="right")
    for row in rows:
        _begin_section(table, row)
        table.add_row(
            f"λ = {row.calls_per_hour:g}",
            _interval(row.simulated.loss, 100, 3),
            *(f"{100 * row.expected[mode].loss:.3f}" for mode in MODES),
            _interval(row.simulated.response_min, 1, 2),
            *(f"{row.expected[mode].response_min:.2f}" for mode in MODES),
        )
    table.caption = "the law is that of the simulated services; ± 95% interval by batch means"
    return table


def wait_table(rows: list[CheckedRow]) -> Table:
    """Waits where calls are not lost."""
    table = narrow_table("Five servers, calls wait: mean, min")
    for heading in ("simulated", *MODES):
        table.add_column(heading, justify="right")
    for row in rows:
        _begin_section(table, row)
        table.add_row(
            f"λ = {row.calls_per_hour:g}",
            _interval(row.simulated.wait_min, 1, 3),
            *(f"{row.expected[mode].wait_min:.3f}" for mode in MODES),
        )
    return table


def bias_table(found: Zaatari) -> Table:
    """By which part the hypercube is off in runs with outbreaks."""
    table = narrow_table("Runs with outbreaks: the hypercube over the simulation, %")
    for mode in MODES:
        table.add_column(f"{mode}\nlost", justify="right")
        table.add_column("\nresponse", justify="right")
    for first, second in zip(found.biases[::2], found.biases[1::2], strict=True):
        cells = [_interval(value, 100, 1) for one in (first, second) for value in one[3:]]
        table.add_row(f"{first.servers} servers, {first.law}", *cells)
    table.caption = (
        f"mean ± 95% interval over {9 * found.effort.simulated} runs of {found.effort.calls:,} "
        "calls; − is too low"
    )
    return table


def search_note(search: Search) -> str:
    """How well the genetic algorithm did."""
    gaps = 100 * np.array([one.gap for one in search.genetic])
    tried = np.mean([one.tried for one in search.genetic])
    return (
        f"the genetic algorithm found the best of {search.optimum.tried:,} placements in "
        f"{search.found:.0%} of {len(gaps)} runs, after {tried:,.0f} placements; its mean response "
        f"time was {gaps.mean():.2f} % above the least on average, {gaps.max():.2f} % at worst"
    )


def _begin_section(table: Table, row: CheckedRow) -> None:
    if row.calls_per_hour == TABLE_2[0].calls_per_hour:
        table.add_section()
        table.add_row(Text(row.law, "bold"))


def _interval(value: Interval, scale: float, digits: int) -> str:
    half = scale * (value.high - value.mean)
    return f"{scale * value.mean:.{digits}f} ± {half:.{digits}f}".replace("-", "−")


def beyond_tables(found: Zaatari) -> list[Table]:
    """Larger fleets, longer lists, and calls that wait."""
    level, beyond = found.replica.settings[0].level, found.beyond
    return [
        fleet_table(beyond.fleets),
        list_table(beyond.lists, level),
        queue_table(beyond.queues),
    ]


def fleet_table(fleets: list[Fleet]) -> Table:
    """More servers, all placed anew."""
    table = narrow_table("More servers, placed for the least mean response time at λ = 2")
    for heading in ("longest\nmin", "mean\nmin", "lost\n%"):
        table.add_column(heading, justify="right")
    for combination in fleets[0].outbreaks:
        table.add_column(f"{combination}\nlost, %", justify="right")
        table.add_column("\nGini a", justify="right")
    for fleet in fleets:
        cells = []
        for runs in fleet.outbreaks.values():
            cells += [f"{100 * runs.spread('loss').median:.1f}"]
            cells += [f"{runs.spread('gini_a').median:.3f}"]
        base = fleet.base
        table.add_row(
            f"{fleet.servers} servers", f"{base.longest_min:.2f}", f"{base.mean_min:.2f}",
            f"{100 * base.loss:.3f}", *cells,
        )  # fmt: skip
    table.caption = "C…-O…: medians of runs with outbreaks"
    return table


def list_table(rows: list[ListRow], level: int) -> Table:
    """Two servers added, with lists as long as before and longer by two."""
    table = narrow_table("Lists for the two added servers: medians")
    for what in ("lost, %", "Gini a"):
        table.add_column(f"{what}\n5, D = {level}", justify="right")
        table.add_column(f"\n7, D = {level}", justify="right")
        table.add_column(f"\n7, D = {level + 2}", justify="right")
    for row in rows:
        table.add_row(
            str(row.combination),
            *(f"{100 * value:.1f}" for value in row.loss),
            *(f"{value:.3f}" for value in row.gini_a),
        )
    return table


def queue_table(rows: list[QueueRow]) -> Table:
    """Calls that wait instead of being lost."""
    table = narrow_table("Calls wait instead of being lost, every server on every list: medians")
    fleets = sorted({row.servers for row in rows})
    for servers in fleets:
        table.add_column(f"{servers} servers\nwait, %", justify="right")
        table.add_column("\nmin", justify="right")
        table.add_column("endless\n% of runs", justify="right")
    for combination in dict.fromkeys(row.combination for row in rows):
        cells = []
        for row in rows:
            if row.combination == combination:
                cells += [
                    f"{100 * row.waiting:.1f}",
                    _minutes(row.wait_min),
                    f"{100 * row.endless:.0f}",
                ]
        table.add_row(str(combination) if combination else "no outbreak", *cells)
    table.caption = "endless: calls come faster than all servers can serve them"
    return table


def _minutes(wait_min: float) -> str:
    if math.isinf(wait_min):
        return "∞"
    return f"{wait_min:.2f}" if wait_min < 10 else f"{wait_min:.0f}"


HEADINGS = {"gini_a": "Gini a", "gini_b": "Gini b", "loss": "loss"}


def print_zaatari(console: Console, found: Zaatari) -> None:
    """Print the fit, the paper's tables beside ours, the claims, the checks, and what is new."""
    replica = found.replica
    console.print(
        fit_table(replica),
        base_table(replica),
        outbreak_table(replica, found.effort.runs),
        claims_table(found),
        none_table(replica),
        gini_table(replica),
        *check_tables(found),
        *beyond_tables(found),
    )
    print_notes(console, notes_of(found), "Note")


def fit_table(replica: Replica) -> Table:
    """Each districting level with what was fitted, and how far it is from what was not."""
    table = narrow_table("The camp, fitted to the row λ = 2 of Table 2")
    headings = ("speed\nkm/h", "on scene\nmin", "misfit\nat λ = 2", "of other\nrows",
                "of Table 3's\nmedians")  # fmt: skip
    for heading in headings:
        table.add_column(heading, justify="right")
    for setting in replica.settings:
        figures = (setting.misfit, *replica.test_misfits(setting))
        table.add_row(
            f"D = {setting.level}", f"{setting.speed_kph:.1f}", f"{setting.scene_min:.1f}",
            *(f"{value:.2f}" for value in figures),
        )  # fmt: skip
    table.caption = (
        "D: servers of a list; misfit: root mean square of\n"
        "ln(ours / paper's); the first row is used below, the\n"
        "last two columns are tests and chose nothing"
    )
    return table


def base_table(replica: Replica) -> Table:
    """Table 2 beside ours."""
    table = narrow_table("Table 2: five servers without outbreaks, paper and ours")
    columns: list[tuple[str, Callable[[BaseRow], str]]] = [
        ("first\nfree, %", lambda row: f"{100 * row.first_available:.2f}"),
        ("longest\nmin", lambda row: f"{row.longest_min:.2f}"),
        ("mean\nmin", lambda row: f"{row.mean_min:.2f}"),
        ("lost, %", lambda row: f"{100 * row.loss:.3f}"),
    ]
    for heading, _ in columns:
        table.add_column(heading, justify="right")
        table.add_column("ours", justify="right")
    for paper, ours in zip(TABLE_2, replica.base, strict=True):
        cells = [text(row) for _, text in columns for row in (paper, ours)]
        table.add_row(f"λ = {paper.calls_per_hour:g}", *cells)
    return table


def outbreak_table(replica: Replica, runs: int) -> Table:
    """All of Table 3 beside ours."""
    table = narrow_table("Table 3: runs with outbreaks, paper and ours")
    for servers in SERVERS:
        table.add_column(f"{servers}:\nmedian", justify="right")
        table.add_column("ours", justify="right")
        table.add_column("upper\nwhisker", justify="right")
        table.add_column("ours", justify="right")
    for combination in COMBINATIONS:
        for measure in MEASURES:
            cells = []
            for servers in SERVERS:
                key = (servers, combination, measure)
                for paper, ours in zip(TABLE_3[key], replica.table[key], strict=True):
                    cells += [f"{paper:.3f}", f"{ours:.3f}"]
            table.add_row(f"{combination} {HEADINGS[measure]}", *cells)
        table.add_section()
    table.caption = (
        f"{runs:,} runs of each combination with 5 servers, and with 7\n"
        "C: mean cases of an outbreak, O: mean outbreaks of a run; Gini b in minutes"
    )
    return table


def claims_table(found: Zaatari) -> Table:
    """Each claim, and where it holds."""
    table = narrow_table("What must hold of the medians")
    table.columns[0].no_wrap = False
    for heading in ("paper", "ours", "% of camps"):
        table.add_column(heading, justify="right", no_wrap=True)
    own = found.replica.table
    for claim, share in zip(CLAIMS, shares_of_camps(found.camps), strict=True):
        table.add_row(
            claim.text, yes_or_no(claim.holds(TABLE_3)), yes_or_no(claim.holds(own)),
            f"{100 * share.mean:.0f} ({100 * share.low:.0f}–{100 * share.high:.0f})",
        )  # fmt: skip
    table.caption = (
        f"loss with seven servers over that with five, median of the nine: paper "
        f"{loss_left(TABLE_3):.2f},\nours {loss_left(own):.2f}; camps: {len(found.camps)} drawn "
        "anew with other places, inhabitants and spread of\ncases, each fitted for itself; in "
        "brackets the 95% interval"
    )
    return table


def none_table(replica: Replica) -> Table:
    """Medians where an outbreak has a case at least, and where it may have none."""
    table = narrow_table("An outbreak of no case: medians of five servers")
    for measure in MEASURES:
        table.add_column(f"{HEADINGS[measure]}\npaper", justify="right")
        table.add_column("≥ 1", justify="right")
        table.add_column("≥ 0", justify="right")
    for (servers, combination), runs in replica.with_none.items():
        if servers != 5:
            continue
        cells = []
        for measure in MEASURES:
            key = (servers, combination, measure)
            medians = (TABLE_3[key].median, replica.table[key].median, runs.spread(measure).median)
            cells += [f"{median:.3f}" for median in medians]
        table.add_row(str(combination), *cells)
    table.caption = "≥ 1 is used above, as the paper calls C a positive integer"
    return table


def gini_table(replica: Replica) -> Table:
    """What the paper calls Gini is a deviation; this is Gini's coefficient."""
    table = narrow_table("Gini's own coefficient of the points' response times: medians")
    for combination in COMBINATIONS:
        table.add_column(str(combination), justify="right")
    for servers in SERVERS:
        runs = [replica.outbreaks[servers, combination].gini for combination in COMBINATIONS]
        table.add_row(f"{servers} servers", *(f"{box_plot(one).median:.3f}" for one in runs))
    return table


def yes_or_no(holds: bool) -> str:
    """In a word."""
    return "yes" if holds else "no"


def notes_of(found: Zaatari) -> list[str]:
    """What a reader of the tables must know."""
    paper, ours = (
        table[1].longest_min / table[1].mean_min for table in (TABLE_2, found.replica.base)
    )
    stand_ins = (
        "inhabitants by district, places of clinics, sites and points, and the spread of cases "
        "are stand-ins; see docs/validation/zaatari.md"
    )
    distance = (
        f"the paper's longest response time is {paper:.2f} times the mean at λ = 2, ours "
        f"{ours:.2f}: neither speed nor time on the scene can change that much"
    )
    return [stand_ins, distance, search_note(found.search)]
