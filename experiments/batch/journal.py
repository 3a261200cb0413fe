"""The journal of a batch: a line for each replication that has ended well, as soon as it has.

A line is the beginning of a SHA-256 and the JSON of an entry. A process that is killed leaves at
most its last line unfinished; what anybody edits no longer fits its sum.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from simulation.errors import ResultError
from simulation.tables.files import write_file

SYNC_EVERY_S = 0.25
"""What a loss of power may cost; a killed process loses nothing that was written."""
SUM_LENGTH = 16


@dataclass(frozen=True)
class Entry:
    """A replication that has ended well.

    Attributes
    ----------
    arm : str
    replication : int
    question : str
        A hash of all that it came from (see `experiments.batch.description.question_of`).
    files : str
        A hash of its files; empty if it has none.
    summary : dict of str to float
    """

    arm: str
    replication: int
    question: str
    files: str
    summary: dict[str, float]


class Journal:
    """Appends entries to a file.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None
        self._synced_s = -math.inf

    def append(self, entry: Entry) -> None:
        """Write an entry at the end.

        Raises
        ------
        ResultError
            If it cannot be written.
        """
        try:
            if self._file is None:
                self._file = self.path.open("ab", buffering=0)
            self._file.write(_line(entry))
            if time.monotonic() > self._synced_s + SYNC_EVERY_S:
                self.sync()
        except OSError as error:
            raise ResultError(f"{self.path}: cannot be written: {error.strerror}") from None

    def write(self, entries: Iterable[Entry]) -> None:
        """Put other entries in the place of all that are there.

        Raises
        ------
        ResultError
            If they cannot be written; those before are there still.
        """
        self.close()
        write_file(self.path, b"".join(map(_line, entries)))

    def sync(self) -> None:
        """Have what was written stand on the disk itself."""
        if self._file is not None:
            os.fsync(self._file.fileno())
            self._synced_s = time.monotonic()

    def close(self) -> None:
        """Write no more for now."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def read(self) -> tuple[list[Entry], list[str]]:
        """The entries, and what is wrong with the lines that are none, which are dropped.

        An unfinished last line is what a killed process leaves, and nothing wrong.

        Raises
        ------
        ResultError
            If the file cannot be read or mended.
        """
        try:
            lines = self.path.read_bytes().split(b"\n") if self.path.exists() else [b""]
        except OSError as error:
            raise ResultError(f"{self.path}: cannot be read: {error.strerror}") from None
        entries, wrong = [], []
        for number, line in enumerate(lines[:-1], start=1):
            entry = _entry(line)
            if entry is None:
                wrong.append(f"{self.path}: line {number} is damaged; its run is done again")
            else:
                entries.append(entry)
        if wrong or lines[-1]:
            self.write(entries)
        return entries, wrong


def _line(entry: Entry) -> bytes:
    summary = {key: None if math.isnan(value) else value for key, value in entry.summary.items()}
    told = [entry.arm, entry.replication, entry.question, entry.files, summary]
    text = json.dumps(told, allow_nan=False).encode()
    return _sum(text) + b" " + text + b"\n"


def _entry(line: bytes) -> Entry | None:
    given, _, text = line.partition(b" ")
    if given != _sum(text):
        return None
    arm, replication, question, files, summary = json.loads(text)
    return Entry(arm, replication, question, files, values_of(summary))


def _sum(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:SUM_LENGTH].encode()


def values_of(summary: Mapping[str, Any]) -> dict[str, float]:
    """Measures as JSON has them; null is NaN."""
    return {key: math.nan if value is None else value for key, value in summary.items()}
