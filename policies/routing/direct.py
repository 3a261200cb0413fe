"""One trip for each stop."""

from __future__ import annotations

from policies.routing.base import RoutingView, Trip, stops_of
from policies.routing.sharing_out import share_out


class Direct:
    """Drive to each stop and back, the most urgent for its distance first."""

    def plan(self, view: RoutingView) -> list[Trip]:
        """Give each stop a trip of its own."""
        return share_out(view, [(stop,) for stop in stops_of(view)])
