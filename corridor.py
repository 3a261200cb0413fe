"""The door to Corridor from Python: ``import corridor``.

Load a case, change it, run it, compare arms of it, and look at tables:

>>> import corridor
>>> city = corridor.load("city", {"run.days": 0.2})
>>> result = corridor.simulate(city)
>>> result.summary["calls"], round(result.summary["response_s"])
(60.0, 362)

A case is the name of one that comes with Corridor, a scenario file (``.toml``), or a `Scenario`.
What is changed stands under dotted keys, as ``--set`` of the command line has it; ``docs/`` has a
table of all keys. Every mistake of a user's is a `CorridorError`, which says what is wrong.
Everything heavy is imported by the function that needs it, so that ``import corridor`` is quick.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Unpack

from own_packages import require_importable

require_importable()

from environment.errors import CorridorError  # noqa: E402 - now it is ours

if TYPE_CHECKING:
    from experiments.attribution.shapley import Attribution
    from experiments.batch import Batch, BatchOptions, HowToRun
    from experiments.compare import Comparison
    from experiments.designs import Study, sweep
    from experiments.discovery import discover
    from experiments.location.located import Location
    from experiments.search import ArmChoice, Optimum, optimise, select
    from experiments.sensitivity import Sensitivity, sensitivity
    from policies.check import Report
    from scenarios.scenario import Scenario
    from simulation.tables.result import Result
    from viz.report.new_city import NewCity
    from viz.report.plan import plan

__all__ = [
    "ArmChoice",
    "Attribution",
    "Batch",
    "Comparison",
    "CorridorError",
    "Location",
    "NewCity",
    "Optimum",
    "Report",
    "Result",
    "Scenario",
    "Sensitivity",
    "Study",
    "attribute",
    "batch",
    "check_policy",
    "compare",
    "discover",
    "load",
    "locate",
    "new_city",
    "optimise",
    "plan",
    "select",
    "sensitivity",
    "simulate",
    "sweep",
]

Case: TypeAlias = "str | Path | Scenario"
"""A shipped case by name, a scenario file, or a scenario that is loaded already."""

Changes: TypeAlias = Mapping[str, Any]
"""Values under dotted keys, such as ``{"run.days": 14, "policies.dispatch": "nearest"}``."""


def load(case: Case, changes: Changes | None = None, data: str | Path | None = None) -> Scenario:
    """Load a case, with some of its values changed.

    Parameters
    ----------
    case : str, Path or Scenario
        The name of a shipped case, a TOML file, or a scenario, which stays as it is.
    changes : mapping, optional
        Values under dotted keys that take the place of the case's own.
    data : str or Path, optional
        Folder of the files that the scenario names; by default that of the scenario's own file.

    Raises
    ------
    CorridorError
        With a line for every mistake.

    Examples
    --------
    >>> city = load("city", {"fleet.ambulances": 20})
    >>> city.fleet.ambulances, city.run.days
    (20, 7.0)
    >>> load("city", {"run.day": 2})
    Traceback (most recent call last):
    ...
    scenarios.errors.ScenarioError: changes: unknown key 'run.day' (did you mean 'run.days'?)
    """
    from scenarios.loader import load_case

    return load_case(case, "changes", changes or {}, None if data is None else Path(data))


def simulate(case: Case, replication: int = 0) -> Result:
    """Run a case once.

    Parameters
    ----------
    case : str, Path or Scenario
    replication : int
        Which of its independent repetitions; the same one gives the same result anywhere.

    Returns
    -------
    Result
        Its ``summary`` has every measure by name, in seconds, metres and shares; ``calls``,
        ``missions``, ``vehicles``, ``hours`` and others are tables of pandas.

    Raises
    ------
    CorridorError
        If map, places, calls or policies are not as they should be.

    Examples
    --------
    >>> result = simulate(load("city", {"run.days": 0.2}))
    >>> round(result.summary["response_s"])
    362
    >>> result.calls["state"].value_counts().to_dict()
    {'completed': 142}
    """
    from simulation.model import simulate as simulate_scenario

    return simulate_scenario(load(case), replication)


def compare(
    case: Case,
    arms: Mapping[str, Changes],
    replications: int = 10,
    *,
    workers: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
) -> Comparison:
    """Run arms of a case on the same patients, and compare them with the first of them.

    Parameters
    ----------
    case : str, Path or Scenario
    arms : mapping of str to mapping
        What each arm changes, by its name; ``{}`` changes nothing.
    replications : int
        Runs of each arm.
    workers : int, optional
        Processes; by default one for each core.
    out : str or Path, optional
        Folder in which every run is kept with its tables.
    resume : bool
        Go on in `out` where a batch was stopped.

    Returns
    -------
    Comparison
        Its ``table`` has one row per arm and measure: mean, difference from the first arm, and
        95 % intervals of both.

    Raises
    ------
    CorridorError
        With a line for every mistake of every arm; or if the batch cannot begin or go on.

    Examples
    --------
    >>> arms = {"base": {}, "more": {"fleet.ambulances": 30}}
    >>> city = load("city", {"run.days": 0.2})
    >>> table = compare(city, arms, replications=2, workers=1).table
    >>> response = table[table["measure"] == "response_s"].set_index("arm")
    >>> response["mean"].round().to_dict()
    {'base': 352.0, 'more': 324.0}
    >>> round(response.loc["more", "difference"])
    -28
    """
    from experiments.compare import compare as compare_scenarios
    from scenarios.arms import load_each
    from scenarios.loader import load_case

    scenarios = load_each(arms, lambda name: load_case(case, f"arm {name}", arms[name]))
    return compare_scenarios(scenarios, replications, **_options(workers, out, resume))


def batch(
    scenarios: Case | Mapping[str, Case], replications: int = 10, **how: Unpack[HowToRun]
) -> Batch:
    """Run many replications of one or several scenarios, without comparing them.

    Parameters
    ----------
    scenarios : str, Path or Scenario, or a mapping of str to these
        A single one goes by the name ``run``.
    replications : int
        Runs of each.
    **how
        ``workers``, ``cluster``, ``out``, ``tables`` and ``resume`` (see
        `experiments.batch.HowToRun`).

    Returns
    -------
    Batch
        Its ``summaries`` has one row per run and one column per measure; with `out`,
        ``batch.result(name, replication)`` reads a run with its tables.

    Raises
    ------
    CorridorError
        For a mistake that every replication would meet. A single run that fails is in
        ``batch.failures``, and the rest goes on.

    Examples
    --------
    >>> runs = batch(load("city", {"run.days": 0.2}), replications=2, workers=1)
    >>> runs.summaries["calls"].to_list()
    [60.0, 47.0]
    """
    from experiments.batch import batch_options, run_batch
    from scenarios.arms import load_each

    named = scenarios if isinstance(scenarios, Mapping) else {"run": scenarios}
    loaded = load_each(named, lambda name: load(named[name]))
    with batch_options(**how) as options:
        return run_batch(loaded, replications, **options)


def attribute(
    case: Case,
    replications: int = 10,
    *,
    mechanisms: Sequence[str] | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
) -> Attribution:
    """Tell what each mechanism of coordination adds to the difference between off and on.

    Parameters
    ----------
    case : str, Path or Scenario
    replications : int
        Runs of each combination of mechanisms: 16 of all four.
    mechanisms : sequence of str, optional
        Those that are switched; by default ``information``, ``planning``, ``rules``, ``risk``.
    workers, out, resume
        As `compare` takes them.

    Returns
    -------
    Attribution
        Its ``shapley`` has one row per measure and mechanism, ``totals`` what these add up to.

    Raises
    ------
    CorridorError
        If a mechanism has another name, or as `compare` raises it.

    Examples
    --------
    >>> small = load("city", {"run.days": 0.2})
    >>> gain = attribute(small, 2, mechanisms=["planning", "rules"], workers=1)
    >>> gain.factors, len(gain.batch.summaries)
    (('planning', 'rules'), 8)
    """
    from experiments.attribution.shapley import attribute as attribute_difference
    from experiments.attribution.shapley import off_and_on
    from experiments.compare import compare as compare_scenarios
    from policies.coordination import MECHANISMS

    of = MECHANISMS if mechanisms is None else tuple(mechanisms)
    options = _options(workers, out, resume)
    ends = compare_scenarios(off_and_on(load(case), of), replications, **options)
    del options["out"]  # the other combinations go below the folder of these
    return attribute_difference(ends, of, **options)


def locate(case: Case, model: str, **parameters: Any) -> Location:
    """Site stations and size their fleets by a location model, and try the plan.

    Parameters
    ----------
    case : str, Path or Scenario
    model : str
        ``lscp``, ``mclp``, ``p_median``, ``p_center``, ``mexclp``, ``double_standard``,
        ``backup_coverage``, ``k_means`` or ``robust``.
    **parameters
        What the model is asked with, such as ``stations=6``, ``sites=50`` or ``days=100``; see
        `experiments.location.question.LocationQuestion`.

    Returns
    -------
    Location
        Its ``plan`` stands beside what is ``present``; ``plan.figures()`` has its figures,
        ``plan.sited()`` a row for each station.

    Raises
    ------
    CorridorError
        If the model cannot be asked so.

    Examples
    --------
    >>> found = locate("city", "p_median", stations=3, days=20)
    >>> [(row["site_id"], row["ambulances"]) for row in found.plan.sited()]
    [('S2', 7), ('S6', 5), ('S7', 6)]
    """
    from experiments.location.locate import locate as locate_by
    from experiments.location.question import make_question

    return locate_by(load(case), make_question(model, parameters))


def new_city(
    city: str | Path, out: str | Path | None = None, population: str | Path | None = None
) -> NewCity:
    """Make a folder with a scenario of your own from a map, run it once and draw the map.

    Parameters
    ----------
    city : str or Path
        An OpenStreetMap file, or online the name of a place, as ``"Delft, Netherlands"``.
    out : str or Path, optional
        A new or an empty folder; by default one of the map's name in the current folder.
    population : str or Path, optional
        Where people live: GeoTIFF, ASCII grid, or CSV with ``lon, lat, population``.

    Returns
    -------
    NewCity
        Its ``scenario`` can be run and compared; ``print`` tells what was found in the map, what
        was guessed, and what to check next.

    Raises
    ------
    CorridorError
        If there is something in the folder, or no map to drive on; nothing is written then.
    """
    from viz.report.new_city import new_city as make_new_city

    return make_new_city(city, *(None if one is None else Path(one) for one in (out, population)))


def check_policy(
    policy: str, decision: str | None = None, parameters: Mapping[str, Any] | None = None
) -> Report:
    """Test a policy, your own too, in a few hundred small situations.

    Parameters
    ----------
    policy : str
        ``module:Class`` or ``./file.py:Class`` in the current folder, or a built-in policy's name.
    decision : str, optional
        Which decision it takes, such as ``dispatch``, if the policy does not tell.
    parameters : mapping, optional
        What its class is called with.

    Returns
    -------
    Report
        ``passed``, ``problems``, ``warnings`` and ``facts``. A policy that cannot be found or
        made is a problem, too, and no error.

    Examples
    --------
    >>> report = check_policy("nearest", "dispatch")
    >>> report.passed, report.facts["decisions"]
    (True, 576)
    """
    from policies.check import check_policy as check

    return check(decision, policy, parameters or {}, [Path()])


NAMES_AT_HOME = {
    "experiments.attribution.shapley": ("Attribution",),
    "experiments.batch": ("Batch",),
    "experiments.compare": ("Comparison",),
    "experiments.designs": ("Study", "sweep"),
    "experiments.discovery": ("discover",),
    "experiments.location.located": ("Location",),
    "experiments.search": ("ArmChoice", "Optimum", "optimise", "select"),
    "experiments.sensitivity": ("Sensitivity", "sensitivity"),
    "policies.check": ("Report",),
    "scenarios.scenario": ("Scenario",),
    "simulation.tables.result": ("Result",),
    "viz.report.new_city": ("NewCity",),
    "viz.report.plan": ("plan",),
}
HOMES = {name: home for home, names in NAMES_AT_HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    """`sweep`, `discover`, `select` and types, imported when they are first asked for."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = getattr(import_module(HOMES[name]), name)
    return globals()[name]


def _options(workers: int | None, out: str | Path | None, resume: bool) -> BatchOptions:
    folder = None if out is None else Path(out)
    return {"workers": workers or os.cpu_count() or 1, "out": folder, "resume": resume}
