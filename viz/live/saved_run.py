"""A saved run with its scenario and map, or one plain line on why it cannot be shown."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from environment.errors import CorridorError
from scenarios.scenario import Scenario
from simulation.errors import ResultError
from simulation.preparation import prepare_on
from simulation.tables.map_copy import read_map
from simulation.tables.result import Result, load_manifest, load_result
from viz.live.readers.run_log import RunLog, log_of_result


class SavedRun(NamedTuple):
    """A run, its scenario, and what readers read of it."""

    result: Result
    scenario: Scenario
    replication: int
    log: RunLog


def read_saved_run(folder: Path) -> SavedRun:
    """Read a run with its trace and its map.

    Parameters
    ----------
    folder : Path
        Such as ``out/ARM/replication-0003``.

    Raises
    ------
    ResultError
        If it is none, of another format, or damaged.
    """
    manifest = load_manifest(folder)
    try:
        scenario = Scenario.model_validate(manifest["scenario"])
        replication, ground = int(manifest["replication"]), str(manifest["ground"])
    except (KeyError, TypeError, ValueError, ValidationError):
        raise ResultError(f"{folder}: its scenario cannot be read by this version") from None
    result = load_result(folder)
    city_map = read_map(folder, ground)
    try:
        log = log_of_result(result, scenario, prepare_on(scenario, city_map))
    except CorridorError as error:
        raise ResultError(f"{folder}: its map cannot be used: {error}") from None
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise ResultError(f"{folder}: its tables do not fit together ({error!r})") from None
    return SavedRun(result, scenario, replication, log)
