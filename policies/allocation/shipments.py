"""From which source each allocated unit comes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.allocation.base import AllocationView, limits_of
from policies.allocation.flow_program import FlowProgram
from policies.allocation.supply_network import SupplyNetwork
from policies.base import InfeasibleError
from policies.mistakes import refuse


def cheapest_shipments(view: AllocationView, given: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ship an allocation at the least cost of transport: the transport problem of Hitchcock.

    Parameters
    ----------
    view : AllocationView
    given : (s, i) int64
        Units that each site gets of each item; by any policy, or by hand.

    Returns
    -------
    (a, s, i) int64
        Units of each item from each source to each site.

    Raises
    ------
    PolicyError
        If `given` is negative or has another shape than the demand.
    InfeasibleError
        If this cannot be shipped: what is short, and by how many units.
    """
    _check_given(view, given)
    wanted = view._replace(demand=given)
    _require_enough(wanted, SupplyNetwork(wanted))
    shipments = _from_cheapest(wanted)
    open_items = shipments.sum(axis=(0, 1)) < given.sum(axis=0)
    if open_items.any():
        shipments += _least_cost(wanted._replace(demand=np.where(open_items, given, 0)))
    return shipments


def _from_cheapest(view: AllocationView) -> NDArray[np.int64]:
    """Ship items of which each site's cheapest source has enough for all, and of others nothing.

    Limits on all items together leave either all items or none.
    """
    sent, has_way = limits_of(view)
    cost = np.where(has_way, 0.0 if view.transport_cost is None else view.transport_cost, np.inf)
    is_cheapest = np.arange(len(cost))[:, None] == cost.argmin(axis=0)
    shipments = np.where(is_cheapest[:, :, None], view.demand, 0)
    from_each = shipments.sum(axis=1)
    has_enough = (from_each <= view.available).all(axis=0)
    if view.dispatch_limit is not None:
        has_enough &= has_enough.all() and bool((from_each.sum(axis=1) <= sent).all())
    return np.where(has_enough, shipments, 0)


def _least_cost(view: AllocationView) -> NDArray[np.int64]:
    """Solve the program that meets all demand."""
    import pulp

    program = FlowProgram(view, "Shipments")
    program.problem += pulp.lpSum(
        _cost(view, source, site) * variable for (source, site, _), variable in program.flow.items()
    )
    for site, item in np.argwhere(view.demand > 0).tolist():
        program.problem += program.into(site, item) == int(view.demand[site, item])
    return program.solve()


def _check_given(view: AllocationView, given: NDArray[np.int64]) -> None:
    if np.shape(given) != np.shape(view.demand):
        refuse([f"given must have the shape {np.shape(view.demand)}, got {np.shape(given)}"])
    if (given < 0).any():
        refuse([f"given must be >= 0, got {given.min()}"])


def _cost(view: AllocationView, source: int, site: int) -> float:
    return 0.0 if view.transport_cost is None else float(view.transport_cost[source, site])


def _require_enough(view: AllocationView, network: SupplyNetwork) -> None:
    short = view.demand.sum(axis=0) - view.available.sum(axis=0)
    if (short > 0).any():
        items = ", ".join(f"item {item} by {short[item]}" for item in np.flatnonzero(short > 0))
        raise InfeasibleError(f"more is given than the sources have: {items} units")
    total, most = int(view.demand.sum()), network.most(view.demand)
    if most < total:
        raise InfeasibleError(
            f"of the {total} units given, ways and dispatch limits let {most} through, "
            f"{total - most} too few"
        )
