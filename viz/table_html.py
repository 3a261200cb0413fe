"""A terminal's table as HTML, so that a page says what the terminal says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from viz.console import BETTER, WORSE
from viz.html import Html, element, join

CLASSES = {BETTER: "better", WORSE: "worse"}
"""What a cell of a colour is called."""
NARROW = 6
"""A table of more columns than this is set closer."""


def table_html(table: Table) -> Html:
    """A table with its title above and its caption below.

    Parameters
    ----------
    table : rich.table.Table
        Of texts alone, as all of `viz` are; a row whose label is bold begins a section.
    """
    cells = [list(column.cells) for column in table.columns]
    headings = [_text(column.header) for column in table.columns]
    rows = [_row(row, len(headings)) for row in zip(*cells, strict=True)]
    body = element("tbody", *rows)
    shown = any(headings) and table.show_header
    head = element("thead", element("tr", *map(_heading, headings))) if shown else Html()
    wide = " wide" if len(headings) > NARROW else ""
    return element(
        "div",
        *_line("h3", str(table.title or "")),
        element("div", element("table", head, body), class_=f"table{wide}", tabindex="0"),
        *_line("p", str(table.caption or "")),
    )


def _line(tag: str, text: str) -> Iterator[Html]:
    if text:
        yield element(tag, " ".join(text.split()), class_="note" if tag == "p" else "")


def _heading(text: str) -> Html:
    return element("th", text, scope="col")


def _row(cells: Sequence[object], width: int) -> Html:
    first, *others = cells
    if isinstance(first, Text) and "bold" in str(first.style):
        heading = element("th", first.plain, class_="section", colspan=str(width), scope="rowgroup")
        return element("tr", heading)
    return element("tr", element("th", _text(first), scope="row"), *map(_cell, others))


def _cell(cell: object) -> Html:
    text = _text(cell)
    middle, _, half = text.partition(" ± ")
    known = join(middle, element("span", f" ± {half}", class_="half")) if half else text
    style = str(cell.style) if isinstance(cell, Text) else ""
    return element("td", known, class_=CLASSES.get(style, ""))


def _text(cell: object) -> str:
    return cell.plain if isinstance(cell, Text) else str(cell)
