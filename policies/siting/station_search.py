"""Good sets of open stations, by adding, closing and exchanging them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST_EXCHANGES = 20
"""Exchanges of one search; each is looked for among all pairs."""

SAVES_SHARE = 1e-9
"""A step that saves less than this share of the cost is none."""

NO_WAY = 1e3
"""Cost of a drive that cannot be, as a multiple of the dearest that can."""


def improve_stations(
    is_open: NDArray[np.bool_], station_cost: NDArray[np.float64], serve_cost: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Improve a set of open stations until no station added, closed or exchanged saves anything.

    Local search for the uncapacitated facility location problem (Kuehn and Hamburger, Management
    Science 9, 1963).

    Parameters
    ----------
    is_open : (s,) bool
        To begin with; one at least.
    station_cost : (s,) float64
        Of an open station.
    serve_cost : (s, z) float64
        Of a point that a station serves; infinite where there is no way.

    Returns
    -------
    (s,) bool
    """
    most = serve_cost[np.isfinite(serve_cost)].max()
    dearest = NO_WAY * max(float(most), float(station_cost.max()), 1.0)
    cost = np.where(np.isfinite(serve_cost), serve_cost, dearest)
    is_open, exchanges = is_open.copy(), 0
    while True:
        least = SAVES_SHARE * total_cost(is_open, station_cost, cost)
        step = _best_step(is_open, station_cost, cost, least)
        if step is None and exchanges < MOST_EXCHANGES:
            step, exchanges = _best_exchange(is_open, station_cost, cost, least), exchanges + 1
        if step is None:
            return is_open
        is_open[step] = ~is_open[step]


def total_cost(
    is_open: NDArray[np.bool_], station_cost: NDArray[np.float64], cost: NDArray[np.float64]
) -> float:
    """Cost of open stations, with each point served by the cheapest."""
    return float(station_cost @ is_open + cost[is_open].min(axis=0).sum())


def cheapest_shares(
    is_open: NDArray[np.bool_], serve_cost: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Each point served by the cheapest open station alone, (s, z)."""
    cheapest = np.where(is_open[:, None], serve_cost, np.inf).argmin(axis=0)
    share = np.zeros(serve_cost.shape)
    share[cheapest, np.arange(serve_cost.shape[1])] = 1.0
    return share


def _best_step(
    is_open: NDArray[np.bool_],
    station_cost: NDArray[np.float64],
    cost: NDArray[np.float64],
    least: float,
) -> list[int] | None:
    """The station to open or to close that saves most."""
    saved = np.empty(len(is_open))
    first = cost[is_open].min(axis=0)
    closed = ~is_open
    saved[closed] = np.maximum(first - cost[closed], 0).sum(axis=1) - station_cost[closed]
    saved[is_open] = -np.inf
    if is_open.sum() > 1:
        for j in np.flatnonzero(is_open).tolist():
            without = _without(is_open, j, cost)
            saved[j] = station_cost[j] - (without - first).sum()
    best = int(saved.argmax())
    return [best] if saved[best] > least else None


def _best_exchange(
    is_open: NDArray[np.bool_],
    station_cost: NDArray[np.float64],
    cost: NDArray[np.float64],
    least: float,
) -> list[int] | None:
    """The open station and the closed one whose exchange saves most."""
    first, closed = cost[is_open].min(axis=0), np.flatnonzero(~is_open)
    best, pair = least, None
    for j in np.flatnonzero(is_open).tolist() if len(closed) else ():
        others = is_open.sum() > 1
        without = _without(is_open, j, cost) if others else np.full_like(first, np.inf)
        after = np.minimum(without, cost[closed]).sum(axis=1)
        saved = station_cost[j] + first.sum() - station_cost[closed] - after
        if saved.max() > best:
            best, pair = float(saved.max()), [j, int(closed[saved.argmax()])]
    return pair


def _without(
    is_open: NDArray[np.bool_], station: int, cost: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The cheapest service of each point without a station, (z,)."""
    rest = is_open.copy()
    rest[station] = False
    return cost[rest].min(axis=0)
