"""The tables of Zhao, Zhang and Pang (2024), and what they say.

Table 1 gives daily demand, Tables 2 and 3 quantity and acquisition time with coordination, Table 4
both without. Two demands of scenario 4 are lost.
"""

from __future__ import annotations

from math import nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class PaperRow(NamedTuple):
    """One item of one scenario.

    Attributes
    ----------
    scenario : int
    item : str
    demand : float
        Units a day; NaN where it is lost.
    quantity, hours : float
        Units a day, and hours until they are there, with coordination.
    quantity_off, hours_off : float
        Without.
    """

    scenario: int
    item: str
    demand: float
    quantity: float
    hours: float
    quantity_off: float
    hours_off: float

    @property
    def contradicts(self) -> str:
        """What of the paper's claim that coordination brings more, sooner, this row is against."""
        against = []
        if self.quantity <= self.quantity_off:
            against.append(f"quantity {self.quantity:g} < {self.quantity_off:g}")
        if self.hours >= self.hours_off:
            against.append(f"time {self.hours:g} > {self.hours_off:g} h")
        return ", ".join(against)


PAPER = (
    PaperRow(1, "masks", 9_038, 9_246, 5.1, 7_569, 6.3),
    PaperRow(1, "clothing", 683, 656, 5.8, 509, 7.9),
    PaperRow(1, "goggles", 362, 394, 6.3, 189, 9.9),
    PaperRow(2, "masks", 52_620, 50_765, 12.6, 39_810, 15.2),
    PaperRow(2, "clothing", 6_934, 6_900, 13.9, 5_077, 25.8),
    PaperRow(2, "goggles", 4_870, 5_008, 8.9, 3_693, 14.8),
    PaperRow(3, "masks", 29_193, 28_852, 7.5, 20_491, 16.2),
    PaperRow(3, "clothing", 2_494, 2_387, 6.8, 1_966, 11.0),
    PaperRow(3, "goggles", 1_517, 1_500, 8.9, 1_185, 12.6),
    PaperRow(4, "masks", 19_302, 18_991, 9.8, 11_947, 8.85),
    PaperRow(4, "clothing", nan, 2_603, 9.7, 1_632, 10.5),
    PaperRow(4, "goggles", nan, 805, 8.5, 816, 9.7),
)


class PaperSummary(NamedTuple):
    """What the twelve rows come to.

    Attributes
    ----------
    ratio, ratio_off : (2,) float64
        Least and most delivered over needed, with and without coordination.
    quantity_quartiles, time_quartiles : (3,) float64
        Of the quantity with coordination over that without, and of the times likewise.
    """

    ratio: NDArray[np.float64]
    ratio_off: NDArray[np.float64]
    quantity_quartiles: NDArray[np.float64]
    time_quartiles: NDArray[np.float64]


def paper_summary() -> PaperSummary:
    """Work out the bands of the paper's rows."""
    table = np.array([row[2:] for row in PAPER])
    demand, quantity, hours, quantity_off, hours_off = table.T
    quarters = [0.25, 0.5, 0.75]
    return PaperSummary(
        _band(quantity / demand),
        _band(quantity_off / demand),
        np.quantile(quantity / quantity_off, quarters),
        np.quantile(hours / hours_off, quarters),
    )


def contradictions() -> list[PaperRow]:
    """Rows that contradict the paper's own claim."""
    return [row for row in PAPER if row.contradicts]


def _band(ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([np.nanmin(ratio), np.nanmax(ratio)])
