"""What the exact hypercube takes: one system, thousands of small ones, and the ways before it.

    python -m benchmarks.speed.hypercube [--largest 22]

200 demand points, residual 1e-10, one core. Machines are shared, so each time is the least of
several, and the naive construction (a Python loop over states and demand points into a sparse
matrix) and SciPy's direct sparse solver are timed in the same run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path
from time import perf_counter
from timeit import repeat

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, lil_array
from scipy.sparse.linalg import spsolve

from policies.hypercube import (
    HypercubeSystem,
    approximate,
    memory_bytes,
    preferences_by_time,
    solve,
    solve_many,
    solve_placements,
)
from policies.hypercube.system import ServiceMode

POINTS, SITES, LEVEL = 200, 30, 3
SIZES = (10, 12, 15, 18, 20, 22)
SIZES_BEFORE = (10, 12)  # at 14 the direct solve takes more than five minutes
OUTBREAKS = 22_500  # runs of Table 3 with as many servers
SERVERS_OF_RUNS = (5, 7)
MODES: tuple[ServiceMode, ...] = ("calibrated", "paper")

Array = NDArray[np.float64]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Seconds of the exact hypercube.")
    parser.add_argument("--largest", type=int, default=max(SIZES), help="servers, at most")
    parser.add_argument("--memory-of", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.memory_of:
        print(peak_bytes_over_start(arguments.memory_of))
        return
    whole_systems([size for size in SIZES if size <= arguments.largest])
    ways_before()
    batches()
    many_servers()


def travel_times_s(servers: int) -> Array:
    """From servers to demand points, both anywhere in a square, half an hour across."""
    rng = np.random.default_rng(servers)
    return 1800 * np.hypot(*(rng.random((2, servers, 1)) - rng.random((2, 1, POINTS))))


def calls_per_hour(load: float) -> Array:
    return load * np.random.default_rng(0).dirichlet(np.ones(POINTS))


def whole_system(servers: int, depends_on_point: bool, mode: ServiceMode) -> HypercubeSystem:
    """Full backup, half of all servers busy or somewhat less."""
    travel_s = travel_times_s(servers)
    lists = travel_s.argsort(axis=0).T
    service_s = 2400 + 2 * travel_s if depends_on_point else 3600
    calls = calls_per_hour(servers / 2)
    return HypercubeSystem(calls, travel_s, lists, service_s, service_mode=mode)


def whole_systems(sizes: Sequence[int]) -> None:
    """Rates, sweeps and all measures of one system."""
    header = (
        f"{'equal service':>16}{'calibrated':>12}{'paper':>10}{'sweeps':>14}{'memory/rates':>14}"
    )
    print(f"{'one system':<14}{header}")
    for servers in sizes:
        systems = [whole_system(servers, False, "calibrated")]
        systems += [whole_system(servers, True, mode) for mode in MODES]
        times = [least_s(partial(measured, system), servers) for system in systems]
        sweeps = "/".join(str(solve(system).sweeps) for system in systems)
        cells = f"{times[0]:>14.4f} s{times[1]:>10.4f} s{times[2]:>8.4f} s{sweeps:>14}"
        print(f"N = {servers:<10}{cells}{memory_over_rates(servers):>14}", flush=True)


def measured(system: HypercubeSystem) -> tuple[float, ...]:
    """Solve a fresh copy, so that nothing is remembered, and ask for everything."""
    copy = HypercubeSystem(
        system.calls_per_hour,
        system.travel_s,
        system.preferences,
        system.service_s,
        system.line,
        system.service_mode,
        system.weights,
    )
    answer = solve(copy)
    found = (answer.mean_loss, answer.mean_response_s, answer.longest_response_s)
    return (
        *found,
        answer.first_server_available,
        answer.coverage(600),
        answer.system_fractions[0, 0],
    )


def memory_over_rates(servers: int) -> str:
    """Peak of a process of its own over what it had before, beside the rates alone."""
    command = [sys.executable, "-m", "benchmarks.speed.hypercube", "--memory-of", str(servers)]
    peak = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    rates = 4 * servers * 2**servers
    if rates < 5e7:
        return f"({memory_bytes(servers) / rates:.2f})"  # too little to be seen
    return f"{peak / rates:.2f}"


def peak_bytes_over_start(servers: int) -> int:
    """In a process that has compiled everything already."""
    measured(whole_system(8, False, "calibrated"))
    system = whole_system(servers, False, "calibrated")
    before = peak_bytes()
    measured(system)
    return peak_bytes() - before


def peak_bytes() -> int:
    """Of this process alone, as Linux keeps it; `resource` would count its parent's as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


