"""Factors of a design: keys of a scenario with the values that they may take."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.arms import split_values
from scenarios.errors import ScenarioError
from scenarios.overrides import read_value

RANGE = ".."
WORLD = "--world"
WIDEST = 1e100
"""From one end of a range to the other; no key has more, and sums stay finite."""


@dataclass(frozen=True)
class Factor:
    """A key of a scenario and what it may be.

    Attributes
    ----------
    key : str
        Dotted, such as ``fleet.ambulances`` or ``roads.seed``.
    levels : tuple
        Its values, or the two ends of its range.
    is_range : bool
        Whether it may be anything between two ends; whole numbers between whole ends.
    is_world : bool
        Whether it makes worlds, which nobody chooses, and is no lever.
    """

    key: str
    levels: tuple[Any, ...]
    is_range: bool = False
    is_world: bool = False

    def at(self, shares: NDArray[np.float64]) -> list[Any]:
        """Its values at shares of its range, each from 0 up to but not including 1.

        Of levels, each has an equal part of the range; so has each whole number.
        """
        if not self.is_range:
            return [self.levels[math.floor(share * len(self.levels))] for share in shares]
        low, high = self.levels
        if isinstance(low, int) and isinstance(high, int):
            return [low + math.floor(share * (high - low + 1)) for share in shares]
        return [float(low + share * (high - low)) for share in shares]


def read_sweeps(
    texts: Iterable[str], option: str = "--sweep", *, worlds: Iterable[str] = ()
) -> tuple[Factor, ...]:
    """Read ``key=a,b,c`` and ``key=low..high`` texts.

    Parameters
    ----------
    texts : iterable of str
    option : str
        Of the command line, for mistakes.
    worlds : iterable of str
        More such texts, of ``--world``: factors that make worlds. There a key alone, without
        values, declares a key of a table of points.

    Raises
    ------
    ScenarioError
        With a line for each text that is neither, or whose key an earlier one has.
    """
    factors: dict[str, Factor] = {}
    mistakes = []
    named = [*((option, text) for text in texts), *((WORLD, text) for text in worlds)]
    for source, text in named:
        try:
            factor = _read_world(text) if source == WORLD else _read(text)
        except ScenarioError as error:
            mistakes.append(f"{source} {text!r}: {error}")
            continue
        if factor.key in factors:
            mistakes.append(f"{source} {text!r}: an earlier one has this key already")
        factors[factor.key] = factor
    if mistakes:
        raise ScenarioError("\n".join(mistakes))
    return tuple(factors.values())


def factor_of(key: str, values: Any) -> Factor:
    """A factor from a list or array of values, or a text such as ``"5..20"``.

    Raises
    ------
    ScenarioError
        If there are no values, one is there twice, or the range is none.
    """
    if isinstance(values, str):
        return _read(f"{key}={values}")
    if isinstance(values, np.ndarray | pd.Series):
        values = values.tolist()
    if not isinstance(values, Sequence) or not values:
        raise ScenarioError(f"{key}: expected a list of values or 'low..high', got {values!r}")
    plain = (value.item() if isinstance(value, np.generic) else value for value in values)
    try:
        return Factor(key, _each_once(tuple(plain)))
    except ScenarioError as error:
        raise ScenarioError(f"{key}: {error}") from None


def _read_world(text: str) -> Factor:
    if text.strip() and "=" not in text:
        return Factor(text.strip(), (), is_world=True)
    return replace(_read(text), is_world=True)


def _read(text: str) -> Factor:
    key, equals, values = (part.strip() for part in text.partition("="))
    if not (equals and key and values):
        raise ScenarioError("expected KEY=VALUE,VALUE,... or KEY=LOW..HIGH")
    parts = split_values(values)
    if not parts:
        raise ScenarioError("expected KEY=VALUE,VALUE,... or KEY=LOW..HIGH")
    if len(parts) == 1 and RANGE in parts[0] and parts[0][0] not in "\"'[{":
        return Factor(key, _ends(parts[0]), is_range=True)
    return Factor(key, _each_once(tuple(read_value(part) for part in parts)))


def _each_once(levels: tuple[Any, ...]) -> tuple[Any, ...]:
    texts = list(map(repr, levels))
    twice = [text for number, text in enumerate(texts) if text in texts[:number]]
    if twice:
        raise ScenarioError(f"the value {twice[0]} is there twice")
    return levels


def _ends(text: str) -> tuple[Any, Any]:
    low, high = (read_value(part.strip() or "?") for part in text.split(RANGE, 1))
    are_numbers = all(
        isinstance(end, int | float) and not isinstance(end, bool) for end in (low, high)
    )
    if not are_numbers or not low < high:
        raise ScenarioError(f"the range must go from a number up to a greater one, got {text!r}")
    if high - low > WIDEST:  # infinite ends, too
        raise ScenarioError(f"the range must be at most {WIDEST:g} wide, got {text!r}")
    return low, high
