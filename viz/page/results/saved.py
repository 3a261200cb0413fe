"""The results that a served page may open: those below one folder, by their names in a list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from pydantic import ValidationError

from experiments.attribution.price_sweep import SWEEP, PriceSweep
from experiments.attribution.shapley import ATTRIBUTION, Attribution
from experiments.batch.description import Origins, is_sealed
from experiments.batch.engine import Batch
from experiments.batch.folder import (
    BATCH,
    EARLIER_FORMATS,
    FAILURES,
    FORMAT,
    SUMMARIES,
    UNSEALED_FORMATS,
    BatchFolder,
    Failure,
)
from experiments.batch.saved_runs import read_summaries
from experiments.compare import COMPARISON, Comparison
from scenarios.scenario import Scenario
from simulation.errors import ResultError
from simulation.tables.files import read_json
from simulation.tables.result import MANIFEST

DEEPEST = 3
"""Folders below the served one in which results are looked for."""
MOST = 200
REPORT = "report.html"
PICTURES = (".png",)


class SavedName(NamedTuple):
    """Something that can be opened.

    Attributes
    ----------
    name : str
        Its folder's, below the served one.
    what : str
        In words: what it holds.
    """

    name: str
    what: str


@dataclass(frozen=True, eq=False)
class Saved:
    """What a folder of results holds.

    Attributes
    ----------
    name : str
    path : Path
    comparison : Comparison
    attribution : Attribution or None
    sweep : PriceSweep or None
    """

    name: str
    path: Path
    comparison: Comparison
    attribution: Attribution | None
    sweep: PriceSweep | None

    @property
    def batch(self) -> Batch:
        """The runs behind it."""
        return self.comparison.batch

    @property
    def report(self) -> Path | None:
        """The report that stands beside, if there is one."""
        path = self.path / REPORT
        return path if path.is_file() and not path.is_symlink() else None

    @property
    def pictures(self) -> list[Path]:
        """The pictures that stand beside."""
        found = sorted(path for path in self.path.iterdir() if path.suffix in PICTURES)
        return [path for path in found if path.is_file() and not path.is_symlink()]

    def replications(self, arm: str) -> list[int]:
        """The runs of an arm that are kept with their tables."""
        folder = self.batch.folder
        assert folder is not None
        if not folder.tables:
            return []
        numbers = self.batch.summaries.loc[self.batch.summaries["arm"] == arm, "replication"]
        return [int(n) for n in numbers if self._is_own(folder.run_folder(arm, int(n)))]

    def run_folder(self, arm: str, replication: int) -> Path:
        """The folder of one of its runs.

        Raises
        ------
        ResultError
            If there is no such run.
        """
        if arm not in self.batch.arms or replication not in self.replications(arm):
            raise ResultError(f"{self.name}: holds no run {replication} of {arm!r} with its tables")
        assert self.batch.folder is not None
        return self.batch.folder.run_folder(arm, replication)

    def _is_own(self, folder: Path) -> bool:
        inside = folder.resolve().is_relative_to(self.path.resolve())
        return inside and (folder / MANIFEST).is_file()


def list_saved(root: Path) -> list[SavedName]:
    """What can be opened below a folder, by name; links that lead out of it are not followed."""
    if not root.is_dir():
        return []
    found = []
    for path in _folders(root.resolve(), DEEPEST):
        found.append(SavedName(path.relative_to(root.resolve()).as_posix(), _what(path)))
        if len(found) == MOST:
            break
    return sorted(found)


def _folders(folder: Path, depth: int) -> Iterator[Path]:
    """Folders of batches; what is inside one belongs to it."""
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return
    for path in inside:
        if path.is_symlink() or not path.is_dir():
            continue
        if (path / BATCH).is_file():
            yield path
        elif depth > 1:
            yield from _folders(path, depth - 1)


def _what(path: Path) -> str:
    """In a few words what a folder holds, from its description alone."""
    try:
        told = json.loads((path / BATCH).read_text(encoding="utf-8"))
        arms, replications = list(told["arms"]), int(told["replications"])
    except (OSError, ValueError, KeyError, TypeError):
        return "cannot be read"
    runs = f"{replications} run{'' if replications == 1 else 's'}"
    if (path / f"{ATTRIBUTION}.json").is_file():
        return f"attribution, {runs} of each combination"
    if len(arms) == 1:
        return runs
    shown = ", ".join(arms[:3]) + (f" and {len(arms) - 3} more" if len(arms) > 3 else "")
    return f"{shown}; {runs} each"


def open_saved(root: Path, name: str) -> Saved:
    """Open one of the results of a list.

    Raises
    ------
    ResultError
        If it is not in the list, of another format, or damaged.
    """
    if name not in {one.name for one in list_saved(root)}:
        raise ResultError(f"{name!r} is not among the results that are served here")
    path = root.resolve() / name
    try:
        batch = _batch(path)
        return Saved(name, path, _comparison(path, batch), _attribution(path, batch), _sweep(path))
    except ResultError as error:
        raise ResultError(without_place(error, root)) from None
    except (KeyError, TypeError, ValueError, OSError, AttributeError, ValidationError) as error:
        why = _first_line(without_place(error, root)) or type(error).__name__
        raise ResultError(f"{name}: cannot be read: {why}") from None


def without_place(error: Exception, root: Path) -> str:
    """What an error says, without where on this machine the served folder is."""
    return str(error).replace(f"{root.resolve()}/", "")


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def _batch(path: Path) -> Batch:
    told = read_json(path / BATCH)
    is_unsealed = told.get("format") in UNSEALED_FORMATS
    if told.get("format") not in (FORMAT, *EARLIER_FORMATS):
        raise ResultError(f"{path.name}: has format {told.get('format')}, expected {FORMAT}")
    if not (is_unsealed or is_sealed(told)):
        raise ResultError(f"{path.name}: {BATCH} is not as it was saved; --resume mends it")
    origins = Origins.read(told)
    arms = {arm: Scenario.model_validate(origins[arm]["scenario"]) for arm in told["arms"]}
    folder = BatchFolder(path, origins, int(told["replications"]), bool(told["tables"]))
    if not (path / SUMMARIES).is_file():
        raise ResultError(f"{path.name}: is not finished; go on with it by --resume")
    summaries = pd.read_parquet(path / SUMMARIES) if is_unsealed else read_summaries(path)
    if summaries.empty:
        raise ResultError(f"{path.name}: holds no run that succeeded")
    return Batch(arms, folder.replications, summaries, tuple(_failures(path, arms)), folder)


def _failures(path: Path, arms: dict[str, Scenario]) -> Iterator[Failure]:
    for arm in arms:
        for file in sorted((path / arm / FAILURES).glob("*.json")):
            yield Failure(**read_json(file))


def _comparison(path: Path, batch: Batch) -> Comparison:
    """As it was saved: a single run has intervals that are not in its summary."""
    if not (path / f"{COMPARISON}.json").is_file():
        return Comparison.of(batch)
    told = read_json(path / f"{COMPARISON}.json")
    table = pd.read_parquet(path / f"{COMPARISON}.parquet")
    return Comparison(table, told["base"], float(told["level"]), tuple(told["notes"]), batch)


def _attribution(path: Path, batch: Batch) -> Attribution | None:
    if not (path / f"{ATTRIBUTION}.json").is_file():
        return None
    told = read_json(path / f"{ATTRIBUTION}.json")
    return Attribution(
        tuple(told["mechanisms"]),
        _numbers(told["shapley"]),
        _numbers(told["totals"]),
        _numbers(told["effects"]),
        float(told["level"]),
        tuple(told["notes"]),
        batch,
    )


def _sweep(path: Path) -> PriceSweep | None:
    """The sweep of prices in a batch's folder, if there is one."""
    inside = path / "prices"
    if not (inside / f"{SWEEP}.json").is_file():
        return None
    told = read_json(inside / f"{SWEEP}.json")
    comparison = Comparison.of(_batch(inside))
    rows, points = _numbers(told["rows"]), _numbers(told["turning_points"])
    return PriceSweep(told["key"], rows, points, comparison)


def _numbers(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows of a JSON file; null is NaN."""
    table = pd.DataFrame(rows)
    texts = {"measure", "mechanism", "term", "found"}
    numeric = [name for name in table if name not in texts]
    return table.astype(dict.fromkeys(numeric, float))
