"""The drawn lines of street pieces: which pieces share one, and the nearest point of any."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
from numba import njit
from numpy.typing import NDArray

PER_UNIT = 1e8
"""Points of lines are told apart to 1e-8 of a degree (a millimetre) or metre."""


@dataclass(frozen=True, eq=False)
class DrawnLines:
    """Straight segments of all street pieces, in the order of the pieces and of driving.

    Pieces with the same line, in either direction, are one street: the first of them leads it.

    Attributes
    ----------
    piece : (k,) int64
        Whose each segment is.
    first, last : (k, 2) float64
        Ends of each segment, as the map has them.
    begins, ends : (k,) float64
        Which share of the piece's line lies before its ends.
    start : (m + 1,) int64
        Where the segments of each piece begin.
    lead : (m,) int64
        The first piece of each piece's street.
    is_backward : (m,) bool
        Whether it leads against that one.
    next_piece : (m,) int64
        The next piece of the street, in a ring.
    """

    piece: NDArray[np.int64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    begins: NDArray[np.float64]
    ends: NDArray[np.float64]
    start: NDArray[np.int64]
    lead: NDArray[np.int64]
    is_backward: NDArray[np.bool_]
    next_piece: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        tail_xy: NDArray[np.float64],
        head_xy: NDArray[np.float64],
        shape_start: NDArray[np.int64],
        shape_xy: NDArray[np.float64],
        metres: NDArray[np.float64],
    ) -> Self:
        """Lines from the ends of the pieces, (m, 2), and the points between; see `RoadNetwork`.

        `metres` are those of a unit along both axes, (2,).
        """
        every, inner = np.arange(len(tail_xy)), np.diff(shape_start)
        owner = np.concatenate([every, np.repeat(every, inner), every])
        points = np.concatenate([tail_xy, shape_xy, head_xy])
        order = np.argsort(owner, kind="stable")
        owner, points = owner[order], points[order]
        within = owner[:-1] == owner[1:]
        piece, first, last = owner[:-1][within], points[:-1][within], points[1:][within]
        start = np.searchsorted(piece, np.append(every, len(every)))
        begins, ends = _shares(np.hypot(*((last - first) * metres).T), piece, start)
        streets = _streets(tail_xy, head_xy, shape_start, shape_xy)
        return cls(piece, first, last, begins, ends, start, *streets)

    def at(
        self, piece: NDArray[np.int64], share: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Points of lines, as the map has them, each at a share from 0 to 1 of its piece."""
        # Shares of one piece run from 0 to 1: with its number added they ascend over all.
        row = np.searchsorted(self._ends_in_order, piece + share, "left")
        row = np.clip(row, self.start[piece], self.start[piece + 1] - 1)
        width = self.ends[row] - self.begins[row]
        within = (share - self.begins[row]) / np.where(width > 0, width, 1.0)
        within = np.clip(within, 0.0, 1.0)[:, None]
        x, y = (self.first[row] * (1 - within) + self.last[row] * within).T
        return x, y

    @cached_property
    def _ends_in_order(self) -> NDArray[np.float64]:
        return self.piece + self.ends


