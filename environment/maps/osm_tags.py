"""What the tags of an OpenStreetMap way say: who may drive on it, and which way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from environment.roads.speeds import CAR_CLASSES

# OSMnx's filter "drive": streets that are open to every car. A value that matches excludes.
EXCLUDED = {
    "area": re.compile("yes"),
    "access": re.compile("private"),
    "motor_vehicle": re.compile("no"),
    "motorcar": re.compile("no"),
    "service": re.compile("alley|driveway|emergency_access|parking|parking_aisle|private"),
}
MODES = ("motorcar", "motor_vehicle", "vehicle", "access")
"""Keys that say who may use a way; one that stands earlier overrides those after it."""
FOR_SOME = {
    "agricultural",
    "bus",
    "customers",
    "delivery",
    "emergency",
    "forestry",
    "military",
    "permit",
    "private",
    "psv",
}
"""Values of these keys by which a way is open, but not to every car."""

ALONG = {"yes", "true", "1"}
AGAINST = {"-1", "reverse"}
IN_TURN = {"reversible", "alternating"}
ROUND = {"roundabout", "circular"}

Direction = Literal["along", "against", "both"]


def has_street_class(tags: Mapping[str, str]) -> bool:
    """Whether a way is of a class that cars drive on, open to them or not."""
    return tags.get("highway") in CAR_CLASSES


def closed_by(tags: Mapping[str, str]) -> str | None:
    """The tag that closes a way to cars, as ``access=no``; None if it is open to every car.

    That is OSMnx's filter "drive", and besides ``access=no`` and ``vehicle=no``, unless a key for
    motor vehicles says otherwise (https://wiki.openstreetmap.org/wiki/Key:access).
    """
    for key, pattern in EXCLUDED.items():
        if pattern.search(tags.get(key, "")):
            return f"{key}={tags[key]}"
    for key, values in access_values(tags):
        return f"{key}={tags[key]}" if values == {"no"} else None
    return None


def open_to_some_by(tags: Mapping[str, str]) -> str | None:
    """The tag by which a way is open to some cars only; None if there is none."""
    for key, values in access_values(tags):
        return f"{key}={tags[key]}" if values <= FOR_SOME else None
    return None


def access_values(tags: Mapping[str, str]) -> Iterator[tuple[str, set[str]]]:
    """What is said about cars, by key, the most specific first."""
    for key in MODES:
        if values := {value.strip() for value in tags.get(key, "").lower().split(";")} - {""}:
            yield key, values


def is_drivable(tags: Mapping[str, str]) -> bool:
    """Whether a way is a street that is open to every car."""
    return has_street_class(tags) and closed_by(tags) is None


def direction(tags: Mapping[str, str]) -> Direction:
    """In which direction a way may be driven.

    https://wiki.openstreetmap.org/wiki/Key:oneway: motorways, roundabouts and other circular
    junctions lead one way unless they are tagged otherwise. Lanes that change their direction with
    the hour, or whose traffic takes turns, are driven both ways: the file does not tell the hours.
    """
    implied = tags.get("junction") in ROUND or tags.get("highway") == "motorway"
    oneway = tags.get("oneway", "yes" if implied else "no").strip().lower()
    if oneway in ALONG:
        return "along"
    return "against" if oneway in AGAINST else "both"


def changes_direction(tags: Mapping[str, str]) -> bool:
    """Whether a way leads now in one direction, now in the other."""
    return tags.get("oneway", "").strip().lower() in IN_TURN
