"""Measures of a run: what each is called, how it is computed, and how it is shown.

They know tables and counts; the summary, the live view and the replay read one catalogue.
"""

from __future__ import annotations

from simulation.measures.catalogue import from_counts, measure_of, summary
from simulation.measures.measure import Measure
from simulation.measures.service import (
    DUTY_STATES,
    by_state_and_hour,
    call_values,
    counted_calls,
    greens_by_light,
)
from simulation.measures.steady_state import BatchMeans, batch_means, warm_up_s
from simulation.measures.supply import signed_units, variance_ratio

__all__ = [
    "DUTY_STATES",
    "BatchMeans",
    "Measure",
    "batch_means",
    "by_state_and_hour",
    "call_values",
    "counted_calls",
    "from_counts",
    "greens_by_light",
    "measure_of",
    "signed_units",
    "summary",
    "variance_ratio",
    "warm_up_s",
]
