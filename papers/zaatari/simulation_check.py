"""The hypercube beside an event simulation of the camp, in both service modes."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from environment.units import HOUR_S
from experiments.statistics import Interval, t_interval
from papers.zaatari.camp import SERVERS as FIVE
from papers.zaatari.camp import FittedCamp
from papers.zaatari.outbreaks import BASE_CALLS_PER_HOUR, with_cases
from papers.zaatari.paper import SERVERS, TABLE_2
from papers.zaatari.replica import Cases
from policies.hypercube import HypercubeSystem, solve
from policies.hypercube.system import Line, ServiceMode
from simulation.streams import stream

MODES: tuple[ServiceMode, ...] = ("paper", "calibrated")
LINES: tuple[Line, ...] = ("loss", "infinite")


class Expected(NamedTuple):
    """What the hypercube says: share lost, minutes to the arrival, and of them waited."""

    loss: float
    response_min: float
    wait_min: float


class CheckedRow(NamedTuple):
    """The camp without outbreaks, simulated and solved.

    Attributes
    ----------
    line : {"loss", "infinite"}
        With a line, every server is on every list.
    law : {"exponential", "lognormal"}
        Of the simulated services.
    calls_per_hour : float
    simulated : Simulated
    expected : dict
        By service mode.
    """

    line: Line
    law: Law
    calls_per_hour: float
    simulated: Simulated
    expected: dict[ServiceMode, Expected]


class Bias(NamedTuple):
    """By which part the hypercube is above the simulation, over runs with outbreaks.

    Attributes
    ----------
    loss, response : Interval
        Mean over runs; -0.1 is 10 % too low.
    """

    servers: int
    law: Law
    mode: ServiceMode
    loss: Interval
    response: Interval


def check_base(fitted: FittedCamp, calls: int, seed: int) -> list[CheckedRow]:
    """Simulate the camp without outbreaks, so many calls for each row of Table 2."""
    return [
        _checked_row(fitted, line, law, row.calls_per_hour, calls, seed)
        for line in LINES
        for law in LAWS
        for row in TABLE_2
    ]


def _checked_row(
    fitted: FittedCamp, line: Line, law: Law, calls_per_hour: float, calls: int, seed: int
) -> CheckedRow:
    systems = _by_mode(fitted, FIVE, calls_per_hour, line)
    rng = stream(seed, round(calls_per_hour), f"zaatari.simulation.{line}.{law}")
    simulated = simulate_system(systems["paper"], calls, rng, law)
    answers = {mode: solve(system) for mode, system in systems.items()}
    expected = {
        mode: Expected(one.mean_loss, one.mean_response_s / 60, one.mean_wait_s / 60)
        for mode, one in answers.items()
    }
    return CheckedRow(line, law, calls_per_hour, simulated, expected)


def check_outbreaks(fitted: FittedCamp, cases: Cases, calls: int, seed: int) -> list[Bias]:
    """Simulate runs with outbreaks, so many calls of each."""
    every = np.concatenate(list(cases.values()))
    return [
        bias
        for servers in SERVERS
        for law in LAWS
        for bias in _biases(fitted, servers, law, every, calls, seed)
    ]


def _biases(
    fitted: FittedCamp, servers: int, law: Law, cases: NDArray[np.int64], calls: int, seed: int
) -> list[Bias]:
    """Of both modes, beside the same simulations."""
    ratios: dict[ServiceMode, list[tuple[float, float]]] = {mode: [] for mode in MODES}
    base = _by_mode(fitted, servers, BASE_CALLS_PER_HOUR)
    for number, own in enumerate(cases):
        rng = stream(seed, number, f"zaatari.simulation.{servers}.{law}")
        systems = {mode: with_cases(system, own) for mode, system in base.items()}
        found = simulate_system(systems["paper"], calls, rng, law)
        for mode, system in systems.items():
            ratios[mode].append(_ratios(system, found))
    means = {mode: [t_interval(each) for each in np.transpose(own)] for mode, own in ratios.items()}
    return [Bias(servers, law, mode, *means[mode]) for mode in MODES]


def _ratios(system: HypercubeSystem, found: Simulated) -> tuple[float, float]:
    """Loss and response time over those simulated, less one; NaN where no call was lost."""
    answer = solve(system)
    loss = answer.mean_loss / found.loss.mean - 1 if found.loss.mean else np.nan
    return loss, answer.mean_response_s / 60 / found.response_min.mean - 1


def _by_mode(
    fitted: FittedCamp, servers: int, calls_per_hour: float, line: Line = "loss"
) -> dict[ServiceMode, HypercubeSystem]:
    sites, level = fitted.sites(servers), servers if line == "infinite" else None
    return {
        mode: fitted.system(sites, calls_per_hour, level=level, line=line, service_mode=mode)
        for mode in MODES
    }


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
    s_per_call = HOUR_S / system.total_calls_per_hour
    called_s = np.cumsum(rng.exponential(s_per_call, calls))
    point = np.searchsorted(np.cumsum(system.share)[:-1], rng.random(calls), side="right")
    # Compiled, so it is loaded only where something is simulated.

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
