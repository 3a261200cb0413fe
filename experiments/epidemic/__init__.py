"""An epidemic by itself: rates from daily counts, what they leave open, and how it goes on.

Counts of each district in; fits with intervals, projections with bands and their scores out.
"""

from __future__ import annotations

from experiments.epidemic.counts import DailyCounts, read_counts
from experiments.epidemic.fit import FITTED, Fit, fit
from experiments.epidemic.model import NAMES, Observation, simulated_counts
from experiments.epidemic.profile import ProfileInterval, profile_interval
from experiments.epidemic.projection import Projection, Score, project, score, weekly_table

__all__ = [
    "FITTED",
    "NAMES",
    "DailyCounts",
    "Fit",
    "Observation",
    "ProfileInterval",
    "Projection",
    "Score",
    "fit",
    "profile_interval",
    "project",
    "read_counts",
    "score",
    "simulated_counts",
    "weekly_table",
]
