"""The few figures that stand over the map, of one run or of two with their difference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from simulation.measures.measure import Measure

CHOSEN = (
    "response_s",
    "in_target_share",
    "fill_rate",
    "waiting_calls",
    "acquisition_s",
    "busy_share",
    "infectious",
    "response_hour_s",
    "bullwhip",
    "calls",
)
"""The most telling first."""
MOST = 4
"""So many have room over a map."""
MOST_DIGITS = 1
"""Behind the point: the figures of a run that goes on change all the time."""


def key_figures(
    known: Mapping[str, Measure], values: Sequence[Mapping[str, float]], most: int = MOST
) -> list[dict[str, Any]]:
    """What stands over the map.

    Parameters
    ----------
    known : mapping of str to Measure
        The measures of the run, by their whole names.
    values : sequence of one or two mappings
        Theirs in each run.
    most : int
        How many there are at most.
    """
    shown = [known[key] for key in CHOSEN if key in known][:most]
    return [
        _figure(measure, [measure.scale * own.get(measure.name, math.nan) for own in values])
        for measure in shown
    ]


def _figure(measure: Measure, values: Sequence[float]) -> dict[str, Any]:
    label, unit, digits = measure.label_so_far, measure.unit, _digits(measure)
    told = {
        "key": measure.name,
        "label": label,
        "text": f"{label} ({unit})" if unit else label,
        "unit": unit,
        "value": number_text(values[0], digits),
    }
    if len(values) == 1:
        return told
    difference = values[1] - values[0]
    return told | {
        "other": number_text(values[1], digits),
        "difference": difference_text(difference, digits),
        "verdict": verdict(measure, difference),
    }


def _digits(measure: Measure) -> int:
    return min(measure.digits, MOST_DIGITS)


def number_text(value: float, digits: int, sign: str = "") -> str:
    """A number as people read it; a dash if there is none."""
    return "–" if math.isnan(value) else f"{value:{sign}z,.{digits}f}".replace("-", "−")


def difference_text(value: float, digits: int) -> str:
    """A difference with its sign, if there is one to be seen."""
    is_seen = math.isnan(value) or round(value, digits)
    return number_text(value, digits, sign="+") if is_seen else "="


def verdict(measure: Measure, difference: float) -> str:
    """Whether a difference, in shown units, can be seen, and is for the better or the worse."""
    rounded = 0.0 if math.isnan(difference) else round(difference, _digits(measure))
    if measure.better is None or not rounded:
        return "same"
    return "better" if (rounded > 0) == (measure.better == "higher") else "worse"
