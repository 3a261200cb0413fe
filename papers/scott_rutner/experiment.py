"""Scott and Rutner's two steps: checked, weighed against a joint choice, and tried in runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.batch import Failed, own_executor, run_tasks
from experiments.errors import BatchError, BatchInterrupted
from experiments.planning.joint import JointPlan, JointProblem, order_jointly, two_steps
from experiments.planning.trial.rules_of_thumb import (
    EACH_FOR_ITSELF,
    NEAREST_NEIGHBOUR,
    order_by_population,
    order_the_mean,
    rounds_by_rule,
    rounds_on_routes,
    vehicle_name,
)
from experiments.planning.trial.runs import try_plans
from experiments.planning.trial.scenario import PlannedRound, TrialSetting, VehicleCost
from experiments.planning.trial.worlds import WORLDS
from papers.scott_rutner.instances import (
    CASE_CAPACITY,
    CASE_COST_PER_KM,
    CENTRES_PER_REGION,
    IMPATIENCE_H,
    MEAN,
    PATIENCE_H,
    PERSONS,
    PLACE_KM,
    REGIONS,
    SD,
    SEED,
    SHORTAGE_COST,
    SPEED_KPH,
    SURPLUS_COST,
    UNIT_COST,
    VEHICLES,
    Factors,
    case_view,
    distances,
    paper_case,
    random_instance,
    tight_capacity,
)
from papers.scott_rutner.second_step import (
    Arrivals,
    SecondStep,
    arrivals_of_tours,
    shortest_length,
    solve_second_step,
)

Array = NDArray[np.float64]

RATIOS = (0.01, 0.03, 0.1, 0.3, 1.0)
STOPS = (1.5, 2.5, 4.0, np.inf)
SWEPT_CENTRES = 8
SIZE_FACTORS = (4.0, 0.1)
"""Stops and ratio of instances of growing size."""
CHECKED = Factors(REGIONS * CENTRES_PER_REGION, np.inf, 0.1)

TOGETHER, TWO_STEPS = "joint", "two steps"
THE_MEAN, BY_POPULATION = "the mean", "by population"
WINGING_IT = "mean, nearest"
IMPATIENT = "impatient"
"""Demand as planned, of people who wait half as long."""


class Size(NamedTuple):
    """How much is done.

    Attributes
    ----------
    checked : int
        Instances of six centres on which the program is solved as printed and mended.
    swept : int
        Instances of each capacity and ratio.
    sizes : tuple of (int, int)
        Numbers of centres, and instances of each.
    replications : int
        Of each plan and law of demand in the simulator.
    """

    checked: int
    swept: int
    sizes: tuple[tuple[int, int], ...]
    replications: int


QUICK = Size(10, 5, ((10, 5), (20, 3)), 10)
FULL = Size(60, 100, ((10, 100), (20, 20), (50, 10), (100, 4), (200, 2)), 100)


class CheckedRow(NamedTuple):
    """The second step of an instance.

    Attributes
    ----------
    least, mended, printed : float
        Length by trying all, and by the program, mended and as printed.
    arrivals : Arrivals
        Of one vehicle that carries all.
    """

    least: float
    mended: float
    printed: float
    arrivals: Arrivals


class Weighed(NamedTuple):
    """Two steps and a joint choice on an instance.

    Attributes
    ----------
    two_steps, together : float
        Costs, money.
    bound : float
        No plan costs less.
    driving_share : float
        Of the cost of both steps, that of driving.
    left_out : int
        Centres that nobody visits where both are chosen together.
    trips, trips_together : int
    """

    two_steps: float
    together: float
    bound: float
    driving_share: float
    left_out: int
    trips: int
    trips_together: int


class Case(NamedTuple):
    """The paper's case.

    Attributes
    ----------
    one_tour : SecondStep
        With a vehicle for all quantities, as the paper has it.
    printed : SecondStep
        The same by the program as it is printed.
    two_steps, together : JointPlan
        With smaller vehicles.
    """

    one_tour: SecondStep
    printed: SecondStep
    two_steps: JointPlan
    together: JointPlan


class ScottRutnerRuns(NamedTuple):
    """Everything that was solved and simulated.

    Attributes
    ----------
    size : Size
    case : Case
    checked : list of CheckedRow
    swept, sizes : dict of lists of Weighed
        By factors.
    tried : DataFrame
        As `experiments.planning.trial.runs.try_plans` gives it.
    """

    size: Size
    case: Case
    checked: list[CheckedRow]
    swept: Mapping[Factors, list[Weighed]]
    sizes: Mapping[Factors, list[Weighed]]
    tried: pd.DataFrame


class _Task(NamedTuple):
    """An instance to be solved: checked where there are no factors."""

    number: int
    factors: Factors | None


def run_scott_rutner(
    size: Size,
    *,
    workers: int = 1,
    tell: Callable[[int, int, int], object] = lambda *_: None,
) -> ScottRutnerRuns:
    """Solve the case and all instances, and try the plans of the case in the simulator.

    Parameters
    ----------
    size : Size
    workers : int
        Processes.
    tell : callable
        Told how many of how many parts are done, and that none has failed.

    Raises
    ------
    BatchError
        If a search or a run fails.
    BatchInterrupted
        After Ctrl-C.
    """
    tasks = _tasks(size)
    plans = plans_of_case()
    runs = len(plans) * (len(WORLDS) + 1) * size.replications
    total = len(tasks) + runs
    solved = _solve_all(tasks, workers, lambda done: tell(done, total, 0))
    tried = try_case(size.replications, workers, lambda done: tell(len(tasks) + done, total, 0))
    swept = {one: _of(solved, one, size.swept) for one in sweep_factors()}
    sizes = {one: _of(solved, one, count) for one, count in size_factors(size)}
    rows = (solved[_Task(number, None)] for number in range(size.checked))
    checked = [row for row in rows if isinstance(row, CheckedRow)]
    return ScottRutnerRuns(size, solve_case(), checked, swept, sizes, tried)


def sweep_factors() -> list[Factors]:
    """Every ratio with every capacity."""
    return [Factors(SWEPT_CENTRES, stops, ratio) for ratio, stops in product(RATIOS, STOPS)]


def size_factors(size: Size) -> list[tuple[Factors, int]]:
    """Instances of growing size, and how many of each."""
    return [(Factors(centres, *SIZE_FACTORS), count) for centres, count in size.sizes]


def solve_case() -> Case:
    """The paper's case in two steps, with the program as it is printed, and together."""
    problem = paper_case()
    load = problem.centres.wanted(np.zeros(1))[0]
    one_tour, printed = (
        solve_second_step(problem.distance, load, float(load.sum()), as_printed=is_so)
        for is_so in (False, True)
    )
    return Case(one_tour, printed, two_steps(problem), order_jointly(problem))


