"""How long and how far it is between all places: straight lines, a grid, given ways, or roads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from environment.roads.network import PLANE, along_grid_m, distance_m
from environment.units import HOUR_S, MINUTE_S
from experiments.planning.errors import WorkbookError
from experiments.planning.inputs import PlanningInput
from experiments.planning.streets import Streets

M_PER_KM = 1000.0
FAR_FROM_ROADS_M = 5000.0


@dataclass(frozen=True, eq=False)
class Ways:
    """All ways between places, depots first.

    Attributes
    ----------
    travel_s, distance_m : (n, n) float64
        Infinite where nobody can drive.
    streets : Streets or None
        The map, where ways are on roads.
    notes : tuple of str
    """

    travel_s: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    streets: Streets | None = None
    notes: tuple[str, ...] = ()


def ways_of(asked: PlanningInput, streets: Streets | None = None) -> Ways:
    """The ways between all places of a workbook, its own links taking the place of others.

    Parameters
    ----------
    asked : PlanningInput
    streets : Streets, optional
        The map to drive on; it counts instead of straight lines and grid.

    Raises
    ------
    WorkbookError
        If distances are to be those of roads and there is no map, or a place is far off the map.
    """
    settings = asked.settings
    notes: list[str] = []
    if streets is not None and settings.distances != "given":
        travel_s, metres, notes = _on_streets(asked, streets)
    elif settings.distances == "roads":
        raise WorkbookError(
            "Settings: distances are to be those of roads; name a map with --map CITY "
            "(a case, or an .osm.pbf, .osm or .graphml file)"
        )
    elif settings.distances == "given" and not asked.links:
        raise WorkbookError("Settings: distances are to be given, and the sheet Links has none")
    else:
        metres = _metres(asked)
        travel_s = metres / (settings.speed_kph * M_PER_KM / HOUR_S)
        streets = None
    _lay_links(asked, travel_s, metres)
    return Ways(travel_s, metres, streets, tuple(notes))


def _metres(asked: PlanningInput) -> NDArray[np.float64]:
    """Lengths without a map: of straight lines with a detour, or along a grid."""
    x = np.array([place.x for place in asked.places])
    y = np.array([place.y for place in asked.places])
    if asked.settings.distances == "given":
        metres = np.full((len(x), len(x)), np.inf)
    elif asked.settings.distances == "grid":
        metres = along_grid_m(asked.crs, x[:, None], y[:, None], x, y)
    else:
        straight = distance_m(asked.crs, x[:, None], y[:, None], x, y)
        metres = straight * asked.settings.detour
    np.fill_diagonal(metres, 0.0)
    return metres


def _on_streets(
    asked: PlanningInput, streets: Streets
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
    x = np.array([place.x for place in asked.places])
    y = np.array([place.y for place in asked.places])
    if streets.crs != asked.crs:
        wanted = "x and y in metres" if streets.crs == PLANE else "latitude and longitude"
        raise WorkbookError(f"the map {streets.name} needs {wanted} of every place")
    stops, off_m = streets.stops_at(x, y)
    far = [
        f"{place.name} is {metres / M_PER_KM:,.1f} km from the nearest road of {streets.name}"
        for place, metres in zip(asked.places, off_m.tolist(), strict=True)
        if metres > FAR_FROM_ROADS_M
    ]
    if far:
        raise WorkbookError("\n".join(far[:20]))
    travel_s, metres = streets.tables(stops, asked.settings.departure_s)
    notes = [f"Ways are on the roads of {streets.name}, {streets.told(asked.settings.departure_s)}"]
    farthest = int(off_m.argmax())
    if off_m[farthest] > 200:
        notes.append(
            f"{asked.places[farthest].name} is {off_m[farthest]:,.0f} m off the nearest road; "
            "that stretch is not counted"
        )
    return travel_s, metres, notes


def _lay_links(
    asked: PlanningInput, travel_s: NDArray[np.float64], metres: NDArray[np.float64]
) -> None:
    """Put the links of the workbook in the place of what is there."""
    speed = asked.settings.speed_kph * M_PER_KM / HOUR_S
    for link in asked.links:
        ends = [(link.origin, link.destination)]
        ends += [(link.destination, link.origin)] if link.both_ways else []
        for end in ends:
            if link.is_closed:
                travel_s[end] = metres[end] = np.inf
                continue
            seconds = None if link.minutes is None else link.minutes * MINUTE_S
            if link.km is not None:
                length = link.km * M_PER_KM
            elif np.isfinite(metres[end]):
                length = metres[end]
            else:
                length = (seconds or 0.0) * speed
            metres[end] = length
            travel_s[end] = length / speed if seconds is None else seconds
