"""A visitor's workbook on the page: its bounds, its mistakes, and what is planned of it."""

from __future__ import annotations

import base64
import io
import tempfile
import threading
import time
import zipfile

import openpyxl
import pytest

from experiments.planning.errors import WorkbookError
from experiments.planning.plan import plan
from experiments.planning.writing.template import template
from viz.page.planning import delivery_plan
from viz.page.planning.delivery_plan import Asked, decoded, deliver, read_asked
from viz.page.planning.job import Job
from viz.terminal.planning import findings


@pytest.fixture(scope="module")
def example() -> bytes:
    return template()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where temporary folders are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def changed(content: bytes, sheet: str, cell: str, value: object) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    book[sheet][cell] = value
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def cell_of(content: bytes, sheet: str, name: str) -> str:
    """The cell beside a name."""
    rows = openpyxl.load_workbook(io.BytesIO(content))[sheet].iter_rows(max_col=1)
    row = next(cell.row for (cell,) in rows if str(cell.value).startswith(name))
    return f"B{row}"


@pytest.mark.slow
def test_a_plan_is_the_commands_and_nothing_is_left_behind(example, folder):
    asked, heard = read_asked("../../mine.xlsx", example), []
    found = deliver(asked, None, False, lambda text, share: heard.append((text, share)))
    wanted = plan(asked.what)
    assert found.plan.orders.quantity.tolist() == wanted.orders.quantity.tolist()
    assert found.plan.routes.trips == wanted.routes.trips
    assert {"Tight", "Note"} & set(findings(found.plan, found.what_ifs))
    assert [content[:4] for content in found.pictures.values()] == [b"\x89PNG"] * 2
    book = openpyxl.load_workbook(io.BytesIO(found.workbook))
    assert {"Summary", "Orders", "Routes", "Pictures"} <= set(book.sheetnames)
    assert heard[0] == ("Measuring ways", None)
    assert heard[-1] == ("Writing the workbook", None)
    assert list(folder.iterdir()) == []


def test_mistakes_have_their_cells_and_no_path(example, folder):
    wrong = changed(changed(example, "Centres", "B3", 98.9), "Centres", "C4", "east")
    with pytest.raises(WorkbookError) as told:
        read_asked("mine.xlsx", wrong)
    assert [line.partition(":")[0] for line in str(told.value).splitlines()] == [
        "Centres!B3",
        "Centres!C4",
    ]
    assert str(folder) not in str(told.value)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "message",
    [None, 3, [], ["x"], ["x", 1], [1, "eA=="], ["x", "?"], {"name": "x"}, ["x", "A", "b"]],
)
def test_messages_that_the_page_never_sends_are_refused(message):
    with pytest.raises(WorkbookError, match="this is no file of at most 5,000,000 bytes"):
        decoded(message)


def test_what_a_browser_sends_is_decoded():
    content = bytes(range(256))
    assert decoded(["a.xlsx", base64.b64encode(content).decode()]) == ("a.xlsx", content)
    assert decoded(["x" * 999, ""]) == ("x" * 80, b"")


def test_a_file_at_the_bound_passes_and_one_above_does_not(monkeypatch):
    monkeypatch.setattr(delivery_plan, "MOST_BYTES", 100)
    for count in (99, 100):
        assert len(decoded(["x", base64.b64encode(bytes(count)).decode()])[1]) == count
    with pytest.raises(WorkbookError):
        decoded(["x", base64.b64encode(bytes(105)).decode()])
    with pytest.raises(WorkbookError, match="has 101 bytes"):
        read_asked("x", bytes(101))


def test_what_would_unpack_to_too_much_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(delivery_plan, "MOST_UNPACKED_BYTES", 50_000)
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/a.xml", bytes(delivery_plan.MOST_UNPACKED_BYTES + 1))
    with pytest.raises(WorkbookError, match="50,001 unpacked"):
        read_asked("x", kept.getvalue())


@pytest.mark.parametrize(
    ("bound", "told"), [("MOST_CENTRES", "6 centres"), ("MOST_TRIPS", "trips of all vehicles")]
)
def test_what_would_take_too_long_is_sent_elsewhere(example, monkeypatch, bound, told):
    monkeypatch.setattr(delivery_plan, bound, 1)
    with pytest.raises(WorkbookError, match=f"{told}.*at most 1: plan it by: corridor plan"):
        read_asked("x", example)


def test_a_long_search_is_shortened_and_told(example):
    cell = cell_of(example, "Settings", "search")
    asked = read_asked("x", changed(example, "Settings", cell, 3600)).what
    assert asked.settings.search_s == delivery_plan.LONGEST_SEARCH_S
    assert "not for 3600 s" in asked.notes[-1]


def test_what_was_read_is_told_in_a_line(example):
    assert read_asked("mine.xlsx", example).told == "mine.xlsx: 6 centres, 3 vehicles, 1 depot"


def test_a_plan_that_is_stopped_ends_at_the_next_step(example):
    asked, heard = Asked("x", read_asked("x", example).what), []

    def tell(text, share):
        heard.append(text)
        if text == "Ordering":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(asked, None, True, tell)
    assert heard == ["Measuring ways", "Ordering"]


def test_a_fault_of_ours_ends_the_work_and_is_told(monkeypatch):
    told = []
    monkeypatch.setattr(threading, "excepthook", lambda what: told.append(what.exc_type))

    def work(_):
        raise IndexError("no row")

    job = Job()
    job.begin(work)
    for _ in range(500):
        if told:
            break
        time.sleep(0.01)
    assert told == [IndexError]  # on the server's standard error, too
    assert job.state == "failed"
    assert job.text == "This is a mistake of Corridor's: IndexError: no row"
