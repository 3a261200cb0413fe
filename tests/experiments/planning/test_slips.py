"""Slips of people who fill a workbook in: told once, in words that say how to mend them."""

from datetime import time
from pathlib import Path

import pytest

from experiments.planning.errors import WorkbookError
from experiments.planning.plan import plan
from experiments.planning.reading.read import read_input
from policies.base import InfeasibleError

ROOT = Path(__file__).parents[3]


def refused(path):
    with pytest.raises(WorkbookError) as error:
        read_input(path)
    return [line.removeprefix(f"{path}: ") for line in str(error.value).splitlines()]


def test_a_wrong_unit_of_a_heading_is_told_once_and_money_may_be_any_currency(book_with):
    told = refused(book_with({"Centres!D1": "mean demand (kg)", "Centres!G1": "unit cost (USD)"}))
    assert told == ["Centres!D1: mean demand must be in units, got 'kg'"]


def test_a_number_too_large_is_told_with_what_is_allowed(book_with):
    told = refused(book_with({"Centres!D2": 1e300}))
    assert told == ["Centres!D2: mean demand must be at most 1e+12 units, got 1e+300"]


def test_a_shift_over_midnight_is_told_how_to_be_written(book_with):
    told = refused(book_with({"Vehicles!F2": time(22), "Vehicles!G2": time(6)}))
    assert told[0].endswith("which is 22:00; write 30:00 for 06:00 of the next day")


def test_a_far_centre_is_told_with_the_slip_that_explains_it(book_with):
    told = refused(book_with({"Centres!B2": 7.4, "Centres!C2": -170.0}))
    assert told[0].startswith("Centres!B2: North clinic lies ")
    assert told[0].endswith(" km from its nearest depot; at most 2,000 km can be planned")
    swapped = read_input(book_with({"Centres!B2": 7.40, "Centres!C2": 9.12}))
    (note,) = swapped.notes
    assert note == (
        "Centres!B2: North clinic lies 258 km from its nearest depot, and 11 km if latitude and "
        "longitude are swapped"
    )
    with pytest.raises(InfeasibleError, match=r"(?s)^Centres!B2: .* swapped\nNorth clinic: "):
        plan(swapped)


def test_csv_files_with_tabs_in_capitals_and_with_control_characters(tmp_path):
    for path in (ROOT / "examples/relief_plan").glob("*.csv"):
        text = path.read_text(encoding="utf-8").replace(",", "\t")
        (tmp_path / f"{path.stem}.CSV").write_text(text, encoding="utf-8")
    assert len(read_input(tmp_path).centres) == 6
    centres = tmp_path / "Centres.CSV"
    centres.write_text(centres.read_text("utf-8").replace("North", "No\x07rth"), "utf-8")
    assert refused(tmp_path)[0].startswith("Centres.CSV!A2: centre must be a text of at most 100")
