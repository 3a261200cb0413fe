"""Where one machine ends: runs on a cluster of Dask's, by the same path as on this machine.

Dask's own deployments start the scheduler and its workers: on SLURM, Kubernetes or by SSH. A
cluster is an executor like any other; what is particular to it is here.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from environment.errors import suggest
from experiments.batch.description import code_hashes
from experiments.batch.engine import BatchOptions
from experiments.errors import BatchError
from simulation.tables.result import versions

if TYPE_CHECKING:
    from distributed import Client

LOCAL = "local"
PATIENCE_S = 10
"""How long a scheduler or its first worker may be waited for."""


class HowToRun(TypedDict, total=False):
    """How runs are made, whatever is asked of them, as Python's users say it.

    Attributes
    ----------
    workers : int, optional
        Processes; by default one for each core.
    cluster : str, optional
        The address of a Dask scheduler, or ``local``.
    out : str or Path, optional
        Folder in which runs are kept.
    tables : bool
        Whether all their tables are kept there, or their measures alone.
    resume : bool
        Go on in `out` where a batch was stopped.
    """

    workers: int | None
    cluster: str | None
    out: str | Path | None
    tables: bool
    resume: bool


@contextmanager
def batch_options(**how: Unpack[HowToRun]) -> Iterator[BatchOptions]:
    """The options of `experiments.batch.run_batch`, while a cluster is there that is asked for.

    Raises
    ------
    TypeError
        If there is no such option.
    """
    for name in how:
        if name not in HowToRun.__annotations__:
            raise TypeError(f"no option {name!r} ({suggest(name, [*HowToRun.__annotations__])})")
    out, workers = how.get("out"), how.get("workers") or os.cpu_count() or 1
    with executor_for(how.get("cluster"), workers) as (executor, count):
        yield {
            "workers": count,
            "executor": executor,
            "out": None if out is None else Path(out),
            "tables": how.get("tables", True),
            "resume": how.get("resume", False),
        }


@contextmanager
def executor_for(cluster: str | None, workers: int) -> Iterator[tuple[Executor | None, int]]:
    """The executor of a cluster, and how many workers it has; without one, None.

    Parameters
    ----------
    cluster : str or None
        The address of a Dask scheduler, such as ``tcp://host:8786``, or ``local``.
    workers : int
        Processes that a local one is to have.

    Raises
    ------
    BatchError
        If Dask is missing, nobody answers there, it has no workers, or they have other versions.
    """
    if cluster is None:
        yield None, workers
        return
    with _client(cluster, workers) as client:
        count = _require_like_us(client, cluster)
        with client.get_executor(pure=False, retries=0) as executor:
            yield executor, count


@contextmanager
def _client(address: str, workers: int) -> Iterator[Client]:
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise BatchError(
            "a cluster needs Dask; install it by: pip install 'corridor-sim[cluster]'"
        ) from None
    patience = dask.config.set({"distributed.comm.timeouts.connect": f"{PATIENCE_S}s"})
    with patience, _without_a_word():
        if address == LOCAL:
            with (
                LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as us,
                Client(us) as client,
            ):
                yield client
            return
        try:
            client = Client(address, timeout=PATIENCE_S)
        except (OSError, ValueError, TimeoutError) as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise BatchError(f"no cluster at {address}: {reason}") from None
        with client:
            yield client


@contextmanager
def _without_a_word() -> Iterator[None]:
    """Keep Dask from telling of a worker or scheduler that ends, with tracebacks: we do."""
    loggers = [logging.getLogger(name) for name in (*logging.root.manager.loggerDict,)]
    levels = {one: one.level for one in loggers if one.name.partition(".")[0] == "distributed"}
    for logger in levels:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in levels.items():
            logger.setLevel(level)


def _require_like_us(client: Client, address: str) -> int:
    """How many workers there are; all must run what this process would."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
        found = client.run(_identity)
    except TimeoutError:
        raise BatchError(f"the cluster at {address} has no workers; start some") from None
    except Exception as error:  # noqa: BLE001 - whatever a worker without Corridor answers
        raise BatchError(
            f"the workers at {address} cannot load Corridor: {type(error).__name__}: {error}"
        ) from None
    own = _identity()
    for worker, theirs in found.items():
        for what, version in own.items():
            if theirs.get(what) != version:
                raise BatchError(
                    f"worker {worker} has another {what}: {theirs.get(what)} there, {version} here"
                )
    return len(found)


def _identity() -> dict[str, Any]:
    """What results may depend on: versions, and Corridor's own code."""
    code = {f"code of Corridor in {name}/": own[:16] for name, own in code_hashes().items()}
    return {**versions(), **code}
