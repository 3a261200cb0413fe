"""Designs: which values of which keys of a scenario are run together, and what comes of them.

Factors and points know scenarios and no runs; a study runs points as the arms of a batch.
"""

from __future__ import annotations

from experiments.designs.design import DESIGNS, MOST_POINTS, Design, design_of, make_design
from experiments.designs.factors import Factor, factor_of, read_sweeps
from experiments.designs.study import MEANS, POINTS, Study, read_saved_design, run_study, sweep

__all__ = [
    "DESIGNS",
    "MEANS",
    "MOST_POINTS",
    "POINTS",
    "Design",
    "Factor",
    "Study",
    "design_of",
    "factor_of",
    "make_design",
    "read_saved_design",
    "read_sweeps",
    "run_study",
    "sweep",
]
