"""The folder of a batch: what is complete in it stays, whatever happens to the rest.

    out/
      batch.json                      the arms, and all that their runs come from
      <arm>/replication-0007/         one run (see `simulation.tables.result.Result.files`)
      maps/<city>.npz                 the maps of the arms, if runs are saved with their tables
      <arm>/failures/0007.json        why a replication gave nothing
      summaries.parquet               the measures of every run, once all have been tried

No file tells when, where or by how many workers it was made, so that the same batch always gives
the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from environment.places.city import City
from experiments.errors import BatchError
from simulation.errors import ResultError
from simulation.tables.files import (
    PART,
    read_json,
    remove_unfinished,
    to_json,
    write_file,
    write_folder,
)
from simulation.tables.map_copy import MAPS, map_bytes, map_name
from simulation.tables.result import load_manifest, load_summary, to_parquet

BATCH = "batch.json"
SUMMARIES = "summaries.parquet"
FAILURES = "failures"
FORMAT = 1
SHOWN_DIFFERENCES = 8


@dataclass(frozen=True)
class Failure:
    """A replication that gave nothing, and what is needed to see it fail again."""

    arm: str
    replication: int
    seed: int
    message: str


@dataclass(frozen=True)
class BatchFolder:
    """Where a batch is saved.

    Attributes
    ----------
    path : Path
    origins : mapping
        What the runs of each arm come from, by arm (see `simulation.tables.result.origin`).
    replications : int
    tables : bool
        Whether runs are saved with their tables, and not with their summaries alone.
    """

    path: Path
    origins: Mapping[str, Mapping[str, Any]]
    replications: int
    tables: bool

    def open(self, *, resume: bool) -> None:
        """Make the folder, or go on in it.

        Raises
        ------
        BatchError
            If it holds something already and is not to be resumed, or if another batch.
        ResultError
            If it cannot be written.
        """
        if self._holds_something():
            if not resume:
                raise BatchError(
                    f"{self.path}: is not empty; go on with the batch in it by --resume, or "
                    "choose another folder"
                )
            self._require_same_batch()
        for folder in (self.path, *self._arm_folders(), *self._failure_folders()):
            remove_unfinished(folder)
        write_file(self.path / BATCH, to_json(self._description()))

    def saved(self) -> Iterator[tuple[str, int, dict[str, float]]]:
        """Arm, number and measures of each replication that is complete.

        Raises
        ------
        BatchError
            If one belongs to another batch.
        ResultError
            If one cannot be read.
        """
        for arm, origin in self.origins.items():
            for replication in range(self.replications):
                folder = self.run_folder(arm, replication)
                if folder.exists():
                    wanted = {**origin, "replication": replication}
                    _require_same(folder, load_manifest(folder), wanted)
                    self._forget_failure(arm, replication)
                    yield arm, replication, load_summary(folder)

    def save_run(self, arm: str, replication: int, files: Mapping[str, bytes]) -> None:
        """Keep the files of a run."""
        write_folder(self.run_folder(arm, replication), files)
        self._forget_failure(arm, replication)

    def keep_map(self, fingerprint: str, city: City) -> None:
        """Keep a copy of a city's map, unless it is there."""
        path = self.path / MAPS / map_name(fingerprint)
        if not path.exists():
            write_file(path, map_bytes(city))

    def save_failure(self, failure: Failure) -> None:
        """Keep why a replication gave nothing."""
        write_file(self._failure_file(failure.arm, failure.replication), to_json(asdict(failure)))

    def save_summaries(self, summaries: pd.DataFrame) -> None:
        """Keep the measures of all runs in one table."""
        write_file(self.path / SUMMARIES, to_parquet(summaries))

    def run_folder(self, arm: str, replication: int) -> Path:
        """Where a run is saved."""
        return self.path / arm / f"replication-{replication:04d}"

    def _holds_something(self) -> bool:
        if not self.path.exists():
            return False
        if not self.path.is_dir():
            raise BatchError(f"{self.path}: is no folder")
        return any(not entry.name.startswith(PART) for entry in self.path.iterdir())

    def _require_same_batch(self) -> None:
        if not (self.path / BATCH).exists():
            raise BatchError(f"{self.path}: holds no batch ({BATCH} is missing)")
        found, wanted = read_json(self.path / BATCH), self._description()
        # A batch may be made longer, and then goes on as if it had been so from the start.
        if isinstance(found.get("replications"), int):
            wanted["replications"] = max(found["replications"], self.replications)
            found["replications"] = wanted["replications"]
        _require_same(self.path, found, wanted)
        if wanted["replications"] > self.replications:
            raise BatchError(
                f"{self.path}: has {wanted['replications']} replications, and cannot go on with "
                f"{self.replications}"
            )

    def _description(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "arms": list(self.origins),
            "replications": self.replications,
            "tables": self.tables,
            "origins": {arm: dict(origin) for arm, origin in self.origins.items()},
        }

    def _arm_folders(self) -> list[Path]:
        return [self.path / arm for arm in self.origins]

    def _failure_folders(self) -> list[Path]:
        return [folder / FAILURES for folder in self._arm_folders()]

    def _failure_file(self, arm: str, replication: int) -> Path:
        return self.path / arm / FAILURES / f"{replication:04d}.json"

    def _forget_failure(self, arm: str, replication: int) -> None:
        """Delete what is told of a failure, and the folder of failures with the last of them."""
        file = self._failure_file(arm, replication)
        try:
            file.unlink(missing_ok=True)
            if file.parent.is_dir() and not any(file.parent.iterdir()):
                file.parent.rmdir()
        except OSError as error:
            raise ResultError(f"{file}: cannot be removed: {error.strerror}") from None


def _require_same(folder: Path, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Refuse to go on in a folder that answers another question."""
    lines = list(_differences(found, wanted))
    if not lines:
        return
    shown = lines[:SHOWN_DIFFERENCES]
    if len(lines) > len(shown):
        shown.append(f"… and {len(lines) - len(shown)} more")
    raise BatchError(
        f"{folder}: belongs to another batch; choose another folder, or put back what differs:\n"
        + "\n".join(f"  {line}" for line in shown)
    )


def _differences(found: Any, wanted: Any, key: tuple[str, ...] = ()) -> Iterator[str]:
    """One line for each value that differs, under its dotted key."""
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        for name in dict.fromkeys((*found, *wanted)):
            if found.get(name) != wanted.get(name):
                yield from _differences(found.get(name), wanted.get(name), (*key, str(name)))
        return
    arm, *inside = key[1:] if key[:1] == ("origins",) else ("", *key)
    where = f"arm {arm}: " if arm else ""
    match inside:
        case ["policies", decision]:
            yield f"{where}the file of its own {decision} policy"
        case ["ground"]:
            yield f"{where}the map, its places or the files that the scenario names"
        case _:
            yield f"{where}{'.'.join(inside)}: {found!r} there, {wanted!r} now"
