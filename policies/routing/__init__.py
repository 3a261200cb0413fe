"""Which truck visits which stops: the decision, its built-in policies, and schedules of trips.

It looks at a `RoutingView` alone; built-in policies are found by their names in `ROUTING`.
"""

from policies.routing.base import RoutingPolicy, RoutingView, Trip
from policies.routing.decision import ROUTING
from policies.routing.sharing_out import share_out

__all__ = ["ROUTING", "RoutingPolicy", "RoutingView", "Trip", "share_out"]
