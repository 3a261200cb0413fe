"""Values of GraphML as texts: numbers, lists, truth values and lines, however they are written."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from shapely import LineString

    Line: TypeAlias = LineString
else:
    Line = object

TRUE = {"true", "yes", "1", "1.0", "t", "y"}
LONGEST_LIST = 10_000
"""Characters of a list that is read; no edge has as many values."""


def truth_from(text: str | None) -> bool:
    """Whether a text says yes."""
    return (text or "").strip().lower() in TRUE


def texts_from(text: str | None) -> list[str]:
    """One text, or the entries of a list as OSMnx writes it, ``['primary', 'tertiary']``."""
    stripped = (text or "").strip()
    if not stripped.startswith(("[", "(", "{")) or len(stripped) > LONGEST_LIST:
        return [stripped] if stripped else []
    try:
        entries = ast.literal_eval(stripped)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return [stripped]
    if not isinstance(entries, list | tuple | set):
        return [stripped]
    return [str(entry) for entry in entries if entry is not None]


def numbers_from(text: str | None) -> list[float]:
    """The finite numbers in a text or a list."""
    numbers = []
    for entry in texts_from(text):
        try:
            number = float(entry)
        except ValueError:
            continue
        if math.isfinite(number):
            numbers.append(number)
    return numbers


def number_from(text: str | None) -> float | None:
    """A number, the lowest of several; None where there is none."""
    return min(numbers_from(text), default=None)


def total_from(text: str | None) -> float | None:
    """The sum of one number or several, as the lengths of merged edges; None if there is none."""
    numbers = numbers_from(text)
    return sum(numbers) if numbers else None


def line_from(text: str | None) -> Line | None:
    """The line of an edge's geometry; None if it is none."""
    import shapely

    if not text:
        return None
    try:
        with np.errstate(invalid="ignore"):  # what is not finite is seen below
            line = shapely.from_wkt(text)
    except (shapely.errors.ShapelyError, TypeError, ValueError):
        return None
    if not isinstance(line, shapely.LineString) or line.is_empty:
        return None
    if not all(math.isfinite(value) for point in line.coords for value in point[:2]):
        return None
    return shapely.force_2d(line)
