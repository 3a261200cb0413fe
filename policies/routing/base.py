"""In which order trucks deliver: the decision, and what it looks at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from policies.base import InfeasibleError
from policies.mistakes import refuse


class RoutingView(NamedTuple):
    """What is known when deliveries from one depot are planned; arrays are only read.

    There are n places, the depot among them, and v vehicles. A place with demand is a stop and
    is served by one visit; the others are not visited.

    Attributes
    ----------
    travel_s : (n, n) float64
        Expected seconds from each place to each other; infinite where there is no way.
    depot : int
        The place where every trip begins and ends.
    demand : (n,) int64
        Units to bring to each place; that of the depot does not count.
    capacity : (v,) int64
        Units that each vehicle carries.
    ready_s : (v,) float64
        When each vehicle stands at the depot, free for a trip.
    service_s : (n,) float64
        Seconds of unloading at each stop and, at the depot, of loading before each trip.
    urgency : (n,) float64, optional
        Weight of a second of waiting at each place; 1 everywhere without it.
    """

    travel_s: NDArray[np.float64]
    depot: int
    demand: NDArray[np.int64]
    capacity: NDArray[np.int64]
    ready_s: NDArray[np.float64]
    service_s: NDArray[np.float64]
    urgency: NDArray[np.float64] | None = None


class Trip(NamedTuple):
    """One vehicle's way from the depot past its stops and back.

    Attributes
    ----------
    vehicle : int
    stops : tuple of int
        Places in the order of the visits.
    """

    vehicle: int
    stops: tuple[int, ...]


class RoutingPolicy(Protocol):
    """Which vehicle visits which stops, and when."""

    def plan(self, view: RoutingView) -> Sequence[Trip]:
        """Plan trips that serve every stop once; a vehicle drives its trips in their order."""


def stops_of(view: RoutingView) -> list[int]:
    """Places to be visited, in the order of their numbers.

    Raises
    ------
    PolicyError
        If the view's arrays do not fit together: every mistake.
    InfeasibleError
        If a stop cannot be served by one visit: why, and by how much.
    """
    refuse(_mistakes(view))
    stops = places_with_demand(view)
    _require_service(view, stops)
    return stops


def places_with_demand(view: RoutingView) -> list[int]:
    """Places to be visited, in the order of their numbers; the depot is none."""
    needed = np.asarray(view.demand) > 0
    needed[view.depot] = False
    stops: list[int] = np.flatnonzero(needed).tolist()
    return stops


def _mistakes(view: RoutingView) -> list[str]:
    places, vehicles = len(view.demand), len(view.capacity)
    shapes = {
        "travel_s": (places, places),
        "demand": (places,),
        "capacity": (vehicles,),
        "ready_s": (vehicles,),
        "service_s": (places,),
        "urgency": (places,),
    }
    mistakes = []
    if not 0 <= view.depot < places:
        mistakes.append(f"depot must be one of the {places} places, got {view.depot}")
    for name, shape in shapes.items():
        value = getattr(view, name)
        if value is not None:
            mistakes += _array_mistakes(name, np.asarray(value), shape)
    return mistakes


def _array_mistakes(name: str, value: NDArray[Any], shape: tuple[int, ...]) -> list[str]:
    """What is wrong with one array of a view, if anything."""
    if value.shape != shape:
        return [f"{name} must have the shape {shape}, got {value.shape}"]
    if name in {"demand", "capacity"} and value.dtype.kind not in "iu":
        return [f"{name} must hold whole units, got {value.dtype}"]
    if name == "ready_s":
        fine, wanted = np.isfinite(value), "finite"
    else:
        fine = (value >= 0) & ((name == "travel_s") | np.isfinite(value))
        wanted = ">= 0"
    return [] if fine.all() else [f"{name} must be {wanted}, got {value[~fine][0]}"]


def _require_service(view: RoutingView, stops: Sequence[int]) -> None:
    """Refuse stops that no single visit can serve."""
    largest = int(np.max(view.capacity, initial=0))
    problems = []
    for stop in stops:
        too_much = int(view.demand[stop]) - largest
        if too_much > 0:
            problems.append(
                f"stop {stop} needs {view.demand[stop]} units and the largest vehicle carries "
                f"{largest}, {too_much} too few"
            )
        there_and_back_s = view.travel_s[view.depot, stop] + view.travel_s[stop, view.depot]
        if not np.isfinite(there_and_back_s):
            problems.append(f"there is no way from depot {view.depot} to stop {stop} and back")
    if problems:
        raise InfeasibleError("; ".join(problems))
