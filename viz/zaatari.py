"""Za'atari camp beside the paper's tables, in the terminal."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from experiments.reproduce.zaatari import Zaatari
from experiments.reproduce.zaatari_camps import shares_of_camps
from experiments.reproduce.zaatari_claims import CLAIMS, loss_left
from experiments.reproduce.zaatari_outbreaks import box_plot
from experiments.reproduce.zaatari_replica import Replica
from experiments.reproduce.zaatari_tables import (
    COMBINATIONS,
    MEASURES,
    SERVERS,
    TABLE_2,
    TABLE_3,
    BaseRow,
)
from viz.console import narrow_table, print_notes
from viz.zaatari_beyond import beyond_tables
from viz.zaatari_checks import check_tables, search_note

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
