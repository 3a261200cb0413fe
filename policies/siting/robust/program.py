"""The mixed-integer program of robust location, but for its cones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from policies.siting.robust.lights import RouteLights
from policies.siting.robust.plan import Layout
from policies.siting.robust.problem import LocationProblem
from policies.siting.robust.uncertainty import Budgeted, UncertaintySet

if TYPE_CHECKING:
    import pulp


LACK_COST = 1e3
"""Of an ambulance that is missing, as a multiple of the dearest station or ambulance."""

NONE = -1
"""The index of a share that is not decided, because there is no way."""


class RobustProgram:
    r"""Variables and linear limits, to which cuts for demand at its worst are added.

    Stations :math:`x_j`, ambulances :math:`n_j`, shares :math:`X_{ij}`, costs of transport
    :math:`q_i` and of being late :math:`o_i` of a call of point :math:`i`, and their totals at
    the worst demand :math:`\theta_1, \theta_2`. Where lights decide whether a drive is late,
    :math:`D_{ij}` says so, and :math:`o_{ij} \ge X_{ij} + D_{ij} - 1`.

    Two more variables are reserves, 0 as long as nobody sets them: by so much more than they
    must, the ambulances of each station and the cost of being late stand above the tangents.

    Parameters
    ----------
    problem : LocationProblem
    weight : float
        Of the first objective, from 0 to 1.
    most_service_cost : float, optional
        Limit of the second objective.

    Attributes
    ----------
    problem : pulp.LpProblem
    """

    def __init__(
        self, problem: LocationProblem, weight: float, most_service_cost: float | None = None
    ) -> None:
        import pulp

        self.data = problem
        self.problem = pulp.LpProblem("Location", pulp.LpMinimize)
        self._stations = [self._new(f"open_{j}", 1, whole=True) for j in range(problem.stations)]
        self._ambulances = [self._new(f"n_{j}", whole=True) for j in range(problem.stations)]
        self._shares = {
            (j, i): self._new(f"share_{j}_{i}", 1) for j, i in np.argwhere(problem.has_way).tolist()
        }
        self._transport = [self._new(f"transport_{i}") for i in range(problem.points)]
        self._late = [self._new(f"late_{i}") for i in range(problem.points)]
        self._totals = [self._new("transport"), self._new("late")]
        self._reserves = [self._new("reserve_ambulances", 0), self._new("reserve_late", 0)]
        lights = 0 if problem.lights is None else len(_light_sizes(problem))
        self._lights = [self._new(f"light_{k}", 1, whole=True) for k in range(lights)]
        self._set_objective(weight)
        self._serve_everyone()
        self._add_costs_of_a_call(self._decide_lateness())
        self._stand_budgets()
        if most_service_cost is not None:
            self.problem += self._standing() + self._totals[1] <= most_service_cost

    def locate_columns(self) -> None:
        """Keep where the variables are, once a `Search` has numbered them."""
        data = self.data
        self.station = _indices(self._stations)
        self.ambulance = _indices(self._ambulances)
        self.transport, self.late = _indices(self._transport), _indices(self._late)
        self.total = _indices(self._totals)
        self.reserve = _indices(self._reserves)
        self.light = _indices(self._lights)
        self.share = np.full((data.stations, data.points), NONE)
        self.share[data.has_way] = [variable.index for variable in self._shares.values()]

    def shares(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Shares of an answer, (s, z)."""
        shares: NDArray[np.float64] = np.where(self.share == NONE, 0.0, values[self.share])
        return np.clip(shares, 0.0, 1.0)

    def layout(self, values: NDArray[np.float64]) -> Layout:
        """What an integer answer decides, without the solver's rounding."""
        is_open = values[self.station] > 0.5
        share = np.where(is_open[:, None], self.shares(values), 0.0)
        share[share < 1e-9] = 0.0
        return Layout(is_open, share / share.sum(axis=0), values[self.light] > 0.5)

    def _new(self, name: str, most: float | None = None, *, whole: bool = False) -> pulp.LpVariable:
        import pulp

        kind = pulp.LpInteger if whole else pulp.LpContinuous
        variable = pulp.LpVariable(name, 0, most, kind)
        self.problem.addVariable(variable)
        return variable

    def _standing(self) -> pulp.LpAffineExpression:
        """Cost of stations and ambulances."""
        import pulp

        costs = [*self.data.station_cost_per_day, *self.data.ambulance_cost_per_day]
        variables = [*self._stations, *self._ambulances]
        return pulp.LpAffineExpression(
            [(v, float(cost)) for v, cost in zip(variables, costs, strict=True)]
        )

    def _lack_cost(self) -> float:
        """Cost of a reserve below 0: so much that nothing else is worth it."""
        costs = [*self.data.station_cost_per_day, *self.data.ambulance_cost_per_day, 1.0]
        return float(LACK_COST * max(costs))

    def _set_objective(self, weight: float) -> None:
        light_cost = self.data.lights.cost_per_day if self.data.lights else 0.0
        self.problem += (
            self._standing()
            + weight * self._totals[0]
            + (1 - weight) * self._totals[1]
            + sum(weight * light_cost * light for light in self._lights)
            - sum(self._lack_cost() * reserve for reserve in self._reserves)
        )

    def _serve_everyone(self) -> None:
        """Serve every point, from open stations only; single limits of shares come as cuts."""
        import pulp

        by_point: list[list[pulp.LpVariable]] = [[] for _ in range(self.data.points)]
        by_station: list[list[pulp.LpVariable]] = [[] for _ in range(self.data.stations)]
        for (j, i), share in self._shares.items():
            by_point[i].append(share)
            by_station[j].append(share)
        for shares in by_point:
            self.problem += pulp.lpSum(shares) == 1
        for station, shares in zip(self._stations, by_station, strict=True):
            self.problem += pulp.lpSum(shares) <= len(shares) * station

    def _decide_lateness(self) -> dict[tuple[int, int], pulp.LpVariable]:
        """For drives that are late or not by the lights: the share of calls that are late."""
        data, lights = self.data, self.data.lights
        if not isinstance(lights, RouteLights):
            return {}
        everyone = np.ones(len(lights.delay_s), dtype=bool)
        decided = data.is_late(~everyone) & ~data.is_late(everyone) & data.has_way
        late_shares = {}
        for j, i in np.argwhere(decided).tolist():
            is_late = self._new(f"is_late_{j}_{i}", 1, whole=True)
            late_shares[j, i] = self._new(f"late_share_{j}_{i}", 1)
            self.problem += late_shares[j, i] >= self._shares[j, i] + is_late - 1
            waits = {k: float(lights.delay_s[k]) for k in np.flatnonzero(lights.on_route[:, j, i])}
            spare_s = data.time_limit_s - float(data.travel_s[j, i])
            longest_s = sum(waits.values())
            waited_s = longest_s - sum(waits[k] * self._lights[k] for k in waits)
            self.problem += waited_s - spare_s <= (longest_s - spare_s) * is_late
        return late_shares

    def _add_costs_of_a_call(self, late_shares: dict[tuple[int, int], pulp.LpVariable]) -> None:
        """Define what a call of each point costs in transport and by lateness."""
        import pulp

        data = self.data
        lit = np.ones(len(self._lights), dtype=bool)
        always_late = data.is_late(lit)
        transport: list[list[tuple[pulp.LpVariable, float]]] = [[] for _ in range(data.points)]
        late: list[list[tuple[pulp.LpVariable, float]]] = [[] for _ in range(data.points)]
        for (j, i), share in self._shares.items():
            cost = data.transport_cost_per_km * float(data.distance_km[j, i])
            transport[i].append((share, cost))
            if always_late[j, i]:
                late[i].append((share, data.unmet_cost))
        for (_, i), share in late_shares.items():
            late[i].append((share, data.unmet_cost))
        for i in range(data.points):
            self.problem += self._transport[i] == pulp.LpAffineExpression(transport[i])
            self.problem += self._late[i] == pulp.LpAffineExpression(late[i])

    def _stand_budgets(self) -> None:
        """Where a set is budgeted, hold its limits exactly; those of other sets come as cuts."""
        data = self.data
        ambulances, late = self._reserves
        transport, unmet = map(dict, map(enumerate, (self._transport, self._late)))
        by_station: list[dict[int, pulp.LpVariable]] = [{} for _ in self._stations]
        for (j, i), share in self._shares.items():
            by_station[j][i] = share
        for j, shares in enumerate(by_station):
            available = self._ambulances[j] - ambulances
            self._stand_budget(
                f"n_{j}", available, shares, data.simultaneous_calls, data.simultaneous_set
            )
        totals = (self._totals[0] + 0, self._totals[1] - late)
        for name, total, costs in zip(("q", "o"), totals, (transport, unmet), strict=True):
            self._stand_budget(name, total, costs, data.calls_per_day, data.calls_set)

    def _stand_budget(
        self,
        name: str,
        available: pulp.LpAffineExpression,
        weights: dict[int, pulp.LpVariable],
        mean: NDArray[np.float64],
        demand: UncertaintySet,
    ) -> None:
        if isinstance(demand, Budgeted):
            add_budget_rows(
                self.problem,
                available,
                weights,
                mean,
                demand,
                lambda own: self._new(f"{name}_{own}"),
            )


