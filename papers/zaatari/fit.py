"""Speed, time on the scene and districting level, fitted to one row of Table 2."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from papers.zaatari.camp import SERVERS, Camp, FittedCamp, Setting
from papers.zaatari.paper import FITTED_ROW
from policies.hypercube import PlacementProblem, local_search, solve_placements

SPEEDS_KPH, SCENES_MIN, LEVELS = (1.0, 60.0), (1.0, 120.0), (1, 2, 3, 4)
"""What is searched: from a slow walk to a town's limit, as long as a call may take, and every
level below five, for the paper's backup is partial: not every server goes to every point."""
GRID_KPH, GRID_MIN = (5.0, 10.0, 20.0), (5.0, 15.0, 30.0, 60.0)
MOST_ROUNDS = 10


def fit_camp(camp: Camp, rng: np.random.Generator) -> list[Setting]:
    """The best setting for each districting level, the best of all first.

    For any speed and time on the scene, servers stand where the mean response time is least: at
    one of a few placements, which local search has found for a grid of both. The two are then
    those of the least misfit, by the simplex of Nelder and Mead from the best of the grid; if local
    search knows a better placement there, it joins the others, and the simplex begins anew.
    """
    settings = [_fit_level(camp, level, rng) for level in LEVELS]
    return sorted(settings, key=_misfit)


def _fit_level(camp: Camp, level: int, rng: np.random.Generator) -> Setting:
    grid = list(product(GRID_KPH, GRID_MIN))
    pool = list(dict.fromkeys(_place(camp, level, *times, rng) for times in grid))
    best = min((_judge(camp, level, *times, pool) for times in grid), key=_misfit)
    for _ in range(MOST_ROUNDS):
        best = _fit_times(camp, best, pool)
        sites = _place(camp, level, best.speed_kph, best.scene_min, rng)
        if sites in pool:
            break
        pool.append(sites)
    return best


def _fit_times(camp: Camp, start: Setting, pool: Sequence[tuple[int, ...]]) -> Setting:
    """Speed and time on the scene, by logarithms so that both weigh alike."""
    from scipy.optimize import minimize

    def judge(logs: NDArray[np.float64]) -> Setting:
        speed_kph, scene_min = np.exp(logs).tolist()
        return _judge(camp, start.level, speed_kph, scene_min, pool)

    best = minimize(
        lambda logs: judge(logs).misfit,
        np.log([start.speed_kph, start.scene_min]),
        method="Nelder-Mead",
        bounds=np.log([SPEEDS_KPH, SCENES_MIN]),
        options={"xatol": 1e-4, "fatol": 1e-8},
    )
    return judge(best.x)


def _judge(
    camp: Camp, level: int, speed_kph: float, scene_min: float, pool: Sequence[tuple[int, ...]]
) -> Setting:
    """A setting with the best sites of the pool, and its misfit."""
    problem = _problem(camp, level, speed_kph, scene_min)
    answers = solve_placements(
        pool, problem.calls_per_hour, problem.travel_s, problem.service_s, level, "paper"
    )
    best = int(answers.mean_response_s.argmin())
    ours = np.array(
        [
            answers.first_server_available[best],
            answers.longest_response_s[best] / 60,
            answers.mean_response_s[best] / 60,
            answers.mean_loss[best],
        ]
    )
    misfit = float(np.sqrt((np.log(ours / FITTED_ROW[1:]) ** 2).mean()))
    return Setting(speed_kph, scene_min, level, pool[best], misfit)


def _place(
    camp: Camp, level: int, speed_kph: float, scene_min: float, rng: np.random.Generator
) -> tuple[int, ...]:
    return local_search(_problem(camp, level, speed_kph, scene_min), rng).sites


def _problem(camp: Camp, level: int, speed_kph: float, scene_min: float) -> PlacementProblem:
    """Where to place five servers in the row that is fitted."""
    setting = Setting(speed_kph, scene_min, level, (), np.inf)
    return FittedCamp(camp, setting).problem(SERVERS, FITTED_ROW.calls_per_hour)


def _misfit(setting: Setting) -> float:
    return setting.misfit
