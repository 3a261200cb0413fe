"""The hypercube of a scenario, and what it predicts."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from policies.hypercube import HypercubeAnswer, HypercubeSystem, approximate, solve
from policies.hypercube.service_cost import FEWEST_PER_HOUR
from scenarios.errors import ScenarioError
from scenarios.scenario import Scenario
from simulation.expectations import expected_demand
from simulation.model import EmergencyModel

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
