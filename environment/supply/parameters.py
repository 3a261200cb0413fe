"""The supply side of a scenario: items, sites, times, and what money there is, checked as one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from math import ceil, floor
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from environment.errors import suggest
from environment.parameters import Parameters, PlacedMistakesError, Seconds
from environment.supply.items import Item, Money
from environment.supply.needs import BATCH_H
from environment.supply.sites import PlannedTrip, StoreParameters, SupplySites, Trucks

Hours = Annotated[float, Field(ge=0, le=8_760, json_schema_extra={"unit": "h"})]
TINY_L = 1e-9
"""Rounding of a load in litres."""
Interval = Annotated[float, Field(ge=0.25, le=720, json_schema_extra={"unit": "h"})]


class SupplyTimes(Parameters):
    """How often anybody decides, and how long word takes."""

    request_every_h: Annotated[
        Interval, Field(description="how often a distributor asks for supplies")
    ] = 12.0
    order_every_h: Annotated[
        Interval, Field(description="how often stores' stocks are ordered for")
    ] = 24.0
    message_delay_s: Annotated[Seconds, Field(description="until a message is read")] = 3_600.0
    release_h: Annotated[
        Hours, Field(description="until the government has decided on releasing a reserve")
    ] = 6.0
    patience_h: Annotated[
        Hours, Field(gt=0, description="after it a need that is not met is lost")
    ] = 48.0
    expected_supplier_days: Annotated[
        float, Field(ge=0, le=365, description="from an order to its arrival, as stores expect it")
    ] = 2.0
    expected_delivery_days: Annotated[
        float,
        Field(ge=0, le=365, description="from a request to its arrival, as distributors expect it"),
    ] = 0.5


class Couplings(Parameters):
    """Which of the two systems act on each other."""

    crews_use_supplies: Annotated[
        bool, Field(description="crews take per_mission, and are slower without")
    ] = True
    crew_delay_s: Annotated[
        Seconds, Field(description="that a crew without supplies stays longer on the scene")
    ] = 900.0
    hospitals_use_supplies: Annotated[
        bool, Field(description="hospitals take per_handover, and are slower without")
    ] = True
    hospital_delay_share: Annotated[
        Annotated[float, Field(ge=0, le=100)],
        Field(description="by which handovers and stays without supplies are longer"),
    ] = 0.5
    staff_fall_ill: Annotated[
        bool, Field(description="whether staff are missing by their district's share of ill")
    ] = True
    trucks_share_streets: Annotated[
        bool,
        Field(description="whether trucks meet forced greens and closed streets as ambulances do"),
    ] = True


class GovernmentParameters(Parameters):
    """The money of the supply side, and how it forecasts."""

    budget_per_day: Annotated[
        Money | None, Field(description="for orders; without it, there is enough")
    ] = None
    cost_per_km: Annotated[Money, Field(description="of a truck")] = 1.5
    forecast: Annotated[
        Literal["growth", "moving_average"],
        Field(
            description="how all who order forecast from what they know: `moving_average` is that "
            "of the ordering policy, `growth` follows the trend of the last two weeks"
        ),
    ] = "moving_average"


class SupplyParameters(Parameters):
    """The supply side: without items there is none."""

    items: tuple[Item, ...] = ()
    sites: SupplySites = SupplySites()
    times: SupplyTimes = SupplyTimes()
    government: GovernmentParameters = GovernmentParameters()
    couplings: Couplings = Couplings()

    @property
    def is_there(self) -> bool:
        """Whether the scenario has a supply side."""
        return bool(self.items)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        from environment.supply.parameters import supply_mistakes

        problems = supply_mistakes(self)
        if problems:
            raise PlacedMistakesError(problems)
        return self


def supply_mistakes(supplies: SupplyParameters) -> list[str]:
    """Everything that does not fit, in the order of the file."""
    if not supplies.items:
        sites = supplies.sites
        there = bool(sites.suppliers or sites.stores or sites.distributors)
        return ["items must name at least one item where there are sites"] if there else []
    return [
        *_item_mistakes(supplies),
        *_missing_sites(supplies),
        *_unknown_items(supplies),
        *_nobody_makes(supplies),
        *_contract_mistakes(supplies),
        *_small_trucks(supplies),
        *_short_patience(supplies),
        *_trip_mistakes(supplies),
    ]


def _item_mistakes(supplies: SupplyParameters) -> Iterator[str]:
    names = [item.name for item in supplies.items]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"items: {name!r} is there more than once"


def _missing_sites(supplies: SupplyParameters) -> Iterator[str]:
    for kind in ("suppliers", "stores", "distributors"):
        if not getattr(supplies.sites, kind):
            yield f"sites.{kind} must hold at least one where there are items"


def _unknown_items(supplies: SupplyParameters) -> Iterator[str]:
    names = [item.name for item in supplies.items]
    tables = [
        (f"sites.{kind}.{row}.{table}", getattr(site, table))
        for kind, own in (
            ("suppliers", ("rate_per_day", "most_on_order")),
            ("stores", ("stock", "reserve", "suppliers")),
            ("distributors", ("stock", "needs_per_day")),
        )
        for row, site in enumerate(getattr(supplies.sites, kind))
        for table in own
    ]
    for place, table in tables:
        for item in table:
            if item not in names:
                yield f"{place}: no item {item!r} ({suggest(item, names)})"


def _nobody_makes(supplies: SupplyParameters) -> Iterator[str]:
    made = {item for supplier in supplies.sites.suppliers for item in supplier.rate_per_day}
    for row, item in enumerate(supplies.items):
        if item.name not in made:
            yield (
                f"items.{row}: nobody produces {item.name!r}; name it in rate_per_day of a supplier"
            )


def _contract_mistakes(supplies: SupplyParameters) -> Iterator[str]:
    suppliers = {one.site_id: one for one in supplies.sites.suppliers}
    stores = [one.site_id for one in supplies.sites.stores]
    for row, store in enumerate(supplies.sites.stores):
        for item, name in store.suppliers.items():
            place = f"sites.stores.{row}.suppliers.{item}"
            if name not in suppliers:
                yield f"{place}: no supplier {name!r} ({suggest(name, list(suppliers))})"
            elif item not in suppliers[name].rate_per_day:
                yield f"{place}: supplier {name!r} does not make {item!r}"
    for row, distributor in enumerate(supplies.sites.distributors):
        own = distributor.store
        if own is not None and own not in stores:
            yield f"sites.distributors.{row}.store: no store {own!r} ({suggest(own, stores)})"


def _small_trucks(supplies: SupplyParameters) -> Iterator[str]:
    every = [item.name for item in supplies.items]
    carried: list[tuple[str, Trucks, Collection[str]]] = [
        *(
            (f"sites.suppliers.{row}.trucks", site.trucks, site.rate_per_day)
            for row, site in enumerate(supplies.sites.suppliers)
        ),
        *(
            (f"sites.stores.{row}.trucks", site.trucks, every)
            for row, site in enumerate(supplies.sites.stores)
        ),
    ]
    for place, trucks, names in carried:
        items = [item for item in supplies.items if item.name in names]
        bulkiest = max(items, key=lambda item: item.volume_l, default=None)
        # Loads are whole litres, so that a router can add them up.
        if bulkiest is not None and floor(trucks.capacity_l) < bulkiest.volume_l:
            yield (
                f"{place}.capacity_l must hold at least one unit of every item in whole litres, "
                f"got {trucks.capacity_l:g}; one of {bulkiest.name!r} takes {bulkiest.volume_l:g} l"
            )


def _short_patience(supplies: SupplyParameters) -> Iterator[str]:
    patience_h = supplies.times.patience_h
    if patience_h < BATCH_H:
        yield (
            f"times.patience_h must be >= {BATCH_H:g}, since needs come up every {BATCH_H:g} "
            f"hours, got {patience_h:g}"
        )


def _trip_mistakes(supplies: SupplyParameters) -> Iterator[str]:
    """What no planned trip may be."""
    volume_l = {item.name: item.volume_l for item in supplies.items}
    sites = [one.site_id for one in supplies.sites.distributors]
    for row, store in enumerate(supplies.sites.stores):
        place = f"sites.stores.{row}"
        for number, trip in enumerate(store.trips):
            yield from _mistakes_of_trip(f"{place}.trips.{number}", trip, store, sites, volume_l)
        for item, units in store.planned_units().items():
            there = store.stock.get(item, 0)
            if units > there:
                yield (
                    f"{place}.stock must hold what its trips bring away: {units:,} {item!r}, "
                    f"got {there:,}"
                )


def _mistakes_of_trip(
    place: str,
    trip: PlannedTrip,
    store: StoreParameters,
    sites: list[str],
    volume_l: dict[str, float],
) -> Iterator[str]:
    if trip.truck > store.trucks.count:
        yield f"{place}.truck must be <= {store.trucks.count}, its store's trucks, got {trip.truck}"
    load_l = 0.0
    for number, stop in enumerate(trip.stops):
        if stop.site not in sites:
            yield (
                f"{place}.stops.{number}.site: no distributor {stop.site!r} "
                f"({suggest(stop.site, sites)})"
            )
        for item, units in stop.units.items():
            if item not in volume_l:
                yield (
                    f"{place}.stops.{number}.units: no item {item!r} "
                    f"({suggest(item, list(volume_l))})"
                )
            load_l += ceil(units * volume_l.get(item, 0.0) - TINY_L)
    if load_l > floor(store.trucks.capacity_l):
        most_l = floor(store.trucks.capacity_l)
        yield f"{place} must load at most {most_l:,} l, what a truck carries, got {load_l:,.0f}"
