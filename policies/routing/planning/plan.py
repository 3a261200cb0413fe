"""A plan for deliveries, by whichever method can make it."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, nan
from time import perf_counter
from typing import NamedTuple

from environment.errors import suggest
from policies.base import PolicyError
from policies.mistakes import number_mistakes, refuse
from policies.routing.base import Trip
from policies.routing.planning.answer import DeliveryPlan, finished
from policies.routing.planning.check import check_plan
from policies.routing.planning.deliveries import Deliveries
from policies.routing.planning.limits import out_of_reach, require_possible
from policies.routing.planning.pyvrp_search import MISSING, MOST_STOPS, has_pyvrp, pyvrp_trips
from policies.routing.planning.starts import (
    MOST_FOR_EXACT,
    exact_trips,
    nearest_trips,
    not_for_exact,
    savings_trips,
)

METHODS = ("auto", "exact", "pyvrp", "savings")

STEPS, STEPS_A_STOP = 2_000, 20
"""Iterations of a search, and more for each stop."""


class _Effort(NamedTuple):
    """How long to search."""

    iterations: int
    time_limit_s: float | None
    seed: int


EXACT_S = 20.0
"""Seconds for the exact search, if none are given."""

PYVRP_SHARE = 0.3
"""Of the search, where local search goes on from PyVRP's plan."""

LEAST_S = 0.5
"""Seconds that local search has at least."""


def plan_deliveries(
    deliveries: Deliveries,
    method: str = "auto",
    *,
    iterations: int | None = None,
    time_limit_s: float | None = None,
    seed: int = 0,
) -> DeliveryPlan:
    """Plan who is served by which vehicle, in which order and when.

    Parameters
    ----------
    deliveries : Deliveries
    method : {"auto", "exact", "pyvrp", "savings"}
        ``exact`` proves that no plan is better: distance or time for few stops, one depot and
        vehicles alike, without windows; its time limit is 20 s unless another is given. ``pyvrp``
        searches with PyVRP; ``savings`` joins trips (Clarke and Wright). Where a plan is to be
        better than these can make it (arrivals or cost as objective, savings),
        local search takes it from there. ``auto`` is the first of the three that can be had.
    iterations : int, optional
        Of PyVRP and of the local search; by default 2,000 and 20 more for each stop. The answer
        is the same on every machine.
    time_limit_s : float, optional
        Seconds to search instead; the answer then depends on the machine.
    seed : int

    Returns
    -------
    DeliveryPlan
        Its notes tell if another method had to take over.

    Raises
    ------
    PolicyError
        If there is no such method, or it cannot plan this.
    InfeasibleError
        If stops that must be served cannot be: which limit is short, and by how much.
    """
    refuse(_mistakes(method, iterations, time_limit_s))
    if iterations is None:
        iterations = STEPS + STEPS_A_STOP * len(deliveries.stops)
    effort = _Effort(iterations, time_limit_s, seed)
    lost = out_of_reach(deliveries)
    require_possible(deliveries, lost)
    if not deliveries.stops:
        return finished(deliveries, [], 0.0, lost, [], "nothing to deliver")
    chosen, notes = _chosen(deliveries, method)
    trips, bound, told, how = _planned(deliveries, chosen, effort)
    return finished(deliveries, trips, bound, lost, [*notes, *told], how)


def _mistakes(method: str, iterations: int | None, time_limit_s: float | None) -> list[str]:
    mistakes = []
    if method not in METHODS:
        mistakes.append(f"there is no method {method!r}; {suggest(str(method), METHODS)}")
    if iterations is not None:
        mistakes += number_mistakes("iterations", iterations, lambda n: n >= 1, ">= 1")
    if time_limit_s is not None:
        mistakes += number_mistakes("time_limit_s", time_limit_s, lambda s: 0 < s < inf, "above 0")
    return mistakes


def _chosen(deliveries: Deliveries, method: str) -> tuple[str, list[str]]:
    """The method to plan by, and what is to be told of the choice."""
    stops = len(deliveries.stops)
    if method == "exact" and (unknown := not_for_exact(deliveries)):
        raise PolicyError(f"exact planning does not know {', '.join(unknown)}; take auto or pyvrp")
    if method == "pyvrp" and not has_pyvrp():
        raise PolicyError(MISSING)
    if method == "pyvrp" and stops > MOST_STOPS:
        raise PolicyError(f"pyvrp takes at most {MOST_STOPS:,} stops, got {stops:,}; take savings")
    if method != "auto":
        return method, []
    if stops <= MOST_FOR_EXACT and not not_for_exact(deliveries):
        return "exact", []
    if stops > MOST_STOPS:
        limit = f"pyvrp takes at most {MOST_STOPS:,} stops, these are {stops:,}"
        return "savings", [f"savings and local search planned this: {limit}"]
    if not has_pyvrp():
        return "savings", [f"savings and local search planned this. {MISSING}"]
    return "pyvrp", []


def _planned(
    deliveries: Deliveries, method: str, effort: _Effort
) -> tuple[list[Trip], float, list[str], str]:
    """Trips, a bound, what is to be told, and what made them."""
    if method == "exact":
        trips, bound = exact_trips(deliveries, effort.time_limit_s or EXACT_S)
        return trips, bound, [], "exact"
    if method == "savings":
        trips = _searched(deliveries, [savings_trips(deliveries)], effort)
        return trips, nan, [], "savings and local search"
    goes_on = deliveries.objective not in {"distance", "time"}
    seconds = effort.time_limit_s
    own_s = seconds if seconds is None or not goes_on else seconds * PYVRP_SHARE
    began_s = perf_counter()
    own = effort.iterations if not goes_on else max(int(effort.iterations * PYVRP_SHARE), 1)
    found = pyvrp_trips(deliveries, own, own_s, effort.seed)
    notes = []
    if found is None:
        notes = ["PyVRP found no plan that keeps all rules; savings and local search planned this"]
        found = savings_trips(deliveries)
    elif not goes_on and not check_plan(deliveries, found):
        return found, nan, [], "pyvrp"
    how = "savings and local search" if notes else "pyvrp and local search"
    if seconds is not None:
        effort = effort._replace(time_limit_s=max(seconds - (perf_counter() - began_s), LEAST_S))
    return _searched(deliveries, [found], effort), nan, notes, how


def _searched(
    deliveries: Deliveries, starts: Sequence[Sequence[Trip]], effort: _Effort
) -> list[Trip]:
    """Trips improved by local search, from given ones and from the nearest neighbour's."""
    from policies.routing.planning.days import arrays_of
    from policies.routing.planning.local_search import improved

    arrays = arrays_of(deliveries)
    starts = [*starts, nearest_trips(deliveries, arrays)]
    return improved(arrays, starts, effort.iterations, effort.time_limit_s, effort.seed)
