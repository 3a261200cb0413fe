"""Daily counts of an epidemic by district, read and checked: every mistake is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.errors import MOST_TOLD, DataError
from environment.tables import Column, cell_text, read_table

COLUMNS = (
    Column("district", "text", required=False, default="all"),
    Column("date", "text"),
    Column("confirmed", "whole"),
    Column("removed", "whole"),
    Column("persons", "whole"),
)
LEAST_DAYS = 3
"""Mornings that a fit needs."""


@dataclass(frozen=True, eq=False)
class DailyCounts:
    """What a district has reported, morning by morning and without a gap.

    Attributes
    ----------
    district : str
    persons : int
        Inhabitants.
    first_day : datetime.date
    confirmed, removed : (n,) float64
        Cases confirmed, and persons recovered or dead, until each morning (cumulative).
    """

    district: str
    persons: int
    first_day: date
    confirmed: NDArray[np.float64]
    removed: NDArray[np.float64]

    @property
    def days(self) -> int:
        """Days between the first morning and the last."""
        return len(self.confirmed) - 1

    @property
    def new(self) -> NDArray[np.float64]:
        """New confirmed and new removed of each day, (n - 1, 2)."""
        return np.diff(np.column_stack([self.confirmed, self.removed]), axis=0)

    def until(self, days: int) -> DailyCounts:
        """The first days alone."""
        kept = slice(days + 1)
        return DailyCounts(
            self.district, self.persons, self.first_day, self.confirmed[kept], self.removed[kept]
        )


def read_counts(path: Path | str) -> dict[str, DailyCounts]:
    """Read a CSV of cumulative daily counts.

    Its columns are ``date`` (as 2020-02-01), ``confirmed``, ``removed`` (recovered and dead),
    ``persons`` (inhabitants, the same in all rows of a district) and ``district``, which may be
    left out where there is one.

    Raises
    ------
    DataError
        With a line for every mistake, at most 20: what cannot be read, counts that fall, are
        negative or exceed others, days that are missing, twice there or out of order.
    """
    table = read_table(Path(path), COLUMNS)
    table["day"] = [_as_date(text) for text in table["date"]]
    mistakes = list(_bad_dates(table))
    for name, own in table.groupby("district", sort=False):
        mistakes += _mistakes_of(str(name), own)
    if mistakes:
        told = mistakes[:MOST_TOLD]
        if len(mistakes) > MOST_TOLD:
            told = [*mistakes[: MOST_TOLD - 1], f"and {len(mistakes) - MOST_TOLD + 1} more"]
        raise DataError("\n".join(f"{path}: {line}" for line in told))
    return {
        str(name): DailyCounts(
            str(name),
            int(own["persons"].iloc[0]),
            own["day"].iloc[0],
            own["confirmed"].to_numpy(dtype=float),
            own["removed"].to_numpy(dtype=float),
        )
        for name, own in table.groupby("district", sort=False)
    }


def _as_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _bad_dates(table: pd.DataFrame) -> Iterator[str]:
    for label, text, day in zip(table.index, table["date"], table["day"], strict=True):
        if day is None:
            yield f"row {label + 2}: date must be like 2020-02-01, got {cell_text(text)}"


def _mistakes_of(name: str, own: pd.DataFrame) -> Iterator[str]:
    """Everything that is wrong with the rows of one district."""
    persons = own["persons"].unique()
    if len(persons) > 1 or persons[0] < 1:
        told = ", ".join(f"{count:,}" for count in persons[:3])
        yield f"district {name!r}: persons must be one number >= 1 in all rows, got {told}"
    if len(own) < LEAST_DAYS:
        yield f"district {name!r}: there must be {LEAST_DAYS} days or more, got {len(own)}"
    yield from _bad_counts(own, int(persons[0]))
    dated = own[own["day"].notna()]
    for (_, before), (label, now) in zip(
        list(dated.iterrows())[:-1], list(dated.iterrows())[1:], strict=True
    ):
        row = f"row {int(str(label)) + 2}"
        days = (now["day"] - before["day"]).days
        if days <= 0:
            what = "is there twice" if days == 0 else f"comes after {before['day']}: sort by date"
            yield f"{row}: {now['day']} of {name!r} {what}"
            continue
        if days > 1:
            yield f"{row}: {days - 1} days of {name!r} are missing between {before['day']} and here"
        for column in ("confirmed", "removed"):
            if now[column] < before[column]:
                yield (
                    f"{row}: {column} of {name!r} must not fall (it is cumulative), "
                    f"got {now[column]:,} after {before[column]:,}"
                )


def _bad_counts(own: pd.DataFrame, persons: int) -> Iterator[str]:
    for label, confirmed, removed in zip(own.index, own["confirmed"], own["removed"], strict=True):
        row = f"row {label + 2}"
        if min(confirmed, removed) < 0:
            yield f"{row}: counts must be >= 0, got {confirmed:,} confirmed, {removed:,} removed"
        elif removed > confirmed:
            yield f"{row}: removed must be at most confirmed, got {removed:,} of {confirmed:,}"
        elif confirmed > persons:
            yield f"{row}: confirmed must be at most persons ({persons:,}), got {confirmed:,}"
