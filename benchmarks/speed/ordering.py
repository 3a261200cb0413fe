"""Newsvendors of 10,000 centres that share limits, beside SciPy's distributions.

    python -m benchmarks.speed.ordering [--centres 10000] [--rounds 3]

Two peers do the same with one budget: Brent's root finder over the price, with SciPy's quantiles of
an array of laws, and the same price found by halvings over frozen distributions in a loop, done for
as many centres as take a second or so and counted up. Both give quantities that need not be whole,
and no costs or service, which ours do. Centres are drawn: means of 20 to 500 units, deviations of
15 to 50 % of these (at least 1.1 times the root of the mean), units that cost 1 to 5, a tenth of
that to hold and 1.5 to 6 times that where one is short; a limit leaves 70 to 75 % of what the means
would use.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable
from functools import partial
from time import process_time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.ordering.laws import (
    DemandLaw,
    GammaDemand,
    LognormalDemand,
    NegativeBinomialDemand,
    NormalDemand,
    PoissonDemand,
)
from policies.ordering.limits import Limit, OrderPlan, plan_orders
from policies.ordering.newsvendor import Item

CENTRES, ROUNDS, LOOPED, HALVINGS = 10_000, 3, 200, 40
LAWS: dict[str, Callable[[float, float], DemandLaw]] = {
    "normal": NormalDemand,
    "gamma": GammaDemand,
    "lognormal": LognormalDemand,
    "poisson": lambda mean, sd: PoissonDemand(mean),  # noqa: ARG005 - one law's arguments for all
    "negative_binomial": NegativeBinomialDemand,
}


class Case(NamedTuple):
    """Centres that were drawn, (n,) each, and limits with what a unit uses of them, (3, n)."""

    mean: NDArray[np.float64]
    sd: NDArray[np.float64]
    cost: NDArray[np.float64]
    shortage: NDArray[np.float64]
    use: NDArray[np.float64]
    amount: NDArray[np.float64]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Newsvendors that share limits, beside SciPy's.")
    parser.add_argument("--centres", type=int, default=CENTRES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    case = draw(arguments.centres)
    columns = f"{'any, s':>9}{'array, s':>10}{'ratio':>7}{'loop, s':>9}{'ratio':>7}"
    print(f"{'law':<19}{columns}{'whole, s':>10}{'gap':>9}{'3 limits, s':>13}{'gap':>9}")
    for name in LAWS:
        measure(name, case, arguments.rounds)


def draw(count: int) -> Case:
    """Draw centres."""
    rng = np.random.default_rng(5)
    mean = rng.uniform(20, 500, count)
    sd = np.maximum(mean * rng.uniform(0.15, 0.5, count), 1.1 * np.sqrt(mean))
    cost = rng.uniform(1, 5, count)
    use = np.vstack([cost, rng.uniform(0.5, 2, (2, count))])
    amount = np.array([0.7, 0.72, 0.75]) * (use @ mean)
    return Case(mean, sd, cost, cost * rng.uniform(1.5, 6, count), use, amount)


def measure(name: str, case: Case, rounds: int) -> None:
    """Measure one law: medians of processor time, by turns."""
    names = ("any", "array", "loop", "whole", "three")
    seconds: dict[str, list[float]] = {key: [] for key in names}
    gaps = {}
    for _ in range(rounds):
        _, any_s = timed(lambda: ours(name, case, limits=1, whole=False))
        seconds["any"].append(any_s)
        seconds["array"].append(timed(lambda: by_arrays(name, case))[1])
        seconds["loop"].append(timed(lambda: by_loop(name, case))[1] * len(case.mean) / LOOPED)
        for key, limits in (("whole", 1), ("three", 3)):
            plan, plan_s = timed(partial(ours, name, case, limits=limits, whole=True))
            seconds[key].append(plan_s)
            gaps[key] = (plan.cost - plan.bound) / plan.cost
    middle = {key: statistics.median(values) for key, values in seconds.items()}
    own = middle["any"]
    print(
        f"{name:<19}{own:>9.2f}{middle['array']:>10.2f}{middle['array'] / own:>7.2f}"
        f"{middle['loop']:>9.0f}{middle['loop'] / own:>7.0f}{middle['whole']:>10.2f}"
        f"{gaps['whole']:>9.0e}{middle['three']:>13.2f}{gaps['three']:>9.0e}",
        flush=True,
    )


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What work gives, and its processor seconds."""
    start_s = process_time()
    result = work()
    return result, process_time() - start_s


def ours(name: str, case: Case, *, limits: int, whole: bool) -> OrderPlan:
    """Items, plan, costs and service, from the arrays on."""
    law = LAWS[name]
    columns = (case.mean, case.sd, case.cost, case.shortage)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    items = [Item(law(m, s), c, 0.1 * c, p) for m, s, c, p in rows]
    names = ("budget", "volume", "weight")[:limits]
    shared = [Limit(n, a, w) for n, a, w in zip(names, case.amount, case.use, strict=False)]
    return plan_orders(items, shared, whole=whole)


def by_arrays(name: str, case: Case) -> NDArray[np.float64]:
    """SciPy's quantiles of all centres at once, and Brent's search for the price."""
    from scipy.optimize import brentq

    laws = scipys(name, case.mean, case.sd)

    def excess(price: float) -> float:
        return float(case.use[0] @ best(laws.ppf, case, price) - case.amount[0])

    return best(laws.ppf, case, brentq(excess, 0, 20, xtol=1e-12))


def by_loop(name: str, case: Case) -> list[float]:
    """A frozen distribution for each centre, and halvings of the price."""
    few = Case(*(column[..., :LOOPED] for column in case))
    few = few._replace(amount=0.7 * (few.use @ few.mean))
    pairs = zip(few.mean.tolist(), few.sd.tolist(), strict=True)
    laws = [scipys(name, mean, sd) for mean, sd in pairs]

    def quantile(ratio: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([law.ppf(r) for law, r in zip(laws, ratio.tolist(), strict=True)])

    low, high = 0.0, 20.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if few.use[0] @ best(quantile, few, middle) > few.amount[0]:
            low = middle
        else:
            high = middle
    return best(quantile, few, high).tolist()


def best(
    quantile: Callable[[NDArray[np.float64]], NDArray[np.float64]], case: Case, price: float
) -> NDArray[np.float64]:
    """What each centre wants at a price of the budget."""
    gain = case.shortage - case.cost * (1 + price)
    ratio = np.clip(gain / (case.shortage + 0.1 * case.cost), 1e-12, None)
    return np.where(gain > 0, np.maximum(quantile(ratio), 0), 0)


def scipys(name: str, mean: Any, sd: Any) -> Any:
    """SciPy's distribution of the same law, or of an array of laws."""
    from scipy import stats

    if name == "normal":
        return stats.norm(mean, sd)
    if name == "gamma":
        return stats.gamma((mean / sd) ** 2, scale=sd**2 / mean)
    if name == "poisson":
        return stats.poisson(mean)
    if name == "lognormal":
        log_sd = np.sqrt(np.log1p((sd / mean) ** 2))
        return stats.lognorm(log_sd, scale=mean * np.exp(-(log_sd**2) / 2))
    return stats.nbinom(mean**2 / (sd**2 - mean), mean / sd**2)


if __name__ == "__main__":
    main()
