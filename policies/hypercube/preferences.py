"""Which servers a call asks, and in what order."""

from __future__ import annotations

from itertools import permutations, product
from math import factorial, prod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.base import PolicyError
from policies.mistakes import number_mistakes, refuse

MOST_ALTERNATIVES = 5040
"""Orders of the tied servers of one demand point; seven servers that all tie have as many."""


def preferences_by_time(
    travel_s: ArrayLike, districting_level: int, tie_s: float = 0.0
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Preference lists of the nearest servers, ties shared equally over the tied orders.

    Parameters
    ----------
    travel_s : (N, J) array_like
        Seconds from each server to each demand point; infinite where it cannot go.
    districting_level : int
        Length D of each list, from 1 to N.
    tie_s : float
        Servers whose times differ by no more than this from the first of their group are tied.
        At 0, servers at the same place are tied, too.

    Returns
    -------
    preferences : (J, L, D) int64
    weights : (J, L) float64
        Share of a point's calls that goes by each list; 0 fills up where a point has fewer.

    Raises
    ------
    PolicyError
        If a number is out of range, fewer than D servers reach some demand point, or so many
        servers tie that there would be more than `MOST_ALTERNATIVES` orders.
    """
    travel_s = np.asarray(travel_s, dtype=np.float64)
    refuse(_mistakes(travel_s, districting_level, tie_s))
    alternatives = [_tied_lists(column, districting_level, tie_s) for column in travel_s.T]
    most = max(len(lists) for lists, _ in alternatives)
    preferences = np.empty((len(alternatives), most, districting_level), dtype=np.int64)
    weights = np.zeros((len(alternatives), most))
    for point, (lists, share) in enumerate(alternatives):
        preferences[point] = lists[0]
        preferences[point, : len(lists)] = lists
        weights[point, : len(lists)] = share
    return preferences, weights


def _mistakes(travel_s: NDArray[np.float64], districting_level: int, tie_s: float) -> list[str]:
    if travel_s.ndim != 2 or not travel_s.size:
        return [f"travel_s must be a table of servers by demand points, got {travel_s.shape}"]
    mistakes = number_mistakes("tie_s", tie_s, lambda s: 0 <= s < np.inf, ">= 0 and finite")
    servers = len(travel_s)
    is_level = isinstance(districting_level, int | np.integer) and not isinstance(
        districting_level, bool
    )
    if not is_level or not 1 <= districting_level <= servers:
        asked = f"from 1 to the number of servers, {servers}"
        mistakes.append(f"districting_level must be {asked}, got {districting_level!r}")
    if not (travel_s >= 0).all():
        server, point = np.argwhere(~(travel_s >= 0))[0].tolist()
        value = travel_s[server, point]
        mistakes.append(f"travel_s must be >= 0, got {value} for server {server}, point {point}")
    if not mistakes:
        mistakes += _reach_mistakes(travel_s, districting_level)
    return mistakes


def _reach_mistakes(travel_s: NDArray[np.float64], districting_level: int) -> list[str]:
    reached_by = np.isfinite(travel_s).sum(axis=0)
    short = (reached_by < districting_level).nonzero()[0]
    return [
        f"demand point {point} is reached by {reached_by[point]} servers, "
        f"and districting_level is {districting_level}"
        for point in short.tolist()
    ]


def _tied_lists(
    time_s: NDArray[np.float64], level: int, tie_s: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """All orders of the nearest servers of one point, with their probabilities."""
    groups = _tied_groups(time_s, level, tie_s)
    orders = prod(factorial(len(group)) for group in groups)
    if orders > MOST_ALTERNATIVES:
        tied = max(groups, key=len)
        raise PolicyError(
            f"servers {tied} tie at one demand point, which makes {orders:,} orders; at most "
            f"{MOST_ALTERNATIVES:,} are allowed: lower tie_s, or move them apart by a second"
        )
    whole = (sum(parts, ()) for parts in product(*map(permutations, groups)))
    lists, count = np.unique([order[:level] for order in whole], axis=0, return_counts=True)
    return lists, count / orders


def _tied_groups(time_s: NDArray[np.float64], level: int, tie_s: float) -> list[list[int]]:
    """The nearest servers, those that are equally near together, until there are enough."""
    groups: list[list[int]] = []
    for count, server in enumerate(np.argsort(time_s, kind="stable").tolist()):
        if groups and time_s[server] <= time_s[groups[-1][0]] + tie_s:
            groups[-1].append(server)
        elif count < level:
            groups.append([server])
        else:
            break
    return groups
