"""Where tasks run: in this process, or in worker processes of this machine."""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

from experiments.batch.workers import begin_worker
from experiments.nursery import ONE_THREAD, SAFE_PATH, environment, interruption_held, nursery

P = ParamSpec("P")
T = TypeVar("T")

IDLE_S = 60
"""Seconds that processes wait for the next batch: of loky's own ten some end while a search thinks,
and it warns of each that does as work comes in."""


class InThisProcess(Executor):
    """Runs each task at the moment when it is submitted."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a task, and return its answer as a future that is done."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class WorkerProcesses(Executor):
    """Processes of this machine that stay for a while, with their cities, for the next batch."""

    def __init__(self, workers: int) -> None:
        from multiprocessing.resource_tracker import ensure_running

        from loky import get_reusable_executor

        # A thread's workers are not those of the main thread: they must not end with a thread.
        of_main_thread = threading.current_thread() is threading.main_thread()
        with environment(SAFE_PATH):
            ensure_running()  # else it begins with the first process, and lets go of what is held
            with interruption_held():
                self._pool = get_reusable_executor(
                    max_workers=workers,
                    timeout=IDLE_S,
                    context=nursery(),
                    env={**ONE_THREAD, **SAFE_PATH},
                    initializer=_begin(os.getpid(), of_main_thread),
                )

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand a task over, and start the processes that are missing."""
        with environment(SAFE_PATH), interruption_held():
            return self._pool.submit(fn, *args, **kwargs)

    def end_at_once(self) -> None:
        """Kill the processes, whatever they are doing.

        None of their futures may have been cancelled before: loky's own thread stumbles over a
        cancelled one, and says so with a traceback.
        """
        with interruption_held():
            self._pool.shutdown(wait=True, kill_workers=True)


def own_executor(workers: int, *, apart: bool = False) -> Executor:
    """Return an executor on this machine; a broken one is replaced by a new one.

    Parameters
    ----------
    workers : int
    apart : bool
        Whether a lone worker is a process of its own, too: what a user's policy may do to its
        process must not be done to this one.
    """
    return InThisProcess() if workers == 1 and not apart else WorkerProcesses(workers)


def abandon(executor: Executor, running: Iterable[Future[Any]]) -> None:
    """Let go of what is under way: our own processes end, another's tasks do not begin."""
    if isinstance(executor, WorkerProcesses):
        executor.end_at_once()
    else:
        for future in running:
            future.cancel()


@functools.cache
def _begin(parent: int, of_main_thread: bool) -> Callable[[], None]:
    """The same object for the same workers: by it loky knows that they can be used again."""
    return functools.partial(begin_worker, parent, of_main_thread=of_main_thread)
