"""What tests of plans share: the template's workbook, changed cell by cell."""

import io

import pytest
from openpyxl import load_workbook

from experiments.planning.reading.read import read_input
from experiments.planning.writing.template import template


@pytest.fixture(scope="session")
def template_bytes():
    return template()


@pytest.fixture
def book_with(template_bytes, tmp_path):
    """A workbook: the template with some cells changed, ``{"Centres!C2": 91}``."""

    def make(cells=None, change=None):
        book = load_workbook(io.BytesIO(template_bytes))
        for place, value in (cells or {}).items():
            sheet, _, cell = place.rpartition("!")
            book[sheet][cell] = value
        if change is not None:
            change(book)
        path = tmp_path / "asked.xlsx"
        book.save(path)
        return path

    return make


@pytest.fixture(scope="session")
def example(template_bytes, tmp_path_factory):
    """What the template's example asks."""
    path = tmp_path_factory.mktemp("example") / "example.xlsx"
    path.write_bytes(template_bytes)
    return read_input(path)