def _shares(
    length_m: NDArray[np.float64], piece: NDArray[np.int64], start: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Which share of its piece's line lies before each end of a segment."""
    upto_m = np.append(0.0, np.cumsum(length_m))
    before_m, whole_m = upto_m[start[:-1]], np.diff(upto_m[start])
    share = np.minimum((upto_m[1:] - before_m[piece]) / np.maximum(whole_m[piece], 1e-9), 1.0)
    share[start[1:] - 1] = 1.0
    begins = np.append(0.0, share[:-1])
    begins[start[:-1]] = 0.0
    return begins, share


def _streets(
    tail_xy: NDArray[np.float64],
    head_xy: NDArray[np.float64],
    shape_start: NDArray[np.int64],
    shape_xy: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    """The first piece of each piece's street, whether it leads against it, and the next one."""
    tail, head = _whole(tail_xy), _whole(head_xy)
    swapped = (tail[:, 0] > head[:, 0]) | ((tail[:, 0] == head[:, 0]) & (tail[:, 1] > head[:, 1]))
    one = np.where(swapped[:, None], head, tail)
    other = np.where(swapped[:, None], tail, head)
    points = _whole(shape_xy)
    sums = [*points.T, points[:, 0] * points[:, 1]]  # alike in both directions
    upto = [np.append(0, np.cumsum(column)) for column in sums]
    inner = [np.diff(total[shape_start]) for total in upto]
    mark = _mix([*one.T, *other.T, np.diff(shape_start), *inner])
    _, first, street = np.unique(mark, return_index=True, return_inverse=True)
    lead = first[street]
    order = np.argsort(lead, kind="stable")
    next_piece = np.empty(len(lead), np.int64)
    next_piece[order] = np.roll(order, -1)
    is_last = lead[order] != np.roll(lead[order], -1)
    next_piece[order[is_last]] = lead[order[is_last]]
    return lead, swapped != swapped[lead], next_piece


def _whole(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Coordinates as whole numbers; sums of these are exact."""
    return np.clip(np.rint(points * PER_UNIT), -(2.0**62), 2.0**62).astype(np.int64)


def _mix(columns: list[NDArray[np.int64]]) -> NDArray[np.uint64]:
    """One number for each row of some columns, the same for equal rows alone."""
    mark = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        mark = (mark ^ column.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mark ^= mark >> np.uint64(29)
    return mark


class _Grid(NamedTuple):
    """Square cells over all lines, and the segments whose middle lies in each."""

    corner_m: NDArray[np.float64]
    cell_m: float
    columns: int
    rows: int
    start: NDArray[np.int64]
    segment: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class NearestPoints:
    """Finds the nearest point of some lines, given in metres.

    Segments longer than a cell of its grid are cut, so that what lies near has its middle near.
    """

    segments: NDArray[np.float64]
    grid: _Grid
    piece: NDArray[np.int64]
    begins: NDArray[np.float64]
    ends: NDArray[np.float64]

    @classmethod
    def on(
        cls,
        first_m: NDArray[np.float64],
        last_m: NDArray[np.float64],
        piece: NDArray[np.int64],
        begins: NDArray[np.float64],
        ends: NDArray[np.float64],
    ) -> Self:
        """Prepare to look among segments, and the shares of their pieces where they lie."""
        length_m = np.hypot(*(last_m - first_m).T)
        corner_m = np.minimum(first_m, last_m).min(axis=0)
        size_m = np.maximum(first_m, last_m).max(axis=0) - corner_m
        cell_m = max(
            float(length_m.mean()), float(np.sqrt(size_m.prod() / len(piece) / 4)),
            float(size_m.max()) / len(piece) / 4, 1e-3,
        )  # fmt: skip
        parts = np.maximum(np.ceil(length_m / cell_m), 1).astype(np.int64)
        source = np.repeat(np.arange(len(parts)), parts)
        number = np.arange(len(source)) - np.repeat(np.cumsum(parts) - parts, parts)
        low, high = number / parts[source], (number + 1) / parts[source]
        along_m, width = (last_m - first_m)[source], (ends - begins)[source]
        segments = np.column_stack(
            [first_m[source] + along_m * low[:, None], first_m[source] + along_m * high[:, None]]
        )
        begins, ends = begins[source] + width * low, begins[source] + width * high
        grid = _grid((segments[:, :2] + segments[:, 2:]) / 2, corner_m, size_m, cell_m)
        return cls(segments, grid, piece[source], begins, ends)

    def find(
        self, points_m: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Piece, share of its line up to the nearest point, and metres to that, of each point."""
        found, within, distance_m = _find(points_m, self.segments, self.grid)
        share = self.begins[found] + within * (self.ends - self.begins)[found]
        return self.piece[found], share, distance_m


def _grid(
    middle_m: NDArray[np.float64],
    corner_m: NDArray[np.float64],
    size_m: NDArray[np.float64],
    cell_m: float,
) -> _Grid:
    columns, rows = (int(size // cell_m) + 1 for size in size_m.tolist())
    column, row = np.floor((middle_m - corner_m) / cell_m).astype(np.int64).T
    cell = np.clip(row, 0, rows - 1) * columns + np.clip(column, 0, columns - 1)
    order = np.argsort(cell, kind="stable")
    start = np.searchsorted(cell[order], np.arange(columns * rows + 1))
    return _Grid(corner_m, cell_m, columns, rows, start, order)


@njit(cache=True)
def _find(points_m, segments, grid):  # type: ignore[no-untyped-def]
    """Look in ever wider rings of cells, until whatever lies farther out is farther off."""
    found = np.zeros(len(points_m), np.int64)
    within, distance_m = np.zeros(len(points_m)), np.full(len(points_m), np.inf)
    for k in range(len(points_m)):
        x, y = points_m[k]
        if not (np.isfinite(x) and np.isfinite(y)):
            continue
        column = int(min(max((x - grid.corner_m[0]) / grid.cell_m, 0.0), grid.columns - 1.0))
        row = int(min(max((y - grid.corner_m[1]) / grid.cell_m, 0.0), grid.rows - 1.0))
        best = np.inf
        for ring in range(max(grid.columns, grid.rows)):
            for i in range(max(row - ring, 0), min(row + ring, grid.rows - 1) + 1):
                step = 1 if abs(i - row) == ring else 2 * ring
                for j in range(column - ring, column + ring + 1, step):
                    if not 0 <= j < grid.columns:
                        continue
                    cell = i * grid.columns + j
                    for place in range(grid.start[cell], grid.start[cell + 1]):
                        segment = segments[grid.segment[place]]
                        share, square = _to_segment(x, y, segment)
                        if square < best:
                            best = square
                            found[k], within[k] = grid.segment[place], share
            safe_m = (ring - 0.5) * grid.cell_m
            if safe_m > 0 and best <= safe_m * safe_m:
                break
        distance_m[k] = np.sqrt(best)
    return found, within, distance_m


@njit(cache=True)
def _to_segment(x, y, segment):  # type: ignore[no-untyped-def]
    """Share of a segment up to its point nearest to another, and the square of the distance."""
    across, up = segment[2] - segment[0], segment[3] - segment[1]
    square = across * across + up * up
    share = 0.0
    if square > 0:
        share = ((x - segment[0]) * across + (y - segment[1]) * up) / square
        share = min(max(share, 0.0), 1.0)
    off_x, off_y = segment[0] + share * across - x, segment[1] + share * up - y
    return share, off_x * off_x + off_y * off_y
