"""A plan tried in the simulator: trucks drive, people come, and what is short or left counts."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.units import DAY_S, HOUR_S
from experiments.batch import Failed, own_executor, run_tasks
from experiments.errors import BatchError
from experiments.planning.trial.scenario import (
    VEHICLE,
    Rounds,
    TrialSetting,
    VehicleCost,
    trial_scenario,
    write_map,
)
from experiments.planning.trial.worlds import draw_needs
from scenarios.scenario import Scenario
from simulation.model import EmergencyModel
from simulation.streams import stream
from simulation.tables.supply import SupplyTables

Array = NDArray[np.float64]
Units = NDArray[np.int64]


class Tried(NamedTuple):
    """What came of a plan in one run.

    Attributes
    ----------
    cost : float
        Money: `ordering`, `left_over`, `short` and `driving` together.
    ordering, left_over, short, driving : float
        Of units brought; of those left over; of those asked for in vain; of the vehicles used.
    short_share : float
        Units asked for in vain over all asked for.
    waste_share : float
        Units left over over all that were there or brought.
    arrival_h : float
        Mean hour at which a unit arrives; NaN if none does.
    last_arrival_h : float
        When the last unit arrives.
    wait_h : float
        Mean hours until a unit was given, of those given.
    """

    cost: float
    ordering: float
    left_over: float
    short: float
    driving: float
    short_share: float
    waste_share: float
    arrival_h: float
    last_arrival_h: float
    wait_h: float


MEASURES = Tried._fields


class _Task(NamedTuple):
    """One run."""

    plan: str
    world: str
    replication: int
    scenario: Scenario
    setting: TrialSetting
    seed: int


def try_plans(
    setting: TrialSetting,
    plans: Mapping[str, Rounds],
    worlds: Sequence[str],
    replications: int,
    *,
    workers: int = 1,
    seed: int = 1,
    tell: Callable[[int, int], Any] = lambda *_: None,
) -> pd.DataFrame:
    """Try plans in the simulator, all on the same demand.

    Parameters
    ----------
    setting : TrialSetting
    plans : mapping of str to sequence of PlannedRound
    worlds : sequence of str
        Among `experiments.planning.trial.worlds.WORLDS`.
    replications : int
        Of each plan in each world.
    workers : int
        Processes.
    seed : int
    tell : callable
        Told how many of how many runs are over.

    Returns
    -------
    DataFrame
        A row for each ``plan``, ``world`` and ``replication``, with what `Tried` has.

    Raises
    ------
    CorridorError
        If a plan cannot be a scenario, or a run fails.
    """
    done: dict[tuple[str, str, int], Tried] = {}
    with tempfile.TemporaryDirectory() as folder:
        write_map(setting, Path(folder))
        scenarios = {name: trial_scenario(setting, plans[name], Path(folder)) for name in plans}
        tasks = [
            _Task(plan, world, replication, scenarios[plan], setting, seed)
            for replication, world, plan in product(range(replications), worlds, plans)
        ]
        workers = max(1, min(workers, len(tasks)))
        with closing(run_tasks(_try, tasks, partial(own_executor, workers), workers)) as endings:
            for task, ending in endings:
                if isinstance(ending, Failed):
                    raise BatchError(f"a run of {task.plan} failed: {ending.message}")
                done[task.plan, task.world, task.replication] = ending
                tell(len(done), len(tasks))
    keys = [(task.plan, task.world, task.replication) for task in tasks]
    rows = [(*key, *done[key]) for key in keys]
    return pd.DataFrame(rows, columns=["plan", "world", "replication", *MEASURES])


def _try(task: _Task) -> Tried:
    setting = task.setting
    rng = stream(task.seed, task.replication, f"planning.{task.world}")
    needs = draw_needs(task.world, rng, setting.mean, setting.sd)
    scenario = _with_needs(task.scenario, setting, needs)
    with closing(EmergencyModel(scenario, task.replication)) as model:
        assert model.supply_side is not None
        with model.watch:
            model.env.run()
        # The tables of an ambulance service that is not there would take most of the time.
        return measure(setting, model.supply_side.tables())


def _with_needs(scenario: Scenario, setting: TrialSetting, needs: Units) -> Scenario:
    days = setting.horizon_h * HOUR_S / DAY_S
    sites = scenario.supplies.sites
    distributors = tuple(
        site.model_copy(
            update={"needs_per_day": dict(zip(setting.items, row, strict=True))},
        )
        for site, row in zip(sites.distributors, (needs / days).tolist(), strict=True)
    )
    sites = sites.model_copy(update={"distributors": distributors})
    supplies = scenario.supplies.model_copy(update={"sites": sites})
    return scenario.model_copy(update={"supplies": supplies})


def measure(setting: TrialSetting, tables: SupplyTables) -> Tried:
    """What came of a plan, from the tables of a run.

    Parameters
    ----------
    setting : TrialSetting
    tables : SupplyTables
    """
    shape = setting.mean.shape
    first = int(tables.sites.loc[tables.sites["kind"] == "distributor", "site"].min())
    items = {name: column for column, name in enumerate(setting.items)}

    def grid(table: pd.DataFrame, row: pd.Series, value: pd.Series) -> Array:
        """Sums by centre and item, (c, i)."""
        sums = np.zeros(shape)
        column = table["item"].map(items).to_numpy(dtype=int)
        np.add.at(sums, (row.to_numpy(dtype=int), column), value.to_numpy(dtype=float))
        return sums

    came = tables.shipments.dropna(subset="arrived_s")
    brought = grid(came, came["destination"] - first, came["units"])
    needs = tables.needs
    asked = grid(needs, needs["distributor"], needs["units"])
    given = grid(needs, needs["distributor"], needs["given"])
    left = setting.opening + brought - given
    money = {
        "ordering": float((setting.unit_cost * brought).sum()),
        "left_over": float((setting.holding_cost * left).sum()),
        "short": float((setting.shortage_cost * (asked - given)).sum()),
        "driving": _driving_cost(setting, tables),
    }
    arrival_h, units = came["arrived_s"].to_numpy(float) / HOUR_S, came["units"].to_numpy(float)
    return Tried(
        cost=sum(money.values()),
        **money,
        short_share=_ratio((asked - given).sum(), asked.sum()),
        waste_share=_ratio(left.sum(), (setting.opening + brought).sum()),
        arrival_h=_ratio(arrival_h @ units, units.sum()),
        last_arrival_h=float(arrival_h.max()) if len(came) else np.nan,
        wait_h=_ratio(needs["waited_unit_s"].sum() / HOUR_S, given.sum()),
    )


def _driving_cost(setting: TrialSetting, tables: SupplyTables) -> float:
    """Money for all vehicles that were used."""
    names = dict(zip(tables.sites["site"], tables.sites["name"], strict=True))
    cost = 0.0
    for home, trips in tables.trips.groupby("home"):
        own = setting.vehicle_cost.get(names[home].removeprefix(VEHICLE), VehicleCost())
        under_way_s = float(trips["back_s"].max() - trips["left_s"].min())
        cost += own.if_used + own.per_h * under_way_s / HOUR_S
        cost += own.per_km * float(trips["metres"].sum()) / 1000
    return cost


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else np.nan
