"""The report on Za'atari camp."""

from __future__ import annotations

from collections.abc import Callable

from papers.report import ReproductionReport, Section
from papers.zaatari.claims import CLAIMS
from papers.zaatari.experiment import Zaatari
from papers.zaatari.tables import (
    base_table,
    beyond_tables,
    check_tables,
    claims_table,
    fit_table,
    gini_table,
    none_table,
    notes_of,
    outbreak_table,
)

PAPER = (
    "Blank, Journal of Humanitarian Logistics and Supply Chain Management, 2021, "
    "doi 10.1108/JHLSCM-07-2020-0058: five ambulances in Za'atari refugee camp, placed by a "
    "spatial hypercube queueing model, in virus outbreaks."
)


def zaatari_report(found: Zaatari, command: str) -> ReproductionReport:
    """All that the terminal says, with pictures."""
    replica = found.replica
    boxes = ("box_plots_5", "box_plots_7")
    return ReproductionReport(
        "A camp's ambulances in outbreaks",
        PAPER,
        "What do outbreaks do to five ambulances, and what do two more change?",
        [_verdict(found, claim.holds) for claim in CLAIMS],
        [
            Section("The claims", [claims_table(found)]),
            Section("The camp", [fit_table(replica), base_table(replica)], ("camp",)),
            Section("Outbreaks", [outbreak_table(replica, found.effort.runs)], ("cases", *boxes)),
            Section("Read otherwise", [none_table(replica), gini_table(replica)]),
            Section("The model beside a simulation", check_tables(found)),
            Section("What the paper could not ask", beyond_tables(found)),
        ],
        notes_of(found),
        command,
    )


def _verdict(found: Zaatari, holds: Callable[..., bool]) -> str:
    return "holds" if holds(found.replica.table) else "does not hold"
