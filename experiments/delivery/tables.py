"""Tables of a country: its districts, the sites that deliver, and the ways between them.

Items are named by their columns: ``need_doses`` in the table of districts, ``supply_doses``,
``ready_doses`` and ``production_doses`` in that of sites.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.errors import DataError, suggest
from environment.roads import GEOGRAPHIC, distance_m
from environment.tables import Column, read_headings, read_table
from policies.delivery.problem import groups_needed

DISTRICTS, SITES, LINKS = "districts.csv", "sites.csv", "links.csv"
NEED, SUPPLY, READY, PRODUCTION = "need_", "supply_", "ready_", "production_"
LON = Column("lon", required=False, minimum=-180, maximum=180, aliases=("longitude", "lng"))
LAT = Column("lat", required=False, minimum=-90, maximum=90, aliases=("latitude",))


@dataclass(frozen=True, eq=False)
class Country:
    """What the tables say, for n districts, m sites and k items.

    Attributes
    ----------
    districts, sites, items : tuple of str
    need : (n, k) int64
    infected, population : (n,) int64
    groups : (n,) int64
        Of staff that are needed.
    threshold_days : (n,) float64
        NaN where the table does not say.
    region : (n,) int64
        Each district's own site: as the table says, else the nearest.
    supply, ready : (m, k) int64
    production_per_day : (m, k) float64
    staff_groups : (m,) int64
    fixed_cost : (m,) float64
    distance_km : (m, n) float64
        Great circles, or as the table of links says; infinite where it has none.
    district_place, site_place : (n, 2), (m, 2) float64 or None
        Longitude and latitude, None where a table of links stands in for them.
    """

    districts: tuple[str, ...]
    sites: tuple[str, ...]
    items: tuple[str, ...]
    need: NDArray[np.int64]
    infected: NDArray[np.int64]
    population: NDArray[np.int64]
    groups: NDArray[np.int64]
    threshold_days: NDArray[np.float64]
    region: NDArray[np.int64]
    supply: NDArray[np.int64]
    ready: NDArray[np.int64]
    production_per_day: NDArray[np.float64]
    staff_groups: NDArray[np.int64]
    fixed_cost: NDArray[np.float64]
    distance_km: NDArray[np.float64]
    district_place: NDArray[np.float64] | None
    site_place: NDArray[np.float64] | None


def read_country(folder: Path) -> Country:
    """Read `districts.csv`, `sites.csv` and, if it is there, `links.csv`.

    Raises
    ------
    DataError
        With a line for every mistake of all tables, each with its file and row.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; it holds {DISTRICTS}, {SITES} and {LINKS}")
    mistakes: list[str] = []
    items = _items(folder / DISTRICTS, mistakes)
    districts = _read(folder / DISTRICTS, _district_columns(items), mistakes)
    sites = _read(folder / SITES, _site_columns(items), mistakes)
    has_links = (folder / LINKS).exists()
    links = _read(folder / LINKS, LINK_COLUMNS, mistakes) if has_links else None
    if districts is None or sites is None or (has_links and links is None):
        raise DataError("\n".join(mistakes))
    mistakes += _own_mistakes(folder, districts, sites, items)
    if links is not None:
        mistakes += _link_mistakes(folder, links, districts, sites)
    else:
        mistakes += _place_mistakes(folder, districts, sites)
    if mistakes:
        raise DataError("\n".join(mistakes))
    distance_km = _distances(districts, sites, links)
    reached = pd.Series(np.isfinite(distance_km).any(axis=0), index=districts.index)
    lost = [
        f"{folder / DISTRICTS}: row {row + 2}: {name!r} has no link to any site in {LINKS}"
        for row, name in _rows(districts["district"][~reached])
    ]
    if lost:
        raise DataError("\n".join(lost))
    return _country(districts, sites, items, distance_km)


LINK_COLUMNS = (Column("site", "text"), Column("district", "text"), Column("km", minimum=0))


def _items(path: Path, mistakes: list[str]) -> tuple[str, ...]:
    """Items that the table of districts has a need for."""
    try:
        headings = read_headings(path)
    except DataError:
        return ()  # is told when the table is read
    items = tuple(name.removeprefix(NEED) for name in headings if name.startswith(NEED))
    if not items:
        mistakes.append(f"{path}: no column of an item's need, such as 'need_doses'")
    return items


def _district_columns(items: Sequence[str]) -> list[Column]:
    return [
        Column("district", "text"),
        Column("population", "whole", minimum=1),
        Column("infected", "whole", minimum=0),
        LON,
        LAT,
        Column("site", "text", required=False),
        Column("threshold_days", required=False, minimum=0),
        *(Column(NEED + item, "whole", minimum=0) for item in items),
    ]


def _site_columns(items: Sequence[str]) -> list[Column]:
    return [
        Column("site", "text"),
        LON,
        LAT,
        Column("groups", "whole", minimum=0),
        Column("fixed_cost", required=False, minimum=0, default=0.0),
        *(Column(SUPPLY + item, "whole", minimum=0) for item in items),
        *(Column(READY + item, "whole", required=False, minimum=0) for item in items),
        *(Column(PRODUCTION + item, required=False, minimum=0) for item in items),
    ]


def _read(path: Path, columns: Sequence[Column], mistakes: list[str]) -> pd.DataFrame | None:
    try:
        return read_table(path, columns)
    except DataError as error:
        mistakes += str(error).splitlines()
        return None


