"""How many servers are busy if all are alike: Erlang's formulas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.hypercube.system import Line

STEPS = 60
"""Halvings that find the load; more would change nothing."""

Array = NDArray[np.float64]


class BusyServers:
    """Servers that are all alike and asked in random order.

    Parameters
    ----------
    servers : int
        N.
    level : int
        How many of them a call may ask, D.
    line : {"loss", "infinite"}

    Attributes
    ----------
    all_busy : float
        Probability that every server is busy, by the last `look_up`.
    """

    def __init__(self, servers: int, level: int, line: Line) -> None:
        self._servers = servers
        self._line = line
        self.all_busy = 0.0
        # Of n busy servers out of N, k asked at random are all among them so often.
        busy, asked = np.arange(servers + 1)[:, None], np.arange(level)
        all_asked = np.cumprod((busy - asked).clip(0) / (servers - asked), axis=1)
        before = np.pad(all_asked, ((0, 0), (1, 0)), constant_values=1)
        self._next_free = before[:, :-1] * (servers - busy) / (servers - asked)
        self._none_free = before[:, -1]

    def look_up(self, mean_busy: float) -> tuple[Array, float]:
        """What a call finds where so many servers are busy on average.

        Returns
        -------
        (D,) float64
            Probability that the servers asked first 0, 1, ..., D - 1 times are busy and the next
            is free.
        float
            Probability that all D are busy.
        """
        number = self._law(self._load(mean_busy))
        self.all_busy = float(number[-1])
        return number @ self._next_free, float(number @ self._none_free)

    def _load(self, mean_busy: float) -> float:
        """The offered load that keeps so many servers busy."""
        if self._line == "infinite":
            return min(mean_busy, self._servers * (1 - 1e-9))
        idle = max(1 - mean_busy / self._servers, np.finfo(float).eps)
        low, high = 0.0, self._servers / idle
        for _ in range(STEPS):
            load = (low + high) / 2
            is_less = load * (1 - self._law(load)[-1]) < mean_busy
            low, high = (load, high) if is_less else (low, load)
        return high

    def _law(self, load: float) -> Array:
        """Probability of 0, 1, ..., N busy servers, (N + 1,)."""
        # Relative to the likeliest number, so that nothing overflows.
        steps = np.log(load) - np.log(np.arange(1, self._servers + 1))
        log_weight = np.concatenate([[0.0], np.cumsum(steps)])
        weight = np.exp(log_weight - log_weight.max())
        if self._line == "infinite":
            weight[-1] /= 1 - load / self._servers
        return weight / weight.sum()
