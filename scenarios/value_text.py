"""A value as a scenario file would write it, for messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

LONGEST = 60
"""Characters of a value that are shown."""
LEAST, MOST = 1e-9, 1e20
"""Numbers between are written without an exponent."""


def value_text(value: object) -> str:
    """A value in the words of TOML, cut where it is long; large numbers in groups of three digits.

    Examples
    --------
    >>> value_text(3.15576e8), value_text(True), value_text({"use": "nearest", "keep": [1, 2]})
    ('315,576,000', 'true', "{ use = 'nearest', keep = [1, 2] }")
    """
    text = _whole_text(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _whole_text(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{key_text(key)} = {_whole_text(v)}" for key, v in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(_whole_text, value))}]"
    return repr(value) if isinstance(value, str) else str(value)


def key_text(key: object) -> str:
    """A key as it is, or in quotes where a terminal could not show it."""
    text = str(key)
    return text if text.isprintable() else repr(text)


def _number_text(value: float) -> str:
    if value == 0 or LEAST <= abs(value) < MOST:
        return f"{Decimal(str(value)).normalize():,f}"
    return f"{Decimal(value):.6g}" if isinstance(value, int) else f"{value:g}"
