"""Trips joined where that saves most driving."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from policies.routing.base import RoutingView, Trip, stops_of
from policies.routing.sharing_out import share_out


class Savings:
    r"""Begin with a trip for each stop and join trips, the greatest saving first.

    To drive on from :math:`i` to :math:`j` and not by way of depot 0 saves
    :math:`s_{ij} = t_{i0} + t_{0j} - t_{ij}`. All trips grow side by side; two are joined if
    :math:`i` is the last stop of one, :math:`j` the first of the other, and the largest vehicle
    carries both loads. Where every way back takes as long as the way there, trips may be turned
    round.

    References
    ----------
    Clarke and Wright, Scheduling of vehicles from a central depot to a number of delivery points,
    Operations Research 12 (1964), 568-581.
    """

    def plan(self, view: RoutingView) -> list[Trip]:
        """Join trips and share them out among the vehicles."""
        return share_out(view, joined_routes(view))


def joined_routes(view: RoutingView) -> list[list[int]]:
    """The routes of Clarke and Wright, each within what the largest vehicle carries."""
    route_of = {stop: [stop] for stop in stops_of(view)}
    load = dict(enumerate(view.demand.tolist()))  # of a route, by its first stop
    most = int(np.max(view.capacity, initial=0))
    turnable = bool((view.travel_s == view.travel_s.T).all())
    for i, j in _by_saving(view, list(route_of)):
        first, second = route_of[i], route_of[j]
        if first is second or load[first[0]] + load[second[0]] > most:
            continue
        units = load[first[0]] + load[second[0]]
        if turnable:
            first = first if first[-1] == i else first[::-1]
            second = second if second[0] == j else second[::-1]
        if first[-1] == i and second[0] == j:
            joined = first + second
            route_of.update(dict.fromkeys(joined, joined))
            load[joined[0]] = load[joined[-1]] = units
    return list({id(route): route for route in route_of.values()}.values())


def _by_saving(view: RoutingView, stops: list[int]) -> Iterator[tuple[int, int]]:
    """Pairs of stops that save driving one after the other, the greatest saving first."""
    to_depot, from_depot = view.travel_s[stops, view.depot], view.travel_s[view.depot, stops]
    saving = to_depot[:, None] + from_depot - view.travel_s[np.ix_(stops, stops)]
    np.fill_diagonal(saving, 0)
    row, column = (saving > 0).nonzero()
    order = np.argsort(-saving[row, column], kind="stable")
    for i, j in zip(row[order].tolist(), column[order].tolist(), strict=True):
        yield stops[i], stops[j]
