"""A watch over policies: one that does not come to an end is stopped."""

from __future__ import annotations

import ctypes
import threading
from typing import Self


class PolicyTimeout(BaseException):
    """Raised inside a policy that takes too long; no `except Exception` of its own stops it."""


class Watch:
    """Looks now and then whether the same decision is still being taken.

    Whoever asks a policy adds one to `asked` before and sets `answered` to it after, so that a
    decision costs next to nothing; a thread of the watch's own compares what it sees with what it
    saw before.

    Parameters
    ----------
    limit_s : float
        Real seconds after which `PolicyTimeout` is raised in the thread that entered the watch;
        it may take up to a third longer.
    """

    LOOKS_PER_LIMIT = 3

    def __init__(self, limit_s: float = 30.0) -> None:
        self.limit_s = limit_s
        self.asked = 0
        self.answered = 0
        self._over = threading.Event()

    def __enter__(self) -> Self:
        """Begin to watch the current thread."""
        self._over.clear()
        watched = threading.get_ident()
        threading.Thread(
            target=self._look, args=(watched,), name="policy watch", daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop watching."""
        self._over.set()

    def _look(self, watched: int) -> None:
        looks, last = 0, -1
        while not self._over.wait(self.limit_s / self.LOOKS_PER_LIMIT):
            same = self.asked == last and self.asked != self.answered
            looks = looks + 1 if same else 0
            last = self.asked
            if looks == self.LOOKS_PER_LIMIT:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(watched), ctypes.py_object(PolicyTimeout)
                )
                return
