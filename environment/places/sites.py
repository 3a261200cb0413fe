"""Sites: the ambulance stations and hospitals of a city."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.errors import DataError
from environment.tables import X_HEADINGS, Y_HEADINGS, Column, read_table

SITE_COLUMNS = (
    Column("site_id", "text"),
    Column("kind", "text", choices=("station", "hospital")),
    Column("x", aliases=X_HEADINGS),
    Column("y", aliases=Y_HEADINGS),
    Column("name", "text", required=False),
    Column("ambulances", "whole", required=False, minimum=0, maximum=10_000, default=0),
    Column("district", "text", required=False),
    Column("bays", "whole", required=False, minimum=1, maximum=10_000),
    Column("beds", "whole", required=False, minimum=1, maximum=1_000_000),
    Column("specialties", "text", required=False),
)


@dataclass(frozen=True, eq=False)
class Sites:
    """Sites of one kind, each a point on the map.

    Attributes
    ----------
    site_id, name : (s,) arrays of str
    x, y : (s,) float64
        In the units of the map.
    ambulances : (s,) int64
        Ambulances stationed there; zero for a hospital.
    district : (s,) array of str, or None
        The district that each site serves, where districts are given.
    bays, beds : (s,) float64, or None
        Crews that can hand over at once, and patients that can be kept; NaN where the table
        leaves it to the scenario.
    specialties : (s,) array of str, or None
        Names with spaces between them; empty where the table has none.
    """

    site_id: NDArray[np.str_]
    name: NDArray[np.str_]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    ambulances: NDArray[np.int64]
    district: NDArray[np.str_] | None = None
    bays: NDArray[np.float64] | None = None
    beds: NDArray[np.float64] | None = None
    specialties: NDArray[np.str_] | None = None

    def __len__(self) -> int:
        return len(self.site_id)

    def rows(self, rows: NDArray[np.int64]) -> Sites:
        """Some of these sites."""
        columns: dict[str, Any] = {item.name: getattr(self, item.name) for item in fields(self)}
        some: dict[str, Any] = {name: None if c is None else c[rows] for name, c in columns.items()}
        return replace(self, **some)


def no_sites() -> Sites:
    """None of a kind."""
    nothing = np.empty(0)
    names = np.empty(0, dtype=str)
    return Sites(names, names, nothing, nothing, nothing.astype(np.int64))


def read_sites(path: Path) -> tuple[Sites, Sites]:
    """Read the stations and hospitals of a CSV file.

    Raises
    ------
    DataError
        If the table is not as it should be.
    """
    table = read_table(path, SITE_COLUMNS)
    twice = table["site_id"][table["site_id"].duplicated()]
    if len(twice):
        raise DataError(f"{path}: site_id {twice.iloc[0]!r} stands in more than one row")
    if "name" not in table:
        table["name"] = table["site_id"]
    table["ambulances"] = table["ambulances"].fillna(0)
    stations, hospitals = (table[table["kind"] == kind] for kind in ("station", "hospital"))
    _require_all_districts_or_none(stations, path)
    return _sites(stations), _sites(hospitals)


def _require_all_districts_or_none(stations: pd.DataFrame, path: Path) -> None:
    if "district" not in stations:
        return
    without = stations["site_id"][stations["district"].isna()]
    if 0 < len(without) < len(stations):
        raise DataError(
            f"{path}: every station needs a district, or none may have one; "
            f"without: {', '.join(without)}"
        )


def _sites(table: pd.DataFrame) -> Sites:
    given = "district" in table and table["district"].notna().all()
    return Sites(
        site_id=table["site_id"].to_numpy(dtype=str),
        name=table["name"].fillna(table["site_id"]).to_numpy(dtype=str),
        x=table["x"].to_numpy(dtype=float),
        y=table["y"].to_numpy(dtype=float),
        ambulances=table["ambulances"].to_numpy(dtype=np.int64),
        district=table["district"].to_numpy(dtype=str) if given else None,
        bays=table["bays"].to_numpy(dtype=float) if "bays" in table else None,
        beds=table["beds"].to_numpy(dtype=float) if "beds" in table else None,
        specialties=_spaced(table["specialties"]) if "specialties" in table else None,
    )


def _spaced(names: pd.Series) -> NDArray[np.str_]:
    """Lists of names with spaces between them; in the file it may be semicolons."""
    spaced = names.fillna("").str.replace(";", " ").str.split().str.join(" ")
    return spaced.to_numpy(dtype=str)
