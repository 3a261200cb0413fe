"""What a run leaves behind: tidy tables, and what they came from."""

from __future__ import annotations

import functools
import io
import math
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from environment.places.city import City
from environment.units import DAY_S
from scenarios.scenario import Scenario
from simulation.errors import ResultError
from simulation.policies import Sources
from simulation.tables.files import read_json, to_json, write_folder
from simulation.tables.map_copy import MAP, map_bytes
from simulation.tables.supply import SupplyTables
from simulation.trace import Trace, TraceTables

MANIFEST = "manifest.json"
SUMMARY = "summary.json"
TABLES = (
    "calls", "missions", "vehicles", "hours", "moves", "absences", "forced_greens", "coverage",
    "epidemic",
)  # fmt: skip
FORMAT = 4
SUPPLIES = "supply_"
"""What the files of the supply side's tables begin with; they are there only with supplies."""
TRACE = "trace_"
"""What the files of the trace's tables begin with."""
RECORDED_VERSIONS = ("corridor-sim", "mesa", "simpy", "numpy", "scipy", "numba", "pandas")


@dataclass(frozen=True, eq=False)
class Result:
    """One run.

    Attributes
    ----------
    calls : DataFrame
        One row per call (see `simulation.tables.service.call_table`).
    missions : DataFrame
        One row per ambulance sent (see `agents.service.mission.Mission`).
    vehicles : DataFrame
        One row per vehicle (see `simulation.tables.service.vehicle_table`).
    hours : DataFrame
        One row per ambulance and hour, with the seconds in each state.
    moves : DataFrame
        One row per drive to a station without a patient before it (see `agents.service.mission`).
    absences : DataFrame
        One row per time off, break or repair of an ambulance.
    forced_greens : DataFrame
        One row per green that a light was switched to for a vehicle with siren.
    coverage : DataFrame
        How much of the demand could be reached in time, and by how many, moment by moment.
    epidemic : DataFrame
        One row per day and district (see `simulation.tables.epidemic`).
    manifest : dict
        ``scenario``, ``seed``, ``replication``, ``policies`` (hashes of the user's own) and
        ``versions``: what is needed to do it again.
    supplies : SupplyTables or None
        None where there is no supply side.
    trace : Trace
        What was settled, moment by moment: what a replay is made of.
    city : City or None
        What it happened on; of a run that was read, `simulation.tables.map_copy.read_map` has it.
    """

    calls: pd.DataFrame
    missions: pd.DataFrame
    vehicles: pd.DataFrame
    hours: pd.DataFrame
    moves: pd.DataFrame
    absences: pd.DataFrame
    forced_greens: pd.DataFrame
    coverage: pd.DataFrame
    epidemic: pd.DataFrame
    manifest: dict[str, Any]
    supplies: SupplyTables | None = None
    trace: Trace = field(default_factory=Trace)
    city: City | None = None

    @property
    def warm_up_s(self) -> float:
        """Seconds at the beginning that do not count."""
        return float(self.manifest["scenario"]["run"]["warm_up_days"]) * DAY_S

    @cached_property
    def summary(self) -> dict[str, float]:
        """Every headline measure by name (see `simulation.measures.catalogue.summary`)."""
        from simulation.measures.catalogue import summary

        return summary(self)

    def files(self, *, tables: bool = True) -> dict[str, bytes]:
        """The run as files: manifest and summary as JSON, tables as Parquet if they are wanted.

        The same run gives the same bytes: nothing in them tells when or where it was run.
        """
        named = {MANIFEST: to_json(self.manifest), SUMMARY: to_json(self.summary)}
        if tables:
            named |= {f"{name}.parquet": to_parquet(getattr(self, name)) for name in TABLES}
            groups = {TRACE: self.trace.tables()._asdict()} if self.trace.is_kept else {}
            if self.supplies is not None:
                groups[SUPPLIES] = self.supplies._asdict()
            named |= {
                f"{prefix}{name}.parquet": to_parquet(table)
                for prefix, tables_of in groups.items()
                for name, table in tables_of.items()
            }
        return named

    def save(self, folder: Path) -> None:
        """Write the files of the run and a copy of its map, whole or not at all.

        Raises
        ------
        ResultError
            If the folder is there already, or cannot be written.
        """
        own_map = {} if self.city is None else {MAP: map_bytes(self.city)}
        write_folder(folder, self.files() | own_map)


