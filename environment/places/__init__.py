"""The city: zones, stations, hospitals and addresses, joined to streets.

Knows the roads; not who calls, drives or decides.
"""

from __future__ import annotations

from environment.places.addresses import AddressBook
from environment.places.city import (
    City,
    CityMap,
    PlaceParameters,
    Stops,
    build_city,
    join_to_streets,
)
from environment.places.population import Population, read_population, zones_of_population
from environment.places.sites import Sites
from environment.places.zones import Zones

__all__ = [
    "AddressBook",
    "City",
    "CityMap",
    "PlaceParameters",
    "Population",
    "Sites",
    "Stops",
    "Zones",
    "build_city",
    "join_to_streets",
    "read_population",
    "zones_of_population",
]