def ways_before() -> None:
    """The naive construction and the direct solution, beside the same system's exact solution."""
    print(f"\n{'ways before':<14}{'naive rates':>14}{'direct solve':>14}{'this':>12}{'ratios':>20}")
    for servers in SIZES_BEFORE:
        system = whole_system(servers, False, "calibrated")
        own_s = least_s(partial(measured, system), servers)
        naive_s = timed(partial(naive_rates, system))
        direct_s = timed(partial(direct, from_states(system)))
        ratios = f"{naive_s / own_s:,.0f} and {direct_s / own_s:,.0f}"
        cells = f"{naive_s:>12.2f} s{direct_s:>12.2f} s{own_s:>10.4f} s{ratios:>20}"
        print(f"N = {servers:<10}{cells}", flush=True)


def naive_rates(system: HypercubeSystem) -> lil_array:
    """Rates between all states by a loop over states and demand points, as in the paper."""
    lists, calls = system.preferences[:, 0].tolist(), system.calls_per_hour.tolist()
    rates = lil_array((2**system.servers, 2**system.servers))
    for state in range(2**system.servers):
        for asked, of_point in zip(lists, calls, strict=True):
            for server in asked:
                if not state >> server & 1:
                    rates[state, state | 1 << server] += of_point
                    break
        for server in range(system.servers):
            if state >> server & 1:
                rates[state, state ^ 1 << server] += 1.0
    return rates


def from_states(system: HypercubeSystem) -> csc_array:
    """The same rates, put together without a loop over states so that only solving is timed."""
    states = np.arange(2**system.servers)
    rates = csc_array((len(states), len(states)))
    for asked, of_point in zip(system.preferences[:, 0], system.calls_per_hour, strict=True):
        is_open = np.ones(len(states), dtype=np.bool_)
        for server in asked.tolist():
            takes = states[is_open & (states >> server & 1 == 0)]
            is_open &= states >> server & 1 == 1
            flow = np.full(len(takes), of_point)
            rates = rates + csc_array((flow, (takes, takes | 1 << server)), rates.shape)
    for server in range(system.servers):
        busy = states[states >> server & 1 == 1]
        rates = rates + csc_array((np.ones(len(busy)), (busy, busy ^ 1 << server)), rates.shape)
    return rates


def direct(rates: csc_array) -> Array:
    """Probabilities of the states by SciPy's sparse factorisation, the empty one set to 1."""
    out = np.asarray(rates.sum(axis=1)).ravel()
    balance = (rates.T - csc_array((out, (range(len(out)), range(len(out)))))).tocsc()
    rest = spsolve(balance[1:, 1:], -balance[1:, [0]].toarray().ravel())
    weight = np.concatenate([[1.0], rest])
    return weight / weight.sum()


def batches() -> None:
    """The outbreak runs of the paper's Table 3, and every placement of 5 servers on 30 sites."""
    travel_s = travel_times_s(SITES)
    service_s = 1200 + 2 * travel_s
    rng = np.random.default_rng(1)
    print()
    for mode in MODES:
        total_s = 0.0
        for servers in SERVERS_OF_RUNS:
            chosen = rng.choice(SITES, servers, replace=False)
            lists, weights = preferences_by_time(travel_s[chosen], LEVEL)
            system = HypercubeSystem(
                calls_per_hour(2), travel_s[chosen], lists, service_s[chosen], "loss", mode, weights
            )
            calls = calls_per_hour(2) + rng.poisson(8 / POINTS, (OUTBREAKS, POINTS))
            total_s += least_s(partial(solve_many, system, calls), 20)
        print(f"{2 * OUTBREAKS:,} outbreak runs, {mode}: {total_s:.2f} s", flush=True)
    sites = np.array(list(combinations(range(SITES), 5)))
    for mode in MODES:
        work = partial(solve_placements, sites, calls_per_hour(2), travel_s, service_s, LEVEL, mode)
        time_s = least_s(work, 20)
        print(f"{len(sites):,} placements, {mode}: {time_s:.2f} s", flush=True)


def many_servers() -> None:
    print()
    for level in (100, LEVEL):
        travel_s = travel_times_s(100)
        lists = travel_s.argsort(axis=0).T[:, :level]
        system = HypercubeSystem(calls_per_hour(50), travel_s, lists, 2400 + 2 * travel_s)
        time_s = least_s(partial(approximate, system), 10)
        print(f"approximation, 100 servers, lists of {level}: {1000 * time_s:.0f} ms")


def timed(work: Callable[[], object]) -> float:
    """Once is enough for what takes a thousand times as long."""
    start_s = perf_counter()
    work()
    return perf_counter() - start_s


def least_s(work: Callable[[], object], servers: int) -> float:
    """The least time of some, after one that compiles; fewer where one takes long."""
    return min(repeat(work, number=1, repeat=21 if servers < 15 else 5 if servers < 20 else 2))


if __name__ == "__main__":
    main()
