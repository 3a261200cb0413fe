"""Turn restrictions of a file: which relations speak of ambulances, and what they forbid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from environment.roads.turns import Maneuver

APPLYING = ("restriction", "restriction:motor_vehicle", "restriction:motorcar")
"""Keys that speak of cars; ``restriction:hgv`` and the like speak of others."""
AT_TIMES = {"day_on", "day_off", "hour_on", "hour_off", "date_on", "date_off"}
EXEMPT = {"emergency", "motorcar", "motor_vehicle", "vehicle"}
BUSES = {"bus", "psv"}

Place = tuple[float, float]


class Member(NamedTuple):
    """A member of a relation: ``n`` or ``w``, its number, its role."""

    kind: str
    number: int
    role: str


class Verdict(NamedTuple):
    """What a relation is to an ambulance: a restriction (``no`` or ``only``), or why it is none."""

    kind: str
    reason: str | None


@dataclass
class TurnRelations:
    """Turn restrictions as they stand in the file, and what became of each.

    Attributes
    ----------
    members : list of (kind, members)
        Restrictions that hold for ambulances without siren.
    left_out : dict of reason to count
    """

    members: list[tuple[str, list[Member]]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    def add(self, tags: Mapping[str, str], members: list[Member], *, bus_roads: bool) -> None:
        """Take up a relation, or count why not."""
        kind, reason = verdict(tags, bus_roads=bus_roads)
        if reason is None:
            self.members.append((kind, members))
        else:
            self._leave_out(reason)

    def _leave_out(self, reason: str) -> None:
        self.left_out[reason] = self.left_out.get(reason, 0) + 1

    def maneuvers(
        self, ways: Mapping[int, list[list[int]]], place: Mapping[int, Place]
    ) -> list[Maneuver]:
        """What is forbidden, or alone allowed, as points that are passed.

        Parameters
        ----------
        ways
            Node numbers of each way, in one or more pieces.
        place
            Where each node is.
        """
        found: list[Maneuver] = []
        for kind, members in self.members:
            paths = list(_paths(members, ways))
            if not paths:
                self._leave_out("on ways that are not in the map")
            for path in paths:
                points = tuple(place[node] for node in path)
                found.append(Maneuver(points, is_only=kind == "only"))
        return found


def verdict(tags: Mapping[str, str], *, bus_roads: bool) -> Verdict:
    """Whether a relation forbids an ambulance without siren anything.

    What holds at some hours or days only is left out: trips are planned on streets that are the
    same at all hours.
    """
    value = next((tags[key] for key in APPLYING if key in tags), None)
    if value is None:
        others = [key for key in tags if key.startswith("restriction:")]
        is_conditional = any(key.endswith(":conditional") for key in others)
        if is_conditional:
            return Verdict("", "at some hours or days only")
        return Verdict("", "for other vehicles" if others else "not understood")
    kind = value.strip().lower().partition("_")[0]
    if kind not in {"no", "only"}:
        return Verdict("", "not understood")
    if AT_TIMES & tags.keys():
        return Verdict("", "at some hours or days only")
    exempt = {name.strip().lower() for name in tags.get("except", "").split(";")}
    if exempt & (EXEMPT | BUSES if bus_roads else EXEMPT):
        return Verdict("", "not for emergency vehicles")
    return Verdict(kind, None)


def _paths(members: list[Member], ways: Mapping[int, list[list[int]]]) -> Iterator[list[int]]:
    """Nodes of each maneuver of a relation: one before the junction, ..., one after the last."""
    role = {name: [one for one in members if one.role == name] for name in ("from", "via", "to")}
    from_ways, to_ways = (_runs(role[name], ways) for name in ("from", "to"))
    for before in from_ways:
        for after in to_ways:
            for via in _vias(role["via"], before, after, ways):
                for first in _beside(before, via[0]):
                    for last in _beside(after, via[-1]):
                        yield [first, *via, last]


Runs = list[list[int]]


def _runs(members: Sequence[Member], ways: Mapping[int, Runs]) -> list[Runs]:
    """The pieces of each way among some members."""
    return [ways[one.number] for one in members if one.kind == "w" and one.number in ways]


def _beside(runs: Runs, node: int) -> list[int]:
    """Nodes next to one of a way."""
    found: dict[int, None] = {}
    for run in runs:
        for at, other in enumerate(run):
            if other == node:
                found.update(dict.fromkeys(run[max(at - 1, 0) : at] + run[at + 1 : at + 2]))
    return list(found)


def _vias(
    members: Sequence[Member], before: Runs, after: Runs, ways: Mapping[int, Runs]
) -> Iterator[list[int]]:
    """Nodes between two ways: the one named, or those of the ways named from end to end."""
    nodes = [one.number for one in members if one.kind == "n"]
    runs = _runs(members, ways)
    if len(nodes) == 1 and len(members) == 1:
        yield nodes
    if nodes or not runs or len(runs) < len(members) or any(len(run) != 1 for run in runs):
        return
    firsts, lasts = ({node for run in part for node in run} for part in (before, after))
    for begin in {runs[0][0][0], runs[0][0][-1]} & firsts:
        path = _joined([run[0] for run in runs], begin, lasts)
        if path:
            yield path


def _joined(runs: list[list[int]], begin: int, ends: set[int]) -> list[int]:
    """Nodes of ways one after another from a node on; none if they do not join."""
    path = [begin]
    for run in runs:
        if path[-1] not in {run[0], run[-1]}:
            return []
        path += run[1:] if run[0] == path[-1] else run[-2::-1]
    return path if path[-1] in ends else []
