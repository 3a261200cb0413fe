"""What a scenario asks for and its city does not have, found before the run.

Pydantic checks each value by itself; here are the checks that need the city: its sites, zones and
streets. Each check tells its mistakes, one line each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from environment.demand.hospitals import missing_specialties
from environment.disruptions import Disruption, Surroundings, closures_in
from environment.districts import station_districts
from environment.epidemic.contacts import ContactChange
from environment.epidemic.days import EpidemicParameters, Outbreak
from environment.errors import suggest
from environment.places.city import City
from environment.roads.speeds import DEFAULT_KPH
from environment.traffic.closures import close_streets
from environment.traffic.traffic_lights import unlit_junctions
from environment.units import DAY_S, HOUR_S
from policies.base import NamesPlaces, PolicyError
from policies.ordering import ORDERING, OrderingView
from policies.registry import DECISIONS, build_policy
from scenarios.scenario import Scenario


def unknown_districts(scenario: Scenario, city: City) -> Iterator[str]:
    """Outbreaks and interventions in districts that do not exist."""
    distributors = [one.site_id for one in scenario.supplies.sites.distributors]
    known = distributors or list(dict.fromkeys(station_districts(city).tolist()))
    for place, one in _dated(scenario.epidemic):
        if one.district is not None and one.district not in known:
            hint = suggest(one.district, known)
            yield f"{place}: no district {one.district!r} ({hint})"


def late_in_epidemic(scenario: Scenario, city: City) -> Iterator[str]:  # noqa: ARG001
    """Outbreaks and interventions after the end of the run."""
    end_day = scenario.run.horizon_s / DAY_S
    for place, one in _dated(scenario.epidemic):
        if one.day >= end_day:
            yield (
                f"{place}: begins on day {one.day}, but the run ends on day "
                f"{end_day:g} (run.warm_up_days and run.days; the first day is 0)"
            )


def _dated(epidemic: EpidemicParameters) -> Iterator[tuple[str, Outbreak | ContactChange]]:
    """What begins on a day of an epidemic, each with its place in the file."""
    for row, outbreak in enumerate(epidemic.outbreaks):
        yield f"epidemic.outbreaks.{row}", outbreak
    for row, change in enumerate(epidemic.interventions):
        yield f"epidemic.interventions.{row}", change


Check = Callable[[Scenario, City], Iterator[str]]
"""Tells what one kind of contradiction there is between a scenario and its city."""


def find_contradictions(scenario: Scenario, city: City) -> list[str]:
    """Tell everything in which a scenario contradicts its city, one line each."""
    return [line for check in CHECKS for line in check(scenario, city)]


def mistaken_disruptions(scenario: Scenario, city: City) -> Iterator[str]:
    """Disruptions that name what the city does not have, or begin after the end of the run."""
    surroundings = Surroundings(
        city=city,
        priorities=[priority.name for priority in scenario.demand.priorities],
        suppliers=[one.site_id for one in scenario.supplies.sites.suppliers],
        max_access_m=scenario.places.max_access_m,
        end_hour=scenario.run.horizon_s / HOUR_S,
    )
    for number, disruption in enumerate(scenario.disruptions):
        for line in disruption.mistakes(surroundings):
            yield f"{_told([number])}: {line}"


def sites_cut_off(scenario: Scenario, city: City) -> Iterator[str]:
    """Stations and hospitals that are open while closed streets cut them off."""
    by_closures: dict[frozenset[int], list[_Span]] = {}
    for span in _spans(scenario.disruptions):
        by_closures.setdefault(span.closures, []).append(span)
    closed = {
        number: closure.closed_pieces(city.roads)
        for number, closure in closures_in(scenario.disruptions).items()
    }
    told: list[tuple[str, frozenset[int]]] = []
    for closures in sorted(by_closures, key=len):
        for site in _cut_off([closed[number] for number in closures], city):
            spans = [span for span in by_closures[closures] if site not in span.closed]
            if spans and not any(site == s and fewer <= closures for s, fewer in told):
                told.append((site, closures))
                yield (
                    f"{_told(sorted(closures))}: closed streets cut off {site} {_hours(spans)}; "
                    "leave a way to it, or close it for these hours, too"
                )


def _cut_off(closed: Sequence[NDArray[np.bool_]], city: City) -> list[str]:
    """Sites that cannot be driven to and from where some street pieces are closed."""
    if not closed:
        return []
    streets = close_streets(city.roads, np.logical_or.reduce(closed))
    stops = {"station": city.stations, "hospital": city.hospitals}
    return [
        f"{what} {name!r}"
        for what, places in stops.items()
        for name in places.sites.site_id[~streets.reaches(places.node)].tolist()
    ]


def everything_closed(scenario: Scenario, city: City) -> Iterator[str]:
    """Hours at which all stations, or all hospitals, are closed."""
    spans = _spans(scenario.disruptions)
    for what, places in (("station", city.stations), ("hospital", city.hospitals)):
        names = {f"{what} {name!r}" for name in places.sites.site_id.tolist()}
        bare = [span for span in spans if names and names <= span.closed]
        if bare:
            yield f"disruptions: every {what} is closed {_hours(bare)}"


class _Span(NamedTuple):
    """Hours during which nothing is closed or opened."""

    from_hour: float
    until_hour: float
    closures: frozenset[int]
    closed: frozenset[str]


def _spans(disruptions: Sequence[Disruption]) -> list[_Span]:
    lasting = {k: d for k, d in enumerate(disruptions) if d.ends_hour > d.begins_hour}
    moments = sorted({hour for d in lasting.values() for hour in (d.begins_hour, d.ends_hour)})
    spans = []
    for first, last in pairwise(moments):
        active = {k: d for k, d in lasting.items() if d.begins_hour <= first < d.ends_hour}
        closures = frozenset(k for k, d in active.items() if d.closes_streets)
        sites = [d.closed_site for d in active.values() if d.closed_site is not None]
        closed = frozenset(f"{site.kind} {site.name!r}" for site in sites)
        spans.append(_Span(first, last, closures, closed))
    return spans


def _hours(spans: Sequence[_Span]) -> str:
    """The hours of some spans in words, those that touch as one."""
    edges: list[list[float]] = []
    for span in spans:
        if edges and edges[-1][1] == span.from_hour:
            edges[-1][1] = span.until_hour
        else:
            edges.append([span.from_hour, span.until_hour])
    return " and ".join(f"from hour {first:g} to {last:g}" for first, last in edges)


def _told(numbers: Sequence[int]) -> str:
    """Disruptions as they are called in messages about scenarios."""
    return " and ".join(f"disruptions.{number}" for number in numbers)


def specialties_nobody_has(scenario: Scenario, city: City) -> Iterator[str]:
    """Specialties that a condition needs and no hospital has."""
    hospitals, conditions = city.hospitals.sites, scenario.demand.conditions
    yield from missing_specialties(scenario.hospitals, hospitals, conditions)


def unknown_road_classes(scenario: Scenario, city: City) -> Iterator[str]:
    """Road classes in tables that neither the map nor OpenStreetMap has."""
    known = list(dict.fromkeys([*city.roads.road_classes, *DEFAULT_KPH]))
    tables = {
        "travel.siren_kph": scenario.travel.siren_kph,
        "signals.flow_per_hour": scenario.signals.flow_per_hour,
    }
    for key, table in tables.items():
        for name in table:
            if name not in known:
                yield f"{key}: no road class {name!r} ({suggest(name, known)})"


def junctions_without_lights(scenario: Scenario, city: City) -> Iterator[str]:
    """Junctions to be equipped that have no light to switch."""
    if scenario.signals.active:
        yield from unlit_junctions(scenario.signals, city.roads)


def names_in_policies(scenario: Scenario, city: City) -> Iterator[str]:
    """Parameters that built-in policies do not take, and places in them that do not exist."""
    stations, zones = city.stations.sites.site_id.tolist(), city.zones.zone_id.tolist()
    for name, decision in DECISIONS.items():
        choice = getattr(scenario.policies, name)
        if choice.use not in decision.built_in:
            continue  # the user's own is made for each run, from its source
        try:
            policy = build_policy(decision, choice.use, choice.parameters, None)
        except PolicyError as error:
            yield str(error)
            continue
        if isinstance(policy, NamesPlaces):
            for line in policy.unknown_names(stations, zones):
                yield f"policies.{name}: {choice.use}: {line}"


def supply_sites_cut_off(scenario: Scenario, city: City) -> Iterator[str]:
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


EPIDEMIC_CHECKS = (unknown_districts, late_in_epidemic)
SUPPLY_CHECKS = (
    supply_sites_cut_off,
    long_intervals,
    items_in_ordering,
    nothing_to_coordinate,
)

CHECKS: tuple[Check, ...] = (
    mistaken_disruptions,
    sites_cut_off,
    everything_closed,
    specialties_nobody_has,
    unknown_road_classes,
    junctions_without_lights,
    names_in_policies,
    *EPIDEMIC_CHECKS,
    *SUPPLY_CHECKS,
)
