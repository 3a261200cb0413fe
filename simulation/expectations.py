"""What those who plan a run's service may expect of it, from the scenario alone."""

from __future__ import annotations

import numpy as np

from environment.demand.mission_times import MissionTimes, mission_times
from environment.fleet.vehicles import Vehicles
from environment.units import DAY_S, HOUR_S
from policies.expected_demand import ExpectedDemand
from simulation.setup import RunSetup


def expected_times(setup: RunSetup) -> MissionTimes:
    """Mean times of missions.

    They end at base only where nobody may be sent before.
    """
    config = setup.config
    return mission_times(
        setup.area.city,
        setup.area.driving,
        config.demand,
        config.travel,
        ends_at_base=not setup.mechanisms.information.sent_on_way_home,
    )


def calls_per_hour(setup: RunSetup) -> float:
    """Ambulances that everyday calls ask for on average; a record's calls count as they are."""
    demand, horizon_s = setup.config.demand, setup.config.run.horizon_s
    units = float(np.dot(np.arange(1, len(demand.unit_shares) + 1), demand.unit_shares))
    if demand.recorded_calls is None:
        return units * demand.calls_per_day * HOUR_S / DAY_S
    everyday = setup.calls.table["incident"] < 0
    return float(setup.calls.table["units"][everyday].sum()) * HOUR_S / horizon_s


def expected_demand(setup: RunSetup, vehicles: Vehicles) -> ExpectedDemand:
    """What a dispatcher expects who sends all ambulances to all calls."""
    stations, times = setup.area.city.stations, expected_times(setup)
    return ExpectedDemand(
        ambulances=np.bincount(vehicles.station, minlength=len(stations)),
        calls_per_hour=calls_per_hour(setup) * setup.area.city.zones.demand_share,
        drive_s=times.to_zone_s,
        busy_s=times.busy_s,
    )
