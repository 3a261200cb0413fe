"""Workbooks that are not as they should be: every mistake at once, each with its cell."""

import io
import zipfile

import pytest
from openpyxl.worksheet.formula import ArrayFormula

from experiments.planning.errors import WorkbookError
from experiments.planning.reading.read import read_input


def mistakes_of(path):
    with pytest.raises(WorkbookError) as error:
        read_input(path)
    return [line.removeprefix(f"{path}: ") for line in str(error.value).splitlines()]


NO_VALUE = (
    "holds a formula whose value was never worked out; open the workbook in a spreadsheet program "
    "and save it"
)
ONE = {
    "Centres!N1": ("service (h)", "Centres!N1: service must be in min, got 'h'"),
    "Centres!B3": (91, "Centres!B3: latitude must be a number from -90 to 90 in °, got 91"),
    "Centres!B4": (
        "9.1 N",
        "Centres!B4: latitude must be a number from -90 to 90 in °, got '9.1 N'",
    ),
    "Centres!D3": (-5, "Centres!D3: mean demand must be a number from 0 up in units, got -5"),
    "Centres!D4": (True, "Centres!D4: mean demand must be a number from 0 up in units, got True"),
    "Centres!L4": (
        "25 past 8",
        "Centres!L4: open from must be a time of the day such as 08:30, got '25 past 8'",
    ),
    "Vehicles!B2": (
        1.5,
        "Vehicles!B2: how many must be a whole number from 1 to 1,000, got 1.5",
    ),
    "Vehicles!C2": (0, "Vehicles!C2: capacity must be a number above 0, got 0"),
    "Limits!B2": (
        "dollars",
        "Limits!B2: kind must be one of: money, units, kg, litres, got 'dollars'",
    ),
    "Limits!C2": ("=1/0", f"Limits!C2: {NO_VALUE}"),
    "Settings!B4": (0, "Settings!B4: speed must be a number above 0 to 300 in km/h, got 0"),
    "Settings!C4": ("mph", "Settings!C4: speed must be in km/h, got 'mph'"),
    "Settings!A5": ("detuor", "Settings!A5: unknown setting 'detuor' (did you mean 'detour'?)"),
    "Links!B2": ("Hill school", None),
    "Links!A2": (
        "North clinic",
        "Links!A2: a link needs a distance, a time, or closed: yes",
    ),
}
OTHER = {
    "Centres!D1": (
        "mean demnad",
        "Centres!D1: unknown column 'mean demnad' (did you mean 'mean demand'?)",
    ),
    "Centres!A3": (
        "North clinic",
        "Centres!A3: centre 'North clinic' is there already, in Centres!A2",
    ),
    "Centres!A4": ("warehouse", "Centres!A4: a depot has the name 'warehouse', in Depots!A2"),
    "Centres!A5": (None, "Centres!A5: centre must be a text, got nothing"),
    "Centres!I2": (None, "Centres!A2: there is no shortage cost, in Centres"),
    "Centres!M4": ("07:00", "Centres!M4: open to must not be before open from, which is 08:30"),
    "Vehicles!A3": (
        "Truck 2",
        "Vehicles!A2: 2 vehicles get the name 'truck 2'; name their rows otherwise",
    ),
    "Vehicles!D2": (
        "Warehose",
        "Vehicles!D2: there is no depot 'Warehose' (did you mean 'warehouse'?)",
    ),
    "Limits!C2": ("#DIV/0!", "Limits!C2: holds the error #DIV/0!"),
}


@pytest.mark.parametrize("changes", [ONE, OTHER])
def test_every_mistake_is_told_with_its_cell(book_with, changes):
    told = mistakes_of(book_with({cell: value for cell, (value, _) in changes.items()}))
    wanted = [line for _, line in changes.values() if line is not None]
    # Without the heading of the mean, every centre is told to have none.
    assert sorted(line for line in told if "there is no mean demand" not in line) == sorted(wanted)


def test_no_more_than_twenty_lines_are_told(book_with):
    many = {f"Centres!{letter}{row}": "x" for row in range(2, 8) for letter in "BCDEGH"}
    lines = mistakes_of(book_with(many))
    assert len(lines) == 20
    assert lines[-1] == "… and 17 more mistakes"


def test_a_missing_and_a_misspelt_sheet(book_with):
    def rename(book):
        book["Vehicles"].title = "Vehicels"
        del book["Depots"]

    lines = mistakes_of(book_with(change=rename))
    assert lines[0] == "Vehicels: unknown sheet (did you mean 'Vehicles'?)"
    assert [line[:33] for line in lines[1:]] == [
        "Vehicles: there is no such sheet ",
        "Depots: there is no such sheet (t",
    ]


def test_merged_cells_are_refused_and_hidden_rows_count_and_are_told(book_with):
    def merge(book):
        book["Centres"].merge_cells("B3:C3")

    told = "Centres!B3: cells B3:C3 are merged; unmerge them, one value a cell"
    assert told in mistakes_of(book_with(change=merge))

    def hide(book):
        book["Centres"].row_dimensions[3].hidden = True
        book["Limits"].sheet_state = "hidden"

    asked = read_input(book_with(change=hide))
    assert len(asked.centres) == 6
    assert asked.notes == (
        "Centres: 1 row is hidden (3) and counted like all others; delete what is not to count",
        "Limits: the sheet is hidden and counted like all others; delete what is not to count",
    )


