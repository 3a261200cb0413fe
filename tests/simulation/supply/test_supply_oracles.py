"""Supplies and epidemics against theory: every figure within its interval or tolerance.

The cases stand in ``benchmarks/validation/supplies.py``, which prints the same comparison.
"""

import pandas as pd
import pytest

from benchmarks.validation.supplies import CASES
from benchmarks.validation.supply_runs import greatest_imbalance, least_stock
from simulation.tables.supply import SupplyTables


@pytest.mark.parametrize("case", CASES)
def test_figures_agree_with_theory(case):
    checks = list(CASES[case]())
    if case.startswith("savings") and not checks:
        pytest.skip("../shared/data/cvrplib is not here")
    assert checks
    wrong = [check for check in checks if not check.holds]
    assert not wrong
    for check in checks:  # an interval that holds everything proves nothing
        assert check.half_width <= 0.06 * abs(check.expected) or check.expected == 0, check


def supplies(*, sent: int, received: int) -> SupplyTables:
    """Ten masks at one site, of which some are sent to another, in a truck that carries three."""
    changes = pd.DataFrame(
        [
            (0.0, 0, "opening", 10),
            (5.0, 0, "sent", sent),
            (9.0, 1, "received", received),
            (9.0, 1, "used", received),
        ],
        columns=["time_s", "site", "change", "units"],
    ).assign(item="masks")
    load = {"item": ["masks"], "units": [3], "sent_s": [5.0], "arrived_s": [9.0]}
    empty = pd.DataFrame()
    others = dict.fromkeys(SupplyTables._fields, empty)
    return SupplyTables(**others | {"stock_changes": changes, "shipments": pd.DataFrame(load)})


@pytest.mark.parametrize(
    ("sent", "received", "amiss"), [(3, 3, 0), (4, 4, 1), (3, 2, 1), (2, 2, 1), (12, 12, 9)]
)
def test_units_that_nobody_has_are_noticed(sent, received, amiss):
    assert greatest_imbalance(supplies(sent=sent, received=received), "masks") == amiss


def test_a_stock_that_gave_more_than_it_had_is_noticed():
    assert least_stock(supplies(sent=12, received=12)) == -2
    assert least_stock(supplies(sent=3, received=3)) == 0
