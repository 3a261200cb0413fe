"""All states of a system: their rates and, sweep by sweep, their probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from environment.units import HOUR_S
from policies.hypercube.rates import (
    LOW_BITS,
    add_where_busy,
    add_where_free,
    divide_or,
    multiply_over_members,
    server_rates,
    sum_over_members,
    write_rates,
)
from policies.hypercube.subsets import sum_over_supersets
from policies.hypercube.sweeps import (
    FIRST_RELAXATION,
    SWEEPS_A_ROUND,
    next_relaxation,
    set_levels_right,
    sweep,
)
from policies.hypercube.system import HypercubeSystem

IDLE_RATE = 1.0
"""Service rate of a server that is never sent out; any other would do."""

Array = NDArray[np.float64]


class StateSpace:
    """The hypercube of a system, loss or not: waiting calls change no balance between its states.

    Fewer than `LOW_BITS` servers are filled up by others that are never sent out; their busy
    states, as those of any server that is on nobody's list, have probability 0 from the start.

    Parameters
    ----------
    system : HypercubeSystem
    by_state : bool
        Whether service rates are means over the points that a server would serve in a state.

    Attributes
    ----------
    probability : (2**N,) float64
        State a has server n busy if bit n of a is set.
    """

    def __init__(self, system: HypercubeSystem, by_state: bool) -> None:
        self._system = system
        self._servers = max(system.servers, LOW_BITS)
        self._room = np.empty(2**self._servers)
        self._up_out = np.zeros(2**self._servers)
        self._stay_h = np.zeros(2**self._servers)
        self._server_down = np.full(self._servers, IDLE_RATE)
        self._up = np.zeros(self._servers * 2 ** (self._servers - 1))
        self._down = np.zeros(len(self._up) if by_state else 0)
        self._relaxation = FIRST_RELAXATION
        self.sweeps = 0
        self.probability = np.empty(2**self._servers)
        for server in range(system.servers):
            self._write(server)
        if by_state:
            for server in range(system.servers, self._servers):
                self._write_down(server, np.full(2 ** (self._servers - 1), IDLE_RATE))

    @property
    def all_busy_per_hour(self) -> Array:
        """Service rate of each server while everyone is busy, (N,)."""
        return self._server_down[: self._system.servers]

    def _write(self, server: int) -> None:
        """Work out one server's rates and put them where the sweeps read them."""
        lists = self._system.lists
        calls, speed = self._room.reshape(2, -1)
        level = lists.server.shape[1]
        list_calls = np.repeat(lists.calls_per_hour[:, None], level, axis=1)
        server_rates(calls, server, lists.server, list_calls)
        write_rates(self._up, calls, server, self._servers, True)
        add_where_free(self._up_out, calls, server)
        if len(self._down):
            served = list_calls * (HOUR_S / self._system.listed_service_s)
            server_rates(speed, server, lists.server, served)
            divide_or(speed, calls, self._mean_rate(server, list_calls, served))
            self._server_down[server] = speed[-1]
            self._write_down(server, speed)

    def _mean_rate(self, server: int, calls: Array, served: Array) -> float:
        """Over all demand points that have the server on their lists."""
        is_listed = self._system.lists.server == server
        total = calls[is_listed].sum()
        return float(served[is_listed].sum() / total) if total > 0 else IDLE_RATE

    def _write_down(self, server: int, rate: Array) -> None:
        write_rates(self._down, rate, server, self._servers, False)
        add_where_busy(self._stay_h, rate, server)

    def start(self, service_s: Array) -> None:
        """Begin with servers that are busy independently of each other.

        Parameters
        ----------
        service_s : (N,)
            A guess at the mean service time of each.
        """
        system = self._system
        odds = np.zeros(self._servers)
        calls_each = system.total_calls_per_hour / system.is_used.sum()
        odds[: system.servers] = np.where(system.is_used, calls_each * service_s, 0)
        multiply_over_members(odds / HOUR_S, self.probability)
        if len(self._down):
            self._stay_h += self._up_out
            np.reciprocal(self._stay_h, out=self._stay_h)
        else:
            self.serve_in(service_s)

    def serve_in(self, service_s: Array) -> None:
        """Give each server one mean service time, (N,), whatever the state."""
        self._server_down[: self._system.servers] = HOUR_S / service_s
        sum_over_members(self._server_down, self._stay_h)
        self._stay_h += self._up_out
        np.reciprocal(self._stay_h, out=self._stay_h)

    def improve(self) -> float:
        """Do a round of sweeps; return the residual that the last of them met."""
        set_levels_right(self.probability, self._up_out, self._stay_h, self._servers)
        met = [self._sweep(self._relaxation) for _ in range(SWEEPS_A_ROUND)]
        self._relaxation = next_relaxation(self._relaxation, met[0], met[-1])
        return met[-1]

    def residual(self) -> float:
        """By how much states differ from what their neighbours say, summed up; changes nothing."""
        return self._sweep(0.0)

    def _sweep(self, relaxation: float) -> float:
        self.sweeps += 1
        return sweep(
            self.probability,
            self._up,
            self._down,
            self._server_down,
            self._stay_h,
            self._servers,
            relaxation,
        )

    def all_busy_at_least(self, servers: NDArray[np.int64]) -> Array:
        """Probability that all of a set of servers are busy, and maybe others."""
        self._room[:] = self.probability
        sum_over_supersets(self._room)
        return self._room[servers]
