"""What does not fit together in a supply side, each mistake told by its place."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from math import floor
from typing import TYPE_CHECKING

from environment.errors import suggest
from environment.supply.needs import BATCH_H

if TYPE_CHECKING:
    from environment.supply.parameters import SupplyParameters
    from environment.supply.sites import Trucks


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
            ("distributors", ("stock",)),
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
