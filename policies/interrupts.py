"""Ctrl-C while something searches: it ends with the best so far, and never in the middle of a line.

Python raises `KeyboardInterrupt` wherever it is, also between the start of a thread and the line
that would join it. So an interruption of a search is held: it is only noted, and the search looks.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, perf_counter
from types import FrameType

BEFORE_A_PLAN = "interrupted before a plan was found"

SAME_S = 0.5
"""One Ctrl-C may come more than once within this time: from the terminal and from a wrapper."""


class SearchInterrupted(KeyboardInterrupt):
    """The user has stopped a search before it had found anything."""


class _Interrupts:
    """What has come since the outermost of the blocks below began."""

    def __init__(self) -> None:
        self.first_s: float | None = None
        self.holds: list[bool] = []

    def come(self, number: int, _frame: FrameType | None) -> None:
        now_s = monotonic()
        if self.first_s is not None and now_s - self.first_s > SAME_S:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        is_first, self.first_s = self.first_s is None, self.first_s or now_s
        if is_first and not self.holds[-1]:
            raise KeyboardInterrupt


_now: _Interrupts | None = None


def is_interrupted() -> bool:
    """Whether an interruption is held that a search should heed."""
    return _now is not None and _now.first_s is not None


def is_over(until_s: float) -> bool:
    """Whether a search must stop: by the user, or by a reading of `time.perf_counter`."""
    return is_interrupted() or perf_counter() >= until_s


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Note an interruption instead of raising it; a second one ends the process at once.

    Nothing is held in a thread other than the main one, which hears of no signals, and where the
    application has a handler of its own.
    """
    with _block(is_held=True):
        yield


@contextmanager
def interrupts_raised() -> Iterator[None]:
    """Raise what is held outside, here, or in a block inside that has ended with an answer.

    Raises
    ------
    KeyboardInterrupt
    """
    with _block(is_held=False):
        if is_interrupted():
            raise KeyboardInterrupt
        yield
        if is_interrupted():
            raise KeyboardInterrupt


@contextmanager
def _block(*, is_held: bool) -> Iterator[None]:
    global _now  # noqa: PLW0603 - signals belong to the whole process
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    if _now is not None:
        _now.holds.append(is_held)
        try:
            yield
        finally:
            _now.holds.pop()
        return
    mine = (signal.SIGINT, signal.SIGTERM)
    replaced = [n for n in mine if signal.getsignal(n) is signal.default_int_handler]
    _now = _Interrupts()
    _now.holds.append(is_held)
    try:
        for number in replaced:
            signal.signal(number, _now.come)
        yield
    finally:
        for number in replaced:
            signal.signal(number, signal.default_int_handler)
        _now = None
