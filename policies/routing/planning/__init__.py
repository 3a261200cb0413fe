"""Which vehicle brings what where and when, for a whole fleet: from a sheet of stops to a plan.

`Deliveries` in, `plan_deliveries` asked, a `DeliveryPlan` out that tells what it fell back to.
"""

from policies.routing.planning.answer import DeliveryPlan
from policies.routing.planning.check import check_plan
from policies.routing.planning.deliveries import Deliveries, Objective, Stop, Vehicle
from policies.routing.planning.plan import plan_deliveries
from policies.routing.planning.timing import Measures, RoutedTrip, measures_of, timed_trips

__all__ = [
    "Deliveries",
    "DeliveryPlan",
    "Measures",
    "Objective",
    "RoutedTrip",
    "Stop",
    "Vehicle",
    "check_plan",
    "measures_of",
    "plan_deliveries",
    "timed_trips",
]
