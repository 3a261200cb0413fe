"""What a run leaves behind: tidy tables, and what they came from."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from environment.demand import DAY_S
from simulation.errors import ResultError
from simulation.whole_folder import write_folder

MANIFEST = "manifest.json"
TABLES = ("calls", "missions", "hours")
FORMAT = 1
RECORDED_VERSIONS = ("corridor-sim", "mesa", "simpy", "numpy", "scipy", "numba", "pandas")


@dataclass(frozen=True, eq=False)
class Result:
    """One run.

    Attributes
    ----------
    calls : DataFrame
        One row per call (see `simulation.tables.call_table`).
    missions : DataFrame
        One row per ambulance sent (see `agents.mission.Mission`).
    hours : DataFrame
        One row per ambulance and hour, with the seconds in each state.
    manifest : dict
        ``scenario``, ``seed``, ``replication``, ``policies`` (hashes of the user's own) and
        ``versions``: what is needed to do it again.
    """

    calls: pd.DataFrame
    missions: pd.DataFrame
    hours: pd.DataFrame
    manifest: dict[str, Any]

    @property
    def warm_up_s(self) -> float:
        """Seconds at the beginning that do not count."""
        return float(self.manifest["scenario"]["run"]["warm_up_days"]) * DAY_S

    @cached_property
    def summary(self) -> dict[str, float]:
        """Every headline measure by name (see `simulation.metrics.summary`)."""
        from simulation.metrics import summary

        return summary(self)

    def save(self, folder: Path) -> None:
        """Write tables as Parquet and the manifest as JSON, whole or not at all.

        Raises
        ------
        ResultError
            If the folder is there already, or cannot be written.
        """
        writers: dict[str, Callable[[Path], None]] = {
            f"{name}.parquet": lambda path, table=getattr(self, name): table.to_parquet(
                path, index=False
            )
            for name in TABLES
        }
        text = json.dumps(self.manifest, indent=1, sort_keys=True) + "\n"
        writers[MANIFEST] = lambda path: path.write_text(text, encoding="utf-8") and None
        write_folder(folder, writers)


def load_result(folder: Path) -> Result:
    """Read a saved run.

    Raises
    ------
    ResultError
        If the folder holds no result, or one of another format.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        tables = [pd.read_parquet(folder / f"{name}.parquet") for name in TABLES]
    except FileNotFoundError as error:
        raise ResultError(f"{folder}: holds no result ({Path(error.filename).name} is missing)")
    except (OSError, ValueError) as error:
        raise ResultError(f"{folder}: cannot be read: {error}") from None
    if manifest.get("format") != FORMAT:
        raise ResultError(f"{folder}: has format {manifest.get('format')}, expected {FORMAT}")
    return Result(*tables, manifest)


def versions() -> dict[str, str]:
    """The versions of all that a result may depend on."""
    return {name: version(name) for name in RECORDED_VERSIONS}
