"""A network in which every way from node to node obeys turn restrictions.

A restricted junction becomes several nodes on one spot: street pieces from which the same ones may
follow end at one node, those that the same ones may precede begin at one, and a turning link of no
length leads from the one to the other. A restriction over several streets needs to know where a
vehicle has come from: the streets between get copies for those who came that way. So a router that
knows nothing but nodes and pieces stays exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from environment.roads.mending import take
from environment.roads.network import RoadNetwork
from environment.roads.turns.maneuvers import Maneuver, Sequence, sequences_of
from environment.roads.turns.states import State, Turns


class Link(NamedTuple):
    """A turning link between two nodes of a junction; ``of`` is a street piece that leaves it."""

    tail: int
    head: int
    of: int
    siren_only: bool


def restrict_turns(
    roads: RoadNetwork, maneuvers: Iterable[Maneuver], *, sirens_exempt: bool
) -> RoadNetwork:
    """Let a network obey turn restrictions.

    Those without which a part of the map could not be reached, or not be left, are taken back.

    Parameters
    ----------
    roads
        A mended network.
    maneuvers
        What is forbidden, or alone allowed.
    sirens_exempt
        Whether a vehicle with siren turns as it likes; else nobody does.

    Returns
    -------
    RoadNetwork
        With further nodes, which have the number of their junction and stand beside it in order.
    """
    sequences = sequences_of(roads, maneuvers)
    taken_back = 0
    while sequences:
        wider, cut = _widened(roads, sequences, sirens_exempt=sirens_exempt)
        if not cut:
            return _note(wider, roads, sequences, taken_back)
        left = [one for one in sequences if not cut & _junctions(roads, one)]
        taken_back += len(sequences) - len(left)
        sequences = left
    return _note(roads, roads, sequences, taken_back)


def _junctions(roads: RoadNetwork, sequence: Sequence) -> set[int]:
    return {int(roads.head[piece]) for piece in sequence.pieces[:-1]}


def _note(
    wider: RoadNetwork, roads: RoadNetwork, sequences: list[Sequence], taken_back: int
) -> RoadNetwork:
    notes = list(wider.notes)
    if sequences:
        at = {junction for one in sequences for junction in _junctions(roads, one)}
        over = sum(len(one.pieces) > 2 for one in sequences)
        notes.append(
            f"turn restrictions obeyed: {len(sequences):,} at {len(at):,} junctions, {over:,} of "
            f"them over streets between; {wider.node_count - roads.node_count:,} nodes and "
            f"{wider.edge_count - roads.edge_count:,} links and copies more"
        )
    if taken_back:
        notes.append(
            f"turn restrictions not obeyed: {taken_back:,} that would cut off a part of the map"
        )
    return replace(wider, notes=tuple(notes))


def _widened(
    roads: RoadNetwork, sequences: list[Sequence], *, sirens_exempt: bool
) -> tuple[RoadNetwork, set[int]]:
    """The network with copies, and the restricted junctions around what it cuts off."""
    turns = Turns(roads, sequences)
    ends = Ends(roads)
    links: list[Link] = []
    for junction in turns.junctions:
        links += ends.split(junction, turns, sirens_exempt=sirens_exempt)
    rows = list(dict.fromkeys(ends.row(state) for state in turns.states))
    kept = np.setdiff1d(np.arange(roads.edge_count), [row[0] for row in rows])
    wider = _with_nodes_and_pieces(roads, ends.new, kept, rows, links)
    cut = _cut_off(wider)
    if cut.any():
        return wider, _around(wider, cut) & set(turns.junctions)
    beside = np.append(np.arange(roads.node_count), np.array(ends.new, dtype=np.int64))
    return take(wider, np.argsort(beside, kind="stable"), np.arange(wider.edge_count)), set()


class Ends:
    """Where the states of street pieces begin and end, junctions being split one by one."""

    def __init__(self, roads: RoadNetwork) -> None:
        self.new: list[int] = []
        self._roads = roads
        self._begins: dict[State, int] = {}
        self._ends: dict[State, int] = {}

    def row(self, state: State) -> tuple[int, int, int]:
        """Piece, tail and head of a state."""
        roads, piece = self._roads, state.piece
        tail = self._begins.get(state, int(roads.tail[piece]))
        return piece, tail, self._ends.get(state, int(roads.head[piece]))

    def split(self, junction: int, turns: Turns, *, sirens_exempt: bool) -> list[Link]:
        """Give a junction its nodes, and link them.

        A group of states that come in and a group that go out share a node where the one has no
        other way on, or the other no other way in.
        """
        followers = turns.followers(junction)
        onto = list(dict.fromkeys(followers.values()))
        onto.sort(key=len, reverse=True)  # the junction's own node is of those who turn freely
        number = {then: k for k, then in enumerate(onto)}
        before = {
            state: frozenset(k for k, then in enumerate(onto) if state in then)
            for state in turns.leaving(junction)
        }
        by = list(dict.fromkeys(before.values()))
        nodes = Nodes(junction, self._roads.node_count, self.new)
        in_node, out_node = nodes.shared_out(len(onto), by)
        self._ends.update({s: in_node[number[then]] for s, then in followers.items()})
        self._begins.update({s: out_node[group] for s, group in before.items()})
        allowed = {(in_node[k], out_node[group]) for group in by for k in group}
        leaving = turns.leaving(junction)[0].piece
        return [
            Link(one, other, leaving, (one, other) not in allowed)
            for one in nodes.taken
            for other in nodes.taken
            if one != other and (sirens_exempt or (one, other) in allowed)
        ]


class Nodes:
    """Nodes of one junction: its own first, then new ones, which are noted in a list."""

    def __init__(self, junction: int, first_new: int, new: list[int]) -> None:
        self.taken: list[int] = []
        self._junction = junction
        self._first_new = first_new
        self._new = new

    def shared_out(
        self, coming: int, going: list[frozenset[int]]
    ) -> tuple[list[int], dict[frozenset[int], int]]:
        """A node for each group that comes in, by number, and for each that goes out.

        Parameters
        ----------
        coming
            How many groups come in.
        going
            Each group that goes out, as the numbers of those that it may follow.
        """
        out_node: dict[frozenset[int], int] = {}
        in_node: list[int] = []
        for k in range(coming):
            ways = [group for group in going if k in group]
            if len(ways) == 1 and ways[0] in out_node:
                in_node.append(out_node[ways[0]])
                continue
            in_node.append(self._next())
            if len(ways) == 1:
                out_node[ways[0]] = in_node[k]
            out_node.update({group: in_node[k] for group in ways if len(group) == 1})
        for group in going:
            if group not in out_node:
                out_node[group] = self._next()
        return in_node, out_node

    def _next(self) -> int:
        is_first = not self.taken
        self.taken.append(self._junction if is_first else self._first_new + len(self._new))
        if not is_first:
            self._new.append(self._junction)
        return self.taken[-1]


def _with_nodes_and_pieces(
    roads: RoadNetwork,
    new: list[int],
    kept: NDArray[np.int64],
    rows: list[tuple[int, int, int]],
    links: list[Link],
) -> RoadNetwork:
    """The network with copies of nodes and pieces at the ends of its arrays."""
    nodes = np.append(np.arange(roads.node_count), np.array(new, dtype=np.int64))
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    link = np.array(links, dtype=np.int64).reshape(-1, 4)
    of = np.concatenate([kept, table[:, 0], link[:, 2]])
    is_link = np.arange(len(of)) >= len(kept) + len(table)
    pieces = take_pieces(roads, of, drawn=~is_link)
    takes_siren = roads.takes_siren[of]
    takes_siren[is_link] = link[:, 3] > 0
    return replace(
        pieces,
        node_id=roads.node_id[nodes],
        x=roads.x[nodes],
        y=roads.y[nodes],
        has_signal=roads.has_signal[nodes],
        tail=np.concatenate([roads.tail[kept], table[:, 1], link[:, 0]]).astype(np.int32),
        head=np.concatenate([roads.head[kept], table[:, 2], link[:, 1]]).astype(np.int32),
        length_m=np.where(is_link, 0.0, roads.length_m[of]),
        siren_only=takes_siren if takes_siren.any() else None,
    )


def take_pieces(roads: RoadNetwork, of: NDArray[np.int64], drawn: NDArray[np.bool_]) -> RoadNetwork:
    """Some street pieces, perhaps several times; those that are not `drawn` lose their line."""
    size = np.where(drawn, np.diff(roads.shape_start)[of], 0)
    start = np.append(0, np.cumsum(size)).astype(np.int64)
    points = np.repeat(roads.shape_start[:-1][of] - start[:-1], size) + np.arange(start[-1])
    return replace(
        roads,
        tail=roads.tail[of],
        head=roads.head[of],
        length_m=roads.length_m[of],
        speed_kph=roads.speed_kph[of],
        road_class=roads.road_class[of],
        shape_start=start,
        shape_x=roads.shape_x[points],
        shape_y=roads.shape_y[points],
    )


def _cut_off(roads: RoadNetwork) -> NDArray[np.bool_]:
    """Nodes that are not of the largest part within which one drives without siren, (n,)."""
    open_ = ~roads.takes_siren
    ends = (roads.tail[open_], roads.head[open_])
    shape = (roads.node_count, roads.node_count)
    streets = coo_array((np.ones(len(ends[0]), np.int8), ends), shape=shape)
    _, part = connected_components(streets, connection="strong")
    cut: NDArray[np.bool_] = part != np.bincount(part).argmax()
    return cut


def _around(roads: RoadNetwork, cut: NDArray[np.bool_]) -> set[int]:
    """Junctions that are cut off, or next to what is."""
    touching = cut[roads.tail] | cut[roads.head]
    ends = np.concatenate([np.flatnonzero(cut), roads.tail[touching], roads.head[touching]])
    return set(roads.junction[ends].tolist())