def check_instance(number: int) -> CheckedRow:
    """The second step of an instance, by trying all and by the program as mended and printed."""
    problem = random_instance(number, CHECKED)
    load = problem.centres.wanted(np.zeros(1))[0]
    most = tight_capacity(number, problem)
    return CheckedRow(
        shortest_length(problem.distance, load, most),
        solve_second_step(problem.distance, load, most, as_printed=False).length,
        solve_second_step(problem.distance, load, most, as_printed=True).length,
        arrivals_of_tours(problem.distance),
    )


def weigh_instance(number: int, factors: Factors) -> Weighed:
    """Two steps and a joint choice on a random instance."""
    problem = random_instance(number, factors)
    return weigh(problem, two_steps(problem), order_jointly(problem))


def weigh(problem: JointProblem, apart: JointPlan, together: JointPlan) -> Weighed:
    """What two plans cost."""
    return Weighed(
        apart.cost,
        together.cost,
        together.bound,
        apart.driving_cost / apart.cost,
        len(problem.items) - sum(map(len, together.routes)),
        len(apart.routes),
        len(together.routes),
    )


def try_case(
    replications: int, workers: int = 1, tell: Callable[[int], object] = lambda _: None
) -> pd.DataFrame:
    """Try the plans of the case in the simulator, in every world and with impatient people."""
    plans, worlds = plans_of_case(), tuple(WORLDS)
    first = len(plans) * len(worlds) * replications
    patient = try_plans(
        case_setting(PATIENCE_H), plans, worlds, replications,
        workers=workers, seed=SEED, tell=lambda done, _: tell(done),
    )  # fmt: skip
    impatient = try_plans(
        case_setting(IMPATIENCE_H), plans, worlds[:1], replications,
        workers=workers, seed=SEED, tell=lambda done, _: tell(first + done),
    )  # fmt: skip
    return pd.concat([patient, impatient.assign(world=IMPATIENT)], ignore_index=True)


