"""Deliveries from files, from coordinates and from roads: what `policies.routing.planning` asks.

Tables of travel by straight line, along a grid, as given, or on streets; instances of CVRPLIB.
"""

from experiments.routing.travel_tables import (
    TravelTable,
    along_grid,
    as_given,
    on_roads,
    straight_line,
)

__all__ = ["TravelTable", "along_grid", "as_given", "on_roads", "straight_line"]
