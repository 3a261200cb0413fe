"""Districts: which zones and stations belong together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from environment.city import City
from environment.driving import Driving
from environment.errors import DataError


@dataclass(frozen=True)
class Districts:
    """The district of each zone and of each station, by row."""

    of_zone: tuple[str, ...]
    of_station: tuple[str, ...]


def find_districts(city: City, driving: Driving) -> Districts:
    """Take the districts of the city's tables, or give each station one of its own.

    A zone without a district belongs to that of the station from which it is reached first.

    Raises
    ------
    DataError
        If a zone lies in a district without a station.
    """
    sites = city.stations.sites
    of_station = sites.site_id if sites.district is None else sites.district
    of_zone = of_station[nearest_station(city, driving)]
    if city.zones.district is not None:
        of_zone = np.where(city.zones.district == "", of_zone, city.zones.district)
    strangers = sorted(set(of_zone.tolist()) - set(of_station.tolist()))
    if strangers:
        raise DataError(
            f"no station serves the district {', '.join(map(repr, strangers))} of some zones; "
            f"districts of stations: {', '.join(sorted(set(of_station.tolist())))}"
        )
    return Districts(tuple(of_zone.tolist()), tuple(of_station.tolist()))


def nearest_station(city: City, driving: Driving) -> NDArray[np.int64]:
    """Row of the station from which each zone is reached first with siren, (z,)."""
    return station_to_zone_s(city, driving).argmin(axis=0)


def station_to_zone_s(city: City, driving: Driving) -> NDArray[np.float64]:
    """Expected seconds with siren from each station to each zone, (s, z)."""
    return station_to_junction_s(city, driving, city.zone_node)


def station_to_junction_s(
    city: City, driving: Driving, junctions: NDArray[np.int64] | None = None
) -> NDArray[np.float64]:
    """Expected seconds with siren from each station to each of some junctions, else to all."""
    wanted = np.arange(city.roads.node_count) if junctions is None else junctions
    drive_s = driving.table_s(city.stations.node, wanted, siren=True)
    return city.stations.access_s[:, None] + drive_s
