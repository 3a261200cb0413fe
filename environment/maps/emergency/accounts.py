"""What is told of ways and barriers: how many, how long, and by which tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

SHOWN, LONGEST = 4, 40
"""Tags that a note names, and characters of each that it shows."""


class Account(StrEnum):
    """What is told of ways."""

    CLOSED = "closed to cars and left out"
    BESIDE = "service roads, bus roads and pedestrian streets left out"
    FOR_EMERGENCY = "closed to cars, but used by ambulances"
    OPEN_TO_SOME = "kept, though open to some cars only"
    CHANGING = "driven both ways, though their direction changes with the hour"
    BOTH_WAYS = "one-way streets that ambulances drive both ways by their tags"
    CONDITIONAL = "limits at some hours only not used"
    FERRIES = "ferries used, waiting for them not counted"
    FERRIES_LEFT_OUT = "ferries left out"


@dataclass
class Tally:
    """How many ways, and how many metres of them, by the tag that is told."""

    ways: dict[str, int] = field(default_factory=dict)
    length_m: float = 0.0

    def add(self, tag: str, length_m: float) -> None:
        """Count one more way."""
        self.ways[tag] = self.ways.get(tag, 0) + 1
        self.length_m += length_m

    def __str__(self) -> str:
        """``5 ways (1.2 km; 3 access=private, 2 access=no)``."""
        ways = "1 way" if self.count == 1 else f"{self.count:,} ways"
        return f"{ways} ({self.length_m / 1000:,.1f} km; {_named(self.ways)})"

    @property
    def count(self) -> int:
        """All ways."""
        return sum(self.ways.values())


def _named(times: Mapping[str, int]) -> str:
    """Write ``3 access=private, 2 access=no, 5 by other tags``."""
    often = sorted(times.items(), key=lambda item: (-item[1], item[0]))
    named = [f"{number:,} {tag[:LONGEST]}" for tag, number in often[:SHOWN]]
    if rest := sum(number for _, number in often[SHOWN:]):
        named.append(f"{rest:,} by other tags")
    return ", ".join(named)


def counted(tags: Sequence[str]) -> str:
    """Write ``5 (3 barrier=bollard, 2 locked=yes)``."""
    return f"{len(tags):,} ({_named(Counter(tags))})"
