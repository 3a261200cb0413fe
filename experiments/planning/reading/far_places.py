"""Centres so far from every depot that their coordinates are hardly meant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from environment.roads.network import GEOGRAPHIC, distance_m
from experiments.planning.inputs import Centre, Place
from experiments.planning.reading.rows import Mistakes, Row

FARTHEST_KM = 2_000.0
"""Beyond this nobody drives in a day: a sign is missing, or latitude and longitude are swapped."""
ODD_KM, MUCH_NEARER = 100.0, 0.2
"""So far a centre is asked about, if after an undone slip it is at most this share."""


def tell_far_places(
    rows: Sequence[Row], centres: Sequence[Centre], depots: Sequence[Place], mistakes: Mistakes
) -> None:
    """Tell of centres far from all depots: a mistake, or a note where a slip explains it.

    Parameters
    ----------
    rows : sequence of Row
        Those of the centres, with latitude and longitude.
    centres : sequence of Centre
    depots : sequence of Place
    mistakes : Mistakes
    """
    for row, centre in zip(rows, centres, strict=True):
        if not np.isfinite([centre.x, centre.y]).all():
            continue  # that is told already
        km = _nearest_km(centre.x, centre.y, depots)
        if not np.isfinite(km):
            continue
        told = f"{centre.name} lies {km:,.0f} km from its nearest depot"
        nearer_km, slip = min(
            (_nearest_km(centre.y, centre.x, depots), "latitude and longitude are swapped"),
            (_nearest_km(-centre.x, centre.y, depots), "the sign of the longitude is changed"),
            (_nearest_km(centre.x, -centre.y, depots), "the sign of the latitude is changed"),
        )
        is_odd = km > ODD_KM and nearer_km < MUCH_NEARER * km
        if is_odd:
            told += f", and {nearer_km:,.0f} km if {slip}"
        place = row.at("latitude")
        if km > FARTHEST_KM:
            mistakes.add(place, f"{told}; at most {FARTHEST_KM:,.0f} km can be planned")
        elif is_odd:
            mistakes.notes.append(f"{place}: {told}")


def _nearest_km(lon: float, lat: float, depots: Sequence[Place]) -> float:
    """Infinite where a depot has no coordinates, or this is no latitude."""
    if abs(lat) > 90:
        return np.inf
    metres = [float(distance_m(GEOGRAPHIC, lon, lat, depot.x, depot.y)) for depot in depots]
    return min((m / 1000 for m in metres if np.isfinite(m)), default=np.inf)
