"""What the paper concludes from the medians of Table 3, asked of its own table and of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from papers.zaatari.paper import (
    COMBINATIONS,
    MEASURES,
    SERVERS,
    Combination,
    Measure,
    Table,
)

HARDLY = 0.9
"""Two servers more hardly cut a loss that is still at least this part of what it was."""
SPLIT, WHOLE = Combination(5, 2), Combination(10, 1)
"""Ten cases in two outbreaks, and in one."""


class Claim(NamedTuple):
    """What must hold of the medians, and how that is seen in a table."""

    text: str
    holds: Callable[[Table], bool]


def _rises(table: Table) -> bool:
    """From each combination to those with more cases or more outbreaks and no less of either."""
    return all(
        table[servers, less, measure].median < table[servers, more, measure].median
        for servers in SERVERS
        for measure in MEASURES
        for less in COMBINATIONS
        for more in COMBINATIONS
        if less != more and less.cases <= more.cases and less.outbreaks <= more.outbreaks
    )


def _split_is_worse(table: Table) -> bool:
    return table[5, SPLIT, "gini_a"].median > table[5, WHOLE, "gini_a"].median


def _whole_is_worse(table: Table) -> bool:
    measures: tuple[Measure, ...] = ("gini_b", "loss")
    return all(table[5, WHOLE, one].median > table[5, SPLIT, one].median for one in measures)


def _seven_cut_ginis(table: Table) -> bool:
    measures: tuple[Measure, ...] = ("gini_a", "gini_b")
    return all(
        table[7, combination, measure].median < table[5, combination, measure].median
        for combination in COMBINATIONS
        for measure in measures
    )


def loss_left(table: Table) -> float:
    """Loss with seven servers over that with five: the median of the nine combinations."""
    return float(
        np.median([table[7, c, "loss"].median / table[5, c, "loss"].median for c in COMBINATIONS])
    )


def _loss_stays(table: Table) -> bool:
    return loss_left(table) >= HARDLY


CLAIMS = (
    Claim("every median rises with cases and with outbreaks", _rises),
    Claim("5 servers: C5-O2 worse than C10-O1 by Gini a", _split_is_worse),
    Claim("5 servers: C10-O1 worse than C5-O2 by Gini b, loss", _whole_is_worse),
    Claim("seven servers cut Gini a and Gini b everywhere", _seven_cut_ginis),
    Claim("seven servers cut the loss by less than 10 %", _loss_stays),
)
