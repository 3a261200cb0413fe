"""Optimisation by simulation: the best values of some keys of a case, honestly judged.

A search is a fixed sequence of rounds. What is asked in a round depends on what the rounds before
gave, on the scenario's seed, and on nothing else: neither on workers nor on interruptions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from experiments.batch import BatchOptions, HowToRun, batch_options
from experiments.batch.description import is_sealed, require_same, sealed
from experiments.batch.growing import growing_folder
from experiments.batch.lock import locked
from experiments.designs import factor_of
from experiments.errors import BatchError
from experiments.search.asking import Asker, Candidate, import_optuna
from experiments.search.fresh import best_trials, judge
from experiments.search.money import Price, Prices
from experiments.search.optimum import Optimum
from experiments.search.question import ROUND, Question, present_value
from experiments.search.telling import notes_of
from experiments.search.trials import PRESENT, Runs, Trial, play_round
from scenarios.loader import load_case
from scenarios.scenario import Scenario
from simulation.errors import ResultError
from simulation.tables.files import read_json, remove_unfinished, to_json, write_file

SEARCH = "search.json"
OPTIMUM = "optimum.json"
TRIALS = "trials.csv"
FORMAT = 1


def optimise_case(
    base: Scenario, question: Question, *, level: float = 0.95, **options: Unpack[BatchOptions]
) -> Optimum:
    """Search for the best values of some keys of a scenario.

    Parameters
    ----------
    base : Scenario
        The present plan.
    question : Question
    level : float
        Of the intervals.
    **options
        As `experiments.batch.run_batch` takes them; in ``out`` are a batch for each stage of each
        round, without tables, ``search.json``, ``trials.csv`` and ``optimum.json``.

    Raises
    ------
    BatchError
        If the question makes no sense, ``out`` holds another search, or no candidate can be run.
    CorridorError
        As `experiments.batch.run_batch` does.
    """
    import_optuna()
    question = question.settled(base)
    out, resume = options.pop("out", None), options.pop("resume", False)
    options["tables"] = False
    with growing_folder(out, resume=resume) as folder, locked(folder):
        _keep_question(folder, base, question)
        found = _search(base, question, folder, options, level)
    if out is not None:
        write_file(out / TRIALS, found.to_csv())
        write_file(out / OPTIMUM, found.to_json().encode())
    return found


def optimise(
    case: str | Path | Scenario,
    over: Mapping[str, Sequence[Any] | str],
    measures: str | Sequence[str],
    trials: int = 40,
    replications: int = 8,
    *,
    prices: Mapping[str, Price] | None = None,
    spend: float | None = None,
    sampler: str = "tpe",
    **how: Unpack[HowToRun],
) -> Optimum:
    """Search for the values of some keys of a case that are best in a measure, or in several.

    Parameters
    ----------
    case : str, Path or Scenario
        The present plan.
    over : mapping
        For each key its values, or its range as a text: ``{"fleet.ambulances": "16..24",
        "policies.dispatch": ["nearest", "district_first"]}``.
    measures : str or sequence of str
        Such as ``"response_s"``; several make a front. ``"cost"`` is what the prices say.
    trials : int
        Candidates that are run.
    replications : int
        Of a candidate that is not given up before; all on the same random numbers.
    prices : mapping, optional
        What a unit of a key costs, or each of its values.
    spend : float, optional
        What a candidate may cost at most; by default what the present plan does, unless ``"cost"``
        is a measure.
    sampler : str
        ``tpe`` or ``random``.
    **how
        As `corridor.batch` takes it; tables are not kept.

    Returns
    -------
    Optimum
        ``best`` and ``values_of(best)``; ``fresh``, what the best and the present plan give in
        replications by which nothing was chosen; ``front``, ``table`` with a row for each trial,
        and ``notes``.

    Raises
    ------
    CorridorError
        With a line for every mistake; or as `corridor.batch` raises it.

    Examples
    --------
    >>> city = load_case("city", "changes", {"run.days": 0.05})
    >>> over = {"fleet.ambulances": [10, 18, 26], "signals.green_share": "0.4..0.7"}
    >>> found = optimise(city, over, "response_s", trials=8, replications=4, workers=1)
    >>> found.values_of(found.best)["fleet.ambulances"]
    26
    >>> found.row(found.best, "response_s")["sure"]
    'better'
    """
    goals = (measures,) if isinstance(measures, str) else tuple(measures)
    factors = tuple(factor_of(key, values) for key, values in over.items())
    priced = Prices(dict(prices or {}), math.inf if spend is None else spend)
    question = Question(factors, goals, trials, replications, priced, sampler)
    with batch_options(**how) as options:
        return optimise_case(load_case(case, "changes", {}), question, **options)


def _search(
    base: Scenario, question: Question, folder: Path, options: BatchOptions, level: float
) -> Optimum:
    runs = Runs(base, question, folder, options)
    plan = Candidate(PRESENT, {}, question.cost_of_present(base))
    in_search = _values_of_present(runs, plan, question)
    asker = Asker(question, base.seed)
    trials = _trials(runs, asker, question, in_search)
    finalists = judge(runs, question, best_trials(trials), (plan, in_search), level)
    present = {one.key: present_value(base, one.key) for one in question.factors}
    found = Optimum(
        question=question,
        trials=tuple(trials),
        present={**present, "cost": plan.cost},
        front=finalists.front,
        dominated=finalists.dominated,
        fresh=finalists.table,
        replications=finalists.replications,
        runs=runs.spent,
        notes=(),
        level=level,
    )
    return found.with_notes([*notes_of(found, asker), *finalists.notes])


def _trials(
    runs: Runs, asker: Asker, question: Question, present: NDArray[np.float64]
) -> list[Trial]:
    """All rounds: candidates are asked, run, and what they gave is told."""
    trials: list[Trial] = []
    while len(trials) < question.trials and not asker.is_exhausted:
        candidates = asker.ask(min(ROUND, question.trials - len(trials)))
        if not candidates:
            break
        where = f"round-{len(trials) // ROUND + 1:03d}"
        ended = play_round(runs, candidates, present, question.stages, where)
        for trial in ended:
            asker.tell(trial.candidate, None if trial.failure else list(-trial.gains))
        trials += ended
    if not trials:
        raise BatchError(
            f"nothing is feasible: none of {asker.too_dear:,} candidates that were drawn costs at "
            f"most {question.prices.spend:,g}"
        )
    return trials


def _values_of_present(runs: Runs, plan: Candidate, question: Question) -> NDArray[np.float64]:
    """The present plan in all replications of the search."""
    values = runs.of([plan], range(question.replications), PRESENT)[plan.name]
    if runs.batches[PRESENT].failures:
        failed = runs.batches[PRESENT].failures[0]
        raise BatchError(
            f"the present plan: replication {failed.replication} failed, and without it there is "
            f"no fair comparison: {failed.message}"
        )
    missing = np.argwhere(np.isnan(values))
    if len(missing):
        number, column = missing[0]
        raise BatchError(
            f"the present plan: replication {number} has no value of {question.goals[column]}, and "
            "without it there is no fair comparison"
        )
    return values


def _keep_question(folder: Path, base: Scenario, question: Question) -> None:
    """Note what is searched for, or refuse a folder that another search was begun in.

    A search whose last round was whole can be made longer: it goes on as if it had been so long
    from the start.
    """
    remove_unfinished(folder)
    path = folder / SEARCH
    wanted = {
        "format": FORMAT,
        **question.description(),
        "optuna": version("optuna"),
        "scenario": base.model_dump(mode="json"),
    }
    if path.exists():
        found = read_json(path)
        if not is_sealed(found):
            raise ResultError(f"{path}: is not as it was saved; choose another folder")
        had = found["trials"]
        if had % ROUND == 0 and had <= question.trials:
            found["trials"] = question.trials
        require_same(folder, found, wanted, "search")
    elif any(entry.name != ".lock" for entry in folder.iterdir()):
        raise BatchError(f"{folder}: holds no search ({SEARCH} is missing)")
    write_file(path, to_json(sealed(wanted)))
