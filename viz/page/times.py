"""Moments of the run's clock in words."""

from __future__ import annotations

from environment.demand import DAY_S


def day_of(moment_s: float) -> int:
    """The day, from 1."""
    return int(moment_s // DAY_S) + 1


def clock_text(moment_s: float) -> str:
    """The time of the day, as in ``07:42:10``."""
    seconds = int(moment_s % DAY_S)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
