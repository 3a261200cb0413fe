"""The sites of the supply side on the streets, and who belongs to whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from environment.errors import DataError
from environment.places.city import PlaceParameters, join_to_streets
from environment.roads.network import RoadNetwork
from environment.supply.parameters import SupplyParameters
from environment.traffic.driving import Driving


@dataclass(frozen=True, eq=False)
class SupplyPlaces:
    """Sites of the supply side; all of them are suppliers first, then stores, then distributors.

    Attributes
    ----------
    names : tuple of str
    node : (n,) int64
        Nearest stop at a street with doors (`environment.roads.stops`).
    access_s : (n,) float64
        Seconds between that stop and the site.
    """

    names: tuple[str, ...]
    node: NDArray[np.int64]
    access_s: NDArray[np.float64]


def join_supply_sites(
    supplies: SupplyParameters, roads: RoadNetwork, places: PlaceParameters
) -> SupplyPlaces:
    """Put all sites of a supply side on a map.

    Raises
    ------
    DataError
        With every site that lies off the map.
    """
    problems: list[str] = []
    node, access_s = [], []
    kinds = {
        "suppliers": supplies.sites.suppliers,
        "stores": supplies.sites.stores,
        "distributors": supplies.sites.distributors,
    }
    for kind, sites in kinds.items():
        names = np.array([site.site_id for site in sites])
        x, y = (np.array([getattr(site, axis) for site in sites]) for axis in ("x", "y"))
        place = f"supplies.sites.{kind}:"
        joined = join_to_streets(place, names, x, y, roads, places, problems)
        node.append(joined[0])
        access_s.append(joined[1])
    if problems:
        raise DataError("\n".join(problems))
    every = tuple(site.site_id for sites in kinds.values() for site in sites)
    return SupplyPlaces(every, np.concatenate(node), np.concatenate(access_s))


def demand_points(supplies: SupplyParameters, places: SupplyPlaces) -> SupplyPlaces:
    """The distributors among the sites."""
    first = len(places.names) - len(supplies.sites.distributors)
    return SupplyPlaces(places.names[first:], places.node[first:], places.access_s[first:])


def own_stores(
    supplies: SupplyParameters, places: SupplyPlaces, driving: Driving
) -> NDArray[np.int64]:
    """The store of each distributor, (d,): the one it names, else the one that is nearest."""
    sites = supplies.sites
    first = len(sites.suppliers)
    store = slice(first, first + len(sites.stores))
    distributor = slice(store.stop, None)
    drive_s = driving.table_s(places.node[store], places.node[distributor], siren=False)
    own = (drive_s + places.access_s[store, None]).argmin(axis=0).astype(np.int64)
    names = [one.site_id for one in sites.stores]
    for row, one in enumerate(sites.distributors):
        if one.store is not None:
            own[row] = names.index(one.store)
    return own


def contracts(supplies: SupplyParameters) -> NDArray[np.int64]:
    """The supplier with whom each store has a contract for each item, (a, i).

    It is the one that the store names, else the first that makes the item.
    """
    suppliers = supplies.sites.suppliers
    names = [one.site_id for one in suppliers]
    first = [
        next(row for row, one in enumerate(suppliers) if item.name in one.rate_per_day)
        for item in supplies.items
    ]
    return np.array(
        [
            [
                names.index(store.suppliers[item.name]) if item.name in store.suppliers else maker
                for item, maker in zip(supplies.items, first, strict=True)
            ]
            for store in supplies.sites.stores
        ],
        dtype=np.int64,
    )


def needs_of_sites(supplies: SupplyParameters) -> NDArray[np.float64]:
    """Units a day that are needed at each distributor beside those per head, (d, i)."""
    names = [item.name for item in supplies.items]
    return np.array(
        [
            [site.needs_per_day.get(name, 0.0) for name in names]
            for site in supplies.sites.distributors
        ],
        dtype=float,
    ).reshape(len(supplies.sites.distributors), len(names))
