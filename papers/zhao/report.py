"""The report on the case of Zhao, Zhang and Pang."""

from __future__ import annotations

from papers.report import ReproductionReport, Section
from papers.zhao.claims import Reproduction
from papers.zhao.tables import claims_table, mechanisms_table, notes_of, rows_table

PAPER = (
    "Zhao, Zhang and Pang, Industry Science and Engineering 1(1), 2024: masks, protective clothing "
    "and goggles in ten scenarios, with and without a coordination mechanism."
)


def zhao_report(found: Reproduction, command: str) -> ReproductionReport:
    """All that the terminal says, with pictures."""
    return ReproductionReport(
        "Supplies with and without coordination",
        PAPER,
        "Does coordination bring more, and bring it sooner?",
        [claim.verdict for claim in found.claims],
        [
            Section("The claims", [claims_table(found)]),
            Section("Row by row", [rows_table(found)], ("papers_rows",)),
            Section("Attribution of the gain", [mechanisms_table(found)], ("each_mechanism",)),
            Section("Where it happens", [], ("supply_map",)),
        ],
        [*notes_of(found), *found.runs.failures],
        command,
    )
