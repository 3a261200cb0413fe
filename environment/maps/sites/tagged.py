"""A site as it is tagged, and several tags of one site made one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from environment.roads.network import GEOGRAPHIC, distance_m

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

SiteKind = Literal["ambulance station", "fire station", "hospital", "hospital without emergency"]
AMBULANCE_STATION: SiteKind = "ambulance station"
FIRE_STATION: SiteKind = "fire station"
HOSPITAL: SiteKind = "hospital"
HOSPITAL_WITHOUT_EMERGENCY: SiteKind = "hospital without emergency"

SITE_KEYS = ("emergency", "amenity", "healthcare")
"""Keys that one of these sites has."""

CLOSE_M = 100.0
"""Sites of a kind that are no farther apart are one."""
SAME_NAME_M = 1000.0
"""Nor are those of the same name: the buildings of one campus."""


def kind_of(tags: Mapping[str, str]) -> SiteKind | None:
    """What a site is by its tags; None if it is of no use to an ambulance.

    https://wiki.openstreetmap.org/wiki/Tag:emergency%3Dambulance_station and
    https://wiki.openstreetmap.org/wiki/Tag:amenity%3Dhospital: ``emergency`` says of a hospital or
    clinic whether it has an emergency ward; most hospitals do not say, most clinics have none.
    """
    if tags.get("emergency") == "ambulance_station":
        return AMBULANCE_STATION
    if tags.get("amenity") == "fire_station":
        return FIRE_STATION
    ward = tags.get("emergency")
    if tags.get("amenity") == "hospital" or tags.get("healthcare") == "hospital":
        return HOSPITAL_WITHOUT_EMERGENCY if ward == "no" else HOSPITAL
    return HOSPITAL if tags.get("amenity") == "clinic" and ward == "yes" else None


@dataclass(frozen=True, eq=False)
class TaggedSite:
    """A station or hospital of the map.

    Attributes
    ----------
    kind : SiteKind
    osm : str
        The element, as ``way/123``; of several that are one, with a plus between them.
    name : str
        Empty where it has none.
    lon, lat : float
        Of an area its centroid.
    outline : shapely geometry
        A point, a line or an area.
    has_ward : bool
        Whether it is tagged as having an emergency ward.
    """

    kind: SiteKind
    osm: str
    name: str
    lon: float
    lat: float
    outline: BaseGeometry
    has_ward: bool = False


def tagged_site(osm: str, tags: Mapping[str, str], outline: BaseGeometry) -> TaggedSite | None:
    """The site that an element is; None if it is none."""
    kind = kind_of(tags)
    if kind is None or outline.is_empty:
        return None
    middle = outline.centroid
    name = tags.get("name", "").strip()
    has_ward = tags.get("emergency") == "yes"
    return TaggedSite(kind, osm, name, middle.x, middle.y, outline, has_ward)


def merge_duplicates(sites: Sequence[TaggedSite]) -> list[TaggedSite]:
    """Sites of which none is another once more, in the order of kind, name and number.

    A campus, its main building and a point for its entrance are one hospital: of one kind those
    are the same that lie in each other, within `CLOSE_M`, or share a name within `SAME_NAME_M`. The
    largest outline stays, with the first name that any has.
    """
    kept: list[TaggedSite] = []
    by_size = sorted(sites, key=lambda site: (-site.outline.area, not site.name, site.osm))
    for site in by_size:
        same = next((other for other in kept if _is_same(site, other)), None)
        if same is None:
            kept.append(site)
        else:
            kept[kept.index(same)] = replace(
                same,
                osm=f"{same.osm}+{site.osm}",
                name=same.name or site.name,
                has_ward=same.has_ward or site.has_ward,
            )
    return sorted(kept, key=lambda site: (site.kind, site.name, site.osm))


def _is_same(site: TaggedSite, other: TaggedSite) -> bool:
    if site.kind != other.kind:
        return False
    apart_m = float(distance_m(GEOGRAPHIC, site.lon, site.lat, other.lon, other.lat))
    named_alike = site.name.casefold() == other.name.casefold() != ""
    return (
        apart_m <= CLOSE_M
        or (named_alike and apart_m <= SAME_NAME_M)
        or bool(other.outline.area > 0 and other.outline.intersects(site.outline))
    )
