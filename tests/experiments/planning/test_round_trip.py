"""What is written is read as it was; cells at random never give a traceback."""

import math
import string
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from experiments.planning.errors import WorkbookError
from experiments.planning.inputs import (
    Centre,
    Link,
    Need,
    Place,
    PlanningInput,
    Product,
    Settings,
    SharedLimit,
    Truck,
)
from experiments.planning.orders import item_of
from experiments.planning.reading.read import read_grids, read_input, understand
from experiments.planning.sheets.catalogue import DISTANCES, LIMIT_KINDS, LOAD_UNITS
from experiments.planning.sheets.columns import plain
from experiments.planning.writing.input_rows import rows_of
from experiments.planning.writing.input_sheets import add_input_sheets
from experiments.planning.writing.template import add_readme, content_of
from experiments.planning.writing.write import input_files
from policies.ordering.laws import demand_law

ODD = "=+-@'\"/;,.()[]#&<>é中 "
amounts = st.integers(0, 10**9).map(lambda n: n / 1000)
costs = st.integers(1, 10**6).map(lambda n: n / 100)
# Within 1,500 km: farther from its depot no centre can be planned.
lons, lats = (st.integers(-n, n).map(lambda k: k / 10**6) for n in (9 * 10**6, 9 * 10**6))
seconds = st.integers(0, 30 * 3600).map(float)


@st.composite
def names(draw, count):
    """Names that begin like formulas, too, all of them different and as they are read again."""
    text = st.text(string.ascii_letters + string.digits + ODD, min_size=1, max_size=12)
    clean = text.map(lambda one: " ".join(one.split())).filter(lambda one: one.strip("'"))
    return draw(st.lists(clean, min_size=count, max_size=count, unique_by=plain))


@st.composite
def spans(draw):
    begin, end = sorted((draw(seconds), draw(seconds)))
    return (begin, draw(st.sampled_from([end, math.inf])))


@st.composite
def questions(draw):
    """Anything that a workbook can ask; it keeps 16 digits of a number."""
    own = draw(names(7))
    law_names = {"normal": "normal", "lognormal": "lognormal", "gamma": "gamma"}
    product = Product(
        own[0],
        pack=draw(st.sampled_from([0.0, 1.0, 12.0])),
        minimum_order=draw(amounts),
        weight_kg=draw(amounts),
        volume_l=draw(amounts),
    )
    depots = (Place(own[1], draw(lons), draw(lats)),)
    centres = tuple(
        Centre(
            name,
            draw(lons),
            draw(lats),
            draw(amounts),
            draw(spans()),
            draw(st.integers(0, 500)) * 60.0,
            draw(st.none() | amounts),
        )
        for name in own[2:4]
    )
    needs = []
    for number in range(len(centres)):
        law = draw(st.sampled_from(sorted(law_names)))
        mean, sd = round(1 + draw(amounts), 3), round(0.5 + draw(costs), 2)
        needs.append(
            Need(
                number, 0, demand_law(law, mean=mean, sd=sd), law, mean, sd,
                draw(costs), draw(costs), draw(costs), draw(costs),
            )
        )  # fmt: skip
    trucks = tuple(
        Truck(name, draw(costs), 0, 0, draw(spans()), draw(st.integers(1, 100)),
              draw(amounts), draw(amounts), draw(amounts), draw(st.integers(0, 90)) * 60.0)
        for name in own[4:6]
    )  # fmt: skip
    links = (
        Link(0, 1, draw(st.none() | amounts), draw(amounts), draw(st.booleans()), False),
        Link(2, 1, draw(amounts), None, True, draw(st.booleans())),
    )
    asked = Settings(
        objective=draw(st.sampled_from(["distance", "sum_of_arrivals"])),
        distances=draw(st.sampled_from(DISTANCES)),
        speed_kph=draw(st.integers(1, 300)) / 1.0,
        departure_s=draw(seconds),
        load_unit=draw(st.sampled_from(LOAD_UNITS)),
        whole=draw(st.booleans()),
        currency=draw(names(1))[0],
    )
    limit = SharedLimit(own[6], draw(st.sampled_from(LIMIT_KINDS)), draw(amounts))
    return PlanningInput(centres, (product,), tuple(needs), trucks, depots, (limit,), links, asked)


