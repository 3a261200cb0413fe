"""The camp as an event simulation: ambulances that drive, are busy and come back, call by call.

It shares nothing with the hypercube but the times and the lists, so it is what the hypercube is to
be checked against.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.statistics import Interval, t_interval
from policies.hypercube import HypercubeSystem

Law = Literal["exponential", "lognormal"]
LAWS: tuple[Law, ...] = ("exponential", "lognormal")
LOGNORMAL_CV = 0.5
"""Standard deviation of a lognormal service over its mean."""
BATCHES = 20
WARM_UP = 0.02
"""Share of the calls that are left out at the beginning, when everyone is free."""


class Simulated(NamedTuple):
    """Means over demand points, each weighted by its calls as in `HypercubeAnswer`.

    Attributes
    ----------
    loss, response_min, wait_min : Interval
        Over batches of calls; the wait over all calls, and part of the response.
    """

    loss: Interval
    response_min: Interval
    wait_min: Interval


def simulate_system(
    system: HypercubeSystem, calls: int, rng: np.random.Generator, law: Law = "exponential"
) -> Simulated:
    """Simulate so many calls of a system, one after the other.

    Each service lasts its mean times a draw with the mean 1. With an infinite line, who waits is
    served first come, first served.

    Parameters
    ----------
    system : HypercubeSystem
        With one list for each demand point.
    calls : int
    rng : numpy.random.Generator
    law : {"exponential", "lognormal"}
    """
    s_per_call = 3600 / system.total_calls_per_hour
    called_s = np.cumsum(rng.exponential(s_per_call, calls))
    point = np.searchsorted(np.cumsum(system.share)[:-1], rng.random(calls), side="right")
    # Compiled, so it is loaded only where something is simulated.
    from experiments.reproduce.zaatari_events import serve

    response_s, wait_s = serve(
        called_s, point, _draw(law, calls, rng), system.lists.server,
        system.travel_s, system.service_s, system.line == "infinite",
    )  # fmt: skip
    first = int(WARM_UP * calls)
    return _by_batches(point[first:], response_s[first:], wait_s[first:], system)


def _draw(law: Law, calls: int, rng: np.random.Generator) -> NDArray[np.float64]:
    if law == "exponential":
        return rng.exponential(size=calls)
    variance = np.log1p(LOGNORMAL_CV**2)
    return rng.lognormal(-variance / 2, np.sqrt(variance), calls)


def _by_batches(
    point: NDArray[np.int64],
    response_s: NDArray[np.float64],
    wait_s: NDArray[np.float64],
    system: HypercubeSystem,
) -> Simulated:
    """Means of each batch; response times of served calls by demand point first, then of all."""
    losses, responses, waits = [], [], []
    for batch in np.array_split(np.arange(len(point)), BATCHES):
        served = batch[np.isfinite(response_s[batch])]
        losses.append(1 - len(served) / len(batch))
        waits.append(wait_s[served].mean() / 60)
        count = np.bincount(point[served], minlength=system.points)
        total_s = np.bincount(point[served], response_s[served], system.points)
        share = np.where(count > 0, system.share, 0)
        mean_s = np.divide(total_s, count, out=np.zeros(system.points), where=count > 0)
        responses.append(mean_s @ share / share.sum() / 60)
    return Simulated(*map(t_interval, (losses, responses, waits)))
