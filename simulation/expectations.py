"""What those who plan a run's service may expect of it, from the scenario alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from environment.demand.drawn_calls import DAY_S, HOUR_S
from environment.demand.mission_times import MissionTimes, mission_times
from policies.expected_demand import ExpectedDemand

if TYPE_CHECKING:
    from simulation.model import EmergencyModel


def expected_times(model: EmergencyModel) -> MissionTimes:
    """Mean times of missions.

    They end at base only where nobody may be sent before.
    """
    config = model.config
    return mission_times(
        model.ground.city,
        model.ground.driving,
        config.demand,
        config.travel,
        ends_at_base=not model.service_mechanisms.information.sent_on_way_home,
    )


def calls_per_hour(model: EmergencyModel) -> float:
    """Ambulances that everyday calls ask for on average; a record's calls count as they are."""
    demand, horizon_s = model.config.demand, model.config.run.horizon_s
    units = float(np.dot(np.arange(1, len(demand.unit_shares) + 1), demand.unit_shares))
    if demand.recorded_calls is None:
        return units * demand.calls_per_day * HOUR_S / DAY_S
    everyday = model.calls.table["incident"] < 0
    return float(model.calls.table["units"][everyday].sum()) * HOUR_S / horizon_s


def expected_demand(model: EmergencyModel) -> ExpectedDemand:
    """What a dispatcher expects who sends all ambulances to all calls."""
    stations, times = model.ground.city.stations, expected_times(model)
    return ExpectedDemand(
        ambulances=np.bincount(model.vehicles.station, minlength=len(stations)),
        calls_per_hour=calls_per_hour(model) * model.ground.city.zones.demand_share,
        drive_s=times.to_zone_s,
        busy_s=times.busy_s,
    )
