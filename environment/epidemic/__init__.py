"""An outbreak day by day: the SPIR model, mean and stochastic, and a forecast of it.

Knows districts as numbers of inhabitants; calls and needs that follow from it are made elsewhere.
"""

from __future__ import annotations

from environment.epidemic.contacts import ContactChange
from environment.epidemic.days import (
    Epidemic,
    EpidemicDay,
    EpidemicParameters,
    EpidemicState,
    Outbreak,
)
from environment.epidemic.forecast import forecast_by_growth
from environment.epidemic.movement import Movement, gravity_presence
from environment.epidemic.spir import I, P, R, S, SpirParameters, courses_of
from environment.epidemic.stochastic import binomial_quantile, draw_marks, poisson_quantile

__all__ = [
    "ContactChange",
    "Epidemic",
    "EpidemicDay",
    "EpidemicParameters",
    "EpidemicState",
    "I",
    "Movement",
    "Outbreak",
    "P",
    "R",
    "S",
    "SpirParameters",
    "binomial_quantile",
    "courses_of",
    "draw_marks",
    "forecast_by_growth",
    "gravity_presence",
    "poisson_quantile",
]
