"""What supplies and coordination ask for and the city or the run does not have."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from environment.disruptions import closures_in
from environment.places.city import City
from environment.traffic.closures import close_streets
from environment.units import HOUR_S
from policies.base import PolicyError
from policies.ordering import ORDERING, OrderingView
from policies.registry import build_policy
from scenarios.scenario import Scenario


def sites_cut_off(scenario: Scenario, city: City) -> Iterator[str]:
    """Sites of the supply side that streets closed for the whole run cut off."""
    end_hour = scenario.run.horizon_s / HOUR_S
    closures = {
        number: closure
        for number, closure in closures_in(scenario.disruptions).items()
        if closure.begins_hour <= 0 and closure.ends_hour >= end_hour
    }
    if not closures or not scenario.supplies.is_there:
        return
    closed = [closure.closed_pieces(city.roads) for closure in closures.values()]
    streets = close_streets(city.roads, np.logical_or.reduce(closed))
    by = " and ".join(f"disruptions.{number}" for number in closures)
    for place, name, node in _places(scenario, city):
        if not streets.reaches(np.array([node]))[0]:
            yield (
                f"{place}: no road reaches {name!r} while the streets of {by} are closed, "
                "which is the whole run"
            )


def _places(scenario: Scenario, city: City) -> Iterator[tuple[str, str, int]]:
    """Every site of the supply side: its place in the file, its name and its stop."""
    for kind in ("suppliers", "stores", "distributors"):
        sites = getattr(scenario.supplies.sites, kind)
        x, y = (np.array([getattr(site, axis) for site in sites]) for axis in ("x", "y"))
        nodes = city.roads.nearest_stop(x, y)[0].tolist()
        for row, (site, node) in enumerate(zip(sites, nodes, strict=True)):
            yield f"supplies.sites.{kind}.{row}", site.site_id, node


def long_intervals(scenario: Scenario, city: City) -> Iterator[str]:  # noqa: ARG001
    """Intervals between decisions that are longer than the run, so that nobody ever decides."""
    if not scenario.supplies.is_there:
        return
    times, coordination = scenario.supplies.times, scenario.coordination
    intervals_h = {
        "supplies.times.request_every_h": times.request_every_h,
        "supplies.times.order_every_h": times.order_every_h,
    }
    if coordination.of_supplies.planning:
        intervals_h["coordination.planning.cycle_h"] = coordination.planning.cycle_h
    end_hour = scenario.run.horizon_s / HOUR_S
    for key, hours in intervals_h.items():
        if hours > end_hour:
            yield (
                f"{key} must be within the run of {end_hour:g} hours, got {hours:g} "
                "(run.warm_up_days and run.days)"
            )


def items_in_ordering(scenario: Scenario, city: City) -> Iterator[str]:  # noqa: ARG001
    """Parameters of a built-in ordering policy that do not fit the items."""
    choice = scenario.policies.ordering
    if not scenario.supplies.is_there or choice.use not in ORDERING.built_in:
        return
    try:
        policy = build_policy(ORDERING, choice.use, choice.parameters, None)
    except PolicyError:
        return  # its parameters are wrong by themselves, which is told elsewhere
    try:
        policy.order(_first_view(scenario))
    except PolicyError as error:
        yield from (f"policies.ordering: {choice.use}: {line}" for line in str(error).splitlines())


def _first_view(scenario: Scenario) -> OrderingView:
    """What there is to see before anything has happened."""
    items, times = scenario.supplies.items, scenario.supplies.times
    nothing = np.zeros(len(items))

    def of_each(name: str) -> NDArray[np.float64]:
        return np.array([getattr(item, name) for item in items])

    return OrderingView(
        items=tuple(item.name for item in items),
        on_hand=nothing,
        on_order=nothing,
        backorders=nothing,
        demand_history=np.zeros((len(items), 0)),
        lead_time_periods=np.full(len(items), times.expected_supplier_days),
        review_periods=times.order_every_h / 24,
        unit_cost=of_each("unit_cost"),
        holding_cost=of_each("holding_cost"),
        shortage_cost=of_each("shortage_cost"),
    )


def nothing_to_coordinate(scenario: Scenario, city: City) -> Iterator[str]:  # noqa: ARG001
    """Mechanisms of supplies alone where there are no supplies."""
    coordination = scenario.coordination
    wanted = bool(coordination.mechanisms) and "ambulances" not in coordination.systems
    if wanted and not scenario.supplies.is_there:
        yield (
            "coordination.systems: there are no supplies to coordinate; name supplies.items, or "
            'add "ambulances"'
        )


CHECKS = (
    sites_cut_off,
    long_intervals,
    items_in_ordering,
    nothing_to_coordinate,
)