def _own_mistakes(
    folder: Path, districts: pd.DataFrame, sites: pd.DataFrame, items: Sequence[str]
) -> list[str]:
    """Names that come twice, own sites that are none, and stock that does not fit together."""
    mistakes = [
        *_twice(folder / DISTRICTS, districts, ["district"]),
        *_twice(folder / SITES, sites, ["site"]),
    ]
    if "site" in districts:
        mistakes += _unknown(folder / DISTRICTS, districts["site"].dropna(), sites, "site")
    for item in items:
        supply, ready, production = _stock(sites, item)
        for wrong, told in (
            (ready > supply, f"{READY}{item} must be at most {SUPPLY}{item}"),
            (
                (supply > ready) & ~(production > 0),
                f"{PRODUCTION}{item} must be above 0 where {SUPPLY}{item} is more than is ready",
            ),
        ):
            mistakes += [f"{folder / SITES}: row {row + 2}: {told}" for row in sites.index[wrong]]
    return mistakes


def _stock(sites: pd.DataFrame, item: str) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Supply, ready and production; without production all is ready, and else nothing is."""
    supply = sites[SUPPLY + item]
    nothing = pd.Series(0.0, index=sites.index)
    production = sites.get(PRODUCTION + item, nothing).fillna(0.0)
    ready = sites.get(READY + item, pd.Series(np.nan, index=sites.index))
    return supply, ready.fillna(supply.where(production == 0, 0)), production


def _twice(path: Path, table: pd.DataFrame, names: list[str]) -> list[str]:
    again = table[table.duplicated(names)]
    return [
        f"{path}: row {row + 2}: {' to '.join(map(repr, cells))} is there already"
        for row, cells in zip(again.index, again[names].to_numpy().tolist(), strict=True)
    ]


def _unknown(path: Path, names: pd.Series, table: pd.DataFrame, what: str) -> list[str]:
    known = table[what].tolist()
    return [
        f"{path}: row {row + 2}: no {what} {name!r} ({suggest(name, known)})"
        for row, name in _rows(names[~names.isin(known)])
    ]


def _rows(texts: pd.Series) -> list[tuple[int, str]]:
    """Rows of a table by their labels, and the texts in them."""
    return list(zip(texts.index.tolist(), texts.tolist(), strict=True))


def _link_mistakes(
    folder: Path, links: pd.DataFrame, districts: pd.DataFrame, sites: pd.DataFrame
) -> list[str]:
    path = folder / LINKS
    return [
        *_unknown(path, links["site"], sites, "site"),
        *_unknown(path, links["district"], districts, "district"),
        *_twice(path, links, ["site", "district"]),
    ]


def _place_mistakes(folder: Path, districts: pd.DataFrame, sites: pd.DataFrame) -> list[str]:
    """Rows without a place, where no table of links says how far they are apart."""
    mistakes = []
    for name, table in ((DISTRICTS, districts), (SITES, sites)):
        placed = table.reindex(columns=["lon", "lat"]).notna().all(axis=1)
        mistakes += [
            f"{folder / name}: row {row + 2}: lon and lat are needed without a {LINKS}"
            for row in table.index[~placed]
        ]
    return mistakes


def _distances(
    districts: pd.DataFrame, sites: pd.DataFrame, links: pd.DataFrame | None
) -> NDArray[np.float64]:
    if links is None:
        (x, y), (to_x, to_y) = (t[["lon", "lat"]].to_numpy(float).T for t in (sites, districts))
        return distance_m(GEOGRAPHIC, x[:, None], y[:, None], to_x, to_y) / 1000
    km = links.pivot_table("km", "site", "district").reindex(
        index=sites["site"], columns=districts["district"]
    )
    return km.fillna(np.inf).to_numpy(float)


def _country(
    districts: pd.DataFrame,
    sites: pd.DataFrame,
    items: tuple[str, ...],
    distance_km: NDArray[np.float64],
) -> Country:
    stock = [_stock(sites, item) for item in items]
    supply, ready, production = (
        np.column_stack([of_item[part].to_numpy() for of_item in stock]) for part in range(3)
    )
    nearest = pd.Series(distance_km.argmin(axis=0), index=districts.index)
    number = {name: place for place, name in enumerate(sites["site"])}
    blank = pd.Series(np.nan, index=districts.index)
    region = districts.get("site", blank).map(number).fillna(nearest)
    places = [table.reindex(columns=["lon", "lat"]).to_numpy(float) for table in (districts, sites)]
    placed = all(np.isfinite(place).all() for place in places)
    return Country(
        districts=tuple(districts["district"]),
        sites=tuple(sites["site"]),
        items=items,
        need=districts[[NEED + item for item in items]].to_numpy(np.int64),
        infected=districts["infected"].to_numpy(np.int64),
        population=districts["population"].to_numpy(np.int64),
        groups=groups_needed(districts["infected"]),
        threshold_days=np.asarray(districts.get("threshold_days", blank), dtype=np.float64),
        region=region.to_numpy(np.int64),
        supply=supply.astype(np.int64),
        ready=ready.astype(np.int64),
        production_per_day=production.astype(float),
        staff_groups=sites["groups"].to_numpy(np.int64),
        fixed_cost=sites["fixed_cost"].fillna(0.0).to_numpy(float),
        distance_km=distance_km,
        district_place=places[0] if placed else None,
        site_place=places[1] if placed else None,
    )
