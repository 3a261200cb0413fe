"""From lists to servers and demand points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.hypercube.system import HypercubeSystem


def sent_by_point(
    system: HypercubeSystem, sent: NDArray[np.float64], blocked: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gather what happens by list.

    Parameters
    ----------
    system : HypercubeSystem
    sent : (K, D)
        Probability that a call takes the d-th server of its list.
    blocked : (K,)
        Probability that all servers of a list are busy.

    Returns
    -------
    (N, J), (J,)
        The same by server and demand point, and by demand point.
    """
    lists = system.lists
    place = lists.server * system.points + lists.point[:, None]
    by_server = sums(place, sent * lists.share[:, None], system.servers * system.points)
    by_point = sums(lists.point, blocked * lists.share, system.points)
    return by_server.reshape(system.servers, system.points), by_point


def list_service_s(system: HypercubeSystem) -> NDArray[np.float64]:
    """Mean service time of each server over all points that list it, (N,): a first guess.

    A server that nobody lists is given one hour.
    """
    lists = system.lists
    calls = np.broadcast_to(lists.calls_per_hour[:, None], lists.server.shape)
    total = sums(lists.server, calls, system.servers)
    work = sums(lists.server, calls * system.listed_service_s, system.servers)
    return np.divide(work, total, out=np.full(system.servers, 3600.0), where=total > 0)


def sums(
    number: NDArray[np.int64], values: NDArray[np.float64], length: int
) -> NDArray[np.float64]:
    """Sum of the values with each number, such as a server's, (length,)."""
    return np.bincount(number.ravel(), values.ravel(), length).astype(np.float64)