def as_workbook(asked, path):
    book = Workbook()
    add_readme(book, "A round trip", [])
    add_input_sheets(book, rows_of(asked))
    path.write_bytes(content_of(book))


@pytest.mark.slow
@settings(max_examples=12)
@given(asked=questions())
def test_a_workbook_is_read_as_it_was_written(asked, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "asked.xlsx"
    as_workbook(asked, path)
    assert read_input(path) == asked


@settings(max_examples=8)
@given(asked=questions())
def test_csv_files_are_read_as_they_were_written(asked, tmp_path_factory):
    folder = tmp_path_factory.mktemp("csv")
    for name, content in input_files(asked).items():
        (folder / name).write_bytes(content)
    assert read_input(folder) == asked


def test_text_that_begins_like_a_formula_stays_text(example, tmp_path):
    name = "=HYPERLINK(1)"
    odd = replace(example, centres=(replace(example.centres[0], name=name), *example.centres[1:]))
    as_workbook(odd, tmp_path / "asked.xlsx")
    cell = load_workbook(tmp_path / "asked.xlsx")["Centres"]["A2"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", name, True)
    assert b"\n'=HYPERLINK(1)," in input_files(odd)["Centres.csv"]


anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(string.printable, max_size=20)
    | st.dates()
    | st.times()
    | st.sampled_from(["#REF!", "=A1", "normal", "best fit", "yes", "1e999", "08:61", "x" * 200])
)
cells = st.tuples(
    st.sampled_from(
        ["Centres", "Vehicles", "Depots", "Limits", "Items", "Demand", "Past demand", "Links",
         "Settings"]
    ),
    st.integers(0, 9),
    st.integers(0, 12),
)  # fmt: skip


def told_or_read(grids, path):
    """Read cells, or else check how their mistakes are told."""
    try:
        asked = understand(grids, path)
    except WorkbookError as error:
        lines = str(error).splitlines()
        assert 1 <= len(lines) <= 20
        assert all(line.startswith("asked.xlsx: ") and len(line) < 400 for line in lines)
        return None
    assert all(item_of(need, asked.products[need.product]) for need in asked.needs)
    return asked


@settings(max_examples=50)
@given(changes=st.dictionaries(cells, anything, min_size=1, max_size=6))
def test_cells_at_random_are_read_or_told(changes, grids):
    rows = {name: [list(row) for row in grid.rows] for name, grid in grids.items()}
    for (sheet, row, column), value in changes.items():
        own = rows[sheet]
        own += [[None] * len(own[0]) for _ in range(row + 1 - len(own))]
        for line in own:
            line.extend([None] * (column + 1 - len(line)))
        own[row][column] = value
    changed = {
        name: replace(grid, rows=tuple(map(tuple, rows[name]))) for name, grid in grids.items()
    }
    told_or_read(changed, Path("asked.xlsx"))


@settings(max_examples=12)
@given(at=st.floats(0, 1), byte=st.integers(0, 255), length=st.integers(1, 40))
def test_a_damaged_file_is_read_or_told(at, byte, length, template_bytes, tmp_path_factory):
    first = int(at * (len(template_bytes) - 1))
    damaged = template_bytes[:first] + bytes([byte]) * length + template_bytes[first + length :]
    path = tmp_path_factory.getbasetemp() / "asked.xlsx"
    path.write_bytes(damaged)
    with suppress(WorkbookError):
        read_input(path)


@pytest.fixture(scope="module")
def grids(template_bytes, tmp_path_factory):
    path = tmp_path_factory.mktemp("cells") / "asked.xlsx"
    path.write_bytes(template_bytes)
    return read_grids(path)
