"""Handing tasks to workers, and living on when one of them dies."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from dataclasses import dataclass
from typing import Generic, TypeVar

from experiments.batch.executors import InThisProcess, abandon
from experiments.batch.task import ChunkEnding, Failed, run_chunk

T = TypeVar("T")
A = TypeVar("A")

CHUNK_S = 0.25
"""What a worker is given at a time takes about so long: more than handing it over, by far."""
MOST_PER_CHUNK = 200
DEATHS_ALLOWED = 2
DEADLY = Failed(f"its worker process died {DEATHS_ALLOWED} times over it: killed, or out of memory")


def run_tasks(
    work: Callable[[T], A],
    tasks: Iterable[T],
    make_executor: Callable[[], Executor],
    workers: int,
) -> Generator[tuple[T, A | Failed]]:
    """Do tasks in about their order, and yield each as it ends.

    Short ones are handed over several at a time, and never more than workers will soon have done:
    so no queue grows anywhere, however many there are. When a worker dies, nobody knows over which
    task: all that were under way are done again one by one, so that a task that kills its worker
    is found out and fails without the others. Whoever stops asking before the end abandons what is
    under way.

    Parameters
    ----------
    work : callable
        Does a task; a function of a module, so that it can travel.
    tasks : iterable
    make_executor : callable
        Gives an executor that takes tasks; asked again after one has broken.
    workers : int
        How many tasks it does at a time.
    """
    queue = _Queue(work, deque(tasks), workers)
    suspects, deaths = deque[T](), Counter[int]()
    while queue.waiting or suspects:
        if not suspects:
            suspects += yield from queue.until_worker_dies(make_executor())
            continue
        task = suspects.popleft()
        lost = yield from _Queue(work, deque([task]), 1).until_worker_dies(make_executor())
        if lost:
            deaths[id(task)] += 1
            if deaths[id(task)] < DEATHS_ALLOWED:
                suspects.appendleft(task)
            else:
                yield task, DEADLY


@dataclass
class _Queue(Generic[T, A]):
    """Tasks that wait, and how many of them make a chunk."""

    work: Callable[[T], A]
    waiting: deque[T]
    workers: int
    task_s: float = math.inf

    def until_worker_dies(
        self, executor: Executor
    ) -> Generator[tuple[T, A | Failed], None, list[T]]:
        """Do what waits; return the tasks that were lost with a worker."""
        running: dict[Future[ChunkEnding[A]], list[T]] = {}
        lost: list[T] = []
        # Two for each, so that no worker waits for its next; a lone one waits no time.
        at_most = 1 if isinstance(executor, InThisProcess) else 2 * self.workers
        try:
            while running or (self.waiting and not lost):
                while self.waiting and not lost and len(running) < at_most:
                    chunk = self._next_chunk(executor)
                    try:
                        running[executor.submit(run_chunk, self.work, chunk)] = chunk
                    except BrokenExecutor:
                        lost += chunk
                done = wait(running, return_when=FIRST_COMPLETED).done
                for future in [future for future in running if future in done]:
                    chunk = running.pop(future)
                    ending = _ending_of(future, chunk)
                    if ending is None:
                        lost += chunk
                        continue
                    self.task_s = ending.seconds / len(chunk)
                    yield from zip(chunk, ending.answers, strict=True)
        except BaseException:
            abandon(executor, running)
            raise
        return lost

    def _next_chunk(self, executor: Executor) -> list[T]:
        """As many tasks as take `CHUNK_S`, but for the last, of which each worker has its share."""
        size = 1
        if not isinstance(executor, InThisProcess):
            share = math.ceil(len(self.waiting) / (2 * self.workers))
            size = max(1, min(int(CHUNK_S / max(self.task_s, 1e-6)), MOST_PER_CHUNK, share))
        return [self.waiting.popleft() for _ in range(size)]


def _ending_of(future: Future[ChunkEnding[A]], chunk: list[T]) -> ChunkEnding[A] | None:
    """The answer of a future; None if its worker has died."""
    try:
        return future.result()
    except (BrokenExecutor, CancelledError):
        return None
    except Exception as error:  # noqa: BLE001 - the executor's own
        if type(error).__name__ == "KilledWorker":  # Dask's, which is not imported for its name
            return None
        failed = Failed(f"{type(error).__name__}: {error}")
        return ChunkEnding([failed] * len(chunk), 0.0)
