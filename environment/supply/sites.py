"""Where supplies come from, lie and go: suppliers, stores and distributors, each a place."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from environment.parameters import Parameters, Seconds
from environment.supply.items import Units

Coordinate = Annotated[float, Field(allow_inf_nan=False)]
SiteId = Annotated[str, Field(min_length=1, description="its name in tables and messages")]
Stock = dict[str, Annotated[int, Field(ge=0, le=10**9)]]
"""Whole units by the name of the item."""


class Trucks(Parameters):
    """The trucks that belong to one site, and how they are loaded there."""

    count: Annotated[int, Field(ge=1, le=10_000, description="how many")] = 2
    drivers: Annotated[
        int | None, Field(ge=1, le=10_000, description="on duty at a time; else one a truck")
    ] = None
    capacity_l: Annotated[
        float, Field(gt=0, le=1e9, json_schema_extra={"unit": "l"}, description="load of each")
    ] = 10_000.0
    docks: Annotated[int, Field(ge=1, le=1_000, description="trucks loaded at a time")] = 1
    load_s: Annotated[Seconds, Field(description="loading before a trip")] = 1_200.0
    unload_s: Annotated[Seconds, Field(description="unloading at each stop")] = 900.0


class SupplySite(Parameters):
    """A place of the supply system, in the coordinates of the map."""

    site_id: SiteId
    x: Annotated[Coordinate, Field(description="where, as the map has it")]
    y: Annotated[Coordinate, Field(description="as x")]


class SupplierParameters(SupplySite):
    """Who makes supplies to order, and delivers them."""

    rate_per_day: Annotated[
        dict[str, Annotated[float, Field(gt=0, le=1e9)]],
        Field(min_length=1, description="units that can be made in a day, by item"),
    ]
    lead_time_days: Annotated[
        float, Field(ge=0, le=3_650, description="from an order until its production can begin")
    ] = 1.0
    premium: Annotated[
        float, Field(ge=0, le=100, description="of its prices, over the item's unit_cost")
    ] = 0.0
    most_on_order: Annotated[
        dict[str, Annotated[int, Field(ge=1, le=10**9)]],
        Field(
            default_factory=dict,
            description="units on order beyond which it takes no more, by item",
        ),
    ]
    trucks: Trucks = Trucks()


class PlannedStop(Parameters):
    """What a planned trip brings to one distributor."""

    site: Annotated[str, Field(min_length=1, description="the distributor's site_id")]
    units: Annotated[
        dict[str, Annotated[int, Field(ge=1, le=10**9)]],
        Field(min_length=1, description="units brought, by item"),
    ]
    not_before_s: Annotated[
        Seconds, Field(description="when unloading may begin, from the run's start")
    ] = 0.0
    unload_s: Annotated[
        Seconds | None, Field(description="unloading there; else that of the trucks")
    ] = None


class PlannedTrip(Parameters):
    """A trip that is fixed before the run, whatever anybody asks for."""

    truck: Annotated[
        int, Field(ge=1, le=10_000, description="which of the site's trucks, from 1 on")
    ] = 1
    not_before_s: Annotated[
        Seconds, Field(description="when it may set out at the earliest, from the run's start")
    ] = 0.0
    stops: Annotated[
        tuple[PlannedStop, ...], Field(min_length=1, description="in the order of the visits")
    ]


class StoreParameters(SupplySite):
    """Who keeps supplies in stock for some distributors."""

    stock: Annotated[
        Stock,
        Field(default_factory=dict, description="units at the start, without the reserve"),
    ]
    reserve: Annotated[
        Stock,
        Field(default_factory=dict, description="units that only the government may release"),
    ]
    suppliers: Annotated[
        dict[str, str],
        Field(
            default_factory=dict,
            description="its contract: a supplier by item; else the first that makes it",
        ),
    ]
    trucks: Trucks = Trucks()
    trips: Annotated[
        tuple[PlannedTrip, ...],
        Field(description="planned trips; a truck drives its own one after the other"),
    ] = ()

    def planned_units(self) -> dict[str, int]:
        """Units that its planned trips bring away, by item."""
        units: dict[str, int] = {}
        for trip in self.trips:
            for stop in trip.stops:
                for item, count in stop.units.items():
                    units[item] = units.get(item, 0) + count
        return units


class DistributorParameters(SupplySite):
    """Who gives supplies to the people, crews and hospitals of a district."""

    store: Annotated[str | None, Field(description="its own store; else the one reached first")] = (
        None
    )
    persons: Annotated[
        int | None,
        Field(ge=1, le=10**10, description="inhabitants; else those of the zones nearest to it"),
    ] = None
    stock: Annotated[Stock, Field(default_factory=dict, description="units at the start")]
    needs_per_day: Annotated[
        dict[str, Units],
        Field(
            default_factory=dict,
            description="units that people need there, by item, beside those per inhabitant",
        ),
    ]
    staff: Annotated[int, Field(ge=1, le=1_000_000, description="who give out supplies")] = 20
    units_per_staff_hour: Annotated[
        Units, Field(gt=0, description="that one of them gives to people")
    ] = 250.0


class SupplySites(Parameters):
    """Every site of the supply system."""

    suppliers: tuple[SupplierParameters, ...] = ()
    stores: tuple[StoreParameters, ...] = ()
    distributors: tuple[DistributorParameters, ...] = ()

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        names = [site.site_id for site in (*self.suppliers, *self.stores, *self.distributors)]
        twice = sorted({name for name in names if names.count(name) > 1})
        problems = [f"site_id {name!r} stands at more than one site" for name in twice]
        if problems:
            raise ValueError("; ".join(problems))
        return self
