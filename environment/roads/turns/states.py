"""Who may follow whom: street pieces, and how far a vehicle on them is in a restriction."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from environment.roads.network import RoadNetwork
from environment.roads.turns.maneuvers import Sequence

Progress = tuple[tuple[int, int], ...]
"""Numbers of sequences, and how many of their pieces have been driven after the first; sorted."""


class State(NamedTuple):
    """A vehicle on a street piece, and the sequences that it is in."""

    piece: int
    progress: Progress


class Turns:
    """Which states may follow each, at the junctions that a restriction concerns.

    Attributes
    ----------
    states : list of State
        All of the pieces that begin or end at these junctions.
    junctions : list of int
    """

    def __init__(self, roads: RoadNetwork, sequences: list[Sequence]) -> None:
        self._sequences = sequences
        self._begun: dict[int, list[int]] = defaultdict(list)
        for number, sequence in enumerate(sequences):
            self._begun[sequence.pieces[0]].append(number)
        self._head = roads.head.tolist()
        tail = roads.tail.tolist()
        self.junctions = sorted({self._head[p] for one in sequences for p in one.pieces[:-1]})
        concerned = set(self.junctions)
        self._out: dict[int, list[int]] = defaultdict(list)
        plain: dict[State, None] = {}
        for piece, (begin, end) in enumerate(zip(tail, self._head, strict=True)):
            if begin in concerned:
                self._out[begin].append(piece)
            if begin in concerned or end in concerned:
                plain[self._state(piece, [])] = None
        self.states = self._reached(list(plain))
        self._coming: dict[int, list[State]] = defaultdict(list)
        self._leaving: dict[int, list[State]] = defaultdict(list)
        for state in self.states:
            self._coming[self._head[state.piece]].append(state)
            self._leaving[tail[state.piece]].append(state)

    def _state(self, piece: int, carried: list[tuple[int, int]]) -> State:
        begun = [(number, 0) for number in self._begun.get(piece, ())]
        return State(piece, tuple(sorted([*carried, *begun])))

    def _reached(self, plain: list[State]) -> list[State]:
        """Plain states and those that follow them; none for a piece that is not entered plainly."""
        found = dict.fromkeys(plain)
        entered: set[State] = set()
        waiting = list(plain)
        while waiting:
            then = self._followers(waiting.pop())
            entered |= then
            waiting += sorted(then - found.keys())
            found.update(dict.fromkeys(sorted(then)))
        copied = {state.piece for state in found.keys() - set(plain)}
        return [state for state in found if state in entered or state.piece not in copied]

    def followers(self, junction: int) -> dict[State, frozenset[State]]:
        """The states that end at a junction, and those that may follow each."""
        return {state: self._followers(state) for state in self._coming[junction]}

    def leaving(self, junction: int) -> list[State]:
        """The states that begin at a junction."""
        return self._leaving[junction]

    def _followers(self, state: State) -> frozenset[State]:
        must: set[int] = set()
        must_not: set[int] = set()
        for number, driven in state.progress:
            pieces, is_only = self._sequences[number]
            if driven == len(pieces) - 2:
                (must if is_only else must_not).add(pieces[-1])
        onto = [piece for piece in self._out[self._head[state.piece]] if piece not in must_not]
        return frozenset(
            self._state(piece, self._carried(state, piece))
            for piece in onto
            if not must or piece in must
        )

    def _carried(self, state: State, piece: int) -> list[tuple[int, int]]:
        """Sequences that go on with a piece, and do not end with it."""
        return [
            (number, driven + 1)
            for number, driven in state.progress
            if driven + 2 < len(self._sequences[number].pieces)
            and self._sequences[number].pieces[driven + 1] == piece
        ]
