"""The exact solution of a system, over all states of its servers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from environment.units import HOUR_S
from policies.base import InfeasibleError
from policies.hypercube.answer import HypercubeAnswer
from policies.hypercube.dispatches import list_service_s, sent_by_point, sums
from policies.hypercube.system import HypercubeSystem
from policies.hypercube.waiting import Queue, busy_service_s, check_stable
from policies.mistakes import number_mistakes, refuse

if TYPE_CHECKING:
    from policies.hypercube.state_space import StateSpace


MOST_ROUNDS = 2000

Array = NDArray[np.float64]


def solve(system: HypercubeSystem, tolerance: float = 1e-10) -> HypercubeAnswer:
    r"""Solve for the long run, exactly.

    Every state a, a set of busy servers, has a probability :math:`P_a` with

    .. math:: P_a\Bigl(\sum_b\lambda_{ab} + \sum_b\mu_{ab}\Bigr) = \sum_b P_b(\lambda_{ba}+\mu_{ba})

    where b differs from a in one server. With an infinite line the same holds, and the states in
    which calls wait follow from the one in which everyone is busy.

    Parameters
    ----------
    system : HypercubeSystem
    tolerance : float
        Largest sum over all states of the difference between a state's probability and what its
        neighbours give it, and of a workload's change while service times are calibrated. The
        error of a result is about the number of servers times that.

    Raises
    ------
    PolicyError
        If the tolerance is not above 0 and below 1.
    InfeasibleError
        If the states need more memory than there is, calls come faster than they can be served,
        or the sweeps do not converge.

    References
    ----------
    Larson, A hypercube queuing model for facility location and redistricting in urban emergency
    services, Computers and Operations Research 1 (1974), 67-95.
    """
    refuse(number_mistakes("tolerance", tolerance, lambda t: 0 < t < 1, "above 0 and below 1"))
    check_memory(system)
    if system.line == "infinite":
        check_stable(system)
    # The compiled code behind it is loaded only where something is solved.
    from policies.hypercube.state_space import StateSpace

    by_state = system.service_mode == "paper" and system.depends_on_point
    states = StateSpace(system, by_state)
    states.start(list_service_s(system))
    is_calibrating = system.depends_on_point and not by_state
    workload = np.zeros(system.servers)
    for _ in range(MOST_ROUNDS):
        residual = states.improve()
        before, workload = workload, _calibrate(states, system) if is_calibrating else workload
        if residual <= tolerance and abs(workload - before).max() <= tolerance:
            residual = states.residual()
            if residual <= tolerance:
                return _answer(states, system, residual)
    raise InfeasibleError(
        f"{states.sweeps:,} sweeps did not get below a residual of {residual:.1e}"
    )


def _calibrate(states: StateSpace, system: HypercubeSystem) -> Array:
    """Give each server the mean service time of the calls that it takes; return workloads."""
    lists = system.lists
    busy = states.all_busy_at_least(lists.first_busy)
    scale, waiting = _line(states, system)
    at_once = lists.calls_per_hour[:, None] * (busy[:, :-1] - busy[:, 1:]).clip(0) * scale
    taken = sums(lists.server, at_once, system.servers)
    work = sums(lists.server, at_once * system.listed_service_s, system.servers)
    if waiting:
        from_line = states.all_busy_per_hour * waiting
        taken, work = taken + from_line, work + from_line * busy_service_s(system)
    service_s = np.divide(work, taken, out=list_service_s(system), where=taken > 0)
    states.serve_in(service_s)
    return taken * service_s / HOUR_S


def _line(states: StateSpace, system: HypercubeSystem) -> tuple[float, float]:
    """Probability that nobody waits, and that somebody does."""
    if system.line == "loss":
        return 1.0, 0.0
    load = min(1.0, system.total_calls_per_hour / states.all_busy_per_hour.sum())
    everyone = states.probability[2**system.servers - 1]
    nobody_waits = (1 - load) / (1 - load + everyone * load)
    return nobody_waits, 1 - nobody_waits


def _answer(states: StateSpace, system: HypercubeSystem, residual: float) -> HypercubeAnswer:
    states.probability /= states.probability.sum()
    scale, waiting = _line(states, system)
    busy = states.all_busy_at_least(system.lists.first_busy)
    single = states.all_busy_at_least(np.left_shift(1, np.arange(system.servers)))
    probability = states.probability[: 2**system.servers].clip(0) * scale
    sent, blocked = sent_by_point(system, (busy[:, :-1] - busy[:, 1:]).clip(0), busy[:, -1])
    return HypercubeAnswer(
        system=system,
        workload=single.clip(0) * scale + waiting,
        sent_at_once=sent * scale,
        blocked=blocked.clip(0) * scale + waiting,
        queue=_queue(states, system, probability[-1] + waiting),
        state_probabilities=probability,
        residual=residual,
        sweeps=states.sweeps,
    )


def _queue(states: StateSpace, system: HypercubeSystem, everyone_busy: float) -> Queue | None:
    if system.line == "loss":
        return None
    rate = states.all_busy_per_hour
    spare_per_hour = float(rate.sum()) - system.total_calls_per_hour
    return Queue(float(everyone_busy), spare_per_hour, rate / rate.sum())


NUMBER_BYTES = 8
GIB = 2**30
ADDRESS_BITS = 64


def memory_bytes(servers: int, by_state: bool = False) -> int:
    """What the exact solution takes at its peak.

    The rates upwards are N 2**N / 2 numbers, those downwards as many where they depend on the
    state. Beside them there are the probabilities, two numbers more a state, and room for one
    server's rates, two where its service rate is a mean.

    Parameters
    ----------
    servers : int
        N.
    by_state : bool
        Whether service rates depend on the state: ``"paper"`` mode, and a service time that
        depends on the demand point.
    """
    tables = 2 if by_state else 1
    half_states = 2**servers // 2
    return NUMBER_BYTES * half_states * (tables * servers + 2 * 3 + max(2, tables))


def check_memory(system: HypercubeSystem) -> None:
    """Refuse a system whose states do not fit.

    Raises
    ------
    InfeasibleError
        With what it would need and what there is.
    """
    by_state = system.service_mode == "paper" and system.depends_on_point
    needed, has = memory_bytes(system.servers, by_state), machine_bytes()
    if needed > has:
        raise InfeasibleError(
            f"{system.servers} servers have 2**{system.servers} states, which need "
            f"{_told(needed)} of memory, and this machine has {_told(has)}; "
            f"approximate() needs no states"
        )


def _told(size: int) -> str:
    if size.bit_length() > ADDRESS_BITS:
        return f"more than 2**{ADDRESS_BITS} bytes"
    return f"{size / GIB:,.1f} GiB"


def machine_bytes() -> int:
    """Memory of this machine; what is free just now counts files that are only kept as used."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
