"""A watch over policies: one that does not come to an end is stopped."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from policies.base import PolicyError


class PolicyTimeout(BaseException):
    """Raised inside a policy that takes too long; no `except Exception` of its own stops it."""


class EndlessPolicyError(PolicyError):
    """A policy that did not come to an end."""


class Watch:
    """Looks now and then whether the same decision is still being taken.

    Whoever asks a policy adds one to `asked` before and sets `answered` to it after, so that a
    decision costs next to nothing; a thread of the watch's own compares what it sees with what it
    saw before. What it cannot stop is compiled code that never returns to Python.

    Parameters
    ----------
    limit_s : float
        Real seconds after which `PolicyTimeout` is raised in the thread that entered the watch,
        whichever that is; it may take up to a third longer.
    """

    LOOKS_PER_LIMIT = 3

    def __init__(self, limit_s: float = 30.0) -> None:
        self.limit_s = limit_s
        self.asked = 0
        self.answered = 0
        self._over = threading.Event()
        self._thread = threading.Thread()

    def __enter__(self) -> Self:
        """Begin to watch the current thread."""
        self._over.clear()
        self._thread = threading.Thread(
            target=self._look, args=(threading.get_ident(),), name="policy watch", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        """Stop watching; from here on nothing is raised any more."""
        self._over.set()
        late = isinstance(error, PolicyTimeout)  # it came just after the answer
        try:
            self._thread.join()
            _take_what_is_pending()
        except PolicyTimeout:
            self._thread.join()
            late = error is None
        if late:
            raise self.timeout("a policy") from None

    def timeout(self, name: str) -> EndlessPolicyError:
        """What the end of the limit means to the user."""
        return EndlessPolicyError(f"{name} did not decide within {self.limit_s:g} s; does it loop?")

    def _look(self, watched: int) -> None:
        looks, last = 0, -1
        while not self._over.wait(self.limit_s / self.LOOKS_PER_LIMIT):
            same = self.asked == last and self.asked != self.answered
            looks = looks + 1 if same else 0
            last = self.asked
            if looks >= self.LOOKS_PER_LIMIT:  # and again, should the policy catch it
                _raise_in(watched, PolicyTimeout)


@contextmanager
def limited(action: str, limit_s: float) -> Iterator[None]:
    """Stop what is done inside if it does not come to an end.

    Raises
    ------
    EndlessPolicyError
        Saying that the `action` took too long.
    """
    with Watch(limit_s) as watch:
        watch.asked += 1
        try:
            yield
        except PolicyTimeout:
            raise EndlessPolicyError(
                f"{action} took more than {limit_s:g} s; does it loop?"
            ) from None
        finally:
            watch.answered = watch.asked


def _raise_in(thread: int, exception: type[BaseException]) -> None:
    """Have an exception raised in a thread as soon as it runs Python.

    It must not be taken back with a null: CPython 3.11 then goes on looking for it before every
    jump and call, which slows the whole thread down for good and hangs its profiler.
    """
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(exception))


def _take_what_is_pending() -> None:
    """Give an exception that is on its way the occasion to come: a jump back is one."""
    for _ in range(2):
        pass
