"""Shifts: the hours of the day in which a crew is on duty, and its break."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Annotated, Self

from pydantic import Field, model_validator

from environment.parameters import Parameters, PositiveSeconds, Share
from environment.units import DAY_S, HOUR_S

Hours = Annotated[float, Field(allow_inf_nan=False, json_schema_extra={"unit": "h"})]


class Shift(Parameters):
    """Hours that repeat every day; those past midnight belong to the day on which they began."""

    name: Annotated[str, Field(min_length=1, description="as the table of vehicles calls it")]
    share: Annotated[Share, Field(description="share of the fleet; the shares sum to 1")] = 1.0
    start_hour: Annotated[Hours, Field(ge=0, lt=24, description="hour of the day, 7.5 is 7:30")] = (
        0.0
    )
    hours: Annotated[Hours, Field(gt=0, le=24, description="from start to end; 24: always")] = 24.0
    break_after_hours: Annotated[
        Hours | None, Field(gt=0, lt=24, description="from the start until the break is due")
    ] = None
    break_s: Annotated[PositiveSeconds, Field(description="how long the break lasts")] = 1800.0

    @model_validator(mode="after")
    def _break_within_shift(self) -> Self:
        if self.break_after_hours is None:
            return self
        end_hours = self.break_after_hours + self.break_s / HOUR_S
        if end_hours > self.hours:
            raise ValueError(
                f"the break of shift {self.name!r} would end {end_hours:g} h after the start, but "
                f"the shift ends after {self.hours:g} h"
            )
        return self


def duty_windows(shift: Shift) -> Iterator[tuple[float, float]]:
    """Seconds from which and until which a crew is on duty, day after day without an end.

    The first window ends after 0; it begins before 0 where the crew of the day before is still
    on duty at midnight. Those of a shift of 24 hours follow each other without a gap.
    """
    start_s, duty_s = shift.start_hour * HOUR_S, shift.hours * HOUR_S
    for day in count(-1):
        on_s, off_s = start_s + day * DAY_S, start_s + (day * DAY_S + duty_s)
        if off_s > 0:
            yield on_s, off_s


def break_due_s(shift: Shift, on_s: float) -> float | None:
    """When the break is due of a crew that came on duty at `on_s`, if it has one."""
    if shift.break_after_hours is None:
        return None
    return on_s + shift.break_after_hours * HOUR_S


def is_on_duty(shift: Shift, hour: float) -> bool:
    """Whether the shift covers a moment, in hours since midnight; its end is outside."""
    return (hour - shift.start_hour) % 24 < shift.hours
