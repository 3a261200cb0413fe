"""Where tasks run: in this process, or in worker processes of this machine."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

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


class InThisProcess(Executor):
    """Runs each task at the moment when it is submitted."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a task, and return its answer as a future that is done."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def own_executor(workers: int) -> Executor:
    """Return an executor on this machine; a broken one is replaced by a new one.

    Worker processes stay for a while, with the cities that they have built, for the next batch.
    """
    if workers == 1:
        return InThisProcess()
    from loky import get_reusable_executor

    executor: Executor = get_reusable_executor(
        max_workers=workers, env=ONE_THREAD, initializer=_leave_interrupts_to_parent
    )
    return executor


def end_at_once(executor: Executor) -> None:
    """Stop an executor of ours without waiting for what its workers are doing."""
    if not isinstance(executor, InThisProcess):
        from loky.process_executor import ProcessPoolExecutor

        if isinstance(executor, ProcessPoolExecutor):
            executor.shutdown(wait=True, kill_workers=True)


def _leave_interrupts_to_parent() -> None:
    """Ctrl-C reaches every process of the terminal; the one that began the batch ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
