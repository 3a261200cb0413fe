"""What no plan can do: stops that nobody can serve, and fleets that cannot carry everything."""

from __future__ import annotations

from math import inf, isfinite

from policies.base import InfeasibleError
from policies.routing.planning.check import clock, minutes
from policies.routing.planning.deliveries import Deliveries, Vehicle


def out_of_reach(deliveries: Deliveries) -> dict[int, str]:
    """Stops that no vehicle could serve even if it went nowhere else, and why."""
    return {
        number: why
        for number in range(len(deliveries.stops))
        if (why := _why_out_of_reach(deliveries, number))
    }


def _why_out_of_reach(deliveries: Deliveries, number: int) -> str:
    stop, place = deliveries.stops[number], deliveries.place(number)
    ways = [v for v in deliveries.vehicles if isfinite(_there_and_back_s(deliveries, v, place))]
    if not ways:
        return "there is no way to it and back from any depot with a vehicle"
    largest = max(vehicle.capacity for vehicle in ways)
    able = [vehicle for vehicle in ways if vehicle.capacity >= stop.demand]
    if not able:
        return (
            f"needs {stop.demand:,} units and the largest vehicle that can drive there carries "
            f"{largest:,}, {stop.demand - largest:,} too few"
        )
    closes_s = stop.window_s[1]
    earliest_s = [_there_s(deliveries, vehicle, place) for vehicle in able]
    if min(earliest_s) > closes_s:
        late_s = min(earliest_s) - closes_s
        return (
            f"no vehicle that can carry it is there before {clock(min(earliest_s))}, "
            f"{minutes(late_s)} after its window closes at {clock(closes_s)}"
        )
    return _why_not_in_a_shift(deliveries, number, able)


def _why_not_in_a_shift(deliveries: Deliveries, number: int, able: list[Vehicle]) -> str:
    """Why nobody who reaches a stop in its window is back by the end of the shift, if so."""
    stop, place = deliveries.stops[number], deliveries.place(number)
    short_s = inf
    for vehicle in able:
        there_s = _there_s(deliveries, vehicle, place)
        if there_s <= stop.window_s[1]:
            back_s = max(there_s, stop.window_s[0]) + stop.service_s
            back_s += float(deliveries.travel_s[place, vehicle.home])
            short_s = min(short_s, back_s - vehicle.shift_s[1])
    if short_s <= 0:
        return ""
    return f"no vehicle is back from it in its shift, {minutes(short_s)} too short at best"


def _there_s(deliveries: Deliveries, vehicle: Vehicle, place: int) -> float:
    return vehicle.shift_s[0] + float(deliveries.travel_s[vehicle.depot, place])


def _there_and_back_s(deliveries: Deliveries, vehicle: Vehicle, place: int) -> float:
    legs = ((vehicle.depot, place), (place, vehicle.home))
    return float(sum(deliveries.travel_s[leg] + deliveries.distance_m[leg] for leg in legs))


def require_possible(deliveries: Deliveries, lost: dict[int, str]) -> None:
    """Refuse what can be seen to be impossible before any search.

    Parameters
    ----------
    deliveries : Deliveries
    lost : dict of int to str
        Of `out_of_reach`.

    Raises
    ------
    InfeasibleError
        If a stop that must be served cannot be, or all of these need more than the vehicles
        carry in all their trips: a line each.
    """
    stops = deliveries.stops
    problems = [f"{stops[n].name}: {why}" for n, why in lost.items() if stops[n].prize is None]
    needed = sum(stop.demand for stop in stops if stop.prize is None)
    carried = units_in_all_trips(deliveries)
    if needed > carried:
        problems.append(
            f"the vehicles carry {carried:,.0f} units in all their trips and the stops that must "
            f"be served need {needed:,}, {needed - carried:,.0f} too many"
        )
    if problems:
        raise InfeasibleError("\n".join(problems))


def units_in_all_trips(deliveries: Deliveries) -> float:
    """Units that the fleet carries if every trip is full; infinite with any number of trips."""
    return sum(v.capacity * (v.max_trips or inf) for v in deliveries.vehicles if v.capacity)
