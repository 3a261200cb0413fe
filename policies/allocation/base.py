"""Who gets how much of what is there: the decision, and what it looks at."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from policies.answers import MOST_UNITS
from policies.mistakes import refuse


class AllocationView(NamedTuple):
    """What is known when stock is given out to those who asked for it; arrays are only read.

    There are s sites that ask, i items and a sources that have stock.

    Attributes
    ----------
    demand : (s, i) int64
        Units asked for and not yet given, as far as the site can take them in.
    available : (a, i) int64
        Units that each source may give.
    requested_s : (s, i) float64
        When each request was made, in seconds since the start of the run.
    severity : (s,) float64
        How bad it is at each site, 0 or more; the unit is the scale's.
    urgency : (s, i) float64
        How badly each site lacks each item, 0 or more.
    now_s : float
        Seconds since the start of the run.
    transport_cost : (a, s) float64, optional
        Money per unit from each source to each site, infinite where there is no way; without it,
        every source can reach every site at no cost.
    dispatch_limit : (a,) int64, optional
        Units of all items together that each source can send; without it, all that it has.
    expected : (h, s, i) float64, optional
        Units that sites are expected to ask for on each of the days to come, as whoever allocates
        forecasts it from what it was asked for; the first is the rest of today. Without it, nothing
        is expected.
    """

    demand: NDArray[np.int64]
    available: NDArray[np.int64]
    requested_s: NDArray[np.float64]
    severity: NDArray[np.float64]
    urgency: NDArray[np.float64]
    now_s: float
    transport_cost: NDArray[np.float64] | None = None
    dispatch_limit: NDArray[np.int64] | None = None
    expected: NDArray[np.float64] | None = None


class AllocationPolicy(Protocol):
    """Who gets how much."""

    def allocate(self, view: AllocationView) -> NDArray[np.int64]:
        """Choose the units that each site gets of each item, (s, i).

        They are whole, no more than asked for, and such that the sources can send them all;
        `cheapest_shipments` then says from where each unit comes.
        """


def check_view(view: AllocationView) -> None:
    """Refuse a view whose arrays do not fit together.

    Raises
    ------
    PolicyError
        With every mistake.
    """
    if np.ndim(view.demand) != 2:
        refuse([f"demand must have the shape (sites, items), got {np.shape(view.demand)}"])
    (sites, items), sources = np.shape(view.demand), len(view.available)
    shapes = {
        "demand": (sites, items),
        "available": (sources, items),
        "requested_s": (sites, items),
        "severity": (sites,),
        "urgency": (sites, items),
        "transport_cost": (sources, sites),
        "dispatch_limit": (sources,),
    }
    mistakes = []
    for name, shape in shapes.items():
        value = getattr(view, name)
        if value is not None:
            mistakes += _array_mistakes(name, np.asarray(value), shape)
    if view.expected is not None:
        days = len(view.expected)
        mistakes += _array_mistakes("expected", np.asarray(view.expected), (days, sites, items))
    refuse(mistakes)


def _array_mistakes(name: str, value: NDArray[Any], shape: tuple[int, ...]) -> list[str]:
    """What is wrong with one array of a view, if anything."""
    whole = name in {"demand", "available", "dispatch_limit"}
    if value.shape != shape:
        return [f"{name} must have the shape {shape}, got {value.shape}"]
    if whole and value.dtype.kind not in "iu":
        return [f"{name} must hold whole units, got {value.dtype}"]
    if name == "requested_s":
        finite = np.isfinite(value)
        return [] if finite.all() else [f"{name} must be finite, got {value[~finite][0]}"]
    # An infinite cost says that there is no way; severity and urgency are ranked and weighed.
    fine = (value >= 0) & ((name == "transport_cost") | np.isfinite(value))
    if not fine.all():
        return [f"{name} must be >= 0, got {value[~fine][0]}"]
    if name in {"demand", "available"} and value.sum() > MOST_UNITS:
        return [f"{name} must be at most {MOST_UNITS} units together, got {value.sum()}"]
    return []


def fill_rates(demand: NDArray[np.int64], given: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of the demand that is met, 1 where nothing is asked for; any shape."""
    return np.divide(given, demand, out=np.ones(np.shape(demand)), where=demand > 0)


def limits_of(view: AllocationView) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """What each source can send, (a,), and whether there is a way to each site, (a, s)."""
    sent = view.available.sum(axis=1)
    if view.dispatch_limit is not None:
        sent = np.minimum(view.dispatch_limit, sent)
    if view.transport_cost is None:
        return sent, np.ones((len(sent), len(view.demand)), dtype=np.bool_)
    return sent, np.isfinite(view.transport_cost)
