"""A watch over policies: one that does not come to an end is stopped."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable, Iterator
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
        Seconds of processor time after which `PolicyTimeout` is raised in the thread that entered
        the watch, whichever that is; so nothing is stopped because the machine has much else to
        do. It may take up to two thirds longer. A policy that waits and does not compute is
        stopped after `PATIENCE` times as many real seconds.
    """

    LOOKS_PER_LIMIT = 3
    PATIENCE = 10

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
        processor_s = _processor_clock(watched)
        last, computed_from_s, real_from_s = -1, 0.0, 0.0
        while not self._over.wait(self.limit_s / self.LOOKS_PER_LIMIT):
            if self.asked != last or self.asked == self.answered:
                last, computed_from_s, real_from_s = self.asked, processor_s(), time.monotonic()
                continue
            computed_s, waited_s = processor_s() - computed_from_s, time.monotonic() - real_from_s
            # Raised at every look from then on, should the policy catch it.
            if computed_s >= self.limit_s or waited_s >= self.PATIENCE * self.limit_s:
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


def _processor_clock(thread: int) -> Callable[[], float]:
    """A clock of the seconds that a living thread has computed; of the process where none is."""
    if not hasattr(time, "pthread_getcpuclockid"):  # macOS, Windows
        return time.process_time
    clock = time.pthread_getcpuclockid(thread)
    return lambda: time.clock_gettime(clock)


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
