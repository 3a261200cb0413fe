"""The least driving that serves all stops, by integer programming."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from policies.base import PolicyError
from policies.highs import solve
from policies.mistakes import number_mistakes, refuse
from policies.routing.base import RoutingView, Trip, stops_of
from policies.routing.savings import Savings, joined_routes
from policies.routing.schedule import total_length
from policies.routing.sharing_out import share_out

if TYPE_CHECKING:
    import pulp


SAME_S = 1e-3
"""Plans whose driving differs by less are equal but for the solver's tolerances."""


class ExactPlan(NamedTuple):
    """A plan, and how far it may be from the best.

    Attributes
    ----------
    trips : list of Trip
    total_s : float
        Seconds that all vehicles drive together.
    bound_s : float
        No plan drives less; the same as `total_s` where the search was not cut short.
    """

    trips: list[Trip]
    total_s: float
    bound_s: float

    @property
    def gap(self) -> float:
        """Share of the driving that a better plan might save; 0 where this one is the best."""
        return 0.0 if self.total_s <= self.bound_s else 1 - self.bound_s / self.total_s


class Exact:
    r"""Drive as little as possible, in any number of trips; for few stops.

    The mixed-integer program of Scott and Rutner, mended: :math:`x_{ij}` says whether a vehicle
    drives from :math:`i` to :math:`j`, and :math:`n_i` is what has been delivered on a trip after
    stop :math:`i` with load :math:`q_i`. With depot 0, travel time :math:`t` and the largest
    vehicle's capacity :math:`K`, or all load if that is less,

    .. math::

        \min \sum_{i \ne j} t_{ij} x_{ij}, \quad \sum_i x_{ij} = 1, \quad \sum_i x_{ji} = 1, \quad
        q_i \le n_i \le K + (q_i - K) x_{0i},

        n_j \ge n_i + q_j - K + K x_{ij} + (K - q_j - q_i) x_{ji}.

    The lifted inequality is that of Desrochers and Laporte (Operations Research Letters 10, 1991)
    as Kara, Laporte and Bektas mended it (European Journal of Operational Research 158, 2004).
    Two loads that no vehicle carries together have no leg between them, and there are at least
    as many trips as all load fills; both only quicken the search. Vehicles may make several
    trips, so their number and smaller ones among them do not matter to the driving.

    Parameters
    ----------
    most_stops : int
        More stops than this are not planned; with each, the search takes about three times as
        long.
    time_limit_s : float
        Seconds after which the best plan found so far is taken, or that of `Savings` if it is
        better; `solve` tells the gap. Where this limit bites, the answer depends on the machine.
    beyond : str, optional
        ``"savings"`` has more stops planned by `Savings`; without it they are refused.
    """

    def __init__(
        self, most_stops: int = 10, time_limit_s: float = 20.0, beyond: str | None = None
    ) -> None:
        own = beyond in {None, "savings"}
        refuse(
            [
                *([] if own else [f"beyond must be 'savings' or left out, got {beyond!r}"]),
                *number_mistakes("most_stops", most_stops, lambda n: n >= 1, ">= 1"),
                *number_mistakes("time_limit_s", time_limit_s, lambda s: 0 < s < np.inf, "above 0"),
            ]
        )
        self._most_stops = most_stops
        self._time_limit_s = time_limit_s
        self._beyond = None if beyond is None else Savings()

    def plan(self, view: RoutingView) -> list[Trip]:
        """Plan the trips with the least driving; what `beyond` says where stops are too many."""
        if self._beyond is not None and len(stops_of(view)) > self._most_stops:
            return self._beyond.plan(view)
        return self.solve(view).trips

    def solve(self, view: RoutingView, most_trips: int | None = None) -> ExactPlan:
        """Plan the trips, and tell how much less driving there might be.

        Parameters
        ----------
        view : RoutingView
        most_trips : int, optional
            Trips that all vehicles make together; without it, any number.

        Raises
        ------
        PolicyError
            If there are more than `most_stops` stops.
        InfeasibleError
            If a stop cannot be served by one visit, or all of them not in so many trips.
        """
        stops = stops_of(view)
        if len(stops) > self._most_stops:
            raise PolicyError(
                f"exact routing takes at most {self._most_stops} stops, got {len(stops)}; "
                "let most_stops be greater or beyond be 'savings', or take pyvrp"
            )
        if not stops:
            return ExactPlan([], 0.0, 0.0)
        program = _RouteProgram(view, stops, most_trips)
        found = solve(program.problem, time_limit_s=self._time_limit_s)
        bound_s = max(0.0, program.problem.solverModel.getInfo().mip_dual_bound)
        candidates = [program.routes()] if found else []
        routes = joined_routes(view)
        if most_trips is None or len(routes) <= most_trips:
            candidates.insert(0, routes)
        if not candidates:
            raise PolicyError(
                f"exact routing found no plan of {most_trips} trips in {self._time_limit_s:g} s"
            )
        lengths = [total_length(view.travel_s, view.depot, routes) for routes in candidates]
        best = int(np.argmin(lengths))
        total_s = lengths[best]
        if total_s - bound_s <= SAME_S:
            bound_s = total_s
        return ExactPlan(share_out(view, candidates[best]), total_s, bound_s)


