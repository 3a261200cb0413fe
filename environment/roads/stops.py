"""Stops: where drives begin and end, at junctions and anywhere along streets, as plain numbers.

A number below the number of junctions is a junction. A greater one names a street and how far along
it a point lies, in `PARTS` of the length: the street by the piece that leads it (`DrawnLines`), the
part as counted from that piece's tail. So a number says the same in every run, on every day of
closed streets and in every saved table, and nothing has to be looked up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PART_BITS = 20
PARTS = 1 << PART_BITS
"""A ten-thousandth of a metre on a street of 100 m. With it a number stays below 2**53 on any map
of 8 billion pieces, so that tables of floats and JSON keep it."""


def junction_or_point(
    junctions: int,
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    piece: NDArray[np.int64],
    part: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Numbers of points at some parts, from 0 to `PARTS`, of pieces that lead their streets."""
    number = junctions + (piece << PART_BITS) + part
    at_end = np.where(part <= 0, tail[piece], head[piece])
    return np.where((part <= 0) | (part >= PARTS), at_end, number).astype(np.int64)


def piece_of(junctions: int, stops: NDArray[np.int64]) -> NDArray[np.int64]:
    """The piece that leads the street of each point between junctions."""
    return (stops - junctions) >> PART_BITS


def part_of(junctions: int, stops: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many `PARTS` of that piece lie before each point."""
    return (stops - junctions) & (PARTS - 1)
