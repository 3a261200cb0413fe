"""The hypercube beside the simulator: the same service predicted and simulated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from typing import Any, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.units import DAY_S
from experiments.batch.engine import Batch, BatchOptions, run_batch
from experiments.hypercube.arms import LOST, WAITING, arms_of
from experiments.single_run_intervals import run_folder
from experiments.statistics import Interval, t_interval
from policies.base import InfeasibleError
from policies.hypercube import HypercubeAnswer, HypercubeSystem, approximate, solve
from policies.hypercube.service_cost import FEWEST_PER_HOUR
from scenarios.errors import ScenarioError
from scenarios.scenario import Scenario
from simulation.expectations import expected_demand
from simulation.measures.service import counted_calls
from simulation.model import EmergencyModel
from simulation.tables.files import to_json, write_file
from simulation.tables.result import Result

MOST_EXACT = 20
"""Ambulances up to which a service is solved exactly, which then takes seconds."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the hypercube says of a scenario.

    Attributes
    ----------
    stations : tuple of str
        Those that have ambulances.
    ambulances : (s,) int64
        How many each of them has.
    workload : (s,) float64
        Share of time that an ambulance of each is busy.
    response_s : float
        From the call to the arrival, over calls that are served.
    lost_share, waiting_share : float
        Of all calls; one of them is 0.
    answer : HypercubeAnswer
        Ambulances are its servers, zones with demand its points.
    """

    stations: tuple[str, ...]
    ambulances: NDArray[np.int64]
    workload: NDArray[np.float64]
    response_s: float
    lost_share: float
    waiting_share: float
    answer: HypercubeAnswer

    @property
    def mean_workload(self) -> float:
        """Share of time that an ambulance is busy."""
        return float(self.workload @ self.ambulances / self.ambulances.sum())


def system_of(scenario: Scenario) -> HypercubeSystem:
    """The hypercube of a scenario: zones are demand points, ambulances servers at their stations.

    Lists go by mean travel time, those of a station in the order of their numbers. Service is
    mobilisation, travel, scene, transport and handover of those who are transported, and the
    return where ``fleet.available_after`` is ``base``: means over hours and classes of urgency.
    Calls wait or are lost as ``dispatch_centre.when_busy`` says. Whatever else a scenario has, the
    model does not know.

    Raises
    ------
    CorridorError
        If the scenario is not as it should be, or has no everyday calls to plan for.
    """
    system, _, _ = _system_and_stations(scenario)
    return system


def predict(scenario: Scenario) -> Prediction:
    """Solve the hypercube of a scenario, beyond `MOST_EXACT` ambulances approximately.

    Raises
    ------
    CorridorError
        As `system_of` does, or if calls come faster than they can be served.
    """
    system, names, station = _system_and_stations(scenario)
    answer = solve(system) if system.servers <= MOST_EXACT else approximate(system)
    rows, ambulances = np.unique(station, return_counts=True)
    busy = np.bincount(station, answer.workload)[rows]
    delays_s = scenario.demand.dispatch_delay.mean_s + scenario.demand.mobilisation.mean_s
    return Prediction(
        stations=tuple(names[rows].tolist()),
        ambulances=ambulances,
        workload=busy / ambulances,
        response_s=delays_s + answer.mean_response_of_served_s,
        lost_share=answer.mean_loss,
        waiting_share=answer.waiting_probability,
        answer=answer,
    )


def _system_and_stations(
    scenario: Scenario,
) -> tuple[HypercubeSystem, NDArray[np.str_], NDArray[np.int64]]:
    """The system, the names of all stations, and the row of each ambulance's station."""
    with closing(EmergencyModel(scenario)) as model:
        expected, station = expected_demand(model.setup, model.vehicles), model.vehicles.station
        names = model.area.city.stations.sites.site_id
    zones = expected.calls_per_hour > 0
    if expected.calls_per_hour.sum() <= FEWEST_PER_HOUR:
        raise ScenarioError(
            f"{scenario.name}: the hypercube needs calls, got demand.calls_per_day = "
            f"{scenario.demand.calls_per_day:g}; set it above 0"
        )
    drive_s, busy_s = (table[station][:, zones] for table in (expected.drive_s, expected.busy_s))
    system = HypercubeSystem(
        expected.calls_per_hour[zones],
        drive_s,
        np.argsort(drive_s, axis=0, kind="stable").T,
        busy_s,
        "loss" if scenario.dispatch_centre.when_busy == "lose" else "infinite",
    )
    return system, names, station


LEVEL = 0.95
FILE = "hypercube.json"


@dataclass(frozen=True)
class Figure:
    """One figure of the model beside the same of the runs.

    Attributes
    ----------
    measure : str
        ``response_s``, ``lost_share``, ``waiting_share``, ``workload`` or ``workload[STATION]``.
    predicted : float
    simulated : Interval
        Over replications; without bounds where it is the same in all of them, such as no loss.
    """

    measure: str
    predicted: float
    simulated: Interval

    @property
    def is_off(self) -> bool:
        """Whether the prediction lies outside the interval."""
        return self.predicted < self.simulated.low or self.predicted > self.simulated.high


@dataclass(frozen=True)
class ArmCheck:
    """Prediction and runs of one arm.

    Attributes
    ----------
    name : str
    prediction : Prediction
    figures : tuple of Figure
    left_out_s : Interval
        By how much more the response changes from the first arm in the runs than in the model.
        Both arms meet the same patients, so this is known better than either response.
    """

    name: str
    prediction: Prediction
    figures: tuple[Figure, ...]
    left_out_s: Interval

    def figure(self, measure: str) -> Figure:
        """The figure of a measure."""
        return next(one for one in self.figures if one.measure == measure)


