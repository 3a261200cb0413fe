"""TOML from anybody: nothing in it may take the parser longer, or deeper, than a scenario can."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

MOST_LEVELS = 64
"""Tables and lists that may stand in each other."""
MOST_BYTES = 10_000_000

QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'")
WORDS = re.compile(r"[\w.\- \t]+")
STEP = re.compile(r"\w[ \t]*\.")


def read_toml(text: str) -> dict[str, Any]:
    """What a TOML text says; a byte-order mark before it is passed over.

    Raises
    ------
    ValueError
        If it is not TOML, or nested more deeply than any scenario.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MOST_BYTES:
        raise ValueError(f"{len(text):,} characters, at most {MOST_BYTES:,} are read")
    for number, line in enumerate(text.splitlines(), start=1):
        if _levels_of_keys(line) > MOST_LEVELS:
            raise _too_deep(f" (at line {number})")
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise _too_deep() from None
    require_shallow(data)
    return data


def inline(value: Any) -> str:
    """A value as TOML on one line."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{json.dumps(key)} = {inline(value[key])}' for key in value)} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(inline, value))}]"
    return json.dumps(value) if isinstance(value, str | bool) else repr(value)


def require_shallow(value: Any) -> None:
    """Refuse what is nested more deeply than any scenario.

    Raises
    ------
    ValueError
        If it is.
    """
    layer = [value]
    for _ in range(MOST_LEVELS):
        layer = [inner for outer in layer for inner in _inside(outer)]
        if not layer:
            return
    raise _too_deep()


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, list | tuple):
        yield from value


def _levels_of_keys(line: str) -> int:
    """The most names with dots between them, outside of quotes and comments."""
    if line.count(".") < MOST_LEVELS:
        return 0
    plain = QUOTED.sub("q", line).partition("#")[0]
    return max((len(STEP.findall(words)) for words in WORDS.findall(plain)), default=0)


def _too_deep(where: str = "") -> ValueError:
    return ValueError(f"nested more than {MOST_LEVELS} levels deep{where}")
