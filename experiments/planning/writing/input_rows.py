"""What is asked as the rows of the sheets that ask it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from environment.roads.network import PLANE
from environment.units import MINUTE_S
from experiments.planning.inputs import Need, Place, PlanningInput, Product, Settings

Rows = list[dict[str, Any]]
"""Values by the names of columns; times in seconds from midnight."""


def rows_of(asked: PlanningInput) -> dict[str, Rows]:
    """Every sheet that asks the same again, by its name; `Past demand` by periods."""
    one_item = len(asked.products) == 1 and len({need.centre for need in asked.needs}) == len(
        asked.centres
    )
    needs = {need.centre: need for need in asked.needs} if one_item else {}
    return {
        "Centres": [
            {
                "centre": centre.name,
                **_at(asked, centre),
                **(_need(needs[number]) if number in needs else {}),
                "urgency": centre.urgency,
                "open from": centre.window_s[0],
                "open to": centre.window_s[1],
                "service": centre.service_s / MINUTE_S,
                "value if served": centre.prize,
            }
            for number, centre in enumerate(asked.centres)
        ],
        "Vehicles": _vehicles(asked),
        "Depots": [{"depot": depot.name, **_at(asked, depot)} for depot in asked.depots],
        "Limits": [
            {
                "limit": limit.name,
                "kind": limit.kind,
                "amount": limit.amount,
                "item": None if limit.product is None else asked.products[limit.product].name,
            }
            for limit in asked.limits
        ],
        "Items": _items(asked),
        "Demand": [] if one_item else _demand(asked),
        "Past demand": _past(asked),
        "Links": _links(asked),
        "Settings": [_settings(asked.settings)],
    }


def _at(asked: PlanningInput, place: Place) -> dict[str, float]:
    names = ("x", "y") if asked.crs == PLANE else ("longitude", "latitude")
    return dict(zip(names, (place.x, place.y), strict=True))


def _need(need: Need) -> dict[str, Any]:
    return {**_demand_of(need), **_costs(need)}


def _costs(need: Need) -> dict[str, float]:
    return {
        "unit cost": need.unit_cost,
        "holding cost": need.holding_cost,
        "shortage cost": need.shortage_cost,
    }


def _demand_of(need: Need) -> dict[str, Any]:
    is_empirical = need.law_name == "empirical"
    return {
        "law": need.law_name,
        "mean demand": None if is_empirical else need.mean,
        "standard deviation": None if is_empirical or need.law_name == "Poisson" else need.sd,
        "stock": need.stock,
    }


def _items(asked: PlanningInput) -> Rows:
    """Costs stand here where all centres have the same, and else with the centres."""
    costs: dict[int, set[tuple[tuple[str, float], ...]]] = {}
    for need in asked.needs:
        costs.setdefault(need.product, set()).add(tuple(_costs(need).items()))
    return [
        {
            "item": product.name,
            **(dict(next(iter(costs[number]))) if len(costs.get(number, ())) == 1 else {}),
            **_attributes(product),
        }
        for number, product in enumerate(asked.products)
    ]


def _attributes(product: Product) -> dict[str, Any]:
    return {
        "pack": product.pack,
        "minimum order": product.minimum_order,
        "least service": product.least_service * 100,
        "shelf life": product.shelf_life_periods,
        "leftover value": product.leftover_value,
        "waste cost": product.waste_cost,
        "weight": product.weight_kg,
        "volume": product.volume_l,
    }


def _demand(asked: PlanningInput) -> Rows:
    return [
        {
            "centre": asked.centres[need.centre].name,
            "item": asked.products[need.product].name,
            **_demand_of(need),
        }
        for need in asked.needs
    ]


def _past(asked: PlanningInput) -> Rows:
    columns: Mapping[str, tuple[float, ...]] = {
        history_name(asked, need): need.history for need in asked.needs if need.history
    }
    periods = max(map(len, columns.values()), default=0)
    return [
        {"period": float(row + 1)}
        | {name: own[row] for name, own in columns.items() if row < len(own)}
        for row in range(periods)
    ]


def history_name(asked: PlanningInput, need: Need) -> str:
    """The heading of a need's past demand."""
    centre = asked.centres[need.centre].name
    if len(asked.products) == 1:
        return centre
    return f"{centre} / {asked.products[need.product].name}"


def _vehicles(asked: PlanningInput) -> Rows:
    return [
        {
            "vehicle": truck.name,
            "how many": 1,
            "capacity": truck.capacity,
            "depot": asked.depots[truck.depot].name,
            "end depot": asked.depots[truck.end_depot].name,
            "shift from": truck.shift_s[0],
            "shift to": truck.shift_s[1],
            "trips": truck.trips,
            "fixed cost": truck.cost,
            "cost per km": truck.cost_per_km,
            "cost per hour": truck.cost_per_h,
            "reload": truck.reload_s / MINUTE_S,
        }
        for truck in asked.trucks
    ]


def _links(asked: PlanningInput) -> Rows:
    return [
        {
            "from": asked.places[link.origin].name,
            "to": asked.places[link.destination].name,
            "distance": link.km,
            "time": link.minutes,
            "both ways": "yes" if link.both_ways else "no",
            "closed": "yes" if link.is_closed else "no",
        }
        for link in asked.links
    ]


def _settings(settings: Settings) -> dict[str, Any]:
    return {
        "objective": settings.objective.replace("_", " "),
        "distances": settings.distances,
        "speed": settings.speed_kph,
        "detour": settings.detour,
        "departure": settings.departure_s,
        "load counted in": settings.load_unit,
        "whole units": "yes" if settings.whole else "no",
        "search": settings.search_s,
        "currency": settings.currency,
    }


def is_there(value: Any) -> bool:
    """Whether a value is written at all."""
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))
