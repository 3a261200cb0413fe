"""How fast one drives on each class of road, with free flow and without siren."""

from __future__ import annotations

from collections.abc import Iterable

from environment.parameters import Kph, Parameters

DEFAULT_KPH = {
    "motorway": 90.0,
    "motorway_link": 45.0,
    "trunk": 85.0,
    "trunk_link": 40.0,
    "primary": 65.0,
    "primary_link": 30.0,
    "secondary": 55.0,
    "secondary_link": 25.0,
    "tertiary": 40.0,
    "tertiary_link": 20.0,
    "unclassified": 25.0,
    "residential": 25.0,
    "living_street": 10.0,
    "road": 25.0,
    "busway": 25.0,
    "service": 15.0,
    "pedestrian": 10.0,
    "track": 10.0,
    "cycleway": 10.0,
    "footway": 10.0,
    "path": 10.0,
    "ferry": 5.0,
}
"""Car speeds of the routing engine OSRM (``profiles/car.lua``, BSD licence), from the highest
class to the lowest; ``road``, OpenStreetMap's class for what nobody classified, and bus roads as
unclassified; from pedestrian streets to paths, which only some vehicles may use, the speed that
OSRM has for whatever it has no class for.
"""

LOWEST_CLASS = "road"
CAR_CLASSES = tuple(DEFAULT_KPH)[: tuple(DEFAULT_KPH).index(LOWEST_CLASS) + 1]
"""Classes of street that are open to cars unless a tag closes them."""
FERRY = "ferry"
CLASS_RANK = {name: place for place, name in enumerate(DEFAULT_KPH)}


class SpeedParameters(Parameters):
    """Speeds that a scenario gives to classes of road.

    A class without a speed of its own drives by its ``maxspeed`` tag, and without that by
    `DEFAULT_KPH`. A ``_link`` (ramp) follows its parent class unless it is given itself.
    """

    motorway: Kph | None = None
    motorway_link: Kph | None = None
    trunk: Kph | None = None
    trunk_link: Kph | None = None
    primary: Kph | None = None
    primary_link: Kph | None = None
    secondary: Kph | None = None
    secondary_link: Kph | None = None
    tertiary: Kph | None = None
    tertiary_link: Kph | None = None
    unclassified: Kph | None = None
    residential: Kph | None = None
    living_street: Kph | None = None
    road: Kph | None = None
    busway: Kph | None = None
    service: Kph | None = None
    pedestrian: Kph | None = None
    track: Kph | None = None
    cycleway: Kph | None = None
    footway: Kph | None = None
    path: Kph | None = None
    ferry: Kph | None = None

    def given_kph(self, road_class: str) -> float | None:
        """The speed that the scenario gives to a class, or to its parent."""
        own: float | None = getattr(self, road_class, None)
        if own is not None:
            return own
        return getattr(self, road_class.removesuffix("_link"), None)


def highest_class(classes: str | Iterable[str] | None) -> str:
    """The highest of one or several ``highway`` values; ``road`` where none is known."""
    names = [classes] if isinstance(classes, str) else list(classes or [LOWEST_CLASS])
    return min(names, key=lambda name: (CLASS_RANK.get(name, len(CLASS_RANK)), name))


def default_kph(road_class: str) -> float:
    """The default speed of a class, that of ``road`` for an unknown one."""
    return DEFAULT_KPH.get(road_class, DEFAULT_KPH[LOWEST_CLASS])
