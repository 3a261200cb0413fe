"""What a run leaves behind: recorders, tidy tables, the result and its files.

A result is frozen; it is written whole or not at all.
"""

from simulation.tables.files import read_json, to_json, write_file, write_folder
from simulation.tables.map_copy import map_bytes, read_map
from simulation.tables.result import (
    Result,
    load_manifest,
    load_result,
    load_summary,
    origin,
    to_parquet,
)
from simulation.tables.supply import SupplyTables

__all__ = [
    "Result",
    "SupplyTables",
    "load_manifest",
    "load_result",
    "load_summary",
    "map_bytes",
    "origin",
    "read_json",
    "read_map",
    "to_json",
    "to_parquet",
    "write_file",
    "write_folder",
]
