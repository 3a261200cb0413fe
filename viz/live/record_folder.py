"""A saved run with the scenario that it came from, or one plain line on why it cannot be shown."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from environment.errors import CorridorError
from scenarios.loader import CASES
from scenarios.scenario import Scenario
from simulation.errors import ResultError
from simulation.result import Result, load_manifest, load_result


class SavedRun(NamedTuple):
    """A run and its scenario."""

    result: Result
    scenario: Scenario
    replication: int


def read_saved_run(folder: Path, data: Iterable[Path] = ()) -> SavedRun:
    """Read a run with its tables.

    Parameters
    ----------
    folder : Path
        Such as ``out/ARM/replication-0003``.
    data : iterable of Path
        Folders in which files that the scenario names may be: a run keeps their hash, not them.

    Raises
    ------
    ResultError
        If it is none, of another format, damaged, or its map is not to be found.
    """
    manifest = load_manifest(folder)
    try:
        plain = Scenario.model_validate(manifest["scenario"])
        replication = int(manifest["replication"])
    except (KeyError, TypeError, ValueError, ValidationError):
        raise ResultError(f"{folder}: its scenario cannot be read by this version") from None
    scenario = _with_its_map(plain, manifest, [*data, CASES, folder], folder)
    result = load_result(folder)
    _require_whole(result, folder)
    return SavedRun(result, scenario, replication)


def _with_its_map(
    plain: Scenario, manifest: dict[str, Any], candidates: Iterable[Path], folder: Path
) -> Scenario:
    """The scenario with the folder of its files: the first in which they are as they were."""
    for candidate in candidates:
        scenario = plain.model_copy(update={"folder": candidate})
        try:
            if scenario.ground_fingerprint == manifest.get("ground"):
                return scenario
        except CorridorError:
            continue
    raise ResultError(
        f"{folder}: the map or the files of its scenario are not there any more as they were"
    )


def _require_whole(result: Result, folder: Path) -> None:
    """Refuse tables that lack what a replay reads."""
    needed = {
        "calls": ("call", "x", "y", "node", "called_s", "ready_s", "state", "final_priority"),
        "missions": ("call", "ambulance", "from_node", "dispatched_s", "home_s", "end"),
        "vehicles": ("ambulance", "station"),
        "moves": ("ambulance", "from_node", "station", "left_s", "ended_s"),
        "absences": ("ambulance", "reason", "from_s", "until_s"),
        "forced_greens": ("ambulance", "light", "from_s", "until_s"),
        "epidemic": ("day", "district"),
    }
    for name, columns in needed.items():
        missing = [one for one in columns if one not in getattr(result, name)]
        if missing:
            raise ResultError(f"{folder}: {name}.parquet lacks {', '.join(missing)}")
