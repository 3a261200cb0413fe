"""Rows of the tables of the paper on robust location: larger cases, and lights in the city."""

from __future__ import annotations

from typing import NamedTuple

from experiments.statistics import Interval


class SizeRow(NamedTuple):
    """A larger case over its experiments.

    Attributes
    ----------
    kind : str
    stations : int
        Candidates.
    objective, opened, ambulances, open_all_cost : Interval
    worst_gap : float
    """

    kind: str
    stations: int
    objective: Interval
    opened: Interval
    ambulances: Interval
    open_all_cost: Interval
    worst_gap: float


class LightsRow(NamedTuple):
    """The city with a share of its lights equipped.

    Attributes
    ----------
    share : float
    response_s : Interval
        Of urgent calls.
    change_s, step_s : Interval
        Of the response, from no light and from the row before; NaN for the first row.
    held_per_hour, cross_red_s_per_hour : Interval
        Vehicles that wait for a forced green, and the red that they see.
    """

    share: float
    response_s: Interval
    change_s: Interval
    step_s: Interval
    held_per_hour: Interval
    cross_red_s_per_hour: Interval
