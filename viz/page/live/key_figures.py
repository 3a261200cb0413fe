"""The few figures that stand over the map, of one run or of two with their difference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from viz.live.figures import Figure

CHOSEN = (
    "response_min",
    "in_target_pct",
    "fill_rate_pct",
    "waiting_calls",
    "acquisition_h",
    "busy_pct",
    "infectious",
    "response_hour_min",
    "bullwhip",
    "calls",
)
"""The most telling first."""
MOST = 4
"""So many have room over a map."""


def key_figures(
    known: Mapping[str, Figure], values: Sequence[Mapping[str, float]]
) -> list[dict[str, Any]]:
    """What stands over the map.

    Parameters
    ----------
    known : mapping of str to Figure
        The measures of the run.
    values : sequence of one or two mappings
        Theirs in each run.
    """
    shown = [known[key] for key in CHOSEN if key in known][:MOST]
    return [_figure(figure, [own.get(figure.key, math.nan) for own in values]) for figure in shown]


def _figure(figure: Figure, values: Sequence[float]) -> dict[str, Any]:
    told = {
        "key": figure.key,
        "label": figure.text,
        "text": f"{figure.text} ({figure.unit})" if figure.unit else figure.text,
        "unit": figure.unit,
        "value": number_text(values[0], figure.digits),
    }
    if len(values) == 1:
        return told
    difference = values[1] - values[0]
    return told | {
        "other": number_text(values[1], figure.digits),
        "difference": difference_text(difference, figure.digits),
        "verdict": verdict(figure, difference),
    }


def number_text(value: float, digits: int, sign: str = "") -> str:
    """A number as people read it; a dash if there is none."""
    return "–" if math.isnan(value) else f"{value:{sign}z,.{digits}f}".replace("-", "−")


def difference_text(value: float, digits: int) -> str:
    """A difference with its sign, if there is one to be seen."""
    is_seen = math.isnan(value) or round(value, digits)
    return number_text(value, digits, sign="+") if is_seen else "="


def verdict(figure: Figure, difference: float) -> str:
    """Whether a difference that can be seen is for the better or the worse."""
    rounded = 0.0 if math.isnan(difference) else round(difference, figure.digits)
    if figure.better is None or not rounded:
        return "same"
    return "better" if (rounded > 0) == (figure.better == "higher") else "worse"
