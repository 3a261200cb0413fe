"""Calls that wait because everyone is busy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from environment.units import HOUR_S
from policies.base import InfeasibleError
from policies.hypercube.system import HypercubeSystem


class Queue(NamedTuple):
    """Who waits and how long; waiting calls are served first come, first served.

    Attributes
    ----------
    probability : float
        That a call waits, which is that everyone is busy.
    spare_per_hour : float
        Service rate of all servers together less the calls' rate; the wait of a call that waits
        is exponential with this rate.
    served_by : (N,) float64
        Probability that each server is the first to be free.
    """

    probability: float
    spare_per_hour: float
    served_by: NDArray[np.float64]

    @property
    def mean_wait_s(self) -> float:
        """Of all calls, those that need not wait too."""
        return HOUR_S * self.probability / self.spare_per_hour


def busy_service_s(system: HypercubeSystem) -> NDArray[np.float64]:
    """Mean service time of each server while calls wait, (N,): calls are as they come."""
    if system.service_mode == "paper":
        return 1 / ((1 / system.service_s) @ system.share)
    return system.service_s @ system.share


def check_stable(system: HypercubeSystem) -> None:
    """Refuse calls that come faster than all servers together can serve them.

    Raises
    ------
    InfeasibleError
        With the load and what would be stable.
    """
    most_per_hour = float((HOUR_S / busy_service_s(system)).sum())
    calls_per_hour = system.total_calls_per_hour
    if calls_per_hour < most_per_hour:
        return
    load = calls_per_hour / most_per_hour * system.servers
    raise InfeasibleError(
        f"the queue grows without end: {calls_per_hour:g} calls per hour keep {load:.3g} servers "
        f"busy, and there are {system.servers}; it is stable below {most_per_hour:.4g} calls per "
        f"hour, or with {int(load) + 1} such servers or more"
    )
