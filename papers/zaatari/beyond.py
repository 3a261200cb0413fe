"""What the paper could not ask: more servers, better lists for those added, calls that wait."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from papers.zaatari.camp import ADDED, SERVERS, FittedCamp, base_row
from papers.zaatari.outbreaks import (
    BASE_CALLS_PER_HOUR,
    OutbreakRuns,
    run_outbreaks,
    with_cases,
)
from papers.zaatari.paper import SERVERS as BOTH
from papers.zaatari.paper import BaseRow, Combination
from papers.zaatari.replica import Cases
from policies.base import InfeasibleError
from policies.hypercube import HypercubeSystem, solve
from policies.hypercube.placement.local_search import local_search
from policies.hypercube.waiting import check_stable
from simulation.streams import stream

SHOWN = (Combination(5, 2), Combination(10, 3))
"""Outbreaks in which larger fleets are looked at."""


class Fleet(NamedTuple):
    """A camp with so many servers, placed by local search.

    Attributes
    ----------
    servers : int
    sites : tuple of int
    base : BaseRow
        Without outbreaks.
    outbreaks : dict
        Of each combination asked for.
    """

    servers: int
    sites: tuple[int, ...]
    base: BaseRow
    outbreaks: dict[Combination, OutbreakRuns]


class ListRow(NamedTuple):
    """Medians of one combination: five servers, seven, and seven with lists longer by two.

    Attributes
    ----------
    loss, gini_a : tuple of three float
    """

    combination: Combination
    loss: tuple[float, ...]
    gini_a: tuple[float, ...]


class QueueRow(NamedTuple):
    """Calls that wait instead of being lost, every server being on every list.

    Attributes
    ----------
    servers : int
    combination : Combination or None
        None is the camp without outbreaks.
    endless : float
        Share of runs whose queue grows without end.
    waiting : float
        Share of calls that wait; the median over all runs, 1 of one that grows without end.
    wait_min : float
        Mean wait over all calls, likewise; infinite of one that grows without end.
    """

    servers: int
    combination: Combination | None
    endless: float
    waiting: float
    wait_min: float


class Beyond(NamedTuple):
    """The answers to all three."""

    fleets: list[Fleet]
    lists: list[ListRow]
    queues: list[QueueRow]


def go_beyond(fitted: FittedCamp, cases: Cases, most_servers: int, seed: int) -> Beyond:
    """Ask all three of a camp and its runs with outbreaks."""
    return Beyond(
        grow_fleet(fitted, most_servers, {one: cases[one] for one in SHOWN}, seed),
        extend_lists(fitted, cases),
        [row for servers in BOTH for row in let_wait(fitted, servers, cases)],
    )


def grow_fleet(fitted: FittedCamp, most: int, cases: Cases, seed: int) -> list[Fleet]:
    """Place more and more servers, all anew each time, up to `most`."""
    fleets = [_fleet(fitted, fitted.setting.sites, cases)]
    for servers in range(SERVERS + 1, most + 1):
        problem = fitted.problem(servers, BASE_CALLS_PER_HOUR)
        initial = [_with_one_more(fitted, fleets[-1].sites)]
        rng = stream(seed, servers, "zaatari.fleet")
        found = local_search(problem, rng, random_starts=1, initial_placements=initial)
        fleets.append(_fleet(fitted, found.sites, cases))
    return fleets


def extend_lists(fitted: FittedCamp, cases: Cases) -> list[ListRow]:
    """Give the two added servers places on every list, which then has two more of them."""
    longer = fitted.system(fitted.seven, BASE_CALLS_PER_HOUR, level=fitted.setting.level + ADDED)
    systems = [*(fitted.system(fitted.sites(n), BASE_CALLS_PER_HOUR) for n in (5, 7)), longer]
    rows = []
    for combination, own in cases.items():
        runs = [run_outbreaks(system, own) for system in systems]
        loss = tuple(one.spread("loss").median for one in runs)
        gini_a = tuple(one.spread("gini_a").median for one in runs)
        rows.append(ListRow(combination, loss, gini_a))
    return rows


def let_wait(fitted: FittedCamp, servers: int, cases: Cases) -> list[QueueRow]:
    """Let calls wait in a line, without outbreaks and with those of each combination."""
    system = fitted.system(
        fitted.sites(servers), BASE_CALLS_PER_HOUR, level=servers, line="infinite"
    )
    rows = [_queue_row(system, None, np.zeros((1, system.points), dtype=np.int64))]
    return rows + [_queue_row(system, combination, own) for combination, own in cases.items()]


def _fleet(fitted: FittedCamp, sites: tuple[int, ...], cases: Cases) -> Fleet:
    system = fitted.system(sites, BASE_CALLS_PER_HOUR)
    runs = {combination: run_outbreaks(system, own) for combination, own in cases.items()}
    return Fleet(len(sites), sites, base_row(solve(system)), runs)


def _with_one_more(fitted: FittedCamp, sites: tuple[int, ...]) -> list[int]:
    """A start for a larger fleet: the smaller one and the site that helps it most."""
    problem = fitted.problem(len(sites) + 1, BASE_CALLS_PER_HOUR)
    free = [site for site in range(problem.candidates) if site not in sites]
    costs = problem.costs([[*sites, site] for site in free])
    return [*sites, free[costs.argmin()]]


def _queue_row(
    system: HypercubeSystem, combination: Combination | None, cases: NDArray[np.int64]
) -> QueueRow:
    found = np.array([_wait(system, own) for own in cases])
    waiting, wait_min = np.quantile(found, 0.5, axis=0, method="inverted_cdf").tolist()
    endless = float(np.isinf(found[:, 1]).mean())
    return QueueRow(system.servers, combination, endless, waiting, wait_min)


def _wait(system: HypercubeSystem, cases: NDArray[np.int64]) -> tuple[float, float]:
    """Share of calls that wait, and minutes over all calls."""
    busier = with_cases(system, cases)
    try:
        check_stable(busier)
    except InfeasibleError:
        return 1.0, np.inf
    answer = solve(busier)
    return answer.waiting_probability, answer.mean_wait_s / 60
