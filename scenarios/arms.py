"""Arms of a comparison from the command line: ``base:policies.dispatch=nearest``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scenarios.errors import ScenarioError

NEXT_KEY = re.compile(r",(?=\s*[A-Za-z_][\w.]*\s*=)")
"""A comma that begins another key; those inside a list or table of values do not."""


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
        arms[name] = [change.strip() for change in NEXT_KEY.split(changes) if change.strip()]
    return arms
