"""What a placement of servers is judged by."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from environment.gini import gini_by_row
from policies.mistakes import number_mistakes, refuse


class Figures(Protocol):
    """What an objective looks at: of one system, or of S systems side by side."""

    @property
    def response_s(self) -> NDArray[np.float64]:
        """Mean response time of each demand point, (J,) or (S, J)."""

    @property
    def mean_response_s(self) -> NDArray[np.float64] | float:
        """Mean over demand points, weighted by their calls."""

    @property
    def mean_loss(self) -> NDArray[np.float64] | float:
        """Share of calls that nobody serves."""


@dataclass(frozen=True)
class Objective:
    r"""A cost to be as low as can be: a weighted sum of what is bad about a placement.

    Each weight has the unit of the cost over that of its figure. Mean response times look at
    served calls only, so an objective of response times alone can gain by losing distant calls:
    look at the loss, or give it a weight.

    Attributes
    ----------
    per_second : float
        Weight of a second of mean response time, >= 0; as are the others.
    per_lost_share : float
        Weight of the share of calls that nobody serves: of all calls lost, against none.
    per_late_share : float
        Weight of the share of calls that are not reached within `within_s`, lost ones included.
    per_gini : float
        Weight of Gini's coefficient of the demand points' mean response times, weighted by their
        calls: of one point that bears all, against all alike.
    within_s : float
        Longest response time that is not late; needed where `per_late_share` is above 0.

    Raises
    ------
    PolicyError
        If a weight is negative or not finite, all are 0, or `within_s` is missing.
    """

    per_second: float = 0.0
    per_lost_share: float = 0.0
    per_late_share: float = 0.0
    per_gini: float = 0.0
    within_s: float = np.inf

    def __post_init__(self) -> None:
        weights = [field.name for field in fields(self) if field.name.startswith("per_")]
        mistakes = [
            mistake
            for name in weights
            for mistake in number_mistakes(
                name, getattr(self, name), lambda w: 0 <= w < np.inf, ">= 0 and finite"
            )
        ]
        mistakes += number_mistakes("within_s", self.within_s, lambda s: s >= 0, ">= 0")
        if not mistakes and not any(getattr(self, name) for name in weights):
            mistakes.append(f"one weight at least must be above 0: {', '.join(weights)}")
        if not mistakes and self.per_late_share and np.isinf(self.within_s):
            mistakes.append("per_late_share needs within_s, the longest time that is not late")
        refuse(mistakes)

    def cost(
        self,
        figures: Figures,
        coverage: NDArray[np.float64] | float,
        calls_per_hour: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """The weighted sum, () of one system and (S,) of many.

        Parameters
        ----------
        figures : HypercubeAnswer or ManyAnswers
        coverage : (S,) float64 or float
            Share of calls reached within `within_s`.
        calls_per_hour : (J,) float64
        """
        cost = np.asarray(self.per_second * figures.mean_response_s)
        cost = cost + self.per_lost_share * figures.mean_loss
        cost = cost + self.per_late_share * (1 - coverage)
        if self.per_gini:
            cost = cost + self.per_gini * _gini(figures.response_s, calls_per_hour)
        return np.asarray(cost)


def _gini(response_s: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    by_row = gini_by_row(np.atleast_2d(response_s), weights)
    return by_row if response_s.ndim == 2 else by_row[0]


RESPONSE = Objective(per_second=1.0)
"""Mean response time in seconds, as in Blank's paper."""
