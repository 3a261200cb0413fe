"""What is to be expected of a system."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from environment.gini import gini_by_row
from environment.units import HOUR_S
from policies.base import PolicyError
from policies.hypercube.system import HypercubeSystem
from policies.hypercube.system_mistakes import table
from policies.hypercube.waiting import Queue
from policies.mistakes import number_mistakes, refuse


@dataclass(frozen=True, eq=False)
class HypercubeAnswer:
    """Workloads, dispatches, losses and response times of a system in the long run.

    Attributes
    ----------
    system : HypercubeSystem
    workload : (N,) float64
        Share of time that each server is busy.
    sent_at_once : (N, J) float64
        Probability that a call of a demand point takes this server as it comes in.
    blocked : (J,) float64
        Probability that a call finds all servers of its list busy.
    queue : Queue or None
        Of a system with an infinite line.
    state_probabilities : (2**N,) float64 or None
        Of the states without waiting calls, server n busy if bit n is set; None of an
        approximation.
    residual : float
        By how much the states differ from what their neighbours say, summed up; of an
        approximation, by how much its workloads still changed.
    sweeps : int
        That it took.
    """

    system: HypercubeSystem
    workload: NDArray[np.float64]
    sent_at_once: NDArray[np.float64]
    blocked: NDArray[np.float64]
    queue: Queue | None
    state_probabilities: NDArray[np.float64] | None
    residual: float
    sweeps: int

    @cached_property
    def served(self) -> NDArray[np.float64]:
        """Probability that a call takes each server, at once or after a wait, (N, J)."""
        if self.queue is None:
            return self.sent_at_once
        return self.sent_at_once + self.queue.probability * self.queue.served_by[:, None]

    @cached_property
    def loss(self) -> NDArray[np.float64]:
        """Share of each demand point's calls that nobody serves, (J,)."""
        return np.zeros_like(self.blocked) if self.queue else self.blocked

    @property
    def mean_loss(self) -> float:
        """Share of all calls that nobody serves."""
        return float(self.loss @ self.system.share)

    @property
    def waiting_probability(self) -> float:
        """Share of calls that wait; 0 without a line."""
        return self.queue.probability if self.queue else 0.0

    @property
    def mean_wait_s(self) -> float:
        """Mean seconds that a call waits for a server to come free, over all calls."""
        return self.queue.mean_wait_s if self.queue else 0.0

    @cached_property
    def dispatch_fractions(self) -> NDArray[np.float64]:
        """Share of each demand point's served calls that each server takes, (N, J)."""
        return self.served / self.served.sum(axis=0)

    @cached_property
    def system_fractions(self) -> NDArray[np.float64]:
        """Share of all served calls that each server takes at each point, (N, J).

        The sum is 1, as in Larson's papers.
        """
        rate = self.served * self.system.share
        return rate / rate.sum()

    @cached_property
    def response_s(self) -> NDArray[np.float64]:
        """Mean seconds until a served call of each demand point is reached, wait included, (J,)."""
        travel_s = np.where(self.served > 0, self.system.travel_s, 0)
        return (self.dispatch_fractions * travel_s).sum(axis=0) + self.mean_wait_s

    @property
    def mean_response_s(self) -> float:
        """Mean of the demand points' response times, weighted by their calls, lost ones too.

        As in Blank's paper. A mean over served calls only can fall because distant calls are
        lost; in any case, look at the loss beside it.
        """
        return float(self.response_s @ self.system.share)

    @property
    def mean_response_of_served_s(self) -> float:
        """Mean seconds until a served call is reached."""
        share = self.system.share * (1 - self.loss)
        return float(self.response_s @ share / share.sum())

    @property
    def longest_response_s(self) -> float:
        """The greatest of the demand points' mean response times, also of those without calls.

        There it is what somebody who called would wait.
        """
        return float(self.response_s.max())

    @property
    def first_server_available(self) -> float:
        """Share of calls whose first server is free as they come in."""
        lists = self.system.lists
        free = 1 - self.workload[lists.server[:, 0]]
        return float(free @ lists.calls_per_hour / self.system.total_calls_per_hour)

    def coverage(self, within_s: float) -> float:
        """Share of all calls that are reached in time; a lost call is not.

        Parameters
        ----------
        within_s : float
            Longest response time, the wait included.
        """
        refuse(number_mistakes("within_s", within_s, lambda s: s >= 0, ">= 0"))
        spare_s = within_s - self.system.travel_s
        reached = self.sent_at_once * (spare_s >= 0)
        if self.queue:
            in_time = -np.expm1(-self.queue.spare_per_hour / HOUR_S * spare_s.clip(0))
            reached = reached + self.queue.probability * self.queue.served_by[:, None] * in_time
        return float(reached.sum(axis=0) @ self.system.share)

    def deviation_in_loss(self, base: HypercubeAnswer) -> float:
        """How far the points' losses are from another system's, weighted by that system's calls.

        What Blank's paper calls Gini a, as far as its figures tell.
        """
        return float(mean_deviation(self.loss, base.loss, base.system.share))

    def deviation_in_response_s(self, base: HypercubeAnswer) -> float:
        """How far the points' response times are from another system's, weighted by its calls.

        What Blank's paper calls Gini b, there in minutes.
        """
        return float(mean_deviation(self.response_s, base.response_s, base.system.share))


def mean_deviation(
    values: NDArray[np.float64], base: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean absolute difference along the last axis, that of the demand points, (J,).

    Raises
    ------
    PolicyError
        If the base has other demand points.
    """
    if values.shape[-1] != len(base):
        own = f"the same {values.shape[-1]} demand points"
        raise PolicyError(f"base must have {own}, got {len(base)}")
    return np.asarray(np.abs(values - base) @ weights)


def gini(values: ArrayLike, weights: ArrayLike) -> float:
    r"""Gini's coefficient: 0 if all values are equal, towards 1 if one has everything.

    .. math:: \frac{\sum_i\sum_j w_i w_j |x_i - x_j|}{2\sum_i w_i\sum_i w_i x_i}

    Parameters
    ----------
    values : (k,) array_like
        >= 0.
    weights : (k,) array_like
        Such as calls, >= 0 and not all 0; they need not sum to 1.

    Raises
    ------
    PolicyError
        If lengths differ, or a number is negative or not finite.
    """
    values, weights = table("values", values), table("weights", weights)
    refuse(_gini_mistakes(values, weights))
    return float(gini_by_row(values[None], weights)[0])


def _gini_mistakes(values: NDArray[np.float64], weights: NDArray[np.float64]) -> list[str]:
    if values.ndim != 1 or values.shape != weights.shape or not values.size:
        return [f"values and weights must be as long, got {values.shape} and {weights.shape}"]
    mistakes = []
    for name, numbers in (("values", values), ("weights", weights)):
        bad = numbers[~((numbers >= 0) & np.isfinite(numbers))]
        if len(bad):
            mistakes.append(f"{name} must be >= 0 and finite, got {bad[0]:g}")
    if not mistakes and not weights.any():
        mistakes.append("weights must not be 0 everywhere")
    return mistakes
