"""What a batch was asked, as its folder tells, and how another question differs from it."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from experiments.errors import BatchError
from own_packages import HOME

SHOWN_DIFFERENCES = 8
CODE = ("scenarios", "agents", "policies", "environment", "simulation")
"""Packages whose code a run depends on."""
SUM = "sha256"
"""The key of a description's own hash."""


Origin = Mapping[str, Any]
Change = tuple[list[str], Any] | tuple[list[str]]
"""The keys that lead to a value, and the value; without one, it is not there."""


class Origins(Mapping[str, Origin]):
    """What the runs of each arm come from (see `simulation.tables.result.origin`), by arm.

    That of the first arm is kept whole, of the others what differs: arms of a design differ in a
    few keys of hundreds, and thousands of whole scenarios would fill a folder, and the memory.

    Parameters
    ----------
    first : mapping
        That of the first arm.
    changes : mapping
        For each arm, what is otherwise than in the first; as from JSON.
    """

    def __init__(self, first: Origin, changes: Mapping[str, Iterable[Change]]) -> None:
        self.first = first
        self.changes = changes

    @classmethod
    def of(cls, origins: Iterable[tuple[str, Origin]]) -> Self:
        """Take in what arms come from, one after the other."""
        first: Origin = {}
        changes: dict[str, list[Change]] = {}
        for arm, origin in origins:
            first = origin if not changes else first
            changes[arm] = list(_changes(first, origin))
        return cls(first, changes)

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """Take them from the description of a batch, as a folder has it, earlier ones included."""
        if "origins" in told:
            return cls.of(told["origins"].items())
        return cls(told["origin"], told["changes"])

    def __getitem__(self, arm: str) -> Origin:
        changed = dict(self.first)
        for (*way, key), *value in self.changes[arm]:
            place = changed
            for name in way:
                place[name] = dict(place[name])  # what is not changed is shared with the first
                place = place[name]
            if value:
                place[key] = value[0]
            else:
                del place[key]
        return changed

    def __iter__(self) -> Iterator[str]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)


@functools.cache
def code_hashes() -> Mapping[str, str]:
    """A hash of each package whose code a run depends on."""
    return {package: _hash_of(HOME / package) for package in CODE}


def _hash_of(package: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(f"{path.relative_to(package).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def question_of(origin: Mapping[str, Any]) -> str:
    """A hash of all that an arm's runs come from, Corridor's code included."""
    text = json.dumps([origin, code_hashes()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def sealed(description: Mapping[str, Any]) -> dict[str, Any]:
    """A description with its own hash, by which an edited one is found out."""
    return {**description, SUM: _seal(description)}


def is_sealed(found: Mapping[str, Any]) -> bool:
    """Whether a description is as it was written."""
    return found.get(SUM) == _seal({key: found[key] for key in found if key != SUM})


def _seal(description: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(description, sort_keys=True).encode()).hexdigest()


def require_same(
    folder: Path, found: Mapping[str, Any], wanted: Mapping[str, Any], what: str = "batch"
) -> None:
    """Refuse to go on in a folder that answers another question.

    Raises
    ------
    BatchError
        With a line for each value that differs.
    """
    lines = list(_differences(found, wanted))
    if not lines:
        return
    shown = lines[:SHOWN_DIFFERENCES]
    if len(lines) > len(shown):
        shown.append(f"… and {len(lines) - len(shown)} more")
    raise BatchError(
        f"{folder}: belongs to another {what}; choose another folder, or put back what differs:\n"
        + "\n".join(f"  {line}" for line in shown)
    )


def _differences(found: Any, wanted: Any, key: tuple[str, ...] = ()) -> Iterator[str]:
    """One line for each value that differs, under its dotted key."""
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        both = [name for name in found if name in wanted]
        for name in both if key == ("origins",) else dict.fromkeys((*found, *wanted)):
            if name != SUM and found.get(name) != wanted.get(name):
                yield from _differences(found.get(name), wanted.get(name), (*key, str(name)))
        return
    arm, *inside = key[1:] if key[:1] == ("origins",) else ("", *key)
    where = f"arm {arm}: " if arm else ""
    match inside:
        case ["policies", decision]:
            yield f"{where}the file of its own {decision} policy, or one that it imports"
        case ["ground"]:
            yield f"{where}the map, its places or the files that the scenario names"
        case ["arms"]:
            yield f"arms: {_some(found, wanted)} there, {_some(wanted, found)} now"
        case ["code", package]:
            yield f"Corridor's own code in {package}/"
        case _:
            yield f"{where}{'.'.join(inside)}: {found!r} there, {wanted!r} now"


def _some(names: Any, others: Any) -> str:
    """Names of arms; of very many, those that the others lack, and how many there are."""
    if not isinstance(names, list) or len(names) <= SHOWN_DIFFERENCES:
        return repr(names)
    known = set(others or ())
    own = [name for name in names if name not in known][:SHOWN_DIFFERENCES]
    return f"{len(names)} with {', '.join(own)}" if own else f"{len(names)}"


def _changes(first: Origin, other: Origin, way: tuple[str, ...] = ()) -> Iterator[Change]:
    for key in dict.fromkeys((*first, *other)):
        place = [*way, key]
        if key not in other:
            yield (place,)
        elif key not in first:
            yield (place, other[key])
        elif isinstance(first[key], Mapping) and isinstance(other[key], Mapping):
            yield from _changes(first[key], other[key], (*way, key))
        elif first[key] != other[key]:
            yield (place, other[key])
