"""Worlds as points, boxes around some of them, and how much of the failures a box holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtrc, betaln

from scenarios.toml_text import inline


@dataclass(frozen=True, eq=False)
class Axes:
    """The keys in which worlds differ, and where each world stands on them.

    Attributes
    ----------
    keys : tuple of str
    levels : tuple of tuple
        The values of each key: numbers from the least to the greatest, others as they come.
    is_ordered : (d,) bool
        Whether a key's values are numbers.
    codes : (n, d) int64
        The place of each world's value among the levels.
    """

    keys: tuple[str, ...]
    levels: tuple[tuple[Any, ...], ...]
    is_ordered: NDArray[np.bool_]
    codes: NDArray[np.int64]

    @classmethod
    def of(cls, table: pd.DataFrame) -> Self:
        """The columns of a table, a row a world."""
        columns = [_ranked(table[key].to_list()) for key in table]
        codes = np.empty((len(table), len(columns)), dtype=np.int64)
        for number, (_, _, ranks) in enumerate(columns):
            codes[:, number] = ranks
        return cls(
            tuple(map(str, table.columns)),
            tuple(levels for levels, _, _ in columns),
            np.array([ordered for _, ordered, _ in columns], dtype=bool),
            codes,
        )

    def everything(self) -> Box:
        """The box without limits."""
        return Box(tuple(np.ones(len(levels), dtype=bool) for levels in self.levels))


def _ranked(values: Sequence[Any]) -> tuple[tuple[Any, ...], bool, NDArray[np.int64]]:
    """Levels, whether they are numbers, and the place of each value among them."""
    if all(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
        levels, ranks = np.unique(np.asarray(values), return_inverse=True)
        return tuple(levels.tolist()), True, ranks.astype(np.int64)
    texts = [inline(one) for one in values]
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    known = dict(zip(texts, values, strict=True))
    return (
        tuple(known[text] for text in places),
        False,
        np.array([places[text] for text in texts], dtype=np.int64),
    )


@dataclass(frozen=True, eq=False)
class Box:
    """Which levels of each key are inside; of numbers they are neighbours.

    Attributes
    ----------
    allowed : tuple of (l,) bool
    """

    allowed: tuple[NDArray[np.bool_], ...]

    def holds(self, codes: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which worlds are inside, (n,)."""
        inside = np.ones(len(codes), dtype=bool)
        for number, allowed in enumerate(self.allowed):
            inside &= allowed[codes[:, number]]
        return inside

    @property
    def limited(self) -> list[int]:
        """The numbers of the keys that it limits."""
        return [number for number, allowed in enumerate(self.allowed) if not allowed.all()]

    def sides(self, axes: Axes) -> Iterator[tuple[int, str]]:
        """Its limits: the key's number, and ``low``, ``high``, or ``only`` of what has no order."""
        for number in self.limited:
            if not axes.is_ordered[number]:
                yield number, "only"
                continue
            if not self.allowed[number][0]:
                yield number, "low"
            if not self.allowed[number][-1]:
                yield number, "high"

    def without(self, number: int, side: str) -> Box:
        """The same without one of its limits."""
        own = self.allowed[number].copy()
        first, last = np.flatnonzero(own)[[0, -1]]
        if side != "high":
            own[: first if side == "low" else None] = True
        if side != "low":
            own[last:] = True
        return self.with_levels(number, own)

    def with_levels(self, number: int, allowed: NDArray[np.bool_]) -> Box:
        """The same with other levels of one key."""
        return Box((*self.allowed[:number], allowed, *self.allowed[number + 1 :]))

    def limits(self, axes: Axes) -> dict[str, dict[str, Any]]:
        """By key, ``low`` and ``high`` (None: there is none), or the values ``only`` allowed.

        Between two values of a range, a limit stands half-way; whole numbers are themselves in it.
        """
        found: dict[str, dict[str, Any]] = {}
        for number in self.limited:
            levels, own = axes.levels[number], np.flatnonzero(self.allowed[number])
            if not axes.is_ordered[number]:
                found[axes.keys[number]] = {"only": [levels[place] for place in own]}
                continue
            low, high = int(own[0]), int(own[-1])
            found[axes.keys[number]] = {
                "low": _between(levels, low, low - 1) if low > 0 else None,
                "high": _between(levels, high, high + 1) if high + 1 < len(levels) else None,
            }
        return found


