"""The table of an epidemic: one row per day and district."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any

import pandas as pd

from simulation.outbreak import CityOutbreak, DayOfOutbreak

PERSONS = (
    "susceptible", "probable", "infectious", "removed",
    "new_suspected", "new_cases", "new_removed", "seeded", "vaccinated",
)  # fmt: skip
COLUMNS = ("day", "district", *PERSONS, "calls")
KINDS = {"day": "int64", **dict.fromkeys(PERSONS, "float64"), "calls": "int64"}


def epidemic_table(outbreak: CityOutbreak | None) -> pd.DataFrame:
    """One row per day and district; none where there is no epidemic.

    ``susceptible`` to ``removed`` are persons in the morning, before the outbreaks (``seeded``) and
    doses (``vaccinated``) of the day. ``new_cases`` has the seeded ones; ``new_removed`` has not
    the vaccinated. ``calls`` counts those with onset on the day.
    """
    days = [] if outbreak is None else outbreak.days
    districts = () if outbreak is None else outbreak.districts
    rows = [row for day in days for row in _rows(day, districts)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(KINDS)


def _rows(one: DayOfOutbreak, districts: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of one day."""
    day = one.day
    persons = (
        *one.morning.persons.T,
        day.new_suspected,
        day.new_cases,
        day.new_removed,
        day.seeded,
        day.vaccinated,
    )
    counts = [column.tolist() for column in (*persons, one.calls)]
    return zip(repeat(day.day), districts, *counts, strict=False)
