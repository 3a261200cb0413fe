"""Many small systems at once: with other calls, or with servers at other sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from policies.base import InfeasibleError
from policies.hypercube.many_answers import ManyAnswers
from policies.hypercube.many_mistakes import (
    calls_mistakes,
    condition_mistakes,
    placement_mistakes,
    table_mistakes,
)
from policies.hypercube.system import HypercubeSystem, ServiceMode
from policies.hypercube.system_mistakes import choice_mistakes, table
from policies.mistakes import refuse

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
