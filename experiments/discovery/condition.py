"""When a conclusion fails: ``below 0``, ``at least -30``."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.errors import BatchError

COMPARED = {
    "below": operator.lt,
    "at most": operator.le,
    "above": operator.gt,
    "at least": operator.ge,
}
TEXT = re.compile(r"\s*(below|above|at\s+most|at\s+least)\s+(\S+)\s*")


@dataclass(frozen=True)
class Condition:
    """A side of a limit.

    Attributes
    ----------
    how : {"below", "at most", "above", "at least"}
    limit : float
        In the unit of `Result.summary`: seconds, shares.
    """

    how: str
    limit: float

    def __str__(self) -> str:
        return f"{self.how} {self.limit:g}"

    def holds(self, values: ArrayLike) -> NDArray[np.bool_]:
        """Where values are on that side; not where they are NaN."""
        return np.asarray(COMPARED[self.how](np.asarray(values, dtype=float), self.limit))


def read_condition(text: str) -> Condition:
    """Read ``below 0``, ``at most 0``, ``above 30`` or ``at least 30``.

    Raises
    ------
    BatchError
        If it is none of them.
    """
    found = TEXT.fullmatch(text)
    try:
        limit = float(found[2]) if found else np.nan
    except ValueError:
        limit = np.nan
    if found is None or not np.isfinite(limit):
        raise BatchError(
            f"--fails {text!r}: expected 'below NUMBER', 'at most NUMBER', 'above NUMBER' or "
            "'at least NUMBER'"
        )
    return Condition(" ".join(found[1].split()), limit)
