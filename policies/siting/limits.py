"""When a search may stop, and what it tells on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from policies.mistakes import number_mistakes, refuse


@dataclass(frozen=True)
class SearchLimits:
    """When a search may stop.

    Parameters
    ----------
    gap : float
        Share of the objective that may be left between the answer and the bound.
    time_limit_s : float
        Seconds after which the best answer so far is taken.
    """

    gap: float = 1e-4
    time_limit_s: float = inf

    def __post_init__(self) -> None:
        refuse(
            [
                *number_mistakes("gap", self.gap, lambda g: 0 <= g < 1, "from 0 to below 1"),
                *number_mistakes("time_limit_s", self.time_limit_s, lambda s: s > 0, "above 0"),
            ]
        )


class Progress(NamedTuple):
    """How far a search is.

    Attributes
    ----------
    seconds : float
        Since it began.
    objective : float
        Of the best answer so far; infinite if there is none.
    bound : float
        No answer is better.
    gap : float
        Between both, as a share of the objective.
    """

    seconds: float
    objective: float
    bound: float
    gap: float


Watcher = Callable[[Progress], None]
"""Is told of every step of a search."""
