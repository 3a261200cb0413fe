"""What the checks of several decisions' answers have in common."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.base import PolicyError

MOST_UNITS = 2**31 - 1
"""What SciPy's flows can count to."""


def numbers_of(answer: Any) -> NDArray[np.float64]:
    """An answer's numbers as an array; NaN if it is made of anything else."""
    try:
        array = np.asarray(answer)
    except ValueError:
        return np.array(np.nan)
    return array.astype(np.float64) if array.dtype.kind in "iuf" else np.array(np.nan)


def is_number(value: object) -> bool:
    """Whether it is a whole number, Python's or NumPy's."""
    return type(value) is int or isinstance(value, np.integer)


def short(answer: object) -> str:
    """An answer on one line of a message."""
    text = " ".join(repr(answer).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def whole_units(name: str, answer: Any, shape: tuple[int, ...], row: str) -> NDArray[np.int64]:
    """An answer as whole units, a row for each place and a column for each item."""
    units = numbers_of(answer)
    if units.shape != shape or not _are_whole(units):
        rows, columns = shape
        raise PolicyError(
            f"{name} answered {short(answer)}; expected whole units from 0 to {MOST_UNITS}, "
            f"{rows} rows (one a {row}) of {columns} (one an item)"
        )
    return units.astype(np.int64)


def _are_whole(units: NDArray[np.float64]) -> bool:
    return bool(((units >= 0) & (units <= MOST_UNITS) & (np.floor(units) == units)).all())
