"""What tests of the page in a real browser share: a day of the default city, and a click."""

from __future__ import annotations

DAY = {"run.days": 1, "run.warm_up_days": 0}
MORNING_S = 9.5 * 3600
AS_FAST_AS_IT_CAN = 7
"""Step of the slider."""


def click(visitor, px: float, py: float) -> None:
    """Click on the map."""
    visitor.page.click(".corridor-canvas", position={"x": px, "y": py})


def measured(text: str) -> None:
    """Tell a figure to who runs the tests with ``-s``."""
    print(text)  # noqa: T201
