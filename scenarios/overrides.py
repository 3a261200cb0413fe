"""Changing single keys of a scenario: ``policies.dispatch=district_only``."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from scenarios.errors import ScenarioError


def read_overrides(texts: Iterable[str]) -> dict[str, Any]:
    """Read ``key=value`` texts; a value is TOML, or a plain text where it is not.

    Raises
    ------
    ScenarioError
        If a text has no key or no value.
    """
    overrides = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not (equals and key.strip() and value.strip()):
            raise ScenarioError(f"--set {text!r}: expected key=value, such as run.days=14")
        overrides[key.strip()] = _read_value(value.strip())
    return overrides


def _read_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def with_values(data: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `data` with each value put under its dotted key."""
    changed = copy.deepcopy(dict(data))
    for key, value in values.items():
        *tables, last = key.split(".")
        table = changed
        for name in tables:
            table[name] = _as_table(table.get(name))
            table = table[name]
        table[last] = value
    return changed


def _as_table(value: Any) -> dict[str, Any]:
    """What can be reached into; a policy's name becomes a table, to which a parameter is added."""
    if isinstance(value, Mapping):
        return dict(value)
    return {"use": value} if isinstance(value, str) else {}
