"""Arms of a comparison from the command line: ``base:policies.dispatch=nearest``."""

from __future__ import annotations

from collections.abc import Iterable

from scenarios.errors import ScenarioError

OPENING, CLOSING = "[{", "]}"


def read_arms(texts: Iterable[str]) -> dict[str, list[str]]:
    """Read ``NAME:KEY=VALUE,KEY=VALUE`` texts; a name alone changes nothing.

    Raises
    ------
    ScenarioError
        If an arm has no name, or two have the same.
    """
    arms: dict[str, list[str]] = {}
    for text in texts:
        name, _, changes = text.partition(":")
        name = name.strip()
        if not name or "=" in name:
            raise ScenarioError(
                f"--arm {text!r}: expected NAME:KEY=VALUE,..., such as "
                "base:policies.dispatch=nearest"
            )
        if name in arms:
            raise ScenarioError(f"--arm {text!r}: there is an arm {name!r} already")
        arms[name] = _split(changes)
    return arms


def _split(changes: str) -> list[str]:
    """Split at the commas that stand in no list, table or quoted text of a value."""
    parts, depth, quote = [""], 0, ""
    for character in changes:
        if quote or character in "\"'":
            quote = "" if character == quote else quote or character
        depth += (character in OPENING) - (character in CLOSING)
        if character == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]
