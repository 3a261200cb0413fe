"""Speeds from OpenStreetMap's ``maxspeed`` tags: numbers with units, lists, names of limits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

KPH_PER_UNIT = {
    "": 1.0,
    "km/h": 1.0,
    "kmh": 1.0,
    "kph": 1.0,
    "mph": 1.609344,
    "mp/h": 1.609344,
    "knots": 1.852,
}
LOWEST_KPH, HIGHEST_KPH = 1.0, 300.0
"""What lies outside of these is a typing error."""

KPH_BY_PLACE = {
    "living_street": None,  # walking pace, which is what the class's default is
    "urban": 50.0,
    "rural": 90.0,
    "trunk": 110.0,
    "motorway": 130.0,
}
"""Limits that have a name only, in most countries: the defaults of OSRM (``profiles/car.lua``)."""

KPH_BY_NAME = {
    "at:rural": 100.0,
    "at:trunk": 100.0,
    "be-bru:rural": 70.0,
    "be-bru:urban": 30.0,
    "be-vlg:rural": 70.0,
    "be:motorway": 120.0,
    "by:motorway": 110.0,
    "by:urban": 60.0,
    "ca-on:rural": 80.0,
    "ch:motorway": 120.0,
    "ch:rural": 80.0,
    "ch:trunk": 100.0,
    "de:motorway": None,  # none
    "de:rural": 100.0,
    "dk:rural": 80.0,
    "es:trunk": 90.0,
    "fr:rural": 80.0,
    "gb:motorway": 70 * 1.609344,
    "gb:nsl_dual": 70 * 1.609344,
    "gb:nsl_single": 60 * 1.609344,
    "nl:rural": 80.0,
    "nl:trunk": 100.0,
    "no:motorway": 110.0,
    "no:rural": 80.0,
    "ph:motorway": 100.0,
    "ph:rural": 80.0,
    "ph:urban": 40.0,
    "pl:expressway": 120.0,
    "pl:motorway": 140.0,
    "ro:trunk": 100.0,
    "ru:living_street": 20.0,
    "ru:motorway": 110.0,
    "ru:urban": 60.0,
    "uk:motorway": 70 * 1.609344,
    "uk:nsl_dual": 70 * 1.609344,
    "uk:nsl_single": 60 * 1.609344,
    "za:rural": 100.0,
    "za:urban": 60.0,
}
"""Where a country differs: exceptions of the routing engine OSRM (``profiles/car.lua``)."""

NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z/]*)")
ZONE = re.compile(r"(?:[a-z-]+:)?(?:zone:?)?(\d+)")
"""``DE:zone30``, ``zone:30``, ``FR:30``"""


class SpeedLimit(NamedTuple):
    """What a ``maxspeed`` tag says.

    Attributes
    ----------
    kph : float or None
        The lowest of its limits; None if it names none that is known.
    name : str or None
        The tag itself, where a limit is not plainly a number with a unit.
    """

    kph: float | None
    name: str | None


def speed_limit(tag: object) -> SpeedLimit:
    """Read a ``maxspeed`` tag, or a list of them.

    Examples
    --------
    >>> speed_limit("50").kph, round(speed_limit(["25 mph", "50;60"]).kph, 1)
    (50.0, 40.2)
    >>> speed_limit("RU:urban"), speed_limit("signals")
    (SpeedLimit(kph=60.0, name='RU:urban'), SpeedLimit(kph=None, name='signals'))
    """
    tags = list(tag) if isinstance(tag, Iterable) and not isinstance(tag, str) else [tag]
    texts = [part.strip() for text in tags for part in re.split(r"[;,|]", _text(text))]
    limits = [_limit(text) for text in texts if text]
    kph = min((limit.kph for limit in limits if limit.kph is not None), default=None)
    names = [limit.name for limit in limits if limit.name is not None and limit.kph == kph]
    return SpeedLimit(kph, names[0] if names else None)


def _text(tag: object) -> str:
    return "" if tag is None else str(tag)


def _limit(text: str) -> SpeedLimit:
    low = text.lower()
    if match := NUMBER.fullmatch(low):
        factor = KPH_PER_UNIT.get(match[2])
        kph = None if factor is None else _sensible(float(match[1]) * factor)
        return SpeedLimit(kph, None if kph else text)
    if match := ZONE.fullmatch(low):
        return SpeedLimit(_sensible(float(match[1])), text)
    low = low.replace("uk:", "gb:")
    country, colon, place = low.partition(":")
    country_alone = f"{country.partition('-')[0]}:{place}"
    for name in (low, country_alone):
        if name in KPH_BY_NAME:
            return SpeedLimit(KPH_BY_NAME[name], text)
    return SpeedLimit(KPH_BY_PLACE.get(place) if colon else None, text)


def _sensible(kph: float) -> float | None:
    return kph if LOWEST_KPH <= kph <= HIGHEST_KPH else None
