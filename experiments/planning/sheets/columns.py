"""Columns and sheets of a workbook: what a cell may hold, in words and in limits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["text", "number", "whole", "time", "choice"]
NO_MAXIMUM = 1e12
"""Larger numbers are nobody's demand or cost; it is named only where one is."""


@dataclass(frozen=True)
class Column:
    """A column of a sheet, or a row of the settings.

    Attributes
    ----------
    name : str
        Its heading without the unit.
    help : str
    kind : Kind
    unit : str
        As it stands in brackets behind the heading.
    minimum, maximum : float
        Bounds of a number, themselves allowed unless `above_minimum`.
    default : object
        What an empty cell means; None where that has to be told by other columns.
    aliases : tuple of str
        Other headings.
    """

    name: str
    help: str
    kind: Kind = "number"
    unit: str = ""
    required: bool = False
    minimum: float = 0.0
    maximum: float = NO_MAXIMUM
    above_minimum: bool = False
    choices: tuple[str, ...] = ()
    default: Any = None
    aliases: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """What stands at its head."""
        return f"{self.name} ({self.unit})" if self.unit else self.name

    @property
    def allowed(self) -> str:
        """What may stand in it, in words."""
        if self.kind == "text":
            return "a text"
        if self.kind == "time":
            return "a time of the day such as 08:30"
        if self.kind == "choice":
            return f"one of: {', '.join(self.choices)}"
        word = "a whole number" if self.kind == "whole" else "a number"
        sign = "above" if self.above_minimum else "from"
        lower = f" {sign} {self.minimum:,.10g}" if self.minimum > -math.inf else ""
        upper = f" to {self.maximum:,.10g}" if self.maximum < NO_MAXIMUM else ""
        unit = f" in {self.unit}" if self.unit else ""
        return (
            word
            + lower
            + ("" if upper or self.above_minimum or not lower else " up")
            + upper
            + unit
        )


@dataclass(frozen=True)
class Sheet:
    """A sheet with a heading in row 1 and one thing in each row below.

    Attributes
    ----------
    examples : tuple of mapping
        Rows of the template.
    """

    name: str
    help: str
    columns: tuple[Column, ...]
    required: bool = False
    examples: tuple[Mapping[str, Any], ...] = ()

    def column(self, name: str) -> Column:
        """The column of a name."""
        return next(column for column in self.columns if column.name == name)


def plain(heading: object) -> str:
    """A heading or name as it is compared: without unit, capitals, double blanks."""
    return " ".join(str(heading).replace("_", " ").casefold().split())
