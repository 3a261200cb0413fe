"""What is to be expected of many systems, side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from policies.hypercube.answer import HypercubeAnswer
from policies.hypercube.measures import mean_deviation


@dataclass(frozen=True, eq=False)
class ManyAnswers:
    """What is to be expected of S systems, each with its own calls.

    Attributes
    ----------
    loss : (S, J) float64
        Share of each demand point's calls that nobody serves.
    response_s : (S, J) float64
        Mean seconds until a served call is reached.
    workload : (S, N) float64
        Share of time that each server is busy.
    mean_loss, mean_response_s : (S,) float64
        Means over the demand points, weighted by their calls.
    first_server_available : (S,) float64
        Share of calls whose first server is free.
    coverage : (S,) float64
        Share of all calls that are reached within the time asked for; a lost call is not.
    """

    loss: NDArray[np.float64]
    response_s: NDArray[np.float64]
    workload: NDArray[np.float64]
    mean_loss: NDArray[np.float64]
    mean_response_s: NDArray[np.float64]
    first_server_available: NDArray[np.float64]
    coverage: NDArray[np.float64]

    @property
    def longest_response_s(self) -> NDArray[np.float64]:
        """The greatest of the mean response times, also of points without calls, (S,)."""
        return self.response_s.max(axis=1)

    def deviation_in_loss(self, base: HypercubeAnswer) -> NDArray[np.float64]:
        """How far losses are from those of `base`, weighted by the calls of `base`, (S,)."""
        return mean_deviation(self.loss, base.loss, base.system.share)

    def deviation_in_response_s(self, base: HypercubeAnswer) -> NDArray[np.float64]:
        """How far response times are from those of `base`, weighted by its calls, (S,)."""
        return mean_deviation(self.response_s, base.response_s, base.system.share)
