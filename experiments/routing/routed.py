"""Routes found for an instance of CVRPLIB, and how far they are from the best known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from experiments.routing.cvrplib import Instance, solution_text
from policies.routing.planning import Deliveries, DeliveryPlan, RoutedTrip


@dataclass(frozen=True)
class Routed:
    """An instance with its plan.

    Attributes
    ----------
    instance : Instance
    deliveries : Deliveries
    plan : DeliveryPlan
    best_known : float or None
        The distance in a solution beside the file.
    """

    instance: Instance
    deliveries: Deliveries
    plan: DeliveryPlan
    best_known: float | None

    def nodes(self, trip: RoutedTrip) -> list[int]:
        """The nodes of a route in the order of the visits, as the instance numbers them."""
        return [self.instance.customers[stop] for stop in trip.stops]

    @property
    def gap(self) -> float | None:
        """By what share the distance is above the best known; None for other objectives."""
        if not self.best_known or self.deliveries.objective != "distance":
            return None
        return self.plan.measures.distance / self.best_known - 1

    def solution_text(self) -> str:
        """The routes in CVRPLIB's format; their cost is the distance."""
        return solution_text(self.plan.trips, self.plan.measures.distance)

    def to_dict(self) -> dict[str, Any]:
        """What was found, for JSON."""
        plan = self.plan
        return {
            "instance": self.instance.name,
            "customers": len(self.instance.customers),
            "objective": self.deliveries.objective,
            "value": plan.objective,
            "bound": plan.bound,
            "distance": plan.measures.distance,
            "sum_of_arrivals": plan.measures.sum_of_arrivals,
            "latest_arrival": plan.measures.latest_arrival,
            "best_known": self.best_known,
            "gap": self.gap,
            "method": plan.method,
            "notes": list(plan.notes),
            "routes": [
                {
                    "nodes": self.nodes(trip),
                    "load": trip.load,
                    "distance": trip.distance_m,
                    "arrivals": list(trip.arrival_s),
                }
                for trip in plan.trips
            ],
        }
