"""The runs that a batch's folder has, each verified by its hash, and those that are added."""

from __future__ import annotations

import hashlib
import itertools
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.batch.description import is_sealed, question_of, sealed
from experiments.batch.folder import (
    CHECKSUMS,
    FORMAT,
    JOURNAL,
    SUMMARIES,
    BatchFolder,
    hash_of_folder,
)
from experiments.batch.journal import Entry, Journal
from experiments.errors import BatchError
from simulation.errors import ResultError
from simulation.tables.files import read_json, to_json, write_file
from simulation.tables.result import to_parquet

KEY = ["arm", "replication"]
Run = tuple[str, int]
"""Its arm and its replication."""


class SavedRuns:
    """What is complete in a batch's folder.

    Parameters
    ----------
    folder : BatchFolder
    problems : list of str
        Whatever is not as it was saved is told in it.

    Raises
    ------
    BatchError
        If a run there is of another batch.
    ResultError
        If the folder cannot be read or mended.
    """

    def __init__(self, folder: BatchFolder, problems: list[str]) -> None:
        self._folder = folder
        self._journal = Journal(folder.path / JOURNAL)
        self._questions = {arm: question_of(origin) for arm, origin in folder.origins.items()}
        self._files: dict[Run, str] = {}
        entries, wrong = self._journal.read()
        self._in_journal = {(entry.arm, entry.replication) for entry in entries}
        compacted, wrong_too = _compacted(folder.path)
        problems += wrong
        if not self._journal_has_all():  # else `compact` was stopped halfway
            problems += wrong_too
        self.summaries = dict(self._sound([*compacted, *entries], problems))
        self._remove_unknown()

    def add(self, run: Run, summary: dict[str, float], files: Mapping[str, bytes]) -> None:
        """Keep a run that has ended well.

        Raises
        ------
        ResultError
            If it cannot be written.
        """
        self._files[run] = self._folder.save_run(*run, files)
        self._journal.append(Entry(*run, self._questions[run[0]], self._files[run], summary))
        self._in_journal.add(run)

    def compact(self, summaries: pd.DataFrame) -> None:
        """Put one table in the place of the journal, once all runs have been tried.

        The journal has all of them first, so that nothing is lost between table and checksums.

        Raises
        ------
        ResultError
            If it cannot be written; the journal is there still.
        """
        table = to_parquet(summaries)
        runs = [*summaries[KEY].itertuples(index=False, name=None)]
        files = [[arm, number, self._files[arm, number]] for arm, number in runs]
        told = {
            "format": FORMAT,
            "questions": self._questions,
            "summaries": hashlib.sha256(table).hexdigest(),
            "files": files if self._folder.tables else [],
        }
        checksums = sealed(told)
        if not self._in_journal.issuperset(runs) and read_checksums(self._folder.path) != checksums:
            self._journal.write(self._entries(summaries))
        write_file(self._folder.path / SUMMARIES, table)
        write_file(self._folder.path / CHECKSUMS, to_json(checksums))
        self.close()
        self._journal.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Have all that was added stand on the disk."""
        self._journal.sync()
        self._journal.close()

    def _journal_has_all(self) -> bool:
        """Whether all runs have been tried, and all that ended well are in the journal."""
        wanted = itertools.product(self._folder.origins, range(self._folder.replications))
        return all(run in self._in_journal or self._folder.has_failure(*run) for run in wanted)

    def _entries(self, summaries: pd.DataFrame) -> Iterator[Entry]:
        measures = [str(name) for name in summaries.columns if name not in KEY]
        runs = summaries[KEY].itertuples(index=False, name=None)
        for (arm, number), row in zip(runs, summaries[measures].to_numpy().tolist(), strict=True):
            told = dict(zip(measures, row, strict=True))
            yield Entry(arm, number, self._questions[arm], self._files[arm, number], told)

    def _sound(
        self, entries: list[Entry], problems: list[str]
    ) -> Iterator[tuple[Run, dict[str, float]]]:
        """The runs whose files are as they were saved."""
        for entry in {(entry.arm, entry.replication): entry for entry in entries}.values():
            if entry.question != self._questions.get(entry.arm):
                raise BatchError(
                    f"{self._folder.path}: replication {entry.replication} of {entry.arm!r} "
                    "belongs to another batch; choose another folder"
                )
            place = self._folder.run_folder(entry.arm, entry.replication)
            if entry.files and hash_of_folder(place) != entry.files:
                problems.append(f"{place}: is not as it was saved, and is run again")
                continue
            run = (entry.arm, entry.replication)
            self._files[run] = entry.files
            yield run, entry.summary

    def _remove_unknown(self) -> None:
        """Remove what stands where a run is to be saved that is not complete, or was changed."""
        for arm in self._folder.origins:
            for place in (self._folder.path / arm).glob("replication-*"):
                number = place.name.removeprefix("replication-")
                if number.isdigit() and (arm, int(number)) not in self.summaries:
                    _remove(place)


def _remove(place: Path) -> None:
    try:
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink()
    except OSError as error:
        raise ResultError(f"{place}: cannot be removed: {error.strerror}") from None


def _compacted(path: Path) -> tuple[list[Entry], list[str]]:
    """The runs of the table that took the journal's place, and what is wrong with it."""
    if not (path / CHECKSUMS).exists() and not (path / SUMMARIES).exists():
        return [], []
    again = "and its runs are done again"
    told = read_checksums(path)
    if told is None:
        return [], [f"{path / CHECKSUMS}: is not as it was saved, {again}"]
    try:
        table = read_summaries(path)
    except ResultError:
        return [], [f"{path / SUMMARIES}: is not as it was saved, {again}"]
    files = {(arm, number): own for arm, number, own in told["files"]}
    measures = [name for name in table.columns if name not in KEY]
    entries = [
        Entry(
            arm,
            int(number),
            told["questions"].get(arm, ""),
            "",
            dict(zip(measures, row, strict=True)),
        )
        for (arm, number), row in zip(
            table[KEY].itertuples(index=False, name=None),
            table[measures].to_numpy().tolist(),
            strict=True,
        )
    ]
    return [replace(one, files=files.get((one.arm, one.replication), "")) for one in entries], []


def read_checksums(path: Path) -> dict[str, Any] | None:
    """The hashes of a finished batch; None if there are none, or somebody has changed them."""
    try:
        told = read_json(path / CHECKSUMS)
    except ResultError:
        return None
    return told if is_sealed(told) else None


def read_summaries(path: Path) -> pd.DataFrame:
    """The table of a finished batch.

    Raises
    ------
    ResultError
        If it is not as it was saved.
    """
    told, file = read_checksums(path), path / SUMMARIES
    content = file.read_bytes() if file.is_file() else b""
    if told is None or hashlib.sha256(content).hexdigest() != told["summaries"]:
        raise ResultError(f"{file}: is not as it was saved; --resume runs what is missing again")
    return pd.read_parquet(file)


def require_untouched(folder: BatchFolder, arm: str, replication: int) -> None:
    """Refuse a run whose files are not as they were saved; of one that is not listed, none are.

    Raises
    ------
    ResultError
        If somebody has changed it.
    """
    told = read_checksums(folder.path)
    files = {} if told is None else {(one, number): own for one, number, own in told["files"]}
    place, wanted = folder.run_folder(arm, replication), files.get((arm, replication))
    if wanted and place.exists() and hash_of_folder(place) != wanted:
        raise ResultError(f"{place}: is not as it was saved; --resume runs it again")