def case_setting(patience_h: float) -> TrialSetting:
    """Where the plans of the case are tried."""
    shape = (len(MEAN), 1)
    distance_km = distances(PLACE_KM)
    return TrialSetting(
        depots=("distributor",),
        centres=tuple(
            f"region {r}, centre {i}"
            for r in range(1, REGIONS + 1)
            for i in range(1, CENTRES_PER_REGION + 1)
        ),
        items=("doses",),
        travel_s=distance_km / SPEED_KPH * 3600,
        distance_m=1000 * distance_km,
        mean=MEAN[:, None],
        sd=SD[:, None],
        unit_cost=np.full(shape, UNIT_COST),
        holding_cost=np.full(shape, SURPLUS_COST),
        shortage_cost=np.full(shape, SHORTAGE_COST),
        opening=np.zeros(shape, dtype=np.int64),
        vehicle_cost={
            vehicle_name(number): VehicleCost(per_km=CASE_COST_PER_KM) for number in range(VEHICLES)
        },
        patience_h=patience_h,
    )


def plans_of_case() -> dict[str, tuple[PlannedRound, ...]]:
    """The plans that are tried, those of a model first."""
    view, problem = case_view(), paper_case()
    plans = {}
    for name, plan in ((TOGETHER, order_jointly(problem)), (TWO_STEPS, two_steps(problem))):
        # Rounded down, so that what fits still fits.
        plans[name] = rounds_on_routes(view, _whole(plan.quantity), plan.routes)
    best = _whole(two_steps(problem).quantity)
    mean = order_the_mean(MEAN[:, None])
    shared = order_by_population(best.sum(axis=0).astype(float), PERSONS)
    for name, quantity in ((THE_MEAN, mean), (BY_POPULATION, shared)):
        within = np.minimum(quantity, int(CASE_CAPACITY))
        plans[name] = rounds_on_routes(view, within, _least_driving(problem, within))
    plans[NEAREST_NEIGHBOUR] = rounds_by_rule(view, best, NEAREST_NEIGHBOUR)
    plans[EACH_FOR_ITSELF] = rounds_by_rule(view, best, EACH_FOR_ITSELF)
    plans[WINGING_IT] = rounds_by_rule(view, mean, NEAREST_NEIGHBOUR)
    return plans


def _least_driving(problem: JointProblem, quantity: NDArray[np.int64]) -> Sequence[tuple[int, ...]]:
    load = quantity[:, 0].astype(float)
    return solve_second_step(problem.distance, load, problem.capacity, as_printed=False).routes


def _whole(quantity: Array) -> NDArray[np.int64]:
    return np.floor(quantity[:, None] + 1e-6).astype(np.int64)


def _tasks(size: Size) -> list[_Task]:
    """The longest first."""
    sizes = [_Task(k, one) for one, count in reversed(size_factors(size)) for k in range(count)]
    swept = [_Task(k, one) for one in sweep_factors() for k in range(size.swept)]
    return [*sizes, *swept, *(_Task(k, None) for k in range(size.checked))]


def _solve(task: _Task) -> CheckedRow | Weighed:
    if task.factors is None:
        return check_instance(task.number)
    return weigh_instance(task.number, task.factors)


def _of(solved: Mapping[_Task, object], factors: Factors, count: int) -> list[Weighed]:
    rows = [solved[_Task(number, factors)] for number in range(count)]
    return [row for row in rows if isinstance(row, Weighed)]


def _solve_all(
    wanted: list[_Task], workers: int, tell: Callable[[int], object]
) -> dict[_Task, CheckedRow | Weighed]:
    """Solve all instances, some of them at a time."""
    done = dict[_Task, CheckedRow | Weighed]()
    workers = max(1, min(workers, len(wanted)))
    tell(0)
    try:
        with closing(run_tasks(_solve, wanted, partial(own_executor, workers), workers)) as ends:
            for task, ending in ends:
                if isinstance(ending, Failed):
                    raise BatchError(f"a search failed: {ending.message}")
                done[task] = ending
                tell(len(done))
    except KeyboardInterrupt:
        raise BatchInterrupted(f"stopped after {len(done)} of {len(wanted)} searches") from None
    return done
