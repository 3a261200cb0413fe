"""On which ways an ambulance drives that are closed to cars, and in which direction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, NamedTuple

from pydantic import Field

from environment.maps.osm_tags import ROUND, closed_by, direction, has_street_class
from environment.parameters import Kph, Parameters
from environment.roads.speeds import FERRY

GRANTED = {"yes", "designated", "official", "destination", "permissive"}
"""Values by which a key lets its vehicles pass."""

BUSES = ("bus", "psv")
OPPOSITE_LANES = {"opposite", "opposite_lane", "opposite_track"}

OFF_STREET = {
    "busway": "bus_roads",
    "service": "service_roads",
    "pedestrian": "pedestrian_streets",
    "track": None,
    "cycleway": None,
    "footway": None,
    "path": None,
}
"""Classes that are no streets for cars, and the key of `EmergencyAccess` that opens each; None
where only a tag does."""


class EmergencyAccess(Parameters):
    """Where ambulances drive though cars may not.

    Ways and barriers count with and without siren: the tags speak of the vehicle. What breaks a
    rule of traffic, as driving against a one-way street, takes a siren.
    """

    tagged: Annotated[
        bool,
        Field(
            description="ways, barriers and directions that tags open to emergency vehicles are "
            "used, those that they close to them are not"
        ),
    ] = True
    service_roads: Annotated[
        bool, Field(description="service roads, driveways, alleys and parking aisles are used")
    ] = False
    private_roads: Annotated[bool, Field(description="private roads and gates are used")] = False
    bus_roads: Annotated[
        bool, Field(description="roads, lanes and directions that are open to buses are used")
    ] = False
    pedestrian_streets: Annotated[bool, Field(description="pedestrian streets are used")] = False
    bollards: Annotated[
        bool, Field(description="crews take bollards and chains out of the way")
    ] = False
    contraflow_kph: Annotated[
        Kph | None,
        Field(
            description="speed with siren against one-way streets, motorways, ramps and "
            "roundabouts excepted; without it, nobody drives there"
        ),
    ] = None


class Use(NamedTuple):
    """Whether an ambulance drives on a way.

    Attributes
    ----------
    is_used : bool
    tag : str or None
        What closes the way, or opens it though it is closed to cars; None where it is open to
        them.
    """

    is_used: bool
    tag: str | None


def use_of_way(tags: Mapping[str, str], access: EmergencyAccess) -> Use | None:
    """Whether a way is used, and why; None if it is no way for vehicles at all."""
    highway = tags.get("highway", "")
    if not has_street_class(tags) and highway not in OFF_STREET:
        return None
    if tags.get("area") == "yes":
        return Use(False, "area=yes")
    if access.tagged and tags.get("emergency") == "no":
        return Use(False, "emergency=no")
    if access.tagged and (tag := _granted_by(tags)):
        return Use(True, tag if list(_closures(tags)) else None)
    opening = None
    for closure, key in _closures(tags):
        if key is None or not getattr(access, key):
            return Use(False, closure)
        opening = opening or closure
    return Use(True, opening)


def _granted_by(tags: Mapping[str, str]) -> str | None:
    if tags.get("emergency") in GRANTED:
        return f"emergency={tags['emergency']}"
    return "service=emergency_access" if tags.get("service") == "emergency_access" else None


def _closures(tags: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    """Each tag that closes a way to cars, and the key that opens it all the same."""
    highway = tags.get("highway", "")
    if highway in OFF_STREET:
        yield f"highway={highway}", OFF_STREET[highway]
    if "service" in tags and closed_by({"service": tags["service"]}):
        yield f"service={tags['service']}", "service_roads"
    others = {key: value for key, value in tags.items() if key != "service"}
    if tag := closed_by(others):
        yield tag, _key_of(tag, tags)


def _key_of(tag: str, tags: Mapping[str, str]) -> str | None:
    if "private" in tag:
        return "private_roads"
    if is_open_to_buses(tags):
        return "bus_roads"
    return "pedestrian_streets" if tags.get("highway") == "pedestrian" else None


def is_open_to_buses(tags: Mapping[str, str]) -> bool:
    """Whether a way, or a barrier, lets buses pass."""
    return any(tags.get(key) in GRANTED for key in BUSES)


def leads_both_ways(tags: Mapping[str, str], access: EmergencyAccess) -> str | None:
    """The tag by which ambulances may drive against a one-way street; None if they may not."""
    if direction(tags) == "both":
        return None
    if access.tagged and tags.get("oneway:emergency") == "no":
        return "oneway:emergency=no"
    for key in BUSES if access.bus_roads else ():
        if tags.get(f"oneway:{key}") == "no":
            return f"oneway:{key}=no"
    if access.bus_roads and tags.get("busway") in OPPOSITE_LANES:
        return f"busway={tags['busway']}"
    return None


FAST_CLASSES = ("motorway", "motorway_link", "trunk_link", FERRY)
"""Classes against whose direction nobody drives."""


def may_be_driven_against(tags: Mapping[str, str]) -> bool:
    """Whether a vehicle with siren may drive against a one-way street, where that is allowed."""
    return tags.get("highway") not in FAST_CLASSES and tags.get("junction") not in ROUND
