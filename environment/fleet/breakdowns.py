"""Breakdowns of vehicles: when they fail, and how long they are out of order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from pydantic import Field

from environment.demand.durations import Duration
from environment.parameters import Parameters
from environment.units import HOUR_S


class BreakdownParameters(Parameters):
    """How often each vehicle fails, driving or not, and how long until it is back."""

    mean_hours_between: Annotated[
        float,
        Field(
            ge=1,
            le=1e6,
            description="mean of the exponential time from repair to breakdown",
            json_schema_extra={"unit": "h"},
        ),
    ] = 2_000.0
    repair: Annotated[
        Duration, Field(description="from the breakdown until the vehicle is back in service")
    ] = Duration(distribution="lognormal", mean_s=14_400.0, cv=1.0)


def failures(
    parameters: BreakdownParameters, rng: np.random.Generator
) -> Iterator[tuple[float, float]]:
    """When one vehicle fails and how long each repair takes, in seconds, without an end.

    It is an alternating renewal process: over a long time a vehicle is in order for
    ``mean / (mean + repair)`` of the time (Barlow and Proschan, Mathematical Theory of
    Reliability, 1965). Times and repairs come from streams of their own, so that another
    distribution of repairs leaves the time between them as it was.
    """
    up_rng, repair_rng = rng.spawn(2)
    time_s = 0.0
    while True:
        time_s += up_rng.exponential(parameters.mean_hours_between * HOUR_S)
        repair_s = float(parameters.repair.draw(repair_rng, 1)[0])
        yield time_s, repair_s
        time_s += repair_s
