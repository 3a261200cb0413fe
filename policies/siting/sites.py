"""What every covering model is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from environment.apportionment import apportion
from environment.roads.network import GEOGRAPHIC, distance_m
from policies.base import InfeasibleError, PolicyError
from policies.highs import Search
from policies.interrupts import BEFORE_A_PLAN, SearchInterrupted, interrupts_held
from policies.mistakes import refuse
from policies.siting.limits import SearchLimits
from policies.siting.robust.plan import relative_gap
from policies.siting.robust.problem import named_points

if TYPE_CHECKING:
    import pulp


@dataclass(frozen=True, eq=False)
class Places:
    """Candidate sites and points of demand.

    Parameters
    ----------
    travel : (s, z) float64
        From each site to each point: seconds, or metres, as the model's limits; infinite where
        there is no way.
    demand : (z,) float64
        Weight of each point, such as its calls a day.

    Raises
    ------
    PolicyError
        That tells everything that is wrong.
    """

    travel: NDArray[np.float64]
    demand: NDArray[np.float64]

    def __post_init__(self) -> None:
        mistakes = []
        if self.travel.ndim != 2 or self.travel.shape[1:] != self.demand.shape:
            mistakes.append(
                "travel must have a row for each site and a column for each point of demand, "
                f"got shapes {self.travel.shape} and {self.demand.shape}"
            )
        elif 0 in self.travel.shape:
            mistakes.append(f"there must be a site and a point, got shape {self.travel.shape}")
        for name, value in (("travel", self.travel), ("demand", self.demand)):
            if not (value >= 0).all():
                mistakes.append(f"{name} must be >= 0, got {value[~(value >= 0)][0]:g}")
        refuse(mistakes)

    @classmethod
    def on_great_circles(
        cls,
        candidates: NDArray[np.float64],
        points: NDArray[np.float64],
        demand: NDArray[np.float64],
    ) -> Self:
        """Places on the earth, with great-circle distances in metres.

        Parameters
        ----------
        candidates : (s, 2) float64
            Longitude and latitude in degrees, of cities, airports or whatever may be a site.
        points : (z, 2) float64
        demand : (z,) float64
        """
        (lon, lat), (to_lon, to_lat) = candidates.T[:, :, None], points.T
        return cls(distance_m(GEOGRAPHIC, lon, lat, to_lon, to_lat), demand)

    @property
    def sites(self) -> int:
        """How many candidates there are."""
        return self.travel.shape[0]

    @property
    def points(self) -> int:
        """How many points of demand there are."""
        return self.travel.shape[1]

    def require_reach(self, target: float) -> NDArray[np.bool_]:
        """Which site reaches which point within a limit, (s, z), and every point one of them.

        Raises
        ------
        InfeasibleError
            If a point is beyond the limit of every site.
        """
        reaches = self.travel <= target
        missed = np.flatnonzero(~reaches.any(axis=0))
        if len(missed):
            nearest = float(self.travel[:, missed].min(axis=0).max())
            raise InfeasibleError(
                f"no site reaches {named_points(missed)} within {target:g}; "
                f"all could be reached within {nearest:g}"
            )
        return reaches


@dataclass(frozen=True, eq=False)
class Siting:
    """The answer of a covering model.

    Attributes
    ----------
    units : (s,) int64
        Ambulances at each site, or 1 for a site that is chosen where the model counts sites.
    coverage : (z,) float64
        Part of each point's demand that is covered, in the model's own sense.
    share : (s, z) float64 or None
        Part of each point's demand that each site serves; None where nobody is assigned.
    objective, bound : float
        What was reached, and what nothing goes beyond.
    status : str
        ``optimal`` (within the gap asked for), ``time limit`` or ``interrupted``.
    seconds : float
        Time of the search.
    """

    units: NDArray[np.int64]
    coverage: NDArray[np.float64]
    share: NDArray[np.float64] | None
    objective: float
    bound: float
    status: str
    seconds: float

    @property
    def gap(self) -> float:
        """Share of the objective between it and the bound."""
        return relative_gap(max(self.objective, self.bound), min(self.objective, self.bound))


class CoveringModel(Protocol):
    """One interface of all covering models."""

    def solve(self, places: Places, limits: SearchLimits | None = None) -> Siting:
        """Choose sites, or ambulances at sites."""


@dataclass(frozen=True)
class Outcome:
    """How the search of a program ended; its variables hold the answer."""

    objective: float
    bound: float
    status: str
    seconds: float


def optimise(problem: pulp.LpProblem, limits: SearchLimits | None) -> Outcome:
    """Solve a program within limits.

    Raises
    ------
    InfeasibleError
        If no answer keeps its limits.
    PolicyError
        If time ran out before there was an answer.
    SearchInterrupted
        If the user interrupted before there was one.
    """
    limits = limits or SearchLimits(gap=0.0)
    begin_s = perf_counter()
    with interrupts_held():
        found = Search(problem).run(begin_s + limits.time_limit_s, limits.gap)
    seconds = perf_counter() - begin_s
    if found.values is None and found.status == "interrupted":
        raise SearchInterrupted(f"{problem.name}: {BEFORE_A_PLAN}")
    if found.values is None:
        raise PolicyError(
            f"{problem.name}: {found.status} after {seconds:.1f} s, before any answer was found; "
            "give it more time"
        )
    for variable in problem.variables():
        variable.varValue = float(found.values[variable.index])
    bound = float(problem.sense * found.bound)
    return Outcome(float(problem.objective.value()), bound, found.status, seconds)


def chosen(variables: list[pulp.LpVariable]) -> NDArray[np.int64]:
    """Whole values of variables."""
    return np.rint([variable.value() for variable in variables]).astype(np.int64)


def share_values(
    shares: Mapping[tuple[int, int], pulp.LpVariable], places: Places
) -> NDArray[np.float64]:
    """Part of each point's demand that each site serves, from variables by site and point."""
    values = np.zeros(places.travel.shape)
    for pair, variable in shares.items():
        values[pair] = variable.value()
    return values


def staffed(is_chosen: NDArray[np.bool_], places: Places, ambulances: int) -> list[int]:
    """One ambulance for each chosen station, and the rest where the calls are.

    Each zone counts for the nearest chosen station.

    Raises
    ------
    InfeasibleError
        If there are fewer ambulances than chosen stations.
    """
    stations = np.flatnonzero(is_chosen)
    if len(stations) > ambulances:
        raise InfeasibleError(
            f"{len(stations)} stations are needed, and there are {ambulances} ambulances: "
            f"{len(stations) - ambulances} short"
        )
    nearest = stations[places.travel[stations].argmin(axis=0)]
    share = np.bincount(nearest, places.demand, minlength=len(is_chosen))
    rest = apportion(ambulances - len(stations), share)
    return (rest + is_chosen).tolist()
