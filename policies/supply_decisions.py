"""Asking the policies of the supply side, and checking what they answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.allocation.base import AllocationPolicy, AllocationView
from policies.decisions import ask, name_of, read_only
from policies.ordering.base import OrderingPolicy, OrderingView
from policies.routing.base import RoutingPolicy, RoutingView, Trip, stops_of
from policies.sourcing.base import SourcingPolicy, SourcingView
from policies.supply_answers import (
    checked_allocation,
    checked_orders,
    checked_sources,
    checked_trips,
)
from policies.watch import Watch


class SupplyDesk:
    """Puts decisions to the supply policies of a run and refuses what cannot be carried out.

    Each of its questions raises a `PolicyError` if the policy raises, loops, or answers what
    cannot be done. Policies see the arrays of a view, and cannot write them.

    Parameters
    ----------
    ordering : OrderingPolicy
    allocation : AllocationPolicy
    routing : RoutingPolicy
    sourcing : SourcingPolicy
    watch : Watch
        Stops a policy that does not come to an end.
    """

    def __init__(
        self,
        ordering: OrderingPolicy,
        allocation: AllocationPolicy,
        routing: RoutingPolicy,
        sourcing: SourcingPolicy,
        watch: Watch,
    ) -> None:
        self._ordering = ordering
        self._allocation = allocation
        self._routing = routing
        self._sourcing = sourcing
        self._watch = watch

    def replace(
        self,
        *,
        ordering: OrderingPolicy | None = None,
        allocation: AllocationPolicy | None = None,
        routing: RoutingPolicy | None = None,
        sourcing: SourcingPolicy | None = None,
    ) -> None:
        """Have other policies decide from now on; those that are not given stay."""
        self._ordering = self._ordering if ordering is None else ordering
        self._allocation = self._allocation if allocation is None else allocation
        self._routing = self._routing if routing is None else routing
        self._sourcing = self._sourcing if sourcing is None else sourcing

    def orders_for(self, view: OrderingView) -> NDArray[np.int64]:
        """Ask how many units to order of each item, (n,): whole ones, within the budget."""
        policy = self._ordering
        answer = ask(policy, policy.order, self._watch, read_only(view))
        return checked_orders(name_of(policy), answer, view)

    def allocation_for(self, view: AllocationView) -> NDArray[np.int64]:
        """Ask how many units each site gets of each item, (s, i); the sources can send them."""
        policy = self._allocation
        answer = ask(policy, policy.allocate, self._watch, read_only(view))
        return checked_allocation(name_of(policy), answer, view)

    def trips_for(self, view: RoutingView) -> list[Trip]:
        """Ask for trips that serve every stop once; none where there is no stop.

        Raises
        ------
        InfeasibleError
            If no single visit can serve a stop, whatever the policy.
        """
        stops = stops_of(view)
        policy = self._routing
        answer = ask(policy, policy.plan, self._watch, read_only(view))
        return checked_trips(name_of(policy), answer, view, stops)

    def sources_for(self, view: SourcingView) -> NDArray[np.int64]:
        """Ask how many units of each item to order from each supplier, (p, i)."""
        policy = self._sourcing
        answer = ask(policy, policy.split, self._watch, read_only(view))
        return checked_sources(name_of(policy), answer, view)
