"""What a batch was asked, as its folder tells, and how another question differs from it."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from experiments.errors import BatchError
from own_packages import HOME

SHOWN_DIFFERENCES = 8
CODE = ("scenarios", "agents", "policies", "environment", "simulation")
"""Packages whose code a run depends on."""
SUM = "sha256"
"""The key of a description's own hash."""


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
        for name in dict.fromkeys((*found, *wanted)):
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
        case ["code", package]:
            yield f"Corridor's own code in {package}/"
        case _:
            yield f"{where}{'.'.join(inside)}: {found!r} there, {wanted!r} now"