def _light_sizes(problem: LocationProblem) -> NDArray[np.float64]:
    """One figure a light, of either kind of lights."""
    lights = problem.lights
    if isinstance(lights, RouteLights):
        return lights.delay_s
    assert lights is not None
    return lights.distance_m[:, 0]


def _indices(variables: list[pulp.LpVariable]) -> NDArray[np.int64]:
    return np.array([variable.index for variable in variables], dtype=np.int64)


def add_budget_rows(
    program: pulp.LpProblem,
    available: pulp.LpAffineExpression,
    weights: dict[int, pulp.LpVariable],
    mean: NDArray[np.float64],
    budgeted: Budgeted,
    new: Callable[[str], pulp.LpVariable],
) -> None:
    r"""Hold a sum of weights of points below what is available, with demand at its worst.

    The worst deviation of a budgeted set is itself a linear program; by its dual, the limit is

    .. math:: \bar m^\top v + \Gamma t + \sum_i p_i \le a, \quad p_i \ge \hat m_i v_i - t

    (Bertsimas and Sim 2004). It has no error that cuts would have to mend.

    Parameters
    ----------
    program : pulp.LpProblem
        To which the rows are added.
    available : pulp.LpAffineExpression
        :math:`a`.
    weights : dict of int to pulp.LpVariable
        :math:`v_i` by point, 0 or more.
    mean : (z,) float64
        :math:`\bar m`.
    budgeted : Budgeted
    new : callable
        Makes a variable of 0 or more with a name.
    """
    import pulp

    shared = new("shared")
    terms = [(shared, float(budgeted.budget))]
    for i, weight in weights.items():
        terms.append((weight, float(mean[i])))
        width = float(budgeted.half_width[i])
        if width > 0:
            own = new(f"own_{i}")
            program += own >= width * weight - shared
            terms.append((own, 1.0))
    program += pulp.LpAffineExpression(terms) <= available


