"""A process in which all that a run needs is imported, from which workers are forked at once.

Importing takes longer than some runs do. A command opens a nursery before it imports anything
itself; by the time it has read the scenario, workers are there in no time, and share the memory
of what was imported. Where none was opened, each worker process imports on its own.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from typing import Any

from own_packages import HOME

ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
        "NUMBA_NUM_THREADS",
    ),
    "1",
)
"""Workers share the processor among themselves; threads within each would only be in the way."""
SAFE_PATH = {"PYTHONSAFEPATH": "1"}
"""Keeps a user's ``glob.py`` in the current folder from standing in for Python's own."""
IMPORTED = ("mesa", "experiments.batch.task")
"""Mesa first: it looks through every module that is there when it is imported."""

_opened: list[BaseContext] = []


def open_nursery(also: Sequence[str] = ()) -> None:
    """Have what a run needs be imported in a process of its own, while this one goes on.

    Where processes cannot be forked safely, which is everywhere but on Linux, nothing is done.

    Parameters
    ----------
    also : sequence of str
        Further modules that workers import: those of the main program.
    """
    if sys.platform != "linux" or _opened:
        return
    from multiprocessing.forkserver import ensure_running

    context = get_context("forkserver")
    context.set_forkserver_preload([*IMPORTED, *also])
    path = os.pathsep.join(filter(None, (str(HOME), os.environ.get("PYTHONPATH"))))
    with environment({**ONE_THREAD, **SAFE_PATH, "PYTHONPATH": path}), interruption_held():
        ensure_running()
    _opened.append(context)
    atexit.register(_close, os.getpid())


def nursery() -> BaseContext | None:
    """The way in which processes begin from the nursery; None if none was opened."""
    return _opened[0] if _opened else None


def leave_nursery() -> None:
    """Let the nursery end when the main process has ended, though this worker lives on.

    It would wait for the last of those who hold a pipe of the main process's, and a worker that is
    stuck cannot let go of it. With the nursery the system ends its workers.
    """
    alive = _server()["_forkserver_alive_fd"]
    if alive is not None:
        with suppress(OSError):
            os.close(alive)


def _close(owner: int) -> None:
    """End the nursery with this process: still importing, it would hold the terminal open."""
    number = _server()["_forkserver_pid"]
    if number is not None and os.getpid() == owner:
        with suppress(OSError):
            os.kill(number, signal.SIGKILL)


def _server() -> dict[str, Any]:
    """What Python knows of the nursery's process, which it tells nobody otherwise."""
    from multiprocessing import forkserver

    return vars(vars(forkserver)["_forkserver"])


@contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """Have some variables of the environment set for what is started meanwhile."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def interruption_held() -> Iterator[None]:
    """Let Ctrl-C and a request to end wait for a moment.

    A process that is just being started would be known to nobody and stay behind. It inherits
    what is held, and so never hears of Ctrl-C, which reaches every process of the terminal: the
    one that began the batch ends the others.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
