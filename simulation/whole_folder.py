"""Folders that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from simulation.errors import ResultError

PART = ".part-"
"""How the name of an unfinished folder begins; what a killed process left can be deleted."""


def write_folder(folder: Path, writers: Mapping[str, Callable[[Path], None]]) -> None:
    """Write files beside `folder` first, and put them in its place once all are on disk.

    Parameters
    ----------
    folder : Path
        Must not exist yet; its parents are made.
    writers : mapping
        For each file name, a function that writes the file at the path that it is given.

    Raises
    ------
    ResultError
        If the folder exists or cannot be written; nothing of it is left then.
    """
    if folder.exists():
        raise ResultError(f"{folder}: is there already; remove it or choose another folder")
    part = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f"{PART}{folder.name}-", dir=folder.parent))
        part.chmod(0o755)
        for name, write in writers.items():
            write(part / name)
            _to_disk(part / name)
        part.replace(folder)
    except OSError as error:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
        reason = error.strerror or str(error)
        raise ResultError(f"{folder}: cannot be written: {reason}; nothing was kept") from None
    except BaseException:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
        raise


def remove_unfinished(folder: Path) -> None:
    """Delete what killed processes left unfinished in a folder."""
    for part in folder.glob(f"{PART}*"):
        shutil.rmtree(part, ignore_errors=True)


def _to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
