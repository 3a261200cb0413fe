"""Loops and parallel streets, which a network without parallels holds by a junction inside them.

Between two junctions the network knows one piece in each direction. A slower street beside it,
or one that ends where it begins, stays all the same: one of the points that draw it becomes a
junction (two of them on a loop), and what stands there is on the map.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from environment.roads.network import RoadNetwork, distance_m

Point = tuple[float, float]
Street = tuple[Point, ...]
"""The points of a street from one end to the other, the same whichever way it is driven."""


@dataclass
class Parting:
    """What becomes of the street pieces between the same ends.

    Attributes
    ----------
    cut : dict of edge to the places in its line at which it is cut
    beaten : list of edges
        Pieces that lie on the line of a faster one in the same direction.
    pointless : list of edges
        Pieces that end where they begin and have no point between.
    """

    cut: dict[int, list[int]] = field(default_factory=dict)
    beaten: list[int] = field(default_factory=list)
    pointless: list[int] = field(default_factory=list)


def part_loops_and_parallels(
    roads: RoadNetwork, number_at: Mapping[Point, int]
) -> tuple[RoadNetwork, Parting]:
    """Cut loops and slower parallel streets at points of theirs, and drop what cannot be cut.

    Parameters
    ----------
    roads
        A draft, perhaps with loops and parallels.
    number_at
        The source's own number of a node, by its place, for points that become junctions.

    Returns
    -------
    RoadNetwork
        Without loops, and with one piece at most from one junction to another.
    Parting
        What was done to the pieces of the draft.
    """
    parting = Parting()
    for edges in _between_the_same_ends(roads):
        _part(roads, edges, parting)
    return (_cut(roads, parting, number_at) if _is_parted(parting) else roads), parting


def _is_parted(parting: Parting) -> bool:
    return bool(parting.cut or parting.beaten or parting.pointless)


def _between_the_same_ends(roads: RoadNetwork) -> Iterator[list[int]]:
    """Loops at each junction, and pieces between two if there are several in one direction."""
    order = np.lexsort((roads.head, roads.tail))
    tail, head = roads.tail[order], roads.head[order]
    again = (tail[1:] == tail[:-1]) & (head[1:] == head[:-1])
    concerned = {*order[1:][again].tolist(), *np.flatnonzero(roads.tail == roads.head).tolist()}
    low, high = np.minimum(roads.tail, roads.head), np.maximum(roads.tail, roads.head)
    pair = low.astype(np.int64) * roads.node_count + high
    wanted = np.isin(pair, pair[sorted(concerned)])
    by_pair: dict[int, list[int]] = {}
    for edge in np.flatnonzero(wanted).tolist():
        by_pair.setdefault(int(pair[edge]), []).append(edge)
    yield from by_pair.values()


def _part(roads: RoadNetwork, edges: list[int], parting: Parting) -> None:
    """Decide which of the pieces between the same ends stay whole, are cut, or go.

    One street stays whole: that without a point at which it could be cut, else the fastest.
    """
    is_loop = roads.tail[edges[0]] == roads.head[edges[0]]
    streets: dict[Street, list[int]] = {}
    for edge in sorted(edges, key=lambda edge: (roads.free_flow_s[edge], edge)):
        streets.setdefault(_street(roads, edge), []).append(edge)
    whole = None if is_loop else min(streets, key=lambda street: len(street) > STRAIGHT)
    for street, own in streets.items():
        kept = _fastest_each_way(roads, own, street)
        parting.beaten += [edge for edge in own if edge not in kept]
        if street == whole:
            continue
        places = _inner_places(roads, street, is_loop=is_loop)
        if not places:
            (parting.pointless if is_loop else parting.beaten).extend(kept)
            continue
        if is_loop and len(places) == 1:  # there and back on one line: one way round is enough
            parting.beaten += kept[1:]
            kept = kept[:1]
        last = len(street) - 1
        for edge in kept:
            along = _line(roads, edge) == street
            parting.cut[edge] = places if along else [last - place for place in places[::-1]]


STRAIGHT = 2
"""Points of a line that has none between its ends."""


def _fastest_each_way(roads: RoadNetwork, edges: list[int], street: Street) -> list[int]:
    """Of pieces on one line, the fastest first, that in the one direction and in the other."""
    kept: dict[object, int] = {}
    for edge in edges:
        kept.setdefault((int(roads.tail[edge]), _line(roads, edge) == street), edge)
    return list(kept.values())


def _line(roads: RoadNetwork, edge: int) -> Street:
    """The points of a piece, from its tail to its head."""
    inner = _shape(roads, edge)[1:-1].tolist()
    tail, head = int(roads.tail[edge]), int(roads.head[edge])
    ends = [(float(roads.x[node]), float(roads.y[node])) for node in (tail, head)]
    return (ends[0], *((x, y) for x, y in inner), ends[1])


def _street(roads: RoadNetwork, edge: int) -> Street:
    line = _line(roads, edge)
    return min(line, line[::-1])


def _inner_places(roads: RoadNetwork, street: Street, *, is_loop: bool) -> list[int]:
    """Points that divide a street as evenly as can be, as places in it; none if it has none.

    A loop is cut in three, for two halves would be parallels again; one that leads there and back
    on the same line is cut where it turns.
    """
    cuts = 2 if is_loop and street != street[::-1] else 1
    reached = _cumulated_m(roads, street)
    found: list[int] = []
    for cut in range(1, cuts + 1):
        aim = reached[-1] * cut / (cuts + 1)
        used = {street[0], street[-1], *(street[place] for place in found)}
        left = [place for place in range(1, len(street) - 1) if street[place] not in used]
        if left:
            found.append(min(left, key=lambda place: (abs(reached[place] - aim), place)))
    return sorted(found)


def _cumulated_m(roads: RoadNetwork, line: Street) -> list[float]:
    """How far along its line each point lies."""
    x, y = np.array(line).T
    steps_m = distance_m(roads.crs, x[:-1], y[:-1], x[1:], y[1:])
    return [0.0, *np.cumsum(steps_m).tolist()]


def _cut(roads: RoadNetwork, parting: Parting, number_at: Mapping[Point, int]) -> RoadNetwork:
    """The network with pieces cut and dropped; new junctions and pieces stand at the end."""
    gone = [*parting.cut, *parting.beaten, *parting.pointless]
    kept = np.setdiff1d(np.arange(roads.edge_count), gone)
    new = NewJunctions(roads, number_at)
    pieces = [
        piece for edge, places in parting.cut.items() for piece in _pieces(roads, edge, places, new)
    ]
    of = np.array([piece.edge for piece in pieces], dtype=np.int64)
    share = np.array([piece.share for piece in pieces])
    lines = [_shape(roads, edge) for edge in kept] + [np.array(piece.line) for piece in pieces]
    shape = np.concatenate([np.empty((0, 2)), *lines])
    new_x, new_y = np.array(new.places, dtype=float).reshape(-1, 2).T
    return replace(
        roads,
        node_id=np.append(roads.node_id, np.array(new.numbers, dtype=np.int64)),
        x=np.append(roads.x, new_x),
        y=np.append(roads.y, new_y),
        has_signal=np.append(roads.has_signal, np.zeros(len(new_x), dtype=bool)),
        tail=np.append(roads.tail[kept], [piece.tail for piece in pieces]).astype(np.int32),
        head=np.append(roads.head[kept], [piece.head for piece in pieces]).astype(np.int32),
        length_m=np.append(roads.length_m[kept], roads.length_m[of] * share),
        speed_kph=np.append(roads.speed_kph[kept], roads.speed_kph[of]),
        road_class=np.append(roads.road_class[kept], roads.road_class[of]),
        shape_start=np.append(0, np.cumsum([len(line) for line in lines])).astype(np.int64),
        shape_x=shape[:, 0],
        shape_y=shape[:, 1],
        siren_only=None
        if roads.siren_only is None
        else np.append(roads.siren_only[kept], roads.siren_only[of]),
    )


class Piece(NamedTuple):
    """A part of a street piece that is cut."""

    tail: int
    head: int
    edge: int
    share: float
    line: Street


def _pieces(roads: RoadNetwork, edge: int, places: list[int], new: NewJunctions) -> Iterator[Piece]:
    """What a street piece is cut into."""
    line, street = _line(roads, edge), _street(roads, edge)
    reached_m = _cumulated_m(roads, line)
    tail, head = int(roads.tail[edge]), int(roads.head[edge])
    low, high = min(tail, head), max(tail, head)
    nodes = [tail, *(new.row((low, high, street, line[place])) for place in places), head]
    cuts = pairwise([0, *places, len(line) - 1])
    for (one, other), (start, end) in zip(pairwise(nodes), cuts, strict=True):
        share = (reached_m[end] - reached_m[start]) / reached_m[-1]
        yield Piece(one, other, edge, share, line[start : end + 1])


def _shape(roads: RoadNetwork, edge: int) -> NDArray[np.float64]:
    points = slice(roads.shape_start[edge], roads.shape_start[edge + 1])
    return np.column_stack((roads.shape_x[points], roads.shape_y[points]))


HIGHEST_NUMBER = 2**62
"""Above it, new numbers begin at 1: there is not much room for more."""


class NewJunctions:
    """Junctions that points of streets become.

    Those of two streets are two, even on one spot: there may be a bridge.
    """

    def __init__(self, roads: RoadNetwork, number_at: Mapping[Point, int]) -> None:
        self.places: list[Point] = []
        self.numbers: list[int] = []
        self._first_row = roads.node_count
        self._rows: dict[tuple[int, int, Street, Point], int] = {}
        self._number_at = number_at
        self._taken = set(roads.node_id.tolist())
        highest = max(self._taken, default=0)
        self._next = highest + 1 if highest < HIGHEST_NUMBER else 1

    def row(self, spot: tuple[int, int, Street, Point]) -> int:
        """The row of the junction at a point of the street between two junctions."""
        if spot not in self._rows:
            self._rows[spot] = self._first_row + len(self.places)
            self.places.append(spot[-1])
            self.numbers.append(self._number(spot[-1]))
        return self._rows[spot]

    def _number(self, place: Point) -> int:
        number = self._number_at.get(place)
        while number is None or number in self._taken:
            number, self._next = self._next, self._next + 1
        self._taken.add(number)
        return number
