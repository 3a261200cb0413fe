"""What an epidemic of many districts takes, beside SciPy's `solve_ivp` in the same process.

    python -m benchmarks.speed.epidemic [--districts 300] [--days 365] [--rounds 5]

Two ways of ours: courses by themselves, and the days of a run, which have everybody's chances; at
the default rates, and with b / h = 200. SciPy solves all districts as one system, to a relative
error of 1e-6, with the faster of RK45 and BDF.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.integrate import solve_ivp

from environment.epidemic.days import Epidemic, EpidemicParameters, Outbreak
from environment.epidemic.spir import SpirParameters, courses_of

RATES = {"default": (0.4, 0.2, 0.2, 0.1), "b / h = 200": (0.4, 0.2, 20.0, 0.1)}
PERSONS, CASES = 1_000_000, 10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Seconds of an epidemic of many districts.")
    parser.add_argument("--districts", type=int, default=300)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    print(f"{asked.districts} districts, {asked.days} days: best CPU seconds of {asked.rounds}")
    for name, rates in RATES.items():
        peer_s = min(_scipy(rates, asked.districts, asked.days, m) for m in ("RK45", "BDF"))
        print(f"\n{name:<24}{'s':>8}{'of SciPy':>10}")
        print(f"{'SciPy':<24}{peer_s:>8.3f}{1:>10.3f}")
        for way, own in _ways(rates, asked.districts, asked.days).items():
            own_s = _best_s(own, asked.rounds)
            print(f"{way:<24}{own_s:>8.3f}{own_s / peer_s:>10.3f}")


def _best_s(call: Callable[[], object], rounds: int) -> float:
    found = []
    for _ in range(rounds):
        begin_s = time.process_time()
        call()
        found.append(time.process_time() - begin_s)
    return min(found)


def _start(districts: int) -> NDArray[np.float64]:
    return np.tile([PERSONS - CASES, 0.0, CASES, 0.0], (districts, 1))


def _ways(rates: tuple[float, ...], districts: int, days: int) -> dict[str, Callable[[], object]]:
    names = ("infections", "ruled_out", "confirmed", "removed")
    keys = {f"{name}_per_day": rate for name, rate in zip(names, rates, strict=True)}
    spir = SpirParameters.model_validate(keys)
    population = {f"D{k}": PERSONS for k in range(districts)}
    outbreaks = tuple(Outbreak(district=name, cases=CASES) for name in population)
    parameters = EpidemicParameters(spir=spir, outbreaks=outbreaks)

    def chances() -> None:
        epidemic = Epidemic(parameters, population)
        morning = epidemic.start()
        for _ in range(days):
            morning = epidemic.next_day(morning).next_morning

    return {
        "courses": lambda: courses_of(rates, _start(districts), days),
        "days of a run": chances,
    }


def _scipy(rates: tuple[float, ...], districts: int, days: int, method: str) -> float:
    infections, ruled_out, confirmed, removed = rates

    def slope(_: float, at: NDArray[np.float64]) -> NDArray[np.float64]:
        s, p, i, _r = at.reshape(4, districts)
        suspected = infections / PERSONS * s * i
        change = (
            ruled_out * p - suspected,
            suspected - (ruled_out + confirmed) * p,
            confirmed * p - removed * i,
            removed * i,
        )
        return np.concatenate(change)

    start = _start(districts).T.ravel()
    mornings = np.arange(days + 1.0)
    own = {"jac_sparsity": sparse.kron(np.ones((4, 4)), sparse.eye(districts))}
    options = own if method == "BDF" else {}

    def solve() -> object:
        tolerances = {"rtol": 1e-6, "atol": 1e-6, **options}
        return solve_ivp(slope, (0, days), start, method=method, t_eval=mornings, **tolerances)

    return _best_s(solve, 1)


if __name__ == "__main__":
    main()
