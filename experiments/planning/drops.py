"""What is brought where: orders as stops of vehicles, large ones shared out among several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.planning.inputs import PlanningInput
from experiments.planning.orders import use_of
from experiments.planning.travel import Ways
from policies.base import InfeasibleError
from policies.routing.planning import Deliveries, Stop, Vehicle

FINE = 1000
"""Parts of a kilogram or litre in which loads are counted; units are whole."""
ROUNDING = 1e-6


@dataclass(frozen=True)
class Drop:
    """What one visit brings to a centre.

    Attributes
    ----------
    centre : int
    name : str
        That of the centre; with a number where several visits share its order.
    contents : tuple of (int, float)
        Needs and units of them.
    load : int
        In `load_scale`-th parts of the load unit.
    share : float
        Of all visits of the centre.
    """

    centre: int
    name: str
    contents: tuple[tuple[int, float], ...]
    load: int
    share: float = 1.0


def load_scale(asked: PlanningInput) -> int:
    """Into how many parts the load unit is divided, so that loads are whole numbers."""
    packs = all(float(product.pack).is_integer() for product in asked.products)
    is_whole = asked.settings.load_unit == "units" and asked.settings.whole and packs
    return 1 if is_whole else FINE


def drops_of(asked: PlanningInput, quantity: NDArray[np.float64]) -> list[Drop]:
    """Every visit that is needed for some orders, centre by centre.

    An order that no vehicle can carry at once is brought in several visits, packs being kept whole.

    Parameters
    ----------
    asked : PlanningInput
    quantity : (needs,) float64
        Units of each need.

    Raises
    ------
    InfeasibleError
        If the largest vehicle carries less than one pack.
    """
    scale = load_scale(asked)
    of_unit = use_of(asked, asked.settings.load_unit) * scale
    most = max(capacity_of(truck.capacity, scale) for truck in asked.trucks)
    wanted: dict[int, list[tuple[int, float]]] = {}
    for number, need in enumerate(asked.needs):
        if quantity[number] > ROUNDING:
            wanted.setdefault(need.centre, []).append((number, float(quantity[number])))
    drops = []
    for centre, contents in sorted(wanted.items()):
        parts = _parts(asked, contents, of_unit, most)
        name = asked.centres[centre].name
        for k, part in enumerate(parts, 1):
            own = name if len(parts) == 1 else f"{name} ({k} of {len(parts)})"
            load = _load(part, of_unit)
            drops.append(Drop(centre, own, tuple(part), load, 1 / len(parts)))
    return drops


def capacity_of(capacity: float, scale: int) -> int:
    """A capacity as a whole number of parts."""
    return math.floor(capacity * scale + ROUNDING)


def _load(contents: Sequence[tuple[int, float]], of_unit: NDArray[np.float64]) -> int:
    return math.ceil(sum(units * of_unit[need] for need, units in contents) - ROUNDING)


def _parts(
    asked: PlanningInput,
    contents: Sequence[tuple[int, float]],
    of_unit: NDArray[np.float64],
    most: int,
) -> list[list[tuple[int, float]]]:
    """Loads of one visit each: as full as packs allow."""
    if _load(contents, of_unit) <= most:
        return [list(contents)]
    parts: list[list[tuple[int, float]]] = [[]]
    room = float(most)
    for need, units in contents:
        pack = _pack(asked, need)
        _require_room_for_pack(asked, need, pack * of_unit[need], most)
        left = units
        while left > ROUNDING:
            fits = room / of_unit[need] if of_unit[need] else left
            taken = min(left, math.floor(fits / pack + ROUNDING) * pack if pack else fits)
            if taken > ROUNDING:
                parts[-1].append((need, taken))
                left -= taken
                room -= taken * of_unit[need]
            if left > ROUNDING:
                parts.append([])
                room = float(most)
    return [part for part in parts if part]


def _pack(asked: PlanningInput, need: int) -> float:
    pack = asked.products[asked.needs[need].product].pack
    return pack or (1.0 if asked.settings.whole else 0.0)


def _require_room_for_pack(asked: PlanningInput, need: int, load: float, most: int) -> None:
    if load > most + ROUNDING:
        scale, unit = load_scale(asked), asked.settings.load_unit
        product = asked.products[asked.needs[need].product].name
        carried = max(truck.capacity for truck in asked.trucks)
        raise InfeasibleError(
            f"Vehicles: a pack of {product} takes {load / scale:,.6g} {unit} and the largest "
            f"vehicle carries {carried:,.6g}, {load / scale - carried:,.6g} too few"
        )


def deliveries_of(asked: PlanningInput, ways: Ways, drops: Sequence[Drop]) -> Deliveries:
    """The question for the routes of some drops."""
    depots = len(asked.depots)
    rows = [*range(depots), *(depots + drop.centre for drop in drops)]
    square = np.ix_(rows, rows)
    return Deliveries(
        depots=tuple(depot.name for depot in asked.depots),
        stops=tuple(_stop(asked, drop) for drop in drops),
        vehicles=vehicles_of(asked),
        travel_s=ways.travel_s[square],
        distance_m=ways.distance_m[square],
        objective=asked.settings.objective,
    )


def vehicles_of(asked: PlanningInput) -> tuple[Vehicle, ...]:
    """The trucks of a workbook, with capacities in parts of the load unit."""
    scale = load_scale(asked)
    return tuple(
        Vehicle(
            truck.name,
            capacity_of(truck.capacity, scale),
            depot=truck.depot,
            end_depot=truck.end_depot,
            shift_s=truck.shift_s,
            max_trips=truck.trips,
            fixed_cost=truck.cost,
            cost_per_km=truck.cost_per_km,
            cost_per_h=truck.cost_per_h,
            reload_s=truck.reload_s,
        )
        for truck in asked.trucks
    )


def _stop(asked: PlanningInput, drop: Drop) -> Stop:
    centre = asked.centres[drop.centre]
    prize = None if centre.prize is None else centre.prize * drop.share
    return Stop(
        drop.name,
        drop.load,
        service_s=centre.service_s,
        window_s=centre.window_s,
        urgency=centre.urgency,
        prize=prize,
    )
