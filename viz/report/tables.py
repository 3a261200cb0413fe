"""The tables of a report."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from rich.table import Table
from rich.text import Text

from experiments.attribution.factorial import TOGETHER
from experiments.attribution.price_sweep import ALL_PRICES, PriceSweep
from experiments.attribution.shapley import Attribution
from experiments.compare import Comparison
from simulation.measures.catalogue import measure_of
from simulation.measures.measure import Measure
from viz.pictures.attribution import differing_measures
from viz.report.findings import verdict, verdict_of
from viz.report.html import Html, element, join
from viz.terminal.console import BETTER, WORSE, how_known, shown_rows

Row = tuple[Measure, Sequence[Html]]
"""A measure and its cells."""


def side_by_side(comparison: Comparison, system: str) -> Html:
    """Arms and their differences from the first, for the measures of one system.

    Parameters
    ----------
    comparison : Comparison
    system : {"patients", "supplies"}

    Returns
    -------
    Html
        Empty if no measure of it is shown.
    """
    base, *others = comparison.batch.arms
    differences = ["difference"] if len(others) == 1 else [f"{arm} minus {base}" for arm in others]
    rows = []
    for name, own in shown_rows(comparison.table):
        measure, of_arm = measure_of(name), own.set_index("arm").to_dict("index")
        if measure.system == system:
            cells = [_mean_cell(measure, of_arm[arm]) for arm in (base, *others)]
            cells += [_difference_cell(measure, of_arm[arm]) for arm in others]
            rows.append((measure, cells))
    heading = "Supplies" if system == "supplies" else ""
    caption = how_known(comparison)
    return _measure_table([base, *others, *differences], rows, caption, without=heading)


def shapley(attribution: Attribution) -> Html:
    """What each mechanism adds, and all of them together."""
    rows = []
    totals = attribution.totals.set_index("measure")
    for name in differing_measures(attribution):
        measure = measure_of(name)
        own = attribution.shapley[attribution.shapley["measure"] == name]
        cells = [_change_cell(measure, *row) for row in _changes(own, "value")]
        cells.append(_change_cell(measure, *totals.loc[name, ["difference", "low", "high"]]))
        rows.append((measure, cells))
    caption = (
        f"Shapley values ± half-width of the {attribution.level:.0%} t-interval over replications; "
        "those of all mechanisms add up to on minus off"
    )
    return _measure_table([*attribution.factors, "all"], rows, caption)


def pairs(attribution: Attribution, measures: Sequence[str]) -> Html:
    """What each two mechanisms change in each other's effects."""
    two = attribution.effects[attribution.effects["order"] == 2]
    known = [name for name in measures if (two["measure"] == name).any()]
    rows = []
    for term, own in two.groupby("term", sort=False):
        of_measure = own.set_index("measure")
        cells = [
            _change_cell(measure_of(name), *of_measure.loc[name, ["effect", "low", "high"]])
            for name in known
        ]
        rows.append(_row(str(term).replace(TOGETHER, " × "), cells))
    caption = "half of what one changes in the effect of the other"
    return _table(["", *(measure_of(name).full_heading for name in known)], rows, caption)


def harms_alone(attribution: Attribution) -> Html:
    """Measures that a mechanism by itself makes worse without doubt.

    Returns
    -------
    Html
        Empty if there is none.
    """
    alone = Comparison.of(attribution.batch, attribution.level).table
    rows = []
    for name, own in shown_rows(alone):
        measure, of_arm = measure_of(name), own.set_index("arm").to_dict("index")
        changes = [of_arm[arm] for arm in attribution.factors]
        if any(verdict_of(measure, row) == "worse" for row in changes):
            rows.append((measure, [_difference_cell(measure, row) for row in changes]))
    caption = "each mechanism by itself, minus off"
    return _measure_table(list(attribution.factors), rows, caption)


def prices(sweep: PriceSweep, measures: Sequence[str]) -> Html:
    """On minus off at each price."""
    rows = []
    for name in measures:
        measure, own = measure_of(name), sweep.table[sweep.table["measure"] == name]
        if cells := [_change_cell(measure, *row) for row in _changes(own, "difference")]:
            rows.append(_row(measure.full_heading, cells))
    known = [f"{price:g}" for price in sweep.table["price"].unique()]
    price = "all prices of coordination, times" if sweep.key == ALL_PRICES else sweep.key
    return _table([price, *known], rows, "on minus off at each price")


def _measure_table(
    columns: Sequence[str], rows: Sequence[Row], caption: str, *, without: str = ""
) -> Html:
    """A row for each measure under the headings of their sections, but for one of these."""
    if not rows:
        return Html()
    return _table(["", *columns], _in_sections(rows, len(columns) + 1, without), caption)


def _in_sections(rows: Sequence[Row], width: int, without: str) -> Iterator[Html]:
    section = without
    for measure, cells in rows:
        if measure.section != section:
            section = measure.section
            heading = element("th", section, class_="section", colspan=str(width), scope="rowgroup")
            yield element("tr", heading)
        yield _row(measure.heading, cells)


def _table(columns: Sequence[str], rows: Iterable[Html], caption: str) -> Html:
    head = element("tr", *(element("th", name, scope="col") for name in columns))
    table = element("table", element("thead", head), element("tbody", *rows))
    wide = " wide" if len(columns) > NARROW else ""
    # The caption is no part of the table: it would be cut off where that must be scrolled.
    return join(
        element("div", table, class_=f"table{wide}", tabindex="0"),
        element("p", caption, class_="note"),
    )


def _row(heading: str, cells: Sequence[Html]) -> Html:
    return element("tr", element("th", heading, scope="row"), *cells)


def _mean_cell(measure: Measure, row: Mapping[Hashable, Any]) -> Html:
    return element(
        "td", _with_half_width(measure, measure.text(row["mean"]), row["mean"], row["high"])
    )


def _difference_cell(measure: Measure, row: Mapping[Hashable, Any]) -> Html:
    return _change_cell(measure, row["difference"], row["difference_low"], row["difference_high"])


def _change_cell(measure: Measure, change: float, low: float, high: float) -> Html:
    text = _with_half_width(measure, measure.difference_text(change), change, high)
    return element("td", text, class_=verdict(measure, change, low, high))


def _with_half_width(measure: Measure, text: str, middle: float, high: float) -> Html:
    half = high - middle
    if math.isnan(half):
        return join(text)
    return join(text, element("span", f" ± {measure.text(half)}", class_="half"))


def _changes(table: pd.DataFrame, what: str) -> Iterator[tuple[float, float, float]]:
    return table[[what, "low", "high"]].itertuples(index=False, name=None)


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
    rows = [_html_row(row, len(headings)) for row in zip(*cells, strict=True)]
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


def _html_row(cells: Sequence[object], width: int) -> Html:
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
