"""Deliveries on the page, in a real browser: what a relief worker does, from template to plan.

Screenshots are left in ``results/screenshots``.
"""

from __future__ import annotations

import base64
from pathlib import Path

import openpyxl
import pytest

from experiments.planning.hand_check import check_by_hand
from experiments.planning.plan import plan
from experiments.planning.reading.read import read_input
from viz.page.planning.delivery_plan import MOST_BYTES
from viz.terminal.planning import figures_table, findings

pytestmark = pytest.mark.slow

SHOWN = "document.querySelector('.r-figures-of')?.innerText.includes('All costs together')"


def enter(visitor):
    visitor.open("/planning").page.click(".p-tab-deliveries")
    visitor.page.wait_for_selector(".r-workbook input")
    return visitor


def downloaded(visitor, button: str, folder: Path) -> Path:
    with visitor.page.expect_download() as coming:
        visitor.page.click(button)
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def test_from_the_template_to_a_plan(served, visit, tmp_path):
    visitor = enter(visit(served))
    page = visitor.page
    assert page.is_disabled(".r-begin")
    path = downloaded(visitor, ".r-template", tmp_path)
    assert path.name == "template.xlsx"

    # A mistake is told with its cell, and nothing can be planned.
    book = openpyxl.load_workbook(path)
    centres = book["Centres"]
    latitude = next(cell for cell in centres[1] if str(cell.value).startswith("latitude"))
    right = centres.cell(3, latitude.column).value
    centres.cell(3, latitude.column).value = 98.9
    centres.cell(4, 1).value = "<b>bold</b>"
    book.save(tmp_path / "wrong.xlsx")
    page.set_input_files(".r-workbook input", tmp_path / "wrong.xlsx")
    page.wait_for_selector(".r-mistakes li")
    (mistake,) = page.locator(".r-mistakes li").all_inner_texts()
    cell = f"Centres!{latitude.column_letter}3"
    assert mistake == f"{cell}: latitude must be a number from -90 to 90 in °, got 98.9"
    assert page.is_disabled(".r-begin")
    visitor.keep("deliveries-mistakes")

    # Corrected, it is planned as the command plans it.
    centres.cell(3, latitude.column).value = right
    book.save(tmp_path / "right.xlsx")
    page.set_input_files(".r-workbook input", tmp_path / "right.xlsx")
    page.wait_for_selector(".r-asked >> text=right.xlsx: 6 centres, 3 vehicles")
    page.select_option(".r-choice-what-if select", "no")
    page.click(".r-begin")
    visitor.wait(SHOWN)
    planned = plan(read_input(tmp_path / "right.xlsx"))
    cells = [[*column.cells] for column in figures_table(planned, "").columns]
    wanted = [" ".join(row).split() for row in zip(*cells, strict=True)]
    shown = page.locator(".r-figures-of tr").all_inner_texts()
    assert [row.split() for row in shown] == wanted
    for line in findings(planned, [])["Tight"]:
        assert line in page.inner_text(".r-findings")
    assert page.locator(".r-picture img").count() == 2
    visitor.wait("[...document.images].every((one) => one.complete && one.naturalWidth > 500)")
    assert check_by_hand(downloaded(visitor, ".r-plan-file", tmp_path)).broken == ()
    visitor.keep("deliveries-light")


def test_what_is_no_workbook_is_refused(served, visit, tmp_path):
    visitor = enter(visit(served, "dark", (1024, 720)))
    page = visitor.page
    large = tmp_path / "large.xlsx"
    large.write_bytes(bytes(MOST_BYTES + 1))
    page.set_input_files(".r-workbook input", large)
    page.wait_for_selector(".r-workbook .c-error >> text=the page takes at most 5,000,000")
    encoded = base64.b64encode(b"no workbook").decode()
    for message, told in (
        (["x.xlsx", encoded], "is no .xlsx workbook"),
        (["../../x", "?"], "this is no file of at most 5,000,000 bytes"),
        ({"path": "/etc/passwd"}, "this is no file of at most 5,000,000 bytes"),
    ):
        visitor.tell(".r-workbook", "upload", message)
        page.wait_for_selector(f".r-mistakes >> text={told}")
        assert page.is_disabled(".r-begin")
    page.click(".r-example")
    page.wait_for_selector(".r-asked >> text=Example: 6 centres")
    page.click(".r-begin")
    visitor.wait(SHOWN)
    said = page.inner_text(".r-findings")
    assert "without Truck 1: " in said
    assert "demand +20%: " in said
    assert visitor.ask("document.documentElement.scrollWidth") == 1024
    higher = "(where) => { const one = document.querySelector(where);"
    higher += " return one.scrollHeight > one.clientHeight + 1; }"
    assert visitor.ask(higher, ".r-body")  # it can be scrolled, and nothing around it
    assert not visitor.ask(higher, ".r-main")
    assert page.locator(".r-workbook .c-error").count() == 0
    visitor.keep("deliveries-dark")
    page.locator(".r-picture").last.scroll_into_view_if_needed()
    visitor.keep("deliveries-dark-pictures")
