"""Many laws of demand evaluated together, those of a kind in one sweep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from policies.ordering.laws.base import TIE, DemandLaw, ParametricLaw
from policies.ordering.laws.table import TableDemand

Numbers = NDArray[np.float64]


class _Kind(Protocol):
    """Laws of one kind."""

    def met(self, level: Numbers) -> Numbers: ...

    def inverse(self, probability: Numbers) -> Numbers: ...

    def unmet(self, level: Numbers) -> Numbers: ...


class Demands:
    """The demands of n items.

    Parameters
    ----------
    laws : (n,) sequence of DemandLaw
        Built-in ones are evaluated kind by kind; a user's own, one by one.
    """

    def __init__(self, laws: Sequence[DemandLaw]) -> None:
        places: dict[Hashable, list[int]] = defaultdict(list)
        for place, law in enumerate(laws):
            places[_kind_of(law)].append(place)
        self._count = len(laws)
        self._kinds = [
            (np.array(own), _together([laws[place] for place in own])) for own in places.values()
        ]
        self.mean: Numbers = np.array([law.mean for law in laws], float)

    def probability_met(self, level: Numbers) -> Numbers:
        """P(D <= level) of each, (n,)."""
        met = np.empty(self._count)
        for own, kind in self._kinds:
            met[own] = kind.met(level[own])
        return met

    def quantile(self, probability: Numbers) -> Numbers:
        """The least level of each that meets all its demand with a probability, (n,)."""
        level = np.empty(self._count)
        for own, kind in self._kinds:
            level[own] = kind.inverse(probability[own])
        return level

    def shortage(self, level: Numbers) -> Numbers:
        """E (D - level)⁺ of each, (n,)."""
        unmet = np.empty(self._count)
        for own, kind in self._kinds:
            unmet[own] = kind.unmet(level[own])
        return unmet


def _kind_of(law: DemandLaw) -> Hashable:
    """What laws that are evaluated together have in common."""
    if type(law) is TableDemand:
        return TableDemand, len(law.value).bit_length()  # tables of like length fill up little
    return type(law)


def _together(laws: Sequence[DemandLaw]) -> _Kind:
    first = laws[0]
    if isinstance(first, ParametricLaw):
        return _Parametric(laws)  # type: ignore[arg-type]
    if type(first) is TableDemand:
        return _Tables(laws)  # type: ignore[arg-type]
    return _OneByOne(laws)


class _Parametric:
    def __init__(self, laws: Sequence[ParametricLaw]) -> None:
        self._law = type(laws[0])
        self._parameters = np.array([law.parameters for law in laws], float).T

    def met(self, level: Numbers) -> Numbers:
        return self._law.met(level, *self._parameters)

    def inverse(self, probability: Numbers) -> Numbers:
        return self._law.inverse(probability, *self._parameters)

    def unmet(self, level: Numbers) -> Numbers:
        return self._law.unmet(level, *self._parameters)


class _Tables:
    """Tables of n laws side by side; shorter ones end in values of no probability."""

    def __init__(self, laws: Sequence[TableDemand]) -> None:
        longest = max(len(law.value) for law in laws)
        self._value = np.array([np.pad(w.value, (0, longest - len(w.value)), "edge") for w in laws])
        self._probability = np.array(
            [np.pad(law.probability, (0, longest - len(law.probability))) for law in laws]
        )
        self._cumulated = self._probability.cumsum(axis=1)

    def met(self, level: Numbers) -> Numbers:
        is_met = self._value <= level[:, None]
        return np.minimum(1.0, np.where(is_met, self._probability, 0.0).sum(axis=1))

    def inverse(self, probability: Numbers) -> Numbers:
        below = (self._cumulated < (probability - TIE)[:, None]).sum(axis=1)
        first = np.minimum(below, self._value.shape[1] - 1)
        return np.take_along_axis(self._value, first[:, None], axis=1)[:, 0]

    def unmet(self, level: Numbers) -> Numbers:
        above = np.maximum(self._value - level[:, None], 0)
        return np.einsum("ij,ij->i", above, self._probability)


class _OneByOne:
    def __init__(self, laws: Sequence[DemandLaw]) -> None:
        self._laws = laws

    def met(self, level: Numbers) -> Numbers:
        pairs = zip(self._laws, level.tolist(), strict=True)
        return np.array([law.probability_met(q) for law, q in pairs])

    def inverse(self, probability: Numbers) -> Numbers:
        pairs = zip(self._laws, probability.tolist(), strict=True)
        return np.array([law.quantile(p) for law, p in pairs])

    def unmet(self, level: Numbers) -> Numbers:
        return np.array(
            [law.shortage(q) for law, q in zip(self._laws, level.tolist(), strict=True)]
        )
