"""The report on robust location and lights that make way."""

from __future__ import annotations

from papers.report import ReproductionReport, Section
from papers.smart_ems.claims import SmartEms
from papers.smart_ems.tables import (
    claims_table,
    lights_table,
    notes_of,
    sensitivity_table,
    sizes_table,
    small_table,
)

PAPER = (
    "The paper on robust location of ambulance stations with intelligent traffic lights, its small "
    "case, its larger ones, and green waves in the simulated city."
)


def smart_ems_report(found: SmartEms, command: str) -> ReproductionReport:
    """All that the terminal says, with pictures."""
    return ReproductionReport(
        "Robust location, and lights that make way",
        PAPER,
        "What do protection against demand, more candidates and more equipped lights change?",
        [claim.verdict for claim in found.claims],
        [
            Section("The claims", [claims_table(found)]),
            Section("Ambulances and stations", [small_table(found)]),
            Section("More candidates", [sizes_table(found)], ("larger_cases",)),
            Section("Sensitivity", [sensitivity_table(found)]),
            Section("Lights that make way", [lights_table(found)], ("lights",)),
            Section("The simulated city", [], ("map", "forced_greens")),
        ],
        notes_of(found),
        command,
    )
