"""The rows of a table, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Rows as named tuples; what is in a column, pandas does not say."""
    return table.itertuples(index=False)
