"""Where should stations stand, and how many ambulances? A model asked for a scenario's city."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from experiments.location.candidates import Candidates, stations_and_junctions
from experiments.location.covering import clusters, solve_covering, solve_k_means
from experiments.location.located import FrontPlan, LocatedPlan, Location
from experiments.location.question import K_MEANS, PROTECTIONS, LocationQuestion, QuestionError
from experiments.location.robust_plans import RobustPlans
from experiments.location.simulated_days import simulate_days, split_record, with_recorded_shares
from experiments.location.surveyor import Surveyor
from policies.interrupts import interrupts_held, interrupts_raised, is_interrupted
from policies.siting.limits import Progress
from scenarios.scenario import Scenario
from simulation.preparation import prepare

PRESENT = "as it is"
LEARNED, TRIED = 0, 1
"""Replications from which demand is estimated, and on which plans are tried."""

ProgressReporter = Callable[[str, Progress | None], None]
"""Is told what is being done, and of every step of a search."""


def locate(
    scenario: Scenario, question: LocationQuestion, tell: ProgressReporter | None = None
) -> Location:
    """Ask a location model for a scenario's city, and try its plan on simulated days.

    Parameters
    ----------
    scenario : Scenario
    question : LocationQuestion
    tell : callable, optional
        Is told of progress.

    Returns
    -------
    Location
        Also where the user interrupted a search: then with the best plan so far.

    Raises
    ------
    CorridorError
        If the scenario cannot be run, or the model not be asked so; it says what is short.
    KeyboardInterrupt
        If the user interrupted before there was a plan.
    """
    tell = tell or (lambda *_: None)
    with interrupts_held():
        with interrupts_raised():
            surveyor, is_recorded = _survey(scenario, question, tell)
        return _located(scenario.name, surveyor, tell, is_recorded=is_recorded)


def _survey(
    scenario: Scenario, question: LocationQuestion, tell: ProgressReporter
) -> tuple[Surveyor, bool]:
    """What is known of a city before a model is asked, and whether from recorded calls."""
    area = prepare(scenario)
    target_s = _target_s(scenario, question)
    candidates = stations_and_junctions(area.city, area.driving, question.sites, scenario.seed)
    if question.stations is not None and question.model != K_MEANS:
        _require_candidates(question.stations, candidates)
    is_recorded = scenario.demand.recorded_calls is not None
    if is_recorded:
        tell("Replaying recorded calls", None)
        learned, tried = split_record(scenario, area.city)
        candidates = replace(candidates, city=with_recorded_shares(area.city, learned))
    else:
        tell(f"Simulating 2 x {question.days} days", None)
        learned, tried = (
            simulate_days(scenario, area.city, question.days, replication)
            for replication in (LEARNED, TRIED)
        )
    return Surveyor(candidates, question, target_s, learned, tried, scenario.seed), is_recorded


def _located(
    case: str, surveyor: Surveyor, tell: ProgressReporter, *, is_recorded: bool
) -> Location:
    """Ask the model, and try its plan."""
    plan, beside, front = _solve(surveyor, tell)
    stopped = is_interrupted() or any(map(_is_interrupted, (plan, *beside)))
    return Location(
        case,
        surveyor.question,
        surveyor.target_s,
        float(surveyor.calls_per_day.sum()),
        _present(surveyor),
        plan,
        beside,
        front,
        tuple(_notes(surveyor, plan, is_recorded=is_recorded, stopped=stopped)),
        is_interrupted=stopped,
    )


def _solve(
    surveyor: Surveyor, tell: ProgressReporter
) -> tuple[LocatedPlan, tuple[LocatedPlan, ...], tuple[FrontPlan, ...]]:
    """The plan, those beside it, and the front."""
    question = surveyor.question
    if question.is_robust:
        return _solve_robust(RobustPlans(surveyor), question, tell)
    tell(f"Solving {question.model}", None)
    if question.model == K_MEANS:
        return solve_k_means(replace(surveyor, candidates=clusters(surveyor))), (), ()
    return solve_covering(surveyor), (), ()


def _solve_robust(
    robust: RobustPlans, question: LocationQuestion, tell: ProgressReporter
) -> tuple[LocatedPlan, tuple[LocatedPlan, ...], tuple[FrontPlan, ...]]:
    """The plan that was asked for first; an interruption leaves out what comes after it."""
    own, *others = sorted(PROTECTIONS, key=lambda one: one != question.protection)

    def solve(protection: str) -> LocatedPlan:
        return robust.solve(protection, lambda step: tell(f"Solving robust, {protection}", step))

    plans = [solve(own)]
    for one in others:
        if _is_stopped(plans):
            break
        plans.append(solve(one))
    if not question.front or _is_stopped(plans):
        return plans[0], tuple(plans[1:]), ()
    front = robust.front(own, lambda step: tell("Solving the front", step))
    return plans[0], tuple(plans[1:]), front


def _is_stopped(plans: list[LocatedPlan]) -> bool:
    return is_interrupted() or _is_interrupted(plans[-1])


def _is_interrupted(plan: LocatedPlan) -> bool:
    return plan.search is not None and plan.search.status == "interrupted"


def _present(surveyor: Surveyor) -> LocatedPlan:
    """What the city has, each zone served by the nearest station with ambulances."""
    extra = len(surveyor.candidates) - len(surveyor.learned.fleet)
    units = np.append(surveyor.learned.fleet, np.zeros(extra, dtype=np.int64))
    return surveyor.look(PRESENT, units, surveyor.nearest(units), None)


def _target_s(scenario: Scenario, question: LocationQuestion) -> float:
    """Longest drive in time: the most urgent target less the mean times before one drives.

    Raises
    ------
    QuestionError
        If these times leave nothing.
    """
    if question.target_s is not None:
        return question.target_s
    demand = scenario.demand
    target_s = min(priority.target_s for priority in demand.priorities)
    left_s = target_s - demand.dispatch_delay.mean_s - demand.mobilisation.mean_s
    if left_s <= 0:
        raise QuestionError(
            f"the target of {target_s:g} s leaves no time to drive: dispatch takes "
            f"{demand.dispatch_delay.mean_s:g} s and mobilisation {demand.mobilisation.mean_s:g} s "
            "on average; set --with target_s=..."
        )
    return left_s


def _require_candidates(stations: int, candidates: Candidates) -> None:
    if stations > len(candidates):
        raise QuestionError(
            f"stations must be at most {len(candidates)}, the number of candidates, got "
            f"{stations}; more of them come by --sites"
        )


def _notes(surveyor: Surveyor, plan: LocatedPlan, *, is_recorded: bool, stopped: bool) -> list[str]:
    question = surveyor.question
    notes = []
    if is_recorded:
        notes.append(
            f"recorded calls: demand is that of the first {surveyor.learned.days} days, and plans "
            f"are tried on the other {surveyor.tried.days}"
        )
    status = plan.search.status if plan.search else ""
    if status in {"interrupted", "time limit"}:
        notes.append(f"{status}: the best plan so far; its gap says how far off it may be")
    if stopped and status != "interrupted":
        notes.append("interrupted: what was to come beside the plan is left out, or not at its end")
    if question.model == "mexclp" and question.busy_fraction is None:
        notes.append(
            f"busy_fraction {surveyor.learned.busy_fraction():.3f}, as on the simulated days"
        )
    if question.lights:
        equipped = int(plan.is_equipped.sum())
        notes.append(f"{equipped} of {len(plan.is_equipped)} lights are equipped")
    return notes
