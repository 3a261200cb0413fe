"""The folder of a batch: what is complete in it stays, whatever happens to the rest.

    out/
      batch.json                      the arms, and all that their runs come from
      runs.journal                    a line a run while the batch goes on; gone once it is whole
      summaries.parquet               the measures of every run, once all have been tried
      checksums.json                  hashes of that table and of the files of every run, then
      <arm>/replication-0007/         one run (see `simulation.tables.result.Result.files`), and
      maps/<city>  .npz               the maps of the arms, if runs are saved with their tables
      <arm>/failures/0007.json        why a replication gave nothing

No file tells when, where or by how many workers it was made, so that the same batch always gives
the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from environment.places.city import City
from experiments.batch.description import Origins, code_hashes, is_sealed, require_same, sealed
from experiments.batch.lock import LOCK, locked
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

BATCH = "batch.json"
SUMMARIES = "summaries.parquet"
JOURNAL = "runs.journal"
CHECKSUMS = "checksums.json"
FAILURES = "failures"
FORMAT = 3
EARLIER_FORMATS = (1, 2)
"""Those that can be read, and not gone on with: every arm has its whole scenario in them."""
UNSEALED_FORMATS = (1,)
"""Those without hashes."""


def require_out(out: Path | None, *, resume: bool) -> None:
    """Refuse to go on where there is no folder to go on in.

    Raises
    ------
    BatchError
        If there is none.
    """
    if resume and out is None:
        raise BatchError("--resume asks for --out, too: it goes on in the folder of a batch")


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
    origins : Origins
        What the runs of each arm come from, by arm.
    replications : int
    tables : bool
        Whether runs are saved with their tables, and not with their summaries alone.
    first : int
        The number of the first replication.
    """

    path: Path
    origins: Origins
    replications: int
    tables: bool
    first: int = 0

    @contextmanager
    def opened(self, *, resume: bool) -> Iterator[list[str]]:
        """Make the folder, or go on in it; nobody else works in it meanwhile.

        Yields
        ------
        list of str
            What was not as it had been left; more may be added to it.

        Raises
        ------
        BatchError
            If it holds something already and is not to be resumed, or if another batch, or if
            another process works in it.
        ResultError
            If it cannot be written.
        """
        self._require_open_to_us(resume=resume)
        with locked(self.path):
            problems = [] if not self._holds_something() else self._require_same_batch()
            own = (self.path, self.path / MAPS, *self._arm_folders(), *self._failure_folders())
            for folder in own:
                remove_unfinished(folder)
            write_file(self.path / BATCH, to_json(sealed(self._description())))
            yield problems

    def save_run(self, arm: str, replication: int, files: Mapping[str, bytes]) -> str:
        """Keep the files of a run, and return their hash; empty if there are none."""
        if files:
            write_folder(self.run_folder(arm, replication), files)
        self._forget_failure(arm, replication)
        return hash_of_files(files) if files else ""

    def keep_map(self, fingerprint: str, city: City) -> None:
        """Keep a copy of a city's map, unless it is there."""
        path = self.path / MAPS / map_name(fingerprint)
        if not path.exists():
            write_file(path, map_bytes(city))

    def save_failure(self, failure: Failure) -> None:
        """Keep why a replication gave nothing."""
        write_file(self._failure_file(failure.arm, failure.replication), to_json(asdict(failure)))

    def has_failure(self, arm: str, replication: int) -> bool:
        """Whether it is kept why a replication gave nothing."""
        return self._failure_file(arm, replication).exists()

    def run_folder(self, arm: str, replication: int) -> Path:
        """Where a run is saved."""
        return self.path / arm / f"replication-{replication:04d}"

    def _require_open_to_us(self, *, resume: bool) -> None:
        """Refuse what is no folder of ours, before anything is written into it."""
        if not self._holds_something():
            return
        if not resume:
            raise BatchError(
                f"{self.path}: is not empty; go on with the batch in it by --resume, or "
                "choose another folder"
            )
        if not (self.path / BATCH).exists():
            raise BatchError(f"{self.path}: holds no batch ({BATCH} is missing)")

    def _holds_something(self) -> bool:
        if not self.path.exists():
            return False
        if not self.path.is_dir():
            raise BatchError(f"{self.path}: is no folder")
        names = (entry.name for entry in self.path.iterdir())
        return any(name != LOCK and not name.startswith(PART) for name in names)

    def _require_same_batch(self) -> list[str]:
        """Refuse another batch's folder; return what is wrong with the description there."""
        try:
            found = read_json(self.path / BATCH)
        except ResultError:
            found = {}
        if found.get("format", FORMAT) == FORMAT and not is_sealed(found):
            return [f"{self.path / BATCH}: is not as it was saved, and is written again"]
        if found.get("format") in EARLIER_FORMATS:
            raise BatchError(
                f"{self.path}: belongs to a batch of an earlier Corridor, and cannot be gone on "
                "with; choose another folder"
            )
        wanted = self._description()
        # A batch may be made longer, and then goes on as if it had been so from the start.
        if isinstance(found.get("replications"), int):
            wanted["replications"] = max(found["replications"], self.replications)
            found["replications"] = wanted["replications"]
        require_same(self.path, _whole(found), _whole(wanted))
        if wanted["replications"] > self.replications:
            raise BatchError(
                f"{self.path}: has {wanted['replications']} replications, and cannot go on with "
                f"{self.replications}"
            )
        return []

    def _description(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "arms": list(self.origins),
            "replications": self.replications,
            "tables": self.tables,
            **({"first_replication": self.first} if self.first else {}),
            "code": dict(code_hashes()),
            "origin": dict(self.origins.first),
            "changes": dict(self.origins.changes),
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
            for folder in (file.parent, file.parent.parent):
                if folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()
        except OSError as error:
            raise ResultError(f"{file}: cannot be removed: {error.strerror}") from None


def _whole(description: Mapping[str, Any]) -> dict[str, Any]:
    """A description with what each arm comes from, in place of what differs between arms."""
    rest = {key: description[key] for key in description if key not in ("origin", "changes")}
    return {**rest, "origins": Origins.read(description)}


def hash_of_files(files: Mapping[str, bytes]) -> str:
    """A hash of files' names and contents."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()


def hash_of_folder(folder: Path) -> str:
    """The same of the files in a folder; empty if it cannot be read."""
    try:
        return hash_of_files({path.name: path.read_bytes() for path in folder.iterdir()})
    except OSError:
        return ""
