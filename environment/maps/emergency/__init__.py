"""What OpenStreetMap's tags say to an ambulance: ways, barriers, directions, turns.

Knows tags and relations of a file; not the network that they become.
"""

from __future__ import annotations

from environment.maps.emergency.access import (
    OFF_STREET,
    EmergencyAccess,
    Use,
    leads_both_ways,
    may_be_driven_against,
    use_of_way,
)
from environment.maps.emergency.barriers import blocked_by
from environment.maps.emergency.ferries import carries_cars, ferry_kph, is_ferry
from environment.maps.emergency.turn_relations import TurnRelations

__all__ = [
    "OFF_STREET",
    "EmergencyAccess",
    "TurnRelations",
    "Use",
    "blocked_by",
    "carries_cars",
    "ferry_kph",
    "is_ferry",
    "leads_both_ways",
    "may_be_driven_against",
    "use_of_way",
]