def load_result(folder: Path) -> Result:
    """Read a saved run.

    Raises
    ------
    ResultError
        If the folder holds no result, or one of another format.
    """
    manifest = load_manifest(folder)
    tables = _read_tables(folder, {name: name for name in TABLES})
    supplies = None
    if manifest["scenario"]["supplies"]["items"]:
        own = _read_tables(folder, {name: f"{SUPPLIES}{name}" for name in SupplyTables._fields})
        supplies = SupplyTables(**own)
    read: dict[str, Any] = {**tables}
    trace = _read_trace(folder, manifest)
    return Result(**read, manifest=manifest, supplies=supplies, trace=trace)


def _read_trace(folder: Path, manifest: dict[str, Any]) -> Trace:
    """The trace of a saved run, if it has one."""
    if not manifest["scenario"]["run"].get("trace", True):
        return Trace(is_kept=False)
    own = _read_tables(folder, {name: f"{TRACE}{name}" for name in TraceTables._fields})
    try:
        return Trace.of_tables(TraceTables(**own))
    except (KeyError, ValueError, TypeError) as error:
        raise ResultError(f"{folder}: its trace cannot be read ({error!r})") from None


def _read_tables(folder: Path, names: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Tables by name, each from a file of another name."""
    paths = {name: folder / f"{file}.parquet" for name, file in names.items()}
    for path in paths.values():
        if not path.is_file():
            raise ResultError(f"{folder}: holds no tables ({path.name} is missing)")
    try:
        return {name: pd.read_parquet(path) for name, path in paths.items()}
    except (OSError, ValueError) as error:
        raise ResultError(f"{folder}: cannot be read: {error}") from None


def load_manifest(folder: Path) -> dict[str, Any]:
    """Read what a saved run came from.

    Raises
    ------
    ResultError
        If the folder holds no result, or one of another format.
    """
    manifest = read_json(folder / MANIFEST)
    if manifest.get("format") != FORMAT:
        raise ResultError(
            f"{folder}: has format {manifest.get('format')}, expected {FORMAT}; {again(manifest)}"
        )
    return manifest


def again(manifest: dict[str, Any], changes: str = "") -> str:
    """How to run once more what a saved run came from, with other options or in this format."""
    scenario = manifest.get("scenario")
    name = scenario.get("name") if isinstance(scenario, dict) else None
    seed = manifest.get("seed", "SEED")
    command = f"corridor simulate {name or 'CASE'} --seed {seed}{changes} --out NEW"
    return f"run it again, as by `{command}`"


def load_summary(folder: Path) -> dict[str, float]:
    """Read the measures of a saved run; one without data is NaN.

    Raises
    ------
    ResultError
        If the folder holds no result.
    """
    summary = read_json(folder / SUMMARY)
    return {name: math.nan if value is None else value for name, value in summary.items()}


def origin(scenario: Scenario, sources: Sources) -> dict[str, Any]:
    """All that a run comes from but for the number of its replication, ready for JSON."""
    return {
        "format": FORMAT,
        "scenario": scenario.model_dump(mode="json"),
        "seed": scenario.seed,
        "ground": scenario.city_fingerprint,
        "policies": {decision: source.sha256 for decision, source in sources.items()},
        "versions": dict(versions()),
    }


@functools.cache
def versions() -> Mapping[str, str]:
    """The versions of all that a result may depend on."""
    packages = {name: version(name) for name in RECORDED_VERSIONS}
    return {**packages, "python": platform.python_version()}


def to_parquet(table: pd.DataFrame) -> bytes:
    """A table as the bytes of a Parquet file."""
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()
