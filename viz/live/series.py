"""The figures of a run over time, in a bounded number of rows."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from environment.units import MINUTE_S

MOST_ROWS = 8_192


class Series:
    """One row a simulated minute at most; of a long run ever fewer, evenly over its time.

    Parameters
    ----------
    keys : iterable of str
        Its columns.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = tuple(keys)
        self._width = 1 + len(self._keys)
        self._rows = array("d")
        self._every_s = MINUTE_S
        self._next_s = 0.0

    def __len__(self) -> int:
        return len(self._rows) // self._width

    def add(self, now_s: float, values: Mapping[str, float]) -> None:
        """Note the figures of a moment, unless the last ones are younger than a minute."""
        if now_s < self._next_s:
            return
        # At once, since another thread may read it.
        self._rows.extend([now_s, *(values[key] for key in self._keys)])
        self._next_s = now_s - now_s % self._every_s + self._every_s
        if len(self) >= MOST_ROWS:
            kept = np.array(self._rows).reshape(-1, self._width)[::2]
            self._rows = array("d", kept.ravel().tolist())
            self._every_s *= 2

    def table(self) -> pd.DataFrame:
        """The rows so far; their index is the time in seconds."""
        rows = np.array(self._rows[:]).reshape(-1, self._width)
        index = pd.Index(rows[:, 0], name="time_s")
        return pd.DataFrame(rows[:, 1:], index=index, columns=list(self._keys))
