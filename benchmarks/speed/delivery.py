"""Delivery plans to a proven gap, beside the bare transport problem of the same country.

    python -m benchmarks.speed.delivery [--limit-s 60] [ROW ...]

A row is DISTRICTSxSITES, such as 17x3 (to a gap of 1e-4) or 300x20 (to 1 %), or ``rolling``: 17
districts and 3 sites over 30 days, planned anew every 5 days. Countries are drawn: places in a
square of 6 by 6 degrees, three items, supply of 1.2 times the need of which a third is ready and
the rest takes up to ten days to make, groups of staff 1.2 times those needed. The peer is SciPy's
linear program of the transport problem alone, without sites, delay, rules and groups.
"""

from __future__ import annotations

import argparse
from time import perf_counter
from typing import get_args

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import eye_array, kron, vstack

from environment.apportionment import apportion
from environment.epidemic import SpirParameters
from environment.roads import GEOGRAPHIC, distance_m
from experiments.delivery.rolling import Region, expected, roll
from policies.delivery import DeliveryProblem, find_plan, groups_needed
from policies.delivery.problem import Help
from policies.siting.limits import SearchLimits

GAPS = {"17x3": 1e-4, "300x20": 0.01}
ITEMS, SPARE, READY, MAKING_DAYS = 3, 1.2, 1 / 3, 10
SEED = 7


def main() -> None:
    """Measure and print, a line as soon as it is known."""
    parser = argparse.ArgumentParser(description="Delivery plans beside the transport problem.")
    parser.add_argument("--limit-s", type=float, default=60.0)
    parser.add_argument("rows", nargs="*", metavar="ROW", default=[*GAPS, "rolling"])
    arguments = parser.parse_args()
    head = f"{'':<10}{'help':<20}{'gap':>10}{'s':>8}{'transport, s':>14}{'ratio':>8}"
    print(head)
    for row in arguments.rows:
        if row == "rolling":
            measure_rolling()
            continue
        for rule in get_args(Help):
            measure(row, rule, arguments.limit_s)


def measure(row: str, rule: Help, limit_s: float) -> None:
    """Plan one country, and solve its transport problem."""
    districts, sites = (int(number) for number in row.split("x"))
    problem = draw(districts, sites, rule)
    began_s = perf_counter()
    answer = find_plan(problem, 0.5, SearchLimits(GAPS.get(row, 0.01), limit_s))
    seconds = perf_counter() - began_s
    peer_s = transport_s(problem)
    print(
        f"{row:<10}{rule:<20}{answer.gap:>10.2e}{seconds:>8.1f}{peer_s:>14.3f}"
        f"{seconds / peer_s:>8.0f}",
        flush=True,
    )


def measure_rolling() -> None:
    """Go through 30 days with a plan of all that remain every fifth; the programs are exact."""
    problem = draw(17, 3, "anywhere")
    here = Region(
        population=np.full(17, 3_000_000),
        infected=problem.groups * 15,
        stock=problem.ready,
        made_per_day=np.ceil(problem.production_per_day).astype(np.int64),
        lead_days=1 + np.ceil(problem.distance_km / problem.speed_km_per_day).astype(np.int64),
        per_new_case=np.array([4.0, 20.0, 2.0]),
        per_active_day=np.array([0.0, 1.0, 0.0]),
        dose_item=0,
        spir=SpirParameters(),
    )
    began_s = perf_counter()
    roll(here, expected(here), days=30, every_days=5)
    seconds, peer_s = perf_counter() - began_s, transport_s(problem)
    print(f"{'rolling':<30}{0:>10.2e}{seconds:>8.1f}{peer_s:>14.3f}{seconds / peer_s:>8.0f}")


def draw(districts: int, sites: int, rule: Help) -> DeliveryProblem:
    """A country by chance, the same for the same size."""
    rng = np.random.default_rng(SEED)
    place = rng.uniform(0, 6, (districts, 2)) + np.array([108, 29])
    site = place[:sites]
    infected = np.ceil(rng.lognormal(4.5, 1.3, districts)).astype(np.int64)
    need = np.stack([infected * k for k in (4, 20, 2)], axis=1)
    km = distance_m(GEOGRAPHIC, *(c[:, None] for c in site.T), *place.T) / 1000
    weight = rng.uniform(0.5, 1.5, sites)
    supply = np.stack([apportion(int(SPARE * n), weight) for n in need.sum(axis=0)], axis=1)
    ready = (supply * READY).astype(np.int64)
    groups = groups_needed(infected)
    return DeliveryProblem(
        need=need,
        groups=groups,
        supply=supply,
        ready=ready,
        production_per_day=np.maximum(
            (supply - ready) / rng.uniform(3, MAKING_DAYS, (sites, 1)), 1
        ),
        staff_groups=apportion(int(SPARE * groups.sum()) + sites, weight),
        distance_km=km,
        region=km.argmin(axis=0),
        fixed_cost=rng.uniform(5_000, 50_000, sites),
        threshold_days=np.full(districts, 3.0),
        infected_share=infected / 1e6,
        cost_per_unit_km=np.full(ITEMS, 0.01),
        subsidy_per_person=100.0,
        speed_km_per_day=600.0,
        response_days=0.5,
        delay_growth_per_day=0.2,
        help=rule,
    )


def transport_s(problem: DeliveryProblem) -> float:
    """Seconds of SciPy for the transport problem of every item."""
    sites, districts = problem.distance_km.shape
    sent = kron(eye_array(sites), np.ones((1, districts)))
    given = kron(np.ones((1, sites)), eye_array(districts))
    began_s = perf_counter()
    for item in range(ITEMS):
        limit = np.concatenate([problem.supply[:, item], -problem.need[:, item]])
        linprog(problem.distance_km.ravel(), vstack([sent, -given]), limit, method="highs")
    return perf_counter() - began_s


if __name__ == "__main__":
    main()
