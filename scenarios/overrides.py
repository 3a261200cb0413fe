"""Changing single keys of a scenario: ``policies.dispatch=district_only``."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from scenarios.errors import ScenarioError
from scenarios.toml_text import MOST_LEVELS, read_toml

MECHANISMS_KEY = "coordination.mechanisms"
EXAMPLES = {
    "[": "a list is written as in 'demand.unit_shares=[0.9, 0.1]'",
    "{": """a table is written as in 'policies.dispatch={ use = "nearest" }'""",
    '"': """a text is written as in 'name="Night shift"'""",
    "'": """a text is written as in 'name="Night shift"'""",
}
"""How a shell takes values that are not plain, by their first character."""


LONGEST = 120
"""Characters of an override that are shown."""


def read_overrides(texts: Iterable[str], option: str = "--set") -> dict[str, Any]:
    """Read ``key=value`` texts; a value is TOML, or a plain text where it is not.

    Parameters
    ----------
    texts : iterable of str
    option : str
        Of the command line, under which mistakes are told.

    Raises
    ------
    ScenarioError
        With a line for each text that has no key or no value, or a list, table or quoted text that
        is not TOML, or a key that an earlier one has.
    """
    overrides, mistakes = {}, []
    for text in texts:
        try:
            key, value = _read_override(text)
        except ScenarioError as mistake:
            shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
            mistakes.append(f"{option} {shown!r}: {mistake}")
        else:
            if key in overrides:
                mistakes.append(f"{option} {key!r}: the key is given twice; give it once")
            overrides[key] = value
    if mistakes:
        raise ScenarioError("\n".join(mistakes))
    return overrides


def read_changes(
    overrides: Iterable[str] | None, coordination: str | None = None
) -> dict[str, dict[str, Any]]:
    """Read what the command line changes in every arm, by the option that asks for it.

    Parameters
    ----------
    overrides : iterable of str, optional
        As `read_overrides` takes them.
    coordination : str, optional
        Mechanisms that are to be on: ``on``, ``off``, or names such as ``information,risk``.

    Raises
    ------
    ScenarioError
        As `read_overrides` raises it, or if both options say which mechanisms are on.
    """
    changes = {"--set": read_overrides(overrides or ())}
    if coordination is None:
        return changes
    twice = [key for key in changes["--set"] if key in ("coordination", MECHANISMS_KEY)]
    if twice:
        raise ScenarioError(
            f"--coordination and --set {twice[0]} both say what is coordinated; give one of them"
        )
    return {**changes, "--coordination": {MECHANISMS_KEY: coordination}}


def _read_override(text: str) -> tuple[str, Any]:
    key, equals, value = (part.strip() for part in text.partition("="))
    if not (equals and key and value):
        raise ScenarioError("expected key=value, such as run.days=14")
    if key.count(".") >= MOST_LEVELS:
        raise ScenarioError(f"the key is more than {MOST_LEVELS} levels deep")
    return key, read_value(value)


def read_value(text: str) -> Any:
    """A value as TOML, or a plain text where it is not.

    Raises
    ------
    ScenarioError
        If it is a list, table or quoted text that is not TOML.
    """
    try:
        return read_toml(f"value = {text}")["value"]
    except ValueError as error:  # of TOML, or a whole number with thousands of digits
        if text[0] not in EXAMPLES:
            return text
        reason, _, _ = str(error).partition(" (at ")  # a place that counts our "value = "
        raise ScenarioError(
            f"the value is not TOML ({reason[0].lower()}{reason[1:]}); {EXAMPLES[text[0]]}, "
            "with texts in double quotes"
        ) from None


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
