"""Plans by PyVRP, in whose whole numbers deliveries are told."""

from __future__ import annotations

from importlib.util import find_spec
from math import isfinite
from typing import Any, NamedTuple
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray

from environment.units import HOUR_S
from policies.base import PolicyError
from policies.routing.base import Trip
from policies.routing.planning.deliveries import ARRIVAL_OBJECTIVES, Deliveries, Vehicle

MISSING = "PyVRP is not installed: pip install pyvrp (or corridor-sim[routing])"

MOST_STOPS = 5_000
"""More stops than this would take gigabytes and hours."""

LONGEST_LEG = 1e5
"""The longest leg in whole numbers, where lengths are not whole themselves."""

TICKS_A_SECOND = 10
"""For times, where they are not whole seconds; rounded so that a plan stays possible."""

LEAST_RATE = 1000
"""The least price of a metre or a tick in whole numbers: prices are rounded to 0.05 %."""


PENALTY_A_LEG = 100.0
"""The highest penalty of a unit too much, in mean legs; PyVRP's own on the instances of CVRPLIB."""


def has_pyvrp() -> bool:
    """Whether PyVRP is installed."""
    return find_spec("pyvrp") is not None


def pyvrp_trips(
    deliveries: Deliveries, iterations: int, seconds: float | None, seed: int
) -> list[Trip] | None:
    """The best trips that PyVRP finds; None where it finds none that keep all rules.

    It knows distance, time and cost; for objectives of arrivals it minimises time.

    Parameters
    ----------
    deliveries : Deliveries
    iterations : int
        Of its search, where no seconds are given: the answer is the same on every machine.
    seconds : float or None
    seed : int

    Raises
    ------
    PolicyError
        If it is not installed.

    References
    ----------
    Wouda, Lan and Kool, PyVRP: a high-performance VRP solver package, INFORMS Journal on
    Computing 36 (2024), 943-955.
    """
    if not has_pyvrp():
        raise PolicyError(MISSING)
    import pyvrp
    from pyvrp.stop import MaxIterations, MaxRuntime

    data, kinds = _problem(deliveries)
    stop = MaxIterations(iterations) if seconds is None else MaxRuntime(seconds)
    with catch_warnings():
        simplefilter("ignore", pyvrp.exceptions.PenaltyBoundWarning)  # told by what comes of it
        result = pyvrp.solve(data, stop, seed=seed, collect_stats=False, params=_parameters(data))
    return _trips(result.best, kinds) if result.best.is_feasible() else None


def _parameters(data: Any) -> Any:
    """PyVRP's own, but for penalties: as high for each leg's cost as on benchmarks of routing."""
    import pyvrp

    rates = [
        kind.unit_distance_cost * data.distance_matrix(0).mean()
        + kind.unit_duration_cost * data.duration_matrix(0).mean()
        for kind in data.vehicle_types()
    ]
    prizes = [client.prize for client in data.clients()]
    most = max(PENALTY_A_LEG * max(rates), 2.0 * max(prizes, default=0), PENALTY_A_LEG)
    return pyvrp.SolveParams(penalty=pyvrp.PenaltyParams(max_penalty=most))


class _Units(NamedTuple):
    """How many of PyVRP's whole numbers make a unit of each."""

    length: float
    second: float
    money: float


def _problem(deliveries: Deliveries) -> tuple[Any, list[list[int]]]:
    """PyVRP's data, and the vehicles of each of its vehicle types."""
    import pyvrp

    table = deliveries.distance_m if _is_by_length(deliveries) else deliveries.travel_s
    units = _units(deliveries, table)
    depots = [pyvrp.Depot(place) for place in range(len(deliveries.depots))]
    kinds: dict[tuple[Any, ...], list[int]] = {}
    for number, vehicle in enumerate(deliveries.vehicles):
        kinds.setdefault(_kind(vehicle), []).append(number)
    types = []
    for numbers in kinds.values():
        vehicle = deliveries.vehicles[numbers[0]]
        reloads = []
        if vehicle.max_trips != 1:
            reloads = [len(depots)]
            depots.append(
                pyvrp.Depot(vehicle.depot, service_duration=_up(vehicle.reload_s * units.second))
            )
        types.append(_vehicle_type(deliveries, vehicle, len(numbers), reloads, units))
    data = pyvrp.ProblemData(
        [pyvrp.Location(0, 0) for _ in deliveries.names],
        [_client(deliveries, number, units) for number in range(len(deliveries.stops))],
        depots,
        types,
        [_whole(table, units.length)],
        [_whole(deliveries.travel_s, units.second)],
    )
    return data, list(kinds.values())


def _is_by_length(deliveries: Deliveries) -> bool:
    return deliveries.objective in {"distance", "cost"}


