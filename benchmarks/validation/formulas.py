"""Closed forms of queueing theory.

Sources
-------
Erlang B and C: Cooper, *Introduction to Queueing Theory*, 1981, chapter 3.
Waits by class without pre-emption: Cobham, Operations Research 2 (1954), 70-76.
One server with any service time: Pollaczek and Khinchine, in Kleinrock, *Queueing Systems*, 1975.
Two ambulances in two zones: the hypercube of Larson, Computers & Operations Research 1 (1974).
Patients who give up (M/M/c+M, Erlang A): Garnett, Mandelbaum and Reiman, Manufacturing & Service
Operations Management 4 (2002), 208-227.
"""

from __future__ import annotations

import numpy as np


def erlang_b(servers: int, load: float) -> float:
    """Share of calls that find every server busy and go away."""
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """Share of calls that find every server busy and wait."""
    blocked = erlang_b(servers, load)
    return servers * blocked / (servers - load * (1 - blocked))


def mean_wait_s(servers: int, load: float, service_s: float) -> float:
    """Mean wait in M/M/c, over all calls."""
    return erlang_c(servers, load) * service_s / (servers - load)


def cobham_waits_s(servers: int, loads: tuple[float, ...], service_s: float) -> list[float]:
    """Mean wait of each class, most urgent first, served in order of urgency, not pre-empted."""
    residual_s = erlang_c(servers, sum(loads)) * service_s / servers
    spare = 1 - np.append(0.0, np.cumsum(loads)) / servers
    return [float(residual_s / (spare[k] * spare[k + 1])) for k in range(len(loads))]


def pollaczek_wait_s(calls_per_s: float, service_s: float, service_square_s2: float) -> float:
    """Mean wait for one server, from the first two moments of its service time."""
    return calls_per_s * service_square_s2 / (2 * (1 - calls_per_s * service_s))


def hypercube_of_two(load: float, near_first: float) -> dict[str, float]:
    """Workloads, loss and share of calls answered from afar: two servers, each nearest to a zone.

    The states are 00, 10, 01, 11 (first and second server busy); a call goes to its own zone's
    server, else to the other one, else it is lost. Balance equations in units of the service rate.
    """
    first, second = load * near_first, load * (1 - near_first)
    rates = np.array([[0, first, second, 0], [1, 0, 0, load], [1, 0, 0, load], [0, 1, 1, 0]])
    balance = np.vstack([(rates - np.diag(rates.sum(axis=1))).T, np.ones(4)])
    _, only_first, only_second, both = np.linalg.lstsq(
        balance, np.array([0, 0, 0, 0, 1.0]), rcond=None
    )[0]
    far = near_first * only_first + (1 - near_first) * only_second
    return {
        "lost_share": both,
        "workload S1": only_first + both,
        "workload S2": only_second + both,
        "answered from afar": far / (1 - both),
    }


def erlang_a(servers: int, load: float, patience: float) -> dict[str, float]:
    """Share of calls that give up, and mean servers busy in M/M/c+M; `patience` in service times.

    From the balance of a birth-death process: with n calls there, min(n, c) are served and the
    others give up at the rate 1 / patience each.
    """
    number = np.arange(servers + 60 * (1 + int(load)))
    in_queue = np.maximum(number - servers, 0)
    leaving = np.minimum(number, servers) + in_queue / patience
    weight = np.append(1.0, np.cumprod(load / leaving[1:]))
    share = weight / weight.sum()
    giving_up = float(share @ in_queue) / patience / load
    return {"left_share": giving_up, "utilisation": load * (1 - giving_up) / servers}
