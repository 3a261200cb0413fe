"""The map of a saved run: a copy of it lies with the run, or once with the batch that it is of."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from environment.maps.archive import pack, unpack
from environment.places.city import City, CityMap
from simulation.errors import ResultError

MAP = "map.npz"
"""The copy in the folder of a single run."""
MAPS = "maps"
"""The folder in that of a batch where there is one copy for each city of its arms."""


def map_bytes(city: City) -> bytes:
    """The streets with the zones and sites that a scenario has put on them, as a file."""
    whole = replace(
        city.map,
        zones=city.zones,
        stations=city.stations.sites,
        hospitals=city.hospitals.sites,
    )
    buffer = io.BytesIO()
    arrays: dict[str, Any] = pack(whole)
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def map_name(fingerprint: str) -> str:
    """The name of a city's copy among those of a batch."""
    return f"{fingerprint[:16]}.npz"


def read_map(folder: Path, fingerprint: str) -> CityMap:
    """The map of a saved run, from its own folder or that of its batch.

    Raises
    ------
    ResultError
        If there is none, or it is damaged.
    """
    places = (folder / MAP, *(up / MAPS / map_name(fingerprint) for up in folder.parents[:2]))
    path = next((path for path in places if path.is_file()), None)
    if path is None:
        raise ResultError(f"{folder}: its map is missing ({MAP}, or {MAPS}/ in its batch)")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return unpack({name: archive[name] for name in archive.files})
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        raise ResultError(f"{folder}: its map cannot be read ({path.name})") from None