def _kind(vehicle: Vehicle) -> tuple[Any, ...]:
    """What vehicles of one type have in common."""
    return (
        vehicle.capacity, vehicle.depot, vehicle.home, vehicle.shift_s, vehicle.max_trips,
        vehicle.fixed_cost, vehicle.cost_per_km, vehicle.cost_per_h, vehicle.reload_s,
    )  # fmt: skip


def _units(deliveries: Deliveries, table: NDArray[np.float64]) -> _Units:
    ways, longest = table[np.isfinite(table)], _longest(table)
    is_whole = bool((ways == np.rint(ways)).all())
    length = 1.0 if is_whole or not longest else LONGEST_LEG / longest
    times = [
        *(stop.service_s for stop in deliveries.stops),
        *(v.reload_s for v in deliveries.vehicles),
    ]
    travel_s = np.append(deliveries.travel_s[np.isfinite(deliveries.travel_s)], times)
    second = 1.0 if (travel_s == np.rint(travel_s)).all() else TICKS_A_SECOND
    if deliveries.objective != "cost":
        return _Units(length, second, length)
    rates = [rate for v in deliveries.vehicles for rate in _rates(v, length, second) if rate > 0]
    return _Units(length, second, LEAST_RATE / min(rates) if rates else 1.0)


def _longest(table: NDArray[np.float64]) -> float:
    """The longest leg where there is a way."""
    return float(np.max(table, where=np.isfinite(table), initial=0.0))


def _rates(vehicle: Vehicle, length: float, second: float) -> tuple[float, float]:
    """Money for each whole number of length and of time."""
    return vehicle.cost_per_km / 1000 / length, vehicle.cost_per_h / HOUR_S / second


def _up(value: float) -> int:
    """Rounded up, but for what floats are off."""
    return int(np.ceil(value - 1e-6))


def _span(span_s: tuple[float, float], units: _Units) -> dict[str, Any]:
    early, late = span_s
    told: dict[str, Any] = {"tw_early": _up(early * units.second)}
    if isfinite(late):
        told["tw_late"] = max(int(np.floor(late * units.second + 1e-6)), told["tw_early"])
    return told


def _client(deliveries: Deliveries, number: int, units: _Units) -> Any:
    import pyvrp

    stop, place = deliveries.stops[number], deliveries.place(number)
    prize = 0
    if stop.prize is not None:
        worth = stop.prize * units.money
        if deliveries.objective in ARRIVAL_OBJECTIVES:  # in other units: the local search weighs it
            worth = 4.0 * _longest(deliveries.travel_s) * units.length
        prize = round(worth)
    return pyvrp.Client(
        place,
        delivery=[stop.demand],
        service_duration=_up(stop.service_s * units.second),
        prize=prize,
        required=stop.prize is None,
        **_span(stop.window_s, units),
    )


def _vehicle_type(
    deliveries: Deliveries, vehicle: Vehicle, count: int, reloads: list[int], units: _Units
) -> Any:
    import pyvrp

    cost: dict[str, Any] = {}
    if deliveries.objective == "cost":
        metre, tick = _rates(vehicle, units.length, units.second)
        cost = {
            "fixed_cost": round(vehicle.fixed_cost * units.money),
            "unit_distance_cost": round(metre * units.money),
            "unit_duration_cost": round(tick * units.money),
        }
    more: dict[str, Any] = {"max_reloads": vehicle.max_trips - 1} if vehicle.max_trips > 1 else {}
    return pyvrp.VehicleType(
        count,
        [vehicle.capacity],
        vehicle.depot,
        vehicle.home,
        reload_depots=reloads,
        **more,
        **cost,
        **_span(vehicle.shift_s, units),
    )


def _whole(table: NDArray[np.float64], unit: float) -> Any:
    """A table in whole numbers; where there is no way, it is longer than all the rest."""
    is_way = np.isfinite(table)
    scaled = np.where(is_way, table, 0.0) * unit
    whole = np.ceil(scaled - 1e-6).astype(np.int64)
    whole[~is_way] = 2 * len(table) * max(int(whole.max(initial=0)), 1)
    np.fill_diagonal(whole, 0)
    return whole


def _trips(solution: Any, kinds: list[list[int]]) -> list[Trip]:
    """The trips of PyVRP's answer, vehicle by vehicle."""
    left = [iter(numbers) for numbers in kinds]
    trips = []
    for route in solution.routes():
        vehicle, stops = next(left[route.vehicle_type()]), []
        for activity in route:
            if activity.is_client():
                stops.append(activity.idx)
            elif stops:
                trips.append(Trip(vehicle, tuple(stops)))
                stops = []
    return sorted(trips, key=lambda trip: trip.vehicle)
