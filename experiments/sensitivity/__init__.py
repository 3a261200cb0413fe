"""Which keys a measure depends on: elementary effects and Sobol' indices, by SALib.

Points and indices know arrays and no runs; `analysis` runs points as the arms of a batch.
"""

from __future__ import annotations

from experiments.sensitivity.analysis import Sensitivity, run_sensitivity, sensitivity, size_of
from experiments.sensitivity.indices import Indices, indices_of
from experiments.sensitivity.points import METHODS, Points, draw_points

__all__ = [
    "METHODS",
    "Indices",
    "Points",
    "Sensitivity",
    "draw_points",
    "indices_of",
    "run_sensitivity",
    "sensitivity",
    "size_of",
]
