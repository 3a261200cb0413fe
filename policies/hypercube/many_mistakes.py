"""What is wrong with the tables of many systems."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.hypercube.system import HypercubeSystem
from policies.hypercube.system_mistakes import first_bad, level_mistakes
from policies.mistakes import number_mistakes

MOST_SERVERS = 12
"""Of systems that are solved many at once; above, `solve` is the faster way."""


def condition_mistakes(within_s: float, tolerance: float) -> list[str]:
    """What is wrong with the numbers that hold for all systems."""
    return [
        *number_mistakes("within_s", within_s, lambda s: s >= 0, ">= 0"),
        *number_mistakes("tolerance", tolerance, lambda t: 0 < t < 1, "above 0 and below 1"),
    ]


def calls_mistakes(system: HypercubeSystem, calls: NDArray[np.float64]) -> list[str]:
    """What is wrong with tables of calls for a system, or with the system itself."""
    mistakes = _size_mistakes(system.servers)
    if system.line != "loss":
        mistakes.append(f"system.line must be 'loss' where many are solved, got {system.line!r}")
    if calls.ndim != 2 or calls.shape[1] != system.points:
        wanted = f"a row a system and a column for each of {system.points} demand points"
        return [*mistakes, f"calls_per_hour must have {wanted}, got shape {calls.shape}"]
    fine = (calls >= 0) & (calls < np.inf)
    mistakes += first_bad("calls_per_hour", calls, fine, ">= 0 and finite")
    empty = (calls == 0).all(axis=1).nonzero()[0]
    if len(empty):
        mistakes.append(f"calls_per_hour must not be 0 everywhere, as in row {empty[0]}")
    return mistakes


def table_mistakes(
    calls: NDArray[np.float64], travel: NDArray[np.float64], service: NDArray[np.float64]
) -> list[str]:
    """What is wrong with the calls and the times from sites to demand points."""
    if calls.ndim != 1 or not calls.size:
        return [f"calls_per_hour must have one number a demand point, got shape {calls.shape}"]
    if travel.ndim != 2 or not len(travel) or travel.shape[1] != len(calls):
        wanted = f"a row for each site and a column for each of {len(calls)} demand points"
        return [f"travel_s must have {wanted}, got shape {travel.shape}"]
    if service.shape not in {(), travel.shape[:1], travel.shape}:
        wanted = f"one number, or have shape {travel.shape[:1]} or {travel.shape}"
        return [f"service_s must be {wanted}, got {service.shape}"]
    fine = (calls >= 0) & (calls < np.inf)
    mistakes = first_bad("calls_per_hour", calls, fine, ">= 0 and finite")
    if not mistakes and not calls.any():
        mistakes.append("calls_per_hour must not be 0 everywhere")
    reached = (travel >= 0) & (travel < np.inf)
    busy = (service > 0) & (service < np.inf)
    return [
        *mistakes,
        *first_bad("travel_s", travel, reached, ">= 0 and finite, for every site may be chosen"),
        *first_bad("service_s", service, busy, "> 0 and finite"),
    ]


def site_mistakes(chosen: NDArray[Any], sites: int) -> list[str]:
    """What is wrong with placements, as far as the number of servers makes no difference."""
    if chosen.ndim != 2 or not chosen.shape[1] or not np.issubdtype(chosen.dtype, np.integer):
        got = f"{chosen.dtype} of shape {chosen.shape}"
        return [f"sites must be numbers, a row a placement and a column a server, got {got}"]
    known = (chosen >= 0) & (chosen < sites)
    return first_bad("sites", chosen, known, f"from 0 to {sites - 1}")


def placement_mistakes(chosen: NDArray[Any], sites: int, level: int) -> list[str]:
    """What is wrong with placements that are to be solved many at a time."""
    mistakes = site_mistakes(chosen, sites)
    if chosen.ndim != 2 or not chosen.shape[1]:
        return mistakes
    servers = chosen.shape[1]
    return [*_size_mistakes(servers), *mistakes, *level_mistakes(level, servers)]


def _size_mistakes(servers: int) -> list[str]:
    if servers <= MOST_SERVERS:
        return []
    return [f"at most {MOST_SERVERS} servers where many are solved, got {servers}; see solve()"]
