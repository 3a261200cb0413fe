"""Files that are written whole or not at all, and JSON as a run keeps it."""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simulation.errors import ResultError


def to_json(data: Mapping[str, Any]) -> bytes:
    """The same bytes for the same data, keys in their own order; NaN becomes null."""
    text = json.dumps(_without_nan(data), indent=1, allow_nan=False)
    return f"{text}\n".encode()


def read_json(path: Path) -> dict[str, Any]:
    """Read an object from a JSON file of ours.

    Raises
    ------
    ResultError
        If there is none.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResultError(f"{path.parent}: holds no result ({path.name} is missing)") from None
    except (OSError, ValueError) as error:
        raise ResultError(f"{path}: cannot be read: {error}") from None
    if not isinstance(data, dict):
        raise ResultError(f"{path}: holds no result")
    return data


def _without_nan(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {key: _without_nan(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_without_nan(value) for value in data]
    return None if isinstance(data, float) and math.isnan(data) else data


PART = ".part-"
"""How the name of whatever is unfinished begins; what a killed process left can be deleted."""


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files beside `folder` first, and put them in its place once all are on disk.

    Parameters
    ----------
    folder : Path
        Must not exist yet; its parents are made.
    files : mapping
        Contents by file name.

    Raises
    ------
    ResultError
        If the folder exists or cannot be written; nothing of it is left then.
    """
    if folder.exists():
        raise ResultError(f"{folder}: is there already; remove it or choose another folder")
    with unfinished_folder(folder) as part:
        for name, content in files.items():
            _write_to_disk(part / name, content)


@contextmanager
def unfinished_folder(folder: Path) -> Iterator[Path]:
    """A folder beside `folder` to be filled, which takes its place at the end if nothing fails.

    Raises
    ------
    ResultError
        If it cannot be written, or something is in its place; nothing of it is left then.
    """
    with _unfinished_beside(folder) as part:
        yield part
        if folder.is_dir():
            folder.rmdir()  # an empty one: others are not replaced
        _put_in_place(part, folder)


def write_file(path: Path, content: bytes) -> None:
    """Write a file beside `path` first, and put it in its place, or another's, once on disk.

    Raises
    ------
    ResultError
        If it cannot be written; what was there before is there still. A device, such as
        ``/dev/full``, is nothing to be put another in the place of.
    """
    if path.exists() and not path.is_file():
        raise ResultError(f"{path}: cannot be written: is there already, and is no plain file")
    with _unfinished_beside(path) as part:
        _write_to_disk(part / path.name, content)
        _put_in_place(part / path.name, path)


def remove_unfinished(folder: Path) -> None:
    """Delete what killed processes left unfinished in a folder."""
    for part in folder.glob(f"{PART}*"):
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def _unfinished_beside(path: Path) -> Iterator[Path]:
    """A new folder beside `path` that is gone afterwards, whatever happens."""
    part = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f"{PART}{path.name}-", dir=path.parent))
        part.chmod(0o755)
        yield part
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ResultError(f"{path}: cannot be written: {reason}; nothing of it was kept") from None
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)


def _write_to_disk(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(part: Path, path: Path) -> None:
    part.replace(path)
    if os.name == "posix":  # elsewhere folders cannot be opened
        parent = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(parent)
        finally:
            os.close(parent)