CUT_SHARE = 1e-6
"""A limit that is broken by less than this share of it gets no cut."""

STEPS = (0.0, 0.5, 1.0)
"""Parts of the way from the middle to an answer at which its tangent is looked for."""

Row = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Columns, and their coefficients; their sum is at most 0."""


def tangent(
    columns: NDArray[np.int64],
    bound: NDArray[np.int64],
    values: NDArray[np.float64],
    middle: NDArray[np.float64],
    mean: NDArray[np.float64],
    uncertainty: UncertaintySet,
) -> Row | None:
    """The limit that demand at its worst sets, if an answer breaks it.

    A tangent may touch the true limit anywhere. At the answer itself it says little of where the
    next one will be, which is far away; so it is taken at a middle of the answers so far, and
    nearer to the last one only where it would not cut that off (Neame's smoothing of cutting
    planes; see Pessoa, Sadykov, Uchoa and Vanderbeck, INFORMS Journal on Computing 30, 2018).

    Parameters
    ----------
    columns : (z,) int64
        Of the weights of the points, or `NONE`.
    bound : (1,) or (2,) int64
        The column that must be enough, and perhaps one for the reserve in it.
    values, middle : float64
        Of all columns.
    mean : (z,) float64
    uncertainty : UncertaintySet
    """
    weights, centre = (_weights(columns, one) for one in (values, middle))
    sign = np.array([-1.0, 1.0])[: len(bound)]
    available = -float(sign @ values[bound])
    needed = float((mean + uncertainty.worst(weights)) @ weights)
    spare = CUT_SHARE * max(1.0, needed)
    if needed <= available + spare:
        return None
    for step in STEPS:
        demand = mean + uncertainty.worst(centre + step * (weights - centre))
        if demand @ weights > available + spare:
            break
    used = (columns != NONE) & (demand != 0)
    return np.append(columns[used], bound), np.append(demand[used], sign)


def _weights(columns: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = np.where(columns == NONE, 0.0, values[columns])
    return np.maximum(weights, 0.0)
