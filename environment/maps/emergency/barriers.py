"""Which barriers on a street stop an ambulance."""

from __future__ import annotations

from collections.abc import Mapping

from environment.maps.emergency.access import GRANTED, EmergencyAccess, is_open_to_buses
from environment.maps.osm_tags import access_values

PASSED = {
    "border_control",
    "cattle_grid",
    "entrance",
    "gate",
    "height_restrictor",
    "kerb",
    "lift_gate",
    "no",
    "sally_port",
    "swing_gate",
    "toll_booth",
}
"""Barriers that a car passes where no tag says otherwise: those of the routing engine OSRM
(``profiles/car.lua``), and besides kerbs, lift and swing gates, and what only limits the height."""

TAKEN_OUT = {"bollard", "chain"}
"""Barriers that a crew with a key takes out of the way."""


def blocked_by(tags: Mapping[str, str], access: EmergencyAccess) -> str | None:
    """The tag by which a barrier stops an ambulance; None if it does not."""
    barrier, emergency = tags.get("barrier", ""), tags.get("emergency")
    if access.tagged and emergency in GRANTED:
        return None
    if access.tagged and emergency == "no":
        return "emergency=no"
    if tags.get("locked") == "yes":
        return "locked=yes"
    for key, values in access_values(tags):
        return _refused_by(f"{key}={tags[key]}", values, tags, access)
    if barrier in PASSED or tags.get("bollard") == "rising":
        return None
    return None if access.bollards and barrier in TAKEN_OUT else f"barrier={barrier}"


def _refused_by(
    tag: str, values: set[str], tags: Mapping[str, str], access: EmergencyAccess
) -> str | None:
    if values <= {"private"}:
        return None if access.private_roads else tag
    if not values <= {"no", "private"} or (access.bus_roads and is_open_to_buses(tags)):
        return None
    is_taken_out = access.bollards and tags.get("barrier") in TAKEN_OUT
    return None if is_taken_out else tag
