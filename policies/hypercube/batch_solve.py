"""Many small systems at once: with other calls, or with servers at other sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.base import InfeasibleError
from policies.hypercube.answer import HypercubeAnswer, mean_deviation
from policies.hypercube.system import HypercubeSystem, ServiceMode
from policies.hypercube.system_mistakes import choice_mistakes, first_bad, level_mistakes, table
from policies.mistakes import number_mistakes, refuse

if TYPE_CHECKING:
    from policies.hypercube.small_systems import Outcomes


def solve_many(
    system: HypercubeSystem,
    calls_per_hour: ArrayLike,
    within_s: float = np.inf,
    tolerance: float = 1e-10,
) -> ManyAnswers:
    """Solve one system for many tables of calls, each exactly.

    Parameters
    ----------
    system : HypercubeSystem
        Without a line; its own calls are not looked at.
    calls_per_hour : (S, J) array_like
        Of each demand point, >= 0 and not all 0.
    within_s : float
        Longest response time that counts as covered.
    tolerance : float
        As in `solve`.

    Raises
    ------
    PolicyError
        If the system has a line or more than 12 servers, or a number is out of range.
    InfeasibleError
        If a system does not converge.
    """
    calls = table("calls_per_hour", calls_per_hour)
    refuse([*condition_mistakes(within_s, tolerance), *calls_mistakes(system, calls)])
    from policies.hypercube import small_systems as small

    lists = system.lists
    listed = small.Listed(
        lists.server,
        lists.point,
        lists.share,
        lists.calls_per_hour.copy(),
        system.travel_s[lists.server, lists.point[:, None]],
        system.listed_service_s,
    )
    outcomes = _outcomes(len(calls), system.points, system.servers)
    room = small.room_for(system.servers)
    kind = _kind(system.service_mode, system.depends_on_point)
    failed = small.solve_rows(listed, calls, kind, within_s, tolerance, room, outcomes)
    return _answers(outcomes, failed)


def solve_placements(
    sites: ArrayLike,
    calls_per_hour: ArrayLike,
    travel_s: ArrayLike,
    service_s: ArrayLike,
    districting_level: int,
    service_mode: ServiceMode = "calibrated",
    within_s: float = np.inf,
    tolerance: float = 1e-10,
) -> ManyAnswers:
    """Solve a loss system for many placements of its servers, each exactly.

    Every call goes to the nearest free one of the D nearest servers; of servers that are equally
    near, to the one that stands first in its placement. What is told of each demand point takes 16
    bytes for each placement: where that is too much, ask in parts.

    Parameters
    ----------
    sites : (S, N) array_like of int
        The site of each server, by number from 0; several servers may share one.
    calls_per_hour : (J,) array_like
        Of each demand point, >= 0 and not all 0.
    travel_s : (I, J) array_like
        Seconds from each site to each demand point, >= 0 and finite.
    service_s : float, (I,) or (I, J) array_like
        Mean seconds that a server of a site is busy with a call of a demand point, > 0.
    districting_level : int
        Servers that a call may go to, D, from 1 to N.
    service_mode : {"calibrated", "paper"}
        As in `HypercubeSystem`.
    within_s : float
        Longest response time that counts as covered.
    tolerance : float
        As in `solve`.

    Raises
    ------
    PolicyError
        If there are more than 12 servers, shapes do not fit or a number is out of range.
    InfeasibleError
        If a system does not converge.
    """
    chosen = table("sites", sites, dtype=None)
    calls = table("calls_per_hour", calls_per_hour)
    travel, service = table("travel_s", travel_s), table("service_s", service_s)
    refuse(
        [
            *choice_mistakes("service_mode", service_mode, ("calibrated", "paper")),
            *condition_mistakes(within_s, tolerance),
            *table_mistakes(calls, travel, service),
            *placement_mistakes(chosen, len(travel), districting_level),
        ]
    )
    service = service[:, None] if service.ndim == 1 else service
    service = np.array(np.broadcast_to(service, travel.shape))
    from policies.hypercube import small_systems as small

    servers, points = chosen.shape[1], len(calls)
    place = (points, districting_level)
    listed = small.Listed(
        np.zeros(place, dtype=np.int64),
        np.arange(points),
        np.ones(points),
        calls,
        np.zeros(place),
        np.zeros(place),
    )
    outcomes = _outcomes(len(chosen), points, servers)
    kind = _kind(service_mode, bool((service != service[:, :1]).any()))
    tables, room = (travel, service), small.room_for(servers)
    failed = small.solve_sites(
        chosen.astype(np.int64), tables, listed, kind, within_s, tolerance, room, outcomes
    )
    return _answers(outcomes, failed)


def _kind(service_mode: ServiceMode, depends_on_point: bool) -> int:
    from policies.hypercube.small_systems import BY_STATE, CALIBRATED, FIXED

    if not depends_on_point:
        return FIXED
    return BY_STATE if service_mode == "paper" else CALIBRATED


def _outcomes(systems: int, points: int, servers: int) -> Outcomes:
    from policies.hypercube.small_systems import Outcomes

    by_point, by_server = (systems, points), (systems, servers)
    shapes = (by_point, by_point, by_server, systems, systems, systems, systems)
    return Outcomes(*(np.empty(shape) for shape in shapes))


def _answers(outcomes: Outcomes, failed: int) -> ManyAnswers:
    if failed:
        raise InfeasibleError(f"{failed:,} of {len(outcomes.loss):,} systems did not converge")
    return ManyAnswers(**outcomes._asdict())


@dataclass(frozen=True, eq=False)
class ManyAnswers:
    """What is to be expected of S systems, each with its own calls.

    Attributes
    ----------
    loss : (S, J) float64
        Share of each demand point's calls that nobody serves.
    response_s : (S, J) float64
        Mean seconds until a served call is reached.
    workload : (S, N) float64
        Share of time that each server is busy.
    mean_loss, mean_response_s : (S,) float64
        Means over the demand points, weighted by their calls.
    first_server_available : (S,) float64
        Share of calls whose first server is free.
    coverage : (S,) float64
        Share of all calls that are reached within the time asked for; a lost call is not.
    """

    loss: NDArray[np.float64]
    response_s: NDArray[np.float64]
    workload: NDArray[np.float64]
    mean_loss: NDArray[np.float64]
    mean_response_s: NDArray[np.float64]
    first_server_available: NDArray[np.float64]
    coverage: NDArray[np.float64]

    @property
    def longest_response_s(self) -> NDArray[np.float64]:
        """The greatest of the mean response times, also of points without calls, (S,)."""
        return self.response_s.max(axis=1)

    def deviation_in_loss(self, base: HypercubeAnswer) -> NDArray[np.float64]:
        """How far losses are from those of `base`, weighted by the calls of `base`, (S,)."""
        return mean_deviation(self.loss, base.loss, base.system.share)

    def deviation_in_response_s(self, base: HypercubeAnswer) -> NDArray[np.float64]:
        """How far response times are from those of `base`, weighted by its calls, (S,)."""
        return mean_deviation(self.response_s, base.response_s, base.system.share)


MOST_SERVERS = 12
"""Of systems that are solved many at once; above, `solve` is the faster way."""


def condition_mistakes(within_s: float, tolerance: float) -> list[str]:
    """What is wrong with the numbers that hold for all systems."""
    return [
        *number_mistakes("within_s", within_s, lambda s: s >= 0, ">= 0"),
        *number_mistakes("tolerance", tolerance, lambda t: 0 < t < 1, "above 0 and below 1"),
    ]


def calls_mistakes(system: HypercubeSystem, calls: NDArray[np.float64]) -> list[str]:
    """What is wrong with tables of calls for a system, or with the system itself."""
    mistakes = _size_mistakes(system.servers)
    if system.line != "loss":
        mistakes.append(f"system.line must be 'loss' where many are solved, got {system.line!r}")
    if calls.ndim != 2 or calls.shape[1] != system.points:
        wanted = f"a row a system and a column for each of {system.points} demand points"
        return [*mistakes, f"calls_per_hour must have {wanted}, got shape {calls.shape}"]
    fine = (calls >= 0) & (calls < np.inf)
    mistakes += first_bad("calls_per_hour", calls, fine, ">= 0 and finite")
    empty = (calls == 0).all(axis=1).nonzero()[0]
    if len(empty):
        mistakes.append(f"calls_per_hour must not be 0 everywhere, as in row {empty[0]}")
    return mistakes


def table_mistakes(
    calls: NDArray[np.float64], travel: NDArray[np.float64], service: NDArray[np.float64]
) -> list[str]:
    """What is wrong with the calls and the times from sites to demand points."""
    if calls.ndim != 1 or not calls.size:
        return [f"calls_per_hour must have one number a demand point, got shape {calls.shape}"]
    if travel.ndim != 2 or not len(travel) or travel.shape[1] != len(calls):
        wanted = f"a row for each site and a column for each of {len(calls)} demand points"
        return [f"travel_s must have {wanted}, got shape {travel.shape}"]
    if service.shape not in {(), travel.shape[:1], travel.shape}:
        wanted = f"one number, or have shape {travel.shape[:1]} or {travel.shape}"
        return [f"service_s must be {wanted}, got {service.shape}"]
    fine = (calls >= 0) & (calls < np.inf)
    mistakes = first_bad("calls_per_hour", calls, fine, ">= 0 and finite")
    if not mistakes and not calls.any():
        mistakes.append("calls_per_hour must not be 0 everywhere")
    reached = (travel >= 0) & (travel < np.inf)
    busy = (service > 0) & (service < np.inf)
    return [
        *mistakes,
        *first_bad("travel_s", travel, reached, ">= 0 and finite, for every site may be chosen"),
        *first_bad("service_s", service, busy, "> 0 and finite"),
    ]


def site_mistakes(chosen: NDArray[Any], sites: int) -> list[str]:
    """What is wrong with placements, as far as the number of servers makes no difference."""
    if chosen.ndim != 2 or not chosen.shape[1] or not np.issubdtype(chosen.dtype, np.integer):
        got = f"{chosen.dtype} of shape {chosen.shape}"
        return [f"sites must be numbers, a row a placement and a column a server, got {got}"]
    known = (chosen >= 0) & (chosen < sites)
    return first_bad("sites", chosen, known, f"from 0 to {sites - 1}")


def placement_mistakes(chosen: NDArray[Any], sites: int, level: int) -> list[str]:
    """What is wrong with placements that are to be solved many at a time."""
    mistakes = site_mistakes(chosen, sites)
    if chosen.ndim != 2 or not chosen.shape[1]:
        return mistakes
    servers = chosen.shape[1]
    return [*_size_mistakes(servers), *mistakes, *level_mistakes(level, servers)]


def _size_mistakes(servers: int) -> list[str]:
    if servers <= MOST_SERVERS:
        return []
    return [f"at most {MOST_SERVERS} servers where many are solved, got {servers}; see solve()"]
