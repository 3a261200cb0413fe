"""Rules: in which order anyone serves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agents.supply.context import SupplyContext
from environment.supply.needs import Who
from environment.units import HOUR_S
from policies.coordination import RulesPrice

DAYS_A_GRADE = 0.5
"""Days of unmet need that make one grade of urgency."""


class FirstComeFirstServed:
    """First come, first served, at each site by itself: there is no common scale."""

    assessment_s = 0.0

    def rank(self, who: Who) -> float:  # noqa: ARG002
        """Everybody alike."""
        return 0.0

    def graded(
        self, severity: NDArray[np.float64], urgency: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Nobody can tell who is worse off."""
        return np.zeros_like(severity), np.zeros_like(urgency)

    def order_rank(self, severity: NDArray[np.float64]) -> float:  # noqa: ARG002
        """Orders are served as they come in."""
        return 0.0

    def weights_of_places(self, sites: Sequence[int]) -> None:
        """All alike."""


class Triage:
    """One rule everywhere: the worse off first, in a few grades, after an assessment."""

    def __init__(self, price: RulesPrice, supply: SupplyContext) -> None:
        self.assessment_s = price.assessment_h * HOUR_S
        self._worst = float(price.grades - 1)
        self._supply = supply

    def rank(self, who: Who) -> float:
        """Crews, hospitals, the ill, and then the public."""
        return min(float(who), self._worst + Who.ILL)

    def graded(
        self, severity: NDArray[np.float64], urgency: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Whole grades, each twice as severe as the one below, or half a day more urgent."""
        return self._grade_of(severity), np.clip(np.floor(urgency / DAYS_A_GRADE), 0, self._worst)

    def order_rank(self, severity: NDArray[np.float64]) -> float:
        """Orders for the worst district come first."""
        return -float(self._grade_of(severity).max(initial=0.0))

    def weights_of_places(self, sites: Sequence[int]) -> NDArray[np.float64]:
        """A district of a higher grade weighs more."""
        first = len(self._supply.suppliers) + len(self._supply.stores)
        grades = self._grade_of(self._supply.government.known_severity())
        return np.array([1.0 + (grades[s - first] if s >= first else 0.0) for s in sites])

    def _grade_of(self, severity: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.clip(np.floor(np.log2(1.0 + severity)), 0, self._worst)
