"""Sites of a place by its name, downloaded from OpenStreetMap."""

from __future__ import annotations

from typing import Any

from environment.maps.place import online, osmnx_settings, outline_of
from environment.maps.sites.tagged import TaggedSite, tagged_site

SITE_TAGS: dict[str, bool | str | list[str]] = {
    "emergency": "ambulance_station",
    "amenity": ["hospital", "clinic", "fire_station"],
    "healthcare": "hospital",
}
"""What Overpass is asked for."""


def download_sites_of_place(place: str) -> list[TaggedSite]:
    """Ask OSMnx for the stations and hospitals of a place, duplicates included.

    Raises
    ------
    RoadNetworkError
        If the internet does not answer, or OpenStreetMap knows no such place.
    """
    with online(place):
        features = _features(outline_of(place))
    found = []
    for (kind, number), row in features:
        tags = {key: value for key, value in row.items() if isinstance(value, str)}
        site = tagged_site(f"{kind}/{number}", tags, row["geometry"])
        if site is not None:
            found.append(site)
    return found


def _features(outline: Any) -> list[tuple[tuple[str, int], Any]]:
    """Element and tags of each; none where OSMnx says that there is nothing."""
    import osmnx as ox
    from osmnx._errors import InsufficientResponseError

    try:
        with osmnx_settings():
            return list(ox.features_from_polygon(outline, SITE_TAGS).iterrows())
    except InsufficientResponseError:
        return []
