"""Batches that grow: replications are added until what was asked is known."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Unpack

from experiments.batch.engine import Batch, BatchOptions, run_batch
from experiments.batch.folder import BATCH, require_out
from experiments.errors import BatchError, BatchInterrupted
from scenarios.scenario import Scenario
from simulation.errors import ResultError
from simulation.tables.files import read_json


def grow_batch(
    arms: Mapping[str, Scenario], replications: int, folder: Path, **options: Unpack[BatchOptions]
) -> Batch:
    """Run replications of arms that a folder does not have yet; those that it has are kept.

    Parameters
    ----------
    arms : mapping of str to Scenario
    replications : int
        At least so many; more if the folder has more.
    folder : Path
        Where the batch is saved, and may be begun already.
    **options
        As `run_batch` takes them, but for ``out`` and ``resume``.

    Raises
    ------
    CorridorError
        As `run_batch` does.
    """
    had = _replications_in(folder)
    given: BatchOptions = {**options, "out": folder, "resume": (folder / BATCH).exists()}
    return run_batch(arms, max(replications, had), **given)


@contextmanager
def growing_folder(out: Path | None, *, resume: bool) -> Iterator[Path]:
    """The user's folder, or one that is gone afterwards.

    Raises
    ------
    BatchError
        If it holds something, and is not to be gone on in; or if there is none to go on in.
    """
    require_out(out, resume=resume)
    if out is None:
        with tempfile.TemporaryDirectory() as folder, _stopped("nothing was saved"):
            yield Path(folder) / "runs"
        return
    if not resume and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BatchError(f"{out}: is not empty; go on in it by --resume, or choose another folder")
    with _stopped(f"what is complete is in {out}: go on with --resume"):
        yield out


@contextmanager
def _stopped(what_is_left: str) -> Iterator[None]:
    """Tell after Ctrl-C of the whole and not of the batch that was under way."""
    try:
        yield
    except KeyboardInterrupt:
        raise BatchInterrupted(f"stopped; {what_is_left}") from None


def _replications_in(folder: Path) -> int:
    """How many the batch in a folder is to have; 0 where none can be read."""
    try:
        found = read_json(folder / BATCH).get("replications")
    except ResultError:
        return 0
    return found if isinstance(found, int) else 0