class _RouteProgram:
    """The integer program of one view."""

    def __init__(self, view: RoutingView, stops: list[int], most_trips: int | None) -> None:
        import pulp

        self._depot = view.depot
        self._load = {stop: int(view.demand[stop]) for stop in stops}
        self._most = min(int(np.max(view.capacity)), sum(self._load.values()))
        self.problem = pulp.LpProblem("Routing", pulp.LpMinimize)
        self._drives = {
            leg: pulp.LpVariable("drives_{}_{}".format(*leg), cat=pulp.LpBinary)
            for leg in permutations([view.depot, *stops], 2)
            if np.isfinite(view.travel_s[leg]) and self._fits(*leg)
        }
        self.problem += pulp.lpSum(
            float(view.travel_s[leg]) * variable for leg, variable in self._drives.items()
        )
        self._visit_once(most_trips)
        self._keep_capacity()

    def routes(self) -> list[list[int]]:
        """The stops of every trip of the answer, in their order."""
        driven = [leg for leg, variable in self._drives.items() if variable.value() > 0.5]
        after = {i: j for i, j in driven if i != self._depot}
        routes = []
        for first in (j for i, j in driven if i == self._depot):
            route = [first]
            while after[route[-1]] != self._depot:
                route.append(after[route[-1]])
            routes.append(route)
        return routes

    def _visit_once(self, most_trips: int | None) -> None:
        """Let one leg lead to every stop and one away, and enough of them out of the depot."""
        import pulp

        places = [self._depot, *self._load]
        for stop in self._load:
            self.problem += pulp.lpSum(self._drive(i, stop) for i in places) == 1
            self.problem += pulp.lpSum(self._drive(stop, j) for j in places) == 1
        trips = pulp.lpSum(self._drive(self._depot, stop) for stop in self._load)
        self.problem += trips >= -(-sum(self._load.values()) // self._most)
        if most_trips is not None:
            self.problem += trips <= most_trips

    def _keep_capacity(self) -> None:
        """Let what is delivered grow along a trip, up to what a vehicle carries."""
        import pulp

        load, most = self._load, self._most
        delivered = {
            stop: pulp.LpVariable(f"delivered_{stop}", units, most) for stop, units in load.items()
        }
        for stop in load:
            is_first = self._drive(self._depot, stop)
            self.problem += delivered[stop] <= most + (load[stop] - most) * is_first
        for i, j in permutations(load, 2):
            self.problem += delivered[j] >= (
                delivered[i]
                + (load[j] - most)
                + most * self._drive(i, j)
                + (most - load[j] - load[i]) * self._drive(j, i)
            )

    def _fits(self, i: int, j: int) -> bool:
        """Whether one vehicle can carry the loads of both places; the depot has none."""
        return self._load.get(i, 0) + self._load.get(j, 0) <= self._most

    def _drive(self, i: int, j: int) -> pulp.LpVariable | int:
        """Whether a vehicle drives this leg; never where none can."""
        return self._drives.get((i, j), 0)
