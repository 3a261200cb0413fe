"""Handing tasks to workers, and living on when one of them dies."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait

from experiments.batch.executors import abandon
from experiments.batch.task import Failed, Outcome, Task, run_task

Ending = tuple[Task, Outcome | Failed]
DEATHS_ALLOWED = 2
DEADLY = Failed(f"its worker process died {DEATHS_ALLOWED} times over it: killed, or out of memory")


def run_tasks(
    tasks: Iterable[Task], make_executor: Callable[[], Executor], workers: int
) -> Generator[Ending]:
    """Run tasks in their order, and yield each as it ends.

    When a worker dies, nobody knows over which task: all that were under way are run again one
    by one, so that a task that kills its worker is found out and fails without the others. Whoever
    stops asking before the end abandons what is under way.

    Parameters
    ----------
    tasks : iterable of Task
    make_executor : callable
        Gives an executor that takes tasks; asked again after one has broken.
    workers : int
        How many tasks it runs at a time.
    """
    waiting, suspects, deaths = deque(tasks), deque[Task](), Counter[int]()
    while waiting or suspects:
        if not suspects:
            # Two for each, so that no worker waits for its next; a lone one waits no time.
            at_most = 2 * workers if workers > 1 else 1
            suspects += yield from _until_worker_dies(make_executor(), waiting, at_most)
            continue
        task = suspects.popleft()
        lost = yield from _until_worker_dies(make_executor(), deque([task]), 1)
        if lost:
            deaths[id(task)] += 1
            if deaths[id(task)] < DEATHS_ALLOWED:
                suspects.appendleft(task)
            else:
                yield task, DEADLY


def _until_worker_dies(
    executor: Executor, waiting: deque[Task], at_most: int
) -> Generator[Ending, None, list[Task]]:
    """Run what waits, so many at a time; return the tasks that were lost with a worker."""
    running: dict[Future[Outcome | Failed], Task] = {}
    lost: list[Task] = []
    try:
        while running or (waiting and not lost):
            while waiting and not lost and len(running) < at_most:
                task = waiting.popleft()
                try:
                    running[executor.submit(run_task, task)] = task
                except BrokenExecutor:
                    lost.append(task)
            done = wait(running, return_when=FIRST_COMPLETED).done
            for future in [future for future in running if future in done]:
                task = running.pop(future)
                ending = _ending_of(future)
                if ending is None:
                    lost.append(task)
                else:
                    yield task, ending
    except BaseException:
        abandon(executor, running)
        raise
    return lost


def _ending_of(future: Future[Outcome | Failed]) -> Outcome | Failed | None:
    """The answer of a future; None if its worker has died."""
    try:
        return future.result()
    except BrokenExecutor:
        return None
    except Exception as error:  # noqa: BLE001 - the executor's own, such as Dask's KilledWorker
        return Failed(f"{type(error).__name__}: {error}")
