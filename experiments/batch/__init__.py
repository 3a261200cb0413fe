"""Batches of replications: the engine, its folder, its executors and how a task travels.

Every finished run is on disk whole; a batch that was killed can be resumed.
"""

from __future__ import annotations

from experiments.batch.cluster import HowToRun, batch_options, executor_for
from experiments.batch.engine import Batch, BatchOptions, run_batch
from experiments.batch.executors import abandon, own_executor
from experiments.batch.failures import describe_failures
from experiments.batch.folder import BATCH, FAILURES, FORMAT, SUMMARIES, BatchFolder, Failure
from experiments.batch.ledger import Progress
from experiments.batch.saved_runs import KEY
from experiments.batch.submission import run_tasks
from experiments.batch.task import Failed

__all__ = [
    "BATCH",
    "FAILURES",
    "FORMAT",
    "KEY",
    "SUMMARIES",
    "Batch",
    "BatchFolder",
    "BatchOptions",
    "Failed",
    "Failure",
    "HowToRun",
    "Progress",
    "abandon",
    "batch_options",
    "describe_failures",
    "executor_for",
    "own_executor",
    "run_batch",
    "run_tasks",
]
