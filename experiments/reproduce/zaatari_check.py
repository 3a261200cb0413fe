"""The hypercube beside an event simulation of the camp, in both service modes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.reproduce.zaatari_fitted_camp import SERVERS as FIVE
from experiments.reproduce.zaatari_fitted_camp import FittedCamp
from experiments.reproduce.zaatari_outbreaks import BASE_CALLS_PER_HOUR, with_cases
from experiments.reproduce.zaatari_replica import Cases
from experiments.reproduce.zaatari_simulation import LAWS, Law, Simulated, simulate_system
from experiments.reproduce.zaatari_tables import SERVERS, TABLE_2
from experiments.statistics import Interval, t_interval
from policies.hypercube import HypercubeSystem, solve
from policies.hypercube.system import Line, ServiceMode
from simulation.streams import stream

MODES: tuple[ServiceMode, ...] = ("paper", "calibrated")
LINES: tuple[Line, ...] = ("loss", "infinite")


class Expected(NamedTuple):
    """What the hypercube says: share lost, minutes to the arrival, and of them waited."""

    loss: float
    response_min: float
    wait_min: float


class CheckedRow(NamedTuple):
    """The camp without outbreaks, simulated and solved.

    Attributes
    ----------
    line : {"loss", "infinite"}
        With a line, every server is on every list.
    law : {"exponential", "lognormal"}
        Of the simulated services.
    calls_per_hour : float
    simulated : Simulated
    expected : dict
        By service mode.
    """

    line: Line
    law: Law
    calls_per_hour: float
    simulated: Simulated
    expected: dict[ServiceMode, Expected]


class Bias(NamedTuple):
    """By which part the hypercube is above the simulation, over runs with outbreaks.

    Attributes
    ----------
    loss, response : Interval
        Mean over runs; -0.1 is 10 % too low.
    """

    servers: int
    law: Law
    mode: ServiceMode
    loss: Interval
    response: Interval


def check_base(fitted: FittedCamp, calls: int, seed: int) -> list[CheckedRow]:
    """Simulate the camp without outbreaks, so many calls for each row of Table 2."""
    return [
        _checked_row(fitted, line, law, row.calls_per_hour, calls, seed)
        for line in LINES
        for law in LAWS
        for row in TABLE_2
    ]


def _checked_row(
    fitted: FittedCamp, line: Line, law: Law, calls_per_hour: float, calls: int, seed: int
) -> CheckedRow:
    systems = _by_mode(fitted, FIVE, calls_per_hour, line)
    rng = stream(seed, round(calls_per_hour), f"zaatari.simulation.{line}.{law}")
    simulated = simulate_system(systems["paper"], calls, rng, law)
    answers = {mode: solve(system) for mode, system in systems.items()}
    expected = {
        mode: Expected(one.mean_loss, one.mean_response_s / 60, one.mean_wait_s / 60)
        for mode, one in answers.items()
    }
    return CheckedRow(line, law, calls_per_hour, simulated, expected)


def check_outbreaks(fitted: FittedCamp, cases: Cases, calls: int, seed: int) -> list[Bias]:
    """Simulate runs with outbreaks, so many calls of each."""
    every = np.concatenate(list(cases.values()))
    return [
        bias
        for servers in SERVERS
        for law in LAWS
        for bias in _biases(fitted, servers, law, every, calls, seed)
    ]


def _biases(
    fitted: FittedCamp, servers: int, law: Law, cases: NDArray[np.int64], calls: int, seed: int
) -> list[Bias]:
    """Of both modes, beside the same simulations."""
    ratios: dict[ServiceMode, list[tuple[float, float]]] = {mode: [] for mode in MODES}
    base = _by_mode(fitted, servers, BASE_CALLS_PER_HOUR)
    for number, own in enumerate(cases):
        rng = stream(seed, number, f"zaatari.simulation.{servers}.{law}")
        systems = {mode: with_cases(system, own) for mode, system in base.items()}
        found = simulate_system(systems["paper"], calls, rng, law)
        for mode, system in systems.items():
            ratios[mode].append(_ratios(system, found))
    means = {mode: [t_interval(each) for each in np.transpose(own)] for mode, own in ratios.items()}
    return [Bias(servers, law, mode, *means[mode]) for mode in MODES]


def _ratios(system: HypercubeSystem, found: Simulated) -> tuple[float, float]:
    """Loss and response time over those simulated, less one; NaN where no call was lost."""
    answer = solve(system)
    loss = answer.mean_loss / found.loss.mean - 1 if found.loss.mean else np.nan
    return loss, answer.mean_response_s / 60 / found.response_min.mean - 1


def _by_mode(
    fitted: FittedCamp, servers: int, calls_per_hour: float, line: Line = "loss"
) -> dict[ServiceMode, HypercubeSystem]:
    sites, level = fitted.sites(servers), servers if line == "infinite" else None
    return {
        mode: fitted.system(sites, calls_per_hour, level=level, line=line, service_mode=mode)
        for mode in MODES
    }
