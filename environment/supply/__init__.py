"""Items, the sites of a supply system, and what people need of them day by day.

Parameters and places only; orders, stock and trucks belong to agents.
"""

from __future__ import annotations

from environment.supply.epidemic_needs import callers_of_day, patients_of_day
from environment.supply.items import Money
from environment.supply.needs import BATCHES_A_DAY, NeedsOfPeople, Who
from environment.supply.parameters import SupplyParameters
from environment.supply.places import (
    SupplyPlaces,
    contracts,
    demand_points,
    join_supply_sites,
    own_stores,
)
from environment.supply.sites import (
    DistributorParameters,
    StoreParameters,
    SupplierParameters,
    SupplySite,
    SupplySites,
    Trucks,
)

__all__ = [
    "BATCHES_A_DAY",
    "DistributorParameters",
    "Money",
    "NeedsOfPeople",
    "StoreParameters",
    "SupplierParameters",
    "SupplyParameters",
    "SupplyPlaces",
    "SupplySite",
    "SupplySites",
    "Trucks",
    "Who",
    "callers_of_day",
    "contracts",
    "demand_points",
    "join_supply_sites",
    "own_stores",
    "patients_of_day",
]
