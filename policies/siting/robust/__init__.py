"""Robust location: stations, ambulances and lights safe against demand at its worst.

Uncertainty sets, the mixed-integer program, its cuts, and plans near its relaxation.
"""

from __future__ import annotations

from policies.siting.robust.lights import RouteLights
from policies.siting.robust.outer_approximation import solve_location
from policies.siting.robust.pareto import plans_along_weights
from policies.siting.robust.plan import LocationPlan, relative_gap
from policies.siting.robust.problem import LocationProblem, named_points
from policies.siting.robust.uncertainty import (
    NOMINAL,
    Box,
    Budgeted,
    Ellipsoid,
    UncertaintySet,
    estimate_covariance,
    normal_radius,
)

__all__ = [
    "NOMINAL",
    "Box",
    "Budgeted",
    "Ellipsoid",
    "LocationPlan",
    "LocationProblem",
    "RouteLights",
    "UncertaintySet",
    "estimate_covariance",
    "named_points",
    "normal_radius",
    "plans_along_weights",
    "relative_gap",
    "solve_location",
]
