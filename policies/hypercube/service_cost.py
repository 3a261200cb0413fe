"""What an ambulance service costs its patients, as the hypercube predicts it."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.base import InfeasibleError
from policies.hypercube.approximate import approximate
from policies.hypercube.exact import solve
from policies.hypercube.system import HypercubeSystem

MOST_EXACT = 10
"""Ambulances up to which a service is solved exactly; a search asks for dozens of solutions."""
MOST_ASKED = 12
"""Ambulances on a zone's list; farther ones are hardly ever sent."""
TOLERANCE = 1e-6
FEWEST_PER_HOUR = 1e-6
"""Calls below which there is nothing to plan for: one in a hundred years."""

Array = NDArray[np.float64]


class Service(NamedTuple):
    """Ambulances at stations, and the calls that they answer.

    Attributes
    ----------
    ambulances : (s,) int64
    calls_per_hour : (z,) float64
    drive_s, busy_s : (s, z) float64
        As in `policies.expected_demand.ExpectedDemand`.
    """

    ambulances: NDArray[np.int64]
    calls_per_hour: Array
    drive_s: Array
    busy_s: Array

    @property
    def is_called(self) -> bool:
        """Whether there are calls to plan for."""
        return bool(self.calls_per_hour.sum() > FEWEST_PER_HOUR)


def service_system(service: Service, price_s: Array) -> HypercubeSystem:
    """The hypercube of a service in which every zone asks the stations by drive plus price.

    Calls that find every ambulance of their list busy are lost. Zones without calls are left out.

    Parameters
    ----------
    service : Service
    price_s : (s,) float64
        By how many seconds the ambulances of each station seem farther than they are.
    """
    station = np.repeat(np.arange(len(service.ambulances)), service.ambulances)
    zones = service.calls_per_hour > 0
    drive_s, busy_s = (table[station][:, zones] for table in (service.drive_s, service.busy_s))
    order = np.argsort(drive_s + price_s[station, None], axis=0, kind="stable")
    return HypercubeSystem(
        service.calls_per_hour[zones], drive_s, order[:MOST_ASKED].T, np.maximum(busy_s, 1.0)
    )


def service_cost_s(service: Service, price_s: Array, lost_call_s: float) -> float:
    """Predicted mean drive to a call, plus `lost_call_s` for each that finds everybody busy.

    Infinite where the model has no answer.

    Parameters
    ----------
    service : Service
    price_s : (s,) float64
        As for `service_system`.
    lost_call_s : float
    """
    system = service_system(service, price_s)
    try:
        is_small = system.servers <= MOST_EXACT
        answer = solve(system, TOLERANCE) if is_small else approximate(system)
    except InfeasibleError:
        return float("inf")
    loss = answer.mean_loss
    return (1 - loss) * answer.mean_response_of_served_s + loss * lost_call_s


@cache
def compile_model() -> None:
    """Compile what `service_cost_s` runs, on a service of two ambulances.

    Whoever makes a policy asks for it, so that compiling, which takes seconds where nothing is
    cached, does not count as the time of its first decision.
    """
    both, drive_s, busy_s = np.ones(2, np.int64), np.full((2, 2), 60.0), np.full((2, 2), 600.0)
    service_cost_s(Service(both, np.ones(2), drive_s, busy_s), np.zeros(2), lost_call_s=0.0)
