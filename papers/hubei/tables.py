"""The Hubei paper beside its rebuilt input, in the terminal."""

from __future__ import annotations

from string import ascii_uppercase

from rich.console import Console
from rich.table import Table

from papers.hubei.claims import LOST, Hubei
from papers.hubei.experiment import FULL
from papers.hubei.figure5 import READINGS, Searched
from papers.hubei.prefectures import SITES
from viz.terminal.console import narrow_table, plain_table, print_notes


def print_hubei(console: Console, found: Hubei) -> None:
    """Print regions, prefectures, the search for Figure 5, the claims, and what is lost."""
    tables = (regions_table, prefectures_table, readings_table, searched_table, nearest_table,
              claims_table, lost_table)  # fmt: skip
    console.print(*(table(found) for table in tables))
    print_notes(console, notes_of(found), "Note")


def regions_table(found: Hubei) -> Table:
    """The paper's regions: cases, staff and doses."""
    table = plain_table("The paper's regions")
    for heading in ("cases", "%", "groups", "staff", "doses", "%", "from own", "others"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.padding = (0, 1, 0, 0)
    for row in found.regions:
        table.add_row(
            row.site, f"{row.cases:,.0f}", f"{100 * row.case_share:.1f}", str(row.groups),
            f"{row.staff:,}", f"{row.doses:,.0f}", f"{100 * row.dose_share:.1f}",
            f"{row.from_own:,.0f}", f"{row.from_others:,.0f}",
        )  # fmt: skip
    rows = found.regions
    table.add_section()
    table.add_row(
        "all", f"{sum(row.cases for row in rows):,.0f}", "", str(sum(row.groups for row in rows)),
        f"{sum(row.staff for row in rows):,}", f"{sum(row.doses for row in rows):,.0f}", "",
        f"{sum(row.from_own for row in rows):,.0f}", f"{sum(row.from_others for row in rows):,.0f}",
    )  # fmt: skip
    table.caption = (
        "rebuilt: cases of 1 February 2020, a group of 8 for 15 cases;\n"
        "printed: doses of each site; from own, others: doses for the\n"
        "region by site, demand by cases, fewest dose-km"
    )
    return table


def prefectures_table(found: Hubei) -> Table:
    """What each prefecture gets, rebuilt."""
    prefectures, doses = found.runs.prefectures, found.runs.deliveries.doses
    table = narrow_table("Rebuilt in place of Tables 8 and 9: groups and doses by prefecture")
    for heading in ("cases", "groups", *(f"from {site}" for site in SITES)):
        table.add_column(heading, justify="right", no_wrap=True)
    for j, name in enumerate(prefectures.names):
        sent = (f"{units:,.0f}" if units > 0.5 else "–" for units in doses[:, j])
        table.add_row(name, f"{prefectures.confirmed[j]:,.0f}", str(prefectures.groups[j]), *sent)
    table.caption = f"{found.runs.deliveries.dose_km / 1e6:.4f} million dose-km on great circles"
    return table


def readings_table(found: Hubei) -> Table:
    """In which ways the text was read, each with its letter."""
    table = plain_table("Figure 5: ways to read the text")
    table.add_column("at the beginning, and N")
    table.add_column("λ")
    table.add_column("rates per")
    for letter, one in lettered(found):
        reading = one.reading
        table.add_row(
            letter,
            reading.name,
            "1 / N" if reading.is_of_the_paper else "any",
            reading.steps_unit,
        )
    table.caption = "P = 0.001, I = 0.0001 and R = 0.001 in all, as shares of everybody"
    return table


def lettered(found: Hubei) -> list[tuple[str, Searched]]:
    """What was searched, each with the letter of its reading."""
    return list(zip(ascii_uppercase, found.runs.figure5, strict=False))


def searched_table(found: Hubei) -> Table:
    """How often each part of Figure 5's shape comes out, by reading."""
    table = narrow_table("Figure 5: sets of rates that give its shape, %")
    for heading in ("time", "height", "end", "time and\nheight", "time and\nend",
                    "height\nand end", "all"):  # fmt: skip
        table.add_column(heading, justify="right", no_wrap=True)
    for letter, one in lettered(found):
        shares = (*one.parts, *one.pairs, one.whole)
        table.add_row(letter, *(_percent(share) for share in shares))
    table.caption = (
        f"{found.runs.size.tried:,} sets of a, b and h a reading, each\n"
        "from 0.001 to 1; time: most are ill in week 9 to 11;\n"
        "height: 0.035 % of all, a tenth more or less;\n"
        "end: below 0.005 % in week 28"
    )
    return table


def nearest_table(found: Hubei) -> Table:
    """The nearest set of rates of each reading."""
    table = narrow_table("Figure 5: the nearest of each reading")
    for heading in ("a", "b", "h", "λN", "peak, week", "height, %", "end, %"):
        table.add_column(heading, justify="right", no_wrap=True)
    for letter, one in lettered(found):
        a, b, h, *contacts = one.nearest
        shape = one.shape
        table.add_row(
            letter, f"{a:.4f}", f"{b:.4f}", f"{h:.4f}", f"{contacts[0]:.2f}" if contacts else "1",
            f"{shape.peak_week[0]:.1f}", f"{100 * shape.peak_share[0]:.4f}",
            f"{100 * shape.end_share[0]:.4f}",
        )  # fmt: skip
    table.add_section()
    table.add_row("the paper", "lost", "lost", "lost", "1", "10", "0.035", "0")
    return table


def claims_table(found: Hubei) -> Table:
    """Each claim of the paper, and what came out."""
    table = plain_table("What the paper says")
    table.columns[0].no_wrap = False
    table.add_column("here")
    table.add_column("input")
    table.add_column("")
    for claim in found.claims:
        table.add_row(claim.text, claim.ours, claim.basis, claim.verdict)
    return table


def lost_table(found: Hubei) -> Table:
    """What is lost of the paper, and what stands in its place."""
    del found
    table = plain_table("What is lost")
    table.columns[0].no_wrap = False
    table.add_column("in its place")
    for one in LOST:
        table.add_row(one.what, one.here)
    return table


def notes_of(found: Hubei) -> list[str]:
    """What a reader of the tables must know."""
    best = "; ".join(", ".join(names) for names in found.runs.partition.best)
    notes = [
        REBUILT_INPUT,
        f"clusters with the least sum of squares that were found: {best}",
        READ_HOW.format(len(READINGS)),
        NO_EFFECT,
    ]
    if found.runs.size.tried < FULL.tried:
        notes.append(
            f"without --quick {FULL.tried:,} sets of rates are tried for each reading, and the "
            f"nearest are looked for in {FULL.generations} generations"
        )
    return notes


REBUILT_INPUT = (
    "rebuilt: inhabitants of the census of 2020, cases confirmed by the end of 1 February 2020, "
    "coordinates of the central cities; what rests on them is as good as they are, and is not the "
    "paper's own figure"
)
READ_HOW = (
    'the paper sets "parameters" to 0.001, 0.001, 0.0001 and 0.001 without legible symbols; tried '
    "in {} readings as S, P, I and R, the only order in which I does not begin above the peak"
)
NO_EFFECT = (
    "the paper concludes that deliveries act on the epidemic; none of what is left of it says how, "
    "so this is not among the claims"
)


def _percent(share: float) -> str:
    if share == 0:
        return "0"
    return f"{100 * share:.1f}" if share >= 0.0005 else "< 0.05"
