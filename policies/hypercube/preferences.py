"""Which servers a call asks, and in what order."""

from __future__ import annotations

from itertools import permutations, product
from math import perm, prod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.base import PolicyError
from policies.hypercube.system_mistakes import level_mistakes, table
from policies.mistakes import number_mistakes, refuse

MOST_ALTERNATIVES = 5040
"""Lists of one demand point; seven servers that all tie have as many if all are listed."""


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
    travel_s = table("travel_s", travel_s)
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
    mistakes += level_mistakes(districting_level, len(travel_s))
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
    # Of the last group there may be more than the list has places left.
    listed = [len(group) for group in groups[:-1]]
    listed.append(level - sum(listed))
    orders = prod(map(perm, map(len, groups), listed))
    if orders > MOST_ALTERNATIVES:
        tied = max(groups, key=len)
        raise PolicyError(
            f"servers {tied} tie at one demand point, which makes {orders:,} orders; at most "
            f"{MOST_ALTERNATIVES:,} are allowed: lower tie_s, or move them apart by a second"
        )
    lists = sorted(sum(parts, ()) for parts in product(*map(permutations, groups, listed)))
    return np.array(lists), np.full(orders, 1 / orders)


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
