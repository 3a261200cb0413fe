"""Arrays on disk, so that what takes long is worked out once.

An entry is written whole or not at all, a damaged one counts as absent, and nothing but arrays
is read from it. The folder may be deleted at any time.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


def cache_folder() -> Path:
    """``CORRIDOR_CACHE``, else ``corridor`` in ``XDG_CACHE_HOME``, else in ``~/.cache``."""
    if own := os.environ.get("CORRIDOR_CACHE"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "corridor"


def fetch(kind: str, key: str) -> Arrays | None:
    """The arrays stored under a key; None if there are none, or if they are damaged."""
    try:
        with (
            _entry(kind, key).open("rb") as file,  # np.load leaves a damaged file open
            np.load(file, allow_pickle=False) as archive,
        ):
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def store(kind: str, key: str, arrays: Mapping[str, NDArray[Any]]) -> str | None:
    """Store arrays under a key; a disk that does not take them is told in the line returned.

    Parameters
    ----------
    kind
        What they are, "map" for example: the folder of the entry.
    key
        A hash of all that they depend on.
    arrays
        By name.
    """
    entry = _entry(kind, key)
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(entry, arrays)
    except OSError as error:
        return f"not cached for the next start: {entry.parent}: {error.strerror}"
    return None


def _write_whole(entry: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    handle, name = tempfile.mkstemp(dir=entry.parent, prefix=entry.stem, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        Path(name).replace(entry)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _entry(kind: str, key: str) -> Path:
    return cache_folder() / kind / f"{key}.npz"