def test_a_column_of_the_users_own_is_told_and_not_read(book_with):
    asked = read_input(book_with({"Centres!S1": "phone", "Centres!S2": "0123"}))
    assert asked.notes == ("Centres!S1: column 'phone' is not read",)


def test_formulas_are_read_by_their_values(book_with):
    """A value is there once a spreadsheet program has saved the file."""
    path = book_with({"Limits!C2": "=600+50"})
    content = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(path, "w") as target:
        for part in source.infolist():
            text = source.read(part)
            for empty in (b"<v></v>", b"<v />", b"<v/>"):
                text = text.replace(b"<f>600+50</f>" + empty, b"<f>600+50</f><v>650</v>")
            target.writestr(part, text)
    assert read_input(path).limits[0].amount == 650


def test_an_array_formula_without_a_value_is_told(book_with):
    told = mistakes_of(book_with({"Limits!C2": ArrayFormula("C2:C2", "=SUM(A1:A2)")}))
    assert told[0].startswith("Limits!C2: holds a formula whose value was never worked out")


def test_times_are_read_however_they_are_written(book_with):
    cells = {"Centres!L2": "08:30", "Centres!L3": 0.25, "Centres!M3": "26:15"}
    centres = read_input(book_with(cells)).centres
    assert [centre.window_s[0] for centre in centres[:3]] == [8.5 * 3600, 6 * 3600, 8.5 * 3600]
    assert centres[1].window_s[1] == 26.25 * 3600


def zipped(**parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return content.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
TYPES = "[Content_Types].xml"
BOMB = zipped(**{TYPES: b"", "xl/worksheets/sheet1.xml": bytes(300_000_000)})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"Centre,latitude\n", "is no .xlsx workbook"),
        (OLE, "is an old .xls file; save it as .xlsx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "is encrypted; save it without a password"),
        (zipped(a=b"b"), "is a zip archive, but no .xlsx workbook (.ods? save it as .xlsx)"),
        (BOMB, "would unpack to 300,000,000 bytes; at most 250,000,000 are read"),
        (
            zipped(**{TYPES: b"<!DOCTYPE a [<!ENTITY b 'c'>]>", "xl/workbook.xml": b""}),
            "declares a document type in [Content_Types].xml, which no workbook does",
        ),
    ],
    ids=["empty", "text", "xls", "encrypted", "zip", "bomb", "doctype"],
)
def test_what_is_no_workbook_is_told_in_a_line(tmp_path, content, told):
    path = tmp_path / "asked.xlsx"
    path.write_bytes(content)
    with pytest.raises(WorkbookError) as error:
        read_input(path)
    assert str(error.value) == f"{path}: {told}"


def test_a_damaged_part_and_a_cut_file_are_told(tmp_path, template_bytes):
    path = tmp_path / "asked.xlsx"
    path.write_bytes(template_bytes[: len(template_bytes) // 2])
    with pytest.raises(WorkbookError, match=r"is no .xlsx workbook$"):
        read_input(path)
    path.write_bytes(zipped(**{TYPES: b"<Types/>", "xl/workbook.xml": b"<broken"}))
    with pytest.raises(WorkbookError, match=r"is damaged or no \.xlsx workbook"):
        read_input(path)


def test_a_cell_far_out_does_not_make_a_huge_table(book_with):
    told = mistakes_of(book_with({"Centres!XFD1048576": 1}))
    assert "reaches to row 1,048,576 and column 16,384" in told[0]


def test_past_demand_by_centre(book_with):
    past = {f"Past demand!B{row}": value for row, value in enumerate([4, 6, 5, 9, 6], 2)}
    cells = {"Centres!F2": "empirical", "Past demand!B1": "North clinic", **past}
    need = read_input(book_with(cells)).needs[0]
    assert (need.law_name, need.mean, need.history) == ("empirical", 6.0, (4, 6, 5, 9, 6))
    few = dict(list(cells.items())[:4])
    assert mistakes_of(book_with(few)) == [
        "Centres!F2: the law 'empirical' needs at least 5 periods in the sheet Past demand, got 2"
    ]
    assert mistakes_of(book_with(cells | {"Past demand!B1": "Nord clinic"}))[0] == (
        "Past demand!B1: there is no centre 'Nord clinic' (did you mean 'north clinic'?)"
    )


def test_several_items_need_a_demand_each(book_with):
    items = {"Items!A2": "kits", "Items!A3": "doses"}
    costs = {f"Items!{letter}{row}": 2 for letter in "BC" for row in (2, 3)}
    costs |= {"Items!D2": 9, "Items!D3": 9}
    assert mistakes_of(book_with(items | costs)) == [
        "Items!A3: with several items the sheet Demand must say how much of each is needed"
    ]
    demand = {"Demand!A2": "River camp", "Demand!B2": "doses", "Demand!C2": 50, "Demand!D2": 5}
    needs = read_input(book_with(items | costs | demand)).needs
    assert [(n.centre, n.product, n.mean, n.unit_cost) for n in needs] == [(1, 1, 50, 1.0)]
    twice = {"Demand!A3": "river camp", "Demand!B3": "Doses", "Demand!C3": 50}
    assert mistakes_of(book_with(items | costs | demand | twice)) == [
        "Demand!A3: this item at this centre is there already, in Demand!A2"
    ]
