"""Workbooks opened with care: what is none, locked, encrypted or a trap is told in a line."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.planning.errors import WorkbookError
from experiments.planning.sheets.grid import MOST_COLUMNS, MOST_ROWS, Grid

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

OLD_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How .xls files and encrypted workbooks begin."""
MOST_BYTES, MOST_UNPACKED_BYTES = 50_000_000, 250_000_000
ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#N/A", "#NAME?", "#NUM!", "#NULL!")
INSTALL = "workbooks need openpyxl; install it by: pip install 'corridor-sim[workbook]'"


def read_workbook(path: Path) -> dict[str, Grid]:
    """The cells of every sheet of a workbook, by its name.

    Formulas are read by the values that the program which saved them has worked out. Hidden rows,
    columns and sheets count like all others and are told of; merged cells are refused.

    Raises
    ------
    WorkbookError
        If it is no workbook that can be read, or openpyxl is not installed.
    """
    content = _content(path)
    values = _load(path, content, data_only=True)
    formulas = _load(path, content, data_only=False) if _has_formulas(content) else values
    try:
        return {
            sheet.title: _grid(sheet, formulas[sheet.title])
            for sheet in values.worksheets
            if sheet.title in formulas.sheetnames
        }
    except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        raise _not_readable(path, error) from None


def require_openpyxl() -> None:
    """Refuse to go on without the library for workbooks.

    Raises
    ------
    WorkbookError
    """
    try:
        import openpyxl  # noqa: F401
    except ImportError:
        raise WorkbookError(INSTALL) from None


def _content(path: Path) -> bytes:
    """The file, if it is a zip archive that may be unpacked."""
    require_openpyxl()
    try:
        if path.stat().st_size > MOST_BYTES:
            raise WorkbookError(f"{path}: has more than {MOST_BYTES:,} bytes")
        content = path.read_bytes()
    except FileNotFoundError:
        raise WorkbookError(f"{path}: no such file") from None
    except PermissionError:
        raise WorkbookError(
            f"{path}: may not be read; is it open in another program, or whose is it?"
        ) from None
    except OSError as error:
        raise WorkbookError(f"{path}: cannot be read: {error.strerror}") from None
    if problem := _problem_of(content):
        raise WorkbookError(f"{path}: {problem}")
    return content


def _problem_of(content: bytes) -> str | None:
    if not content:
        return "is empty"
    if content.startswith(OLD_FILE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            return "is encrypted; save it without a password"
        return "is an old .xls file; save it as .xlsx"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _problem_of_archive(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return "is no .xlsx workbook"
    except Exception as error:  # noqa: BLE001 - zlib and others have errors of their own
        return f"is damaged: {error}"


def _problem_of_archive(archive: zipfile.ZipFile) -> str | None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED_BYTES:
        return f"would unpack to {unpacked:,} bytes; at most {MOST_UNPACKED_BYTES:,} are read"
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        return "is a zip archive, but no .xlsx workbook (.ods? save it as .xlsx)"
    if any(part.flag_bits & 1 for part in parts):
        return "is encrypted; save it without a password"
    for part in parts:
        if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(part):
            return f"declares a document type in {part.filename}, which no workbook does"
    return None


def _has_formulas(content: bytes) -> bool:
    """Whether any sheet holds a formula; else it need not be read a second time."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<f" in archive.read(name) for name in sheets)


def _load(path: Path, content: bytes, *, data_only: bool) -> Workbook:
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that it drops, such as a program's own lists
            return openpyxl.load_workbook(io.BytesIO(content), data_only=data_only)
    except Exception as error:  # noqa: BLE001 - a damaged workbook raises whatever there is
        raise _not_readable(path, error) from None


def _not_readable(path: Path, error: Exception) -> WorkbookError:
    told = " ".join(str(error).split())[:200]
    return WorkbookError(
        f"{path}: is damaged or no .xlsx workbook ({type(error).__name__}: {told})"
    )


def _grid(sheet: Worksheet, formulas: Worksheet) -> Grid:
    """The cells of a sheet, with what is wrong and hidden in it."""
    rows, columns = sheet.max_row, sheet.max_column
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        told = (
            f"reaches to row {rows:,} and column {columns:,}; at most {MOST_ROWS:,} rows and "
            f"{MOST_COLUMNS} columns are read: delete what is empty below and beside"
        )
        return Grid(sheet.title, (), {(0, 0): told})
    cells = tuple(tuple(cell.value for cell in row) for row in sheet.iter_rows())
    wrong = dict(_wrong_cells(cells, formulas))
    for merged in sheet.merged_cells.ranges:
        at = (merged.min_row - 1, merged.min_col - 1)
        wrong[at] = f"cells {merged.coord} are merged; unmerge them, one value a cell"
    return Grid(sheet.title, _trimmed(cells), wrong, tuple(_hidden(sheet, cells)))


def _wrong_cells(
    cells: tuple[tuple[Any, ...], ...], formulas: Worksheet
) -> Iterator[tuple[tuple[int, int], str]]:
    for row, own in enumerate(formulas.iter_rows()):
        for column, cell in enumerate(own):
            value = cells[row][column] if row < len(cells) and column < len(cells[row]) else None
            if isinstance(value, str) and value in ERRORS:
                yield (row, column), f"holds the error {value}"
            elif cell.data_type == "f" and value is None:
                yield (
                    (row, column),
                    (
                        "holds a formula whose value was never worked out; open the workbook in a "
                        "spreadsheet program and save it"
                    ),
                )


def _hidden(sheet: Worksheet, cells: tuple[tuple[Any, ...], ...]) -> Iterator[str]:
    """A line for what is hidden and is planned all the same."""
    told = "and counted like all others; delete what is not to count"
    if sheet.sheet_state != "visible":
        yield f"{sheet.title}: the sheet is hidden {told}"
    hidden: Mapping[int, Any] = sheet.row_dimensions
    rows = [
        number
        for number, row in enumerate(cells, 1)
        if number in hidden and hidden[number].hidden and any(cell is not None for cell in row)
    ]
    if rows:
        shown = ", ".join(map(str, rows[:10])) + (", …" if len(rows) > 10 else "")
        word = "row is" if len(rows) == 1 else "rows are"
        yield f"{sheet.title}: {len(rows)} {word} hidden ({shown}) {told}"
    columns = [letter for letter, one in sheet.column_dimensions.items() if one.hidden]
    if columns:
        yield f"{sheet.title}: column {', '.join(sorted(columns)[:10])} hidden {told}"


def _trimmed(cells: tuple[tuple[Any, ...], ...]) -> tuple[tuple[Any, ...], ...]:
    """Without the empty rows at the end."""
    last = len(cells)
    while last and all(cell is None for cell in cells[last - 1]):
        last -= 1
    return cells[:last]
