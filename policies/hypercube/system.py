"""The system to be solved: calls, servers, and who is sent where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.hypercube.system_mistakes import (
    array_mistakes,
    choice_mistakes,
    list_mistakes,
    shape_mistakes,
    table,
)
from policies.mistakes import refuse

Line = Literal["loss", "infinite"]
ServiceMode = Literal["calibrated", "paper"]


@dataclass(frozen=True, eq=False)
class PreferenceLists:
    """Every list that some call goes by, the alternatives of a demand point one by one.

    Attributes
    ----------
    server : (K, D) int64
        In the order in which they are asked.
    point : (K,) int64
        The demand point of each list.
    calls_per_hour : (K,) float64
        That go by each list.
    share : (K,) float64
        Of the calls of its demand point.
    first_busy : (K, D + 1) int64
        Set of a list's first 0, 1, ..., D servers, server n as bit n.
    """

    server: NDArray[np.int64]
    point: NDArray[np.int64]
    calls_per_hour: NDArray[np.float64]
    share: NDArray[np.float64]
    first_busy: NDArray[np.int64]


@dataclass(frozen=True, eq=False, init=False)
class HypercubeSystem:
    """Calls from J demand points, served by N servers that are asked in order of preference.

    Calls come at random (Poisson), each server is free or busy. A call takes the first free
    server of its list of D servers, in ``"loss"`` none if they are all busy. With an
    ``"infinite"`` line D is N, and calls that find everyone busy wait for whoever is free first,
    first come, first served.

    Parameters
    ----------
    calls_per_hour : (J,) array_like
        Of each demand point, >= 0, not all 0.
    travel_s : (N, J) array_like
        Seconds from each server to each demand point; infinite where it is on no list.
    preferences : (J, D) or (J, L, D) array_like of int
        Servers by number from 0, in the order in which they are asked; D <= N (partial backup).
        Where a call may go by one of L lists, at random, `weights` say how often.
    service_s : float, (N,) or (N, J) array_like
        Mean seconds that a server is busy with a call of a demand point, > 0.
    line : {"loss", "infinite"}
    service_mode : {"calibrated", "paper"}
        Where the service depends on the demand point, a server either has one mean service time,
        that of the calls that it serves (a fixed point), or, as in Blank's paper, the mean of the
        service *rates* over the points that it would serve in the state that it leaves behind.
        A mean of rates is above the rate of the mean time, so the paper's way mostly makes
        servers look faster than they are.
    weights : (J, L) array_like, optional
        Share of a point's calls that goes by each of its L lists; rows sum to 1. Needed where L is
        above 1.

    Raises
    ------
    PolicyError
        If shapes do not fit or numbers are out of range; the message names every mistake.
    """

    calls_per_hour: NDArray[np.float64]
    travel_s: NDArray[np.float64]
    preferences: NDArray[np.int64]
    service_s: NDArray[np.float64]
    line: Line
    service_mode: ServiceMode
    weights: NDArray[np.float64]

    def __init__(
        self,
        calls_per_hour: ArrayLike,
        travel_s: ArrayLike,
        preferences: ArrayLike,
        service_s: ArrayLike,
        line: Line = "loss",
        service_mode: ServiceMode = "calibrated",
        weights: ArrayLike | None = None,
    ) -> None:
        calls = table("calls_per_hour", calls_per_hour)
        travel = table("travel_s", travel_s)
        service = table("service_s", service_s)
        lists = table("preferences", preferences, dtype=None)
        if weights is None:
            lists = lists[:, None, :] if lists.ndim == 2 else lists
            weights = np.ones(lists.shape[:2]) if lists.ndim == 3 and lists.shape[1] == 1 else []
        weight = table("weights", weights)
        refuse(
            [
                *choice_mistakes("line", line, ("loss", "infinite")),
                *choice_mistakes("service_mode", service_mode, ("calibrated", "paper")),
                *shape_mistakes(calls, travel, lists, service, weight),
            ]
        )
        service = np.array(np.broadcast_to(_by_point(service), travel.shape))
        refuse(
            [
                *array_mistakes(calls, travel, service, weight),
                *list_mistakes(lists, travel, service, line == "infinite"),
            ]
        )
        self._keep("calls_per_hour", calls)
        self._keep("travel_s", travel)
        self._keep("preferences", lists.astype(np.int64))
        self._keep("service_s", service)
        self._keep("weights", weight)
        object.__setattr__(self, "line", line)
        object.__setattr__(self, "service_mode", service_mode)

    def _keep(self, name: str, values: NDArray[np.generic]) -> None:
        values.setflags(write=False)
        object.__setattr__(self, name, values)

    @property
    def servers(self) -> int:
        """How many there are, N."""
        return len(self.travel_s)

    @property
    def points(self) -> int:
        """How many demand points there are, J."""
        return len(self.calls_per_hour)

    @property
    def districting_level(self) -> int:
        """How many servers a list has, D."""
        return self.preferences.shape[2]

    @property
    def total_calls_per_hour(self) -> float:
        """Of all demand points."""
        return float(self.calls_per_hour.sum())

    @cached_property
    def share(self) -> NDArray[np.float64]:
        """Share of all calls that each demand point has, h, (J,)."""
        return self.calls_per_hour / self.calls_per_hour.sum()

    @cached_property
    def lists(self) -> PreferenceLists:
        """Every list with a positive weight."""
        point, alternative = (self.weights > 0).nonzero()
        server = np.ascontiguousarray(self.preferences[point, alternative])
        share = self.weights[point, alternative]
        first_busy = np.zeros((len(point), self.districting_level + 1), dtype=np.int64)
        np.cumsum(np.left_shift(1, server), axis=1, out=first_busy[:, 1:])
        calls = share * self.calls_per_hour[point]
        return PreferenceLists(server, point, calls, share, first_busy)

    @cached_property
    def is_used(self) -> NDArray[np.bool_]:
        """Whether a server is on the list of some call, (N,); the others are never busy."""
        used = np.zeros(self.servers, dtype=np.bool_)
        used[self.lists.server[self.lists.calls_per_hour > 0]] = True
        return used

    @cached_property
    def depends_on_point(self) -> bool:
        """Whether a server's service takes longer for some of its demand points than others."""
        first = np.full(self.servers, np.nan)
        first[self.lists.server] = self.listed_service_s
        return bool((self.listed_service_s != first[self.lists.server]).any())

    @cached_property
    def listed_service_s(self) -> NDArray[np.float64]:
        """Mean busy time of every server on every list, (K, D)."""
        return self.service_s[self.lists.server, self.lists.point[:, None]]


def _by_point(service: NDArray[np.float64]) -> NDArray[np.float64]:
    """With an axis for demand points where there is one for servers."""
    return service[:, None] if service.ndim == 1 else service