@dataclass(frozen=True, eq=False)
class HypercubeCheck:
    """What the model says of a case, and what the simulator says.

    Attributes
    ----------
    arms : tuple of ArmCheck
        Under matched assumptions first; see `experiments.hypercube.arms`.
    batch : Batch
        The runs behind it.
    """

    arms: tuple[ArmCheck, ...]
    batch: Batch

    @property
    def matched(self) -> tuple[ArmCheck, ...]:
        """The arms under matched assumptions."""
        return tuple(arm for arm in self.arms if arm.name in {LOST, WAITING})

    def to_json(self) -> str:
        """As JSON, in seconds and shares."""
        return to_json(self._to_dict()).decode()

    def _to_dict(self) -> dict[str, Any]:
        rows = [
            {
                "arm": arm.name,
                "measure": figure.measure,
                "predicted": figure.predicted,
                **figure.simulated._asdict(),
                "is_off": figure.is_off,
            }
            for arm in self.arms
            for figure in arm.figures
        ]
        left_out = [{"arm": arm.name, **arm.left_out_s._asdict()} for arm in self.arms]
        return {
            "replications": self.batch.replications,
            "level": LEVEL,
            "rows": rows,
            "left_out_s": left_out,
            "failures": [asdict(failure) for failure in self.batch.failures],
        }


def check_hypercube(
    scenario: Scenario, replications: int, **options: Unpack[BatchOptions]
) -> HypercubeCheck:
    """Predict and simulate a case under the model's assumptions, and with each that it breaks.

    Parameters
    ----------
    scenario : Scenario
    replications : int
        Of each arm.
    **options
        As `experiments.batch.engine.run_batch` takes them.

    Raises
    ------
    CorridorError
        As `arms_of`, `predict` and `run_batch` do.
    """
    arms = arms_of(scenario)
    predictions = {name: _predict(name, arm) for name, arm in arms.items()}
    out = options.get("out")
    with run_folder(out) as folder:
        kept: BatchOptions = {**options, "out": folder}
        batch = run_batch(arms, replications, **kept)
        runs = {name: _runs(batch, name, one) for name, one in predictions.items()}
    checks = tuple(_check(name, predictions, runs) for name in arms)
    found = HypercubeCheck(checks, batch if out else replace(batch, folder=None))
    if out is not None:
        write_file(out / FILE, found.to_json().encode())
    return found


def _predict(name: str, arm: Scenario) -> Prediction:
    try:
        return predict(arm)
    except InfeasibleError as error:
        raise InfeasibleError(f"arm {name}: {error}") from error


def _runs(batch: Batch, name: str, prediction: Prediction) -> pd.DataFrame:
    """Measures of the runs of an arm, a row for each replication that did not fail."""
    numbers = batch.summaries.loc[batch.summaries["arm"] == name, "replication"].tolist()
    rows = [figures_of(batch.result(name, number), prediction.stations) for number in numbers]
    measures = [measure for measure, _ in _predicted(prediction)]
    return pd.DataFrame(rows, index=numbers, columns=measures, dtype=float)


def _check(
    name: str, predictions: Mapping[str, Prediction], runs: Mapping[str, pd.DataFrame]
) -> ArmCheck:
    prediction, own = predictions[name], runs[name]
    figures = tuple(
        Figure(measure, value, _interval(own[measure])) for measure, value in _predicted(prediction)
    )
    predicted_s = prediction.response_s - predictions[LOST].response_s
    change_s = own["response_s"] - runs[LOST]["response_s"]
    return ArmCheck(name, prediction, figures, t_interval(change_s - predicted_s, LEVEL))


def _interval(values: pd.Series[float]) -> Interval:
    interval = t_interval(values, LEVEL)
    varies = values.nunique() > 1
    return interval if varies else interval._replace(low=np.nan, high=np.nan)


def _predicted(prediction: Prediction) -> Iterator[tuple[str, float]]:
    for measure in ("response_s", "lost_share", "waiting_share"):
        yield measure, getattr(prediction, measure)
    yield "workload", prediction.mean_workload
    for station, workload in zip(prediction.stations, prediction.workload, strict=True):
        yield f"workload[{station}]", float(workload)


def figures_of(result: Result, stations: Sequence[str]) -> dict[str, float]:
    """What a run says of what the model predicts, under the names of `Figure`.

    An ambulance is busy as long as it cannot be sent to a call that has come in: until it is back
    where ``fleet.available_after`` is ``base``, else until it is clear.
    """
    calls = counted_calls(result)
    of_station, busy = result.vehicles["station"].to_numpy(), _busy_shares(result)
    return {
        "response_s": float(calls["response_s"].mean()),
        "lost_share": float((calls["state"] == "lost").mean()),
        "waiting_share": float((calls["wait_s"] > 1e-6).mean()),
        "workload": float(busy.mean()),
        **{f"workload[{name}]": float(busy[of_station == name].mean()) for name in stations},
    }


def _busy_shares(result: Result) -> NDArray[np.float64]:
    """Share of the time after the warm-up that each ambulance is busy, (v,)."""
    config, missions = result.manifest["scenario"], result.missions
    from_s = result.warm_up_s
    until_s = from_s + config["run"]["days"] * DAY_S
    end_s = missions["home_s"]
    if config["fleet"]["available_after"] == "clear":
        end_s = missions["clear_s"].fillna(end_s)
    begin_s = missions["dispatched_s"].clip(from_s, until_s)
    busy_s = end_s.clip(from_s, until_s) - begin_s
    total_s = np.bincount(missions["ambulance"], busy_s, minlength=len(result.vehicles))
    return np.asarray(total_s / (until_s - from_s))
