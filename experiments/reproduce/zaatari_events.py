"""Calls of a camp one after the other, in compiled code."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def serve(called_s, point, factor, lists, travel_s, service_s, is_waiting):  # type: ignore[no-untyped-def]
    """Send each call the first server of its list that is free.

    Parameters
    ----------
    called_s : (C,) float64
        When each call comes in, ascending.
    point : (C,) int64
    factor : (C,) float64
        What the mean service time is multiplied by.
    lists : (J, D) int64
    travel_s, service_s : (N, J) float64
    is_waiting : bool
        Whether a call that finds nobody free waits for who is free first, or is lost.

    Returns
    -------
    response_s, wait_s : (C,) float64
        From the call to the arrival, infinite if it is lost; and to the departure.
    """
    response_s, wait_s = np.full(len(called_s), np.inf), np.zeros(len(called_s))
    free_from_s = np.zeros(len(travel_s))
    for i in range(len(called_s)):
        j, server = point[i], -1
        for k in lists[j]:
            if free_from_s[k] <= called_s[i]:
                server = k
                break
        if server < 0 and is_waiting:
            server = int(free_from_s.argmin())
            wait_s[i] = free_from_s[server] - called_s[i]
        if server >= 0:
            response_s[i] = wait_s[i] + travel_s[server, j]
            free_from_s[server] = called_s[i] + wait_s[i] + factor[i] * service_s[server, j]
    return response_s, wait_s