def _between(levels: Sequence[Any], inside: int, outside: int) -> Any:
    if all(isinstance(one, int) for one in levels):
        return levels[inside]
    return (levels[inside] + levels[outside]) / 2


class Share(NamedTuple):
    """How much a box holds.

    Attributes
    ----------
    coverage : float
        Of all failing worlds, the share inside.
    density : float
        Of the worlds inside, the share that fail.
    mass : float
        Of all worlds, the share inside.
    worlds, failing : int
        How many are inside.

    Notes
    -----
    Coverage and density are those of R. J. Lempert, B. P. Bryant and S. C. Bankes, Comparing
    Algorithms for Scenario Discovery, RAND WR-557-NSF, 2008.
    """

    coverage: float
    density: float
    mass: float
    worlds: int
    failing: int

    @property
    def beyond_chance(self) -> float:
        """Coverage less mass: what is held beyond what a box of that size holds by chance."""
        return self.coverage - self.mass


def sharing(inside: NDArray[np.bool_], fails: NDArray[np.bool_]) -> Share:
    """How much of the failures a box holds.

    Parameters
    ----------
    inside, fails : (n,) bool
        Whether each world is in the box, and whether it fails.
    """
    worlds, failing, every = int(inside.sum()), int((inside & fails).sum()), int(fails.sum())
    return Share(
        failing / every if every else np.nan,
        failing / worlds if worlds else np.nan,
        worlds / len(fails) if len(fails) else np.nan,
        worlds,
        failing,
    )


class LimitTest(NamedTuple):
    """How far a limit can be done without.

    Attributes
    ----------
    quasi_p : float
        The probability of as many failures or more among the worlds of the box, by the binomial
        law with the density of the box without that limit.
    exact_p : float
        The same if the worlds of the box were drawn from those of the box without that limit
        (Fisher's exact test of the worlds inside and those that this limit alone keeps out).
    """

    quasi_p: float
    exact_p: float


def limit_tests(box: Box, axes: Axes, fails: NDArray[np.bool_]) -> dict[tuple[int, str], LimitTest]:
    """For each limit, how likely what the box holds would be if the limit did not matter.

    Notes
    -----
    Quasi-p-values are those of B. P. Bryant and R. J. Lempert, Thinking inside the box,
    Technological Forecasting and Social Change 77(1), 2010, 34-49, as the EMA Workbench computes
    them (``scenario_discovery_util``). The box without a limit holds the box itself, which the
    binomial law does not know; so they are large where most worlds are inside, and limits are
    dropped by the exact test. Neither knows that the box was chosen by the same worlds: they tell
    which limits may go, not whether the box is more than chance.
    """
    own = sharing(box.holds(axes.codes), fails)
    found = {}
    for number, side in box.sides(axes):
        wider = sharing(box.without(number, side).holds(axes.codes), fails)
        quasi_p = float(bdtrc(own.failing - 1, own.worlds, wider.density))
        found[number, side] = LimitTest(quasi_p, _drawn_p(own, wider))
    return found


def _drawn_p(own: Share, wider: Share) -> float:
    """The hypergeometric probability of as many failures or more as a box has, out of a wider."""
    counts = np.arange(own.failing, min(own.worlds, wider.failing) + 1)
    logs = (
        _log_choose(wider.failing, counts)
        + _log_choose(wider.worlds - wider.failing, own.worlds - counts)
        - _log_choose(wider.worlds, own.worlds)
    )
    return min(float(np.exp(logs).sum()), 1.0)


def _log_choose(of: int, count: ArrayLike) -> NDArray[np.float64]:
    chosen = np.asarray(count, dtype=float)
    return np.asarray(-np.log1p(of) - betaln(of - chosen + 1, chosen + 1))
