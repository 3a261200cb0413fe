"""Ferries: which of them carry cars, and how fast they are."""

from __future__ import annotations

import re
from collections.abc import Mapping

from environment.maps.emergency.access import GRANTED
from environment.units import HOUR_S, MINUTE_S

CARS = ("motorcar", "motor_vehicle", "vehicle", "emergency")

CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3})(?::(\d{1,2}))?")
"""``20`` minutes, ``01:20``, ``01:20:00``"""
ISO = re.compile(r"pt(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,5})s)?")
"""``PT1H20M``"""


def is_ferry(tags: Mapping[str, str]) -> bool:
    """Whether a way is the line of a ferry."""
    return tags.get("route") == "ferry"


def carries_cars(tags: Mapping[str, str]) -> bool:
    """Whether a ferry takes cars by its tags; boats for passengers have none."""
    return next((tags[key] for key in CARS if key in tags), None) in GRANTED


def ferry_kph(tags: Mapping[str, str], length_m: float) -> float | None:
    """The speed of a ferry by its duration; None where that is not known, or is a mistake."""
    seconds = _duration_s(tags.get("duration", "").strip().lower())
    kph = length_m / seconds * 3.6 if seconds else 0.0
    return kph if SLOWEST_KPH <= kph <= FASTEST_KPH else None


SLOWEST_KPH, FASTEST_KPH = 0.5, 100.0


def _duration_s(text: str) -> float:
    """Seconds; 0 where the text names no duration."""
    match = CLOCK.fullmatch(text) or ISO.fullmatch(text)
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    return hours * HOUR_S + minutes * MINUTE_S + seconds
