"""Supplies and epidemics beside theory: what formulas, printed answers and brute force say.

    python -m benchmarks.validation.supplies

prints the table of ``docs/validation/index.md``, "Supplies and epidemics", in about ten seconds. A
figure that is drawn has the 99 % t-interval of its mean beside it; any other has a tolerance.
Nothing here is fitted.

Sources
-------
Newsvendors: answers printed with the model page `newsvendor-and-routing`; a shared limit: Hadley
and Whitin, *Analysis of Inventory Systems*, 1963, section 6.3.
Bullwhip: Chen, Drezner, Ryan and Simchi-Levi, Management Science 46 (2000), 436-443.
Final size and peak: Kermack and McKendrick, Proceedings of the Royal Society A 115 (1927), 700-721.
Best-known routes: CVRPLIB, instances X of Uchoa et al., European Journal of Operational Research
257 (2017), 845-858.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from benchmarks.validation.check import Check, half_width
from benchmarks.validation.supply_runs import conservation_checks, site_checks
from environment.epidemic.days import Epidemic, EpidemicParameters, EpidemicState
from environment.epidemic.spir import I, P, R, S, SpirParameters
from environment.epidemic.stochastic import draw_marks
from policies.ordering.base import OrderingView
from policies.ordering.bullwhip import shared_amplification, unshared_amplification
from policies.ordering.laws import NormalDemand
from policies.ordering.newsvendor import Item, newsvendor, order_within
from policies.ordering.order_up_to import OrderUpTo
from policies.routing.base import RoutingView
from policies.routing.exact import Exact
from policies.routing.savings import Savings
from policies.routing.schedule import total_travel_s
from simulation.streams import streams

Array = NDArray[np.float64]

SEED = 2020
CVRPLIB = Path(__file__).resolve().parents[3] / "shared" / "data" / "cvrplib"
BEST_KNOWN = {"X-n101-k25": 27_591, "X-n200-k36": 58_578}
SAVINGS_WITHIN = 0.06
"""By how much the rule of Clarke and Wright may miss the best-known length."""

PRINTED = 5e-7
"""Of answers printed with six decimals."""


def newsvendor_checks() -> Iterator[Check]:
    """The order of least expected cost."""
    cases = {
        "newsvendor, N(50, 8), v = 0.18, p = 0.70": (
            Item(NormalDemand(50, 8), 0, 0.18, 0.70), 56.603956, 1.997605,
        ),
        "newsvendor, N(120, 10), v = 2, p = 18": (
            Item(NormalDemand(120, 10), 0, 2, 18), 132.815516, 35.099666,
        ),
    }  # fmt: skip
    for name, (item, quantity, cost) in cases.items():
        best = newsvendor(item)
        yield Check(name, "units", quantity, best.quantity, PRINTED)
        yield Check(name, "expected cost", cost, best.cost, PRINTED)


def shared_limit_checks() -> Iterator[Check]:
    """Six centres, by themselves and within 650 units together."""
    means, sds = (120, 80, 100, 60, 150, 90), (30, 20, 25, 15, 40, 20)
    items = [Item(NormalDemand(m, s), 1, 0.5, 9) for m, s in zip(means, sds, strict=True)]
    best = [newsvendor(item) for item in items]
    alone = "six centres, no limit"
    yield Check(alone, "units", 750.472195, sum(one.quantity for one in best), PRINTED)
    yield Check(alone, "expected cost", 943.722841, sum(one.cost for one in best), PRINTED)
    shared = order_within(items, 650, np.ones(6))
    z = (shared.quantity - np.array(means)) / np.array(sds)
    yield Check("six centres, 650 units", "price of a unit", 2.009693, shared.price, PRINTED)
    yield Check("six centres, 650 units", "least z", 1 / 3, float(z.min()), 1e-9)
    yield Check("six centres, 650 units", "greatest z", 1 / 3, float(z.max()), 1e-9)


def bullwhip_checks(stages: int, shared: bool) -> Iterator[Check]:
    """The shipped rule in a chain of stores: 400 chains of 250 periods, L = 2, p = 5."""
    mean, sd, protection, window = 10_000.0, 10.0, 2, 5
    warm_up = window * (stages + 1)
    demand = np.random.default_rng(SEED).normal(mean, sd, (400, 250 + warm_up))
    incoming = demand
    for _ in range(stages):
        incoming = _orders(incoming, demand if shared else incoming, protection, window)
    of_each = np.square((incoming[:, warm_up:] - mean) / sd).mean(axis=1)
    exact = (shared_amplification if shared else unshared_amplification)(stages, protection, window)
    what = "demand shared" if shared else "own orders only"
    yield Check(
        f"bullwhip, k = {stages}, {what}",
        "variance of orders over that of demand",
        exact,
        float(of_each.mean()),
        half_width(of_each),
    )


def _orders(incoming: Array, seen: Array, protection: int, window: int) -> Array:
    """What one stage orders, (chains, periods): each chain is an item of the rule."""
    rule, count = OrderUpTo(window, safety_z=0), len(incoming)
    nothing, ones = np.zeros(count), np.ones(count)
    position, orders = protection * incoming[:, 0], np.empty_like(incoming)
    for period in range(incoming.shape[1]):
        on_hand = position - incoming[:, period]
        view = OrderingView(
            items=tuple(map(str, range(count))),
            on_hand=on_hand,
            on_order=nothing,
            backorders=nothing,
            demand_history=seen[:, : period + 1],
            lead_time_periods=ones * (protection - 1),
            review_periods=1.0,
            unit_cost=ones,
            holding_cost=ones,
            shortage_cost=ones,
        )
        orders[:, period] = rule.order(view)
        position = on_hand + orders[:, period]
    return orders


def sir_checks(reproduction_number: float) -> Iterator[Check]:
    """Nobody is ruled out: the final size of SIR, and its peak for P and I together."""
    spir = SpirParameters(
        infections_per_day=0.05 * reproduction_number,
        ruled_out_per_day=0,
        confirmed_per_day=0.1,
        removed_per_day=0.05,
    )
    course = _course(spir, days=2200)
    size = float(brentq(lambda z: z - 1 + math.exp(-reproduction_number * z), 0.01, 1))
    peak = 1 - (1 + math.log(reproduction_number)) / reproduction_number
    name = f"SIR, R0 = {reproduction_number:g}"
    yield Check(name, "final size", size, float(course[-1, R]), 1e-5)
    yield Check(name, "peak of P + I", peak, float(course[:, [P, I]].sum(axis=1).max()), 2e-4)


def spir_checks() -> Iterator[Check]:
    """With those who are ruled out it ends smaller; the figure is that of another integrator."""
    course = _course(SpirParameters(), days=1000)
    yield Check("SPIR, a = b = 0.2, R0 = 2", "final size", 0.775260, float(course[-1, R]), 1e-5)


def _course(spir: SpirParameters, days: int) -> Array:
    """Shares in each state in every morning, (days + 1, 4), from one infectious in a million."""
    epidemic = Epidemic(EpidemicParameters(spir=spir), {"all": 1_000_000})
    state = EpidemicState(0, np.array([[999_999.0, 0.0, 1.0, 0.0]]))
    mornings = [state.persons[0]]
    for _ in range(days):
        state = epidemic.next_day(state).next_morning
        mornings.append(state.persons[0])
    return np.array(mornings) / 1_000_000


def stochastic_checks() -> Iterator[Check]:
    """Whole persons: the mean of 200 districts of a million beside the equations, after 30 days."""
    count, days = 200, 30
    start = np.array([988_000.0, 2_000.0, 10_000.0, 0.0])
    names = [f"D{number}" for number in range(count)]
    marks = draw_marks(names, days, streams(SEED, 0))
    whole = Epidemic(EpidemicParameters(), dict.fromkeys(names, 1_000_000), marks)
    smooth = Epidemic(EpidemicParameters(stochastic=False), {"D0": 1_000_000})
    drawn, expected = EpidemicState(0, np.tile(start, (count, 1))), EpidemicState(0, start[None])
    for _ in range(days):
        drawn = whole.next_day(drawn).next_morning
        expected = smooth.next_day(expected).next_morning
    for name, state in {"susceptible": S, "probable": P, "infectious": I, "removed": R}.items():
        got, exact = drawn.persons[:, state], float(expected.persons[0, state])
        yield Check("stochastic SPIR, day 30", name, exact, float(got.mean()), half_width(got))


def exact_routing_checks() -> Iterator[Check]:
    """The integer program beside all orders of the stops, each cut into trips at its best."""
    rng, excess_s = np.random.default_rng(SEED), 0.0
    for number in range(20):
        view = _random_stops(rng, 3 + number % 4)
        orders = itertools.permutations(range(1, len(view.demand)))
        least_s = min(_cut_best(view, order) for order in orders)
        excess_s = max(excess_s, abs(Exact().solve(view).total_s - least_s))
    yield Check("exact routing, 20 instances", "greatest difference (s)", 0.0, excess_s, 1e-6)


def _random_stops(rng: np.random.Generator, stops: int) -> RoutingView:
    """Times without a pattern, and loads of which few fit on one vehicle."""
    return RoutingView(
        travel_s=rng.uniform(10, 100, (stops + 1, stops + 1)),
        depot=0,
        demand=rng.integers(1, 10, stops + 1),
        capacity=rng.integers(9, 25, 1),
        ready_s=np.zeros(1),
        service_s=np.zeros(stops + 1),
    )


def _cut_best(view: RoutingView, order: Sequence[int]) -> float:
    """The least driving in this order of the stops: a shortest path through the places to cut."""
    best = [0.0] + [math.inf] * len(order)
    for begin, end in itertools.combinations(range(len(order) + 1), 2):
        stops = list(order[begin:end])
        if view.demand[stops].sum() <= view.capacity[0]:
            legs = itertools.pairwise([view.depot, *stops, view.depot])
            trip_s = sum(float(view.travel_s[leg]) for leg in legs)
            best[end] = min(best[end], best[begin] + trip_s)
    return best[-1]


def savings_checks(instance: str) -> Iterator[Check]:
    """Savings beside the best-known length of a public instance, where its file is there."""
    path = CVRPLIB / f"{instance}.vrp"
    if path.is_file():
        view = read_instance(path)
        length, best = total_travel_s(view, Savings().plan(view)), BEST_KNOWN[instance]
        yield Check(f"savings, {instance}", "length", best, length, SAVINGS_WITHIN * best)


def read_instance(path: Path) -> RoutingView:
    """An instance of CVRPLIB as a view; distances are rounded, as its best-known lengths are."""
    head, rest = path.read_text(encoding="ascii").split("NODE_COORD_SECTION")
    places, rest = rest.split("DEMAND_SECTION")
    demand = np.array(rest.split("DEPOT_SECTION")[0].split(), dtype=np.int64)[1::2]
    place = np.array(places.split(), dtype=float).reshape(-1, 3)[:, 1:]
    return RoutingView(
        travel_s=np.rint(np.linalg.norm(place[:, None] - place, axis=2)),
        depot=0,
        demand=demand,
        capacity=np.array([int(head.split("CAPACITY")[1].split()[1])]),
        ready_s=np.zeros(1),
        service_s=np.zeros(len(place)),
    )


CASES: dict[str, Callable[[], Iterator[Check]]] = {
    "newsvendor": newsvendor_checks,
    "shared-limit": shared_limit_checks,
    **{
        f"bullwhip-{k}-{'shared' if shared else 'own'}": partial(bullwhip_checks, k, shared)
        for k in (1, 2, 3)
        for shared in (True, False)
    },
    **{f"sir-{number:g}": partial(sir_checks, number) for number in (1.5, 2.0, 3.0)},
    "spir": spir_checks,
    "stochastic": stochastic_checks,
    "exact-routing": exact_routing_checks,
    **{f"savings-{name}": partial(savings_checks, name) for name in BEST_KNOWN},
    "sites": site_checks,
    **{
        f"conservation-{label}": partial(conservation_checks, label)
        for label in ("off", "on", "planning", "risk")
    },
}
"""Every oracle by name."""


def main() -> None:
    """Print the table."""
    print("| oracle | measure | expected | got, with interval or tolerance | within |")
    print("| --- | --- | --- | --- | --- |")
    for check in itertools.chain.from_iterable(checks() for checks in CASES.values()):
        width = f"{check.half_width:.2g}" if check.half_width < 100 else f"{check.half_width:.0f}"
        print(
            f"| {check.oracle} | {check.measure} | {check.expected:.9g} "
            f"| {check.got:.9g} ± {width} | {'yes' if check.holds else 'NO'} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
