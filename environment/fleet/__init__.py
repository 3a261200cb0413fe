"""Vehicles with their types, shifts, breakdowns and crews, and whether they suffice.

Plain tables; what a vehicle does in a run is the business of agents.
"""

from __future__ import annotations

from environment.fleet.breakdowns import failures
from environment.fleet.shifts import Shift, break_due_s, duty_windows
from environment.fleet.staffing import (
    district_contradictions,
    origins_of_calls,
    skill_contradictions,
)
from environment.fleet.vehicle_types import TRANSPORTS, call_needs
from environment.fleet.vehicles import (
    ALWAYS,
    FleetParameters,
    Vehicles,
    read_vehicles,
    settle_vehicles,
)

__all__ = [
    "ALWAYS",
    "TRANSPORTS",
    "FleetParameters",
    "Shift",
    "Vehicles",
    "break_due_s",
    "call_needs",
    "district_contradictions",
    "duty_windows",
    "failures",
    "origins_of_calls",
    "read_vehicles",
    "settle_vehicles",
    "skill_contradictions",
]
