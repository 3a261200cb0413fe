"""Districts: which zones, stations and hospitals belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from environment.apportionment import apportion
from environment.errors import DataError
from environment.places.city import City
from environment.supply.places import SupplyPlaces
from environment.traffic.driving import Driving


@dataclass(frozen=True)
class Districts:
    """The district of each zone, station and hospital, by row.

    Attributes
    ----------
    of_zone, of_station, of_hospital : tuple of str
    names : tuple of str
        Each district once: those of demand points in their order, else in that of the stations.
    """

    of_zone: tuple[str, ...]
    of_station: tuple[str, ...]
    of_hospital: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def rows_of_zones(self) -> NDArray[np.int64]:
        """The district of each zone as its row among the names, (z,)."""
        return self._rows(self.of_zone)

    def _rows(self, own: tuple[str, ...]) -> NDArray[np.int64]:
        row = {name: number for number, name in enumerate(self.names)}
        return np.array([row[name] for name in own], dtype=np.int64)


def find_districts(
    city: City, driving: Driving, demand_points: SupplyPlaces | None = None
) -> Districts:
    """Take the districts of demand points, else those of the city.

    A demand point's district is every zone, station and hospital that is reached from it sooner
    than from the others, driving normally.

    Without demand points, districts are those of the city's tables, or each station has one of
    its own. A zone without a district belongs to that of the station from which it is reached
    first; so does a hospital without one that a station serves.

    Raises
    ------
    DataError
        If a district has no station, or that of a demand point no zone.
    """
    if demand_points is not None:
        return _around(demand_points, city, driving)
    of_station = station_districts(city)
    of_zone = of_station[nearest_station(city, driving)]
    if city.zones.district is not None:
        of_zone = np.where(city.zones.district == "", of_zone, city.zones.district)
    strangers = sorted(set(of_zone.tolist()) - set(of_station.tolist()))
    if strangers:
        raise DataError(
            f"no station serves the district {', '.join(map(repr, strangers))} of some zones; "
            f"districts of stations: {', '.join(sorted(set(of_station.tolist())))}"
        )
    of_hospital = _hospital_districts(city, driving, of_station)
    return _named(of_zone, of_station, of_hospital, tuple(dict.fromkeys(of_station.tolist())))


def station_districts(city: City) -> NDArray[np.str_]:
    """The district of each station where there are no demand points, (s,)."""
    sites = city.stations.sites
    return sites.site_id if sites.district is None else sites.district


def _hospital_districts(
    city: City, driving: Driving, of_station: NDArray[np.str_]
) -> NDArray[np.str_]:
    from_station_s = station_to_junction_s(city, driving, city.hospitals.node)
    reached = of_station[from_station_s.argmin(axis=0)]
    own = city.hospitals.sites.district
    return reached if own is None else np.where(np.isin(own, of_station), own, reached)


def _around(points: SupplyPlaces, city: City, driving: Driving) -> Districts:
    """Every place belongs to the demand point from which it is reached first."""

    def own(nodes: NDArray[np.int64]) -> NDArray[np.str_]:
        from_point_s = points.access_s[:, None] + driving.table_s(points.node, nodes, siren=False)
        return np.array(points.names)[from_point_s.argmin(axis=0)]

    of_zone, of_station = own(city.zone_node), own(city.stations.node)
    problems = [
        f"supplies.sites.distributors: no {what} is nearest to {name!r}, and its district needs "
        f"one; those of the others: {', '.join(sorted(set(there.tolist())))}"
        for what, there in (("zone", of_zone), ("station", of_station))
        for name in points.names
        if len(there) and name not in there
    ]
    if problems:
        raise DataError("\n".join(problems))
    return _named(of_zone, of_station, own(city.hospitals.node), points.names)


def _named(
    of_zone: NDArray[np.str_],
    of_station: NDArray[np.str_],
    of_hospital: NDArray[np.str_],
    names: tuple[str, ...],
) -> Districts:
    return Districts(
        tuple(of_zone.tolist()), tuple(of_station.tolist()), tuple(of_hospital.tolist()), names
    )


def share_within(
    demand_share: NDArray[np.float64], districts: Districts, name: str
) -> NDArray[np.float64]:
    """Share of one district's demand that each zone has, none being elsewhere, (z,).

    All are 0 where nobody calls from the district.
    """
    own = np.where(np.array(districts.of_zone) == name, demand_share, 0.0)
    # The factor of a district that is the whole city is exactly one.
    return own * (demand_share.sum() / own.sum()) if own.any() else own


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
    return city.stations.access_s[:, None] * city.access_share(siren=True) + drive_s


def inhabitants(
    districts: Districts,
    demand_share: NDArray[np.float64],
    total: int | None,
    given: Mapping[str, int],
) -> dict[str, int]:
    """Persons of each district: as given, else its zones' part of all.

    Zones know their share of the calls and not of the people; it stands in for it.

    Parameters
    ----------
    districts : Districts
    demand_share : (z,) float64
        Of each zone.
    total : int or None
        Inhabitants of all zones, if known.
    given : mapping of str to int
        Persons of districts that are known, by name.

    Raises
    ------
    DataError
        If nobody says how many people there are.
    """
    if total is None and not set(districts.names) <= set(given):
        raise DataError(
            "epidemic.persons must be given (>= 1): this map does not say how many people live "
            "there"
        )
    own = np.array(districts.of_zone)
    shares = [demand_share[own == name].sum() for name in districts.names]
    by_zones = dict(zip(districts.names, apportion(total or 0, shares).tolist(), strict=True))
    return {**by_zones, **given}
