"""Stations and hospitals as OpenStreetMap tags them, from a file or by a place's name.

Knows tags and outlines; which site is used, and with how many ambulances, others decide.
"""

from __future__ import annotations

from environment.maps.sites.from_file import read_sites_of_file
from environment.maps.sites.from_place import download_sites_of_place
from environment.maps.sites.tagged import (
    AMBULANCE_STATION,
    FIRE_STATION,
    HOSPITAL,
    HOSPITAL_WITHOUT_EMERGENCY,
    SiteKind,
    TaggedSite,
    merge_duplicates,
)

__all__ = [
    "AMBULANCE_STATION",
    "FIRE_STATION",
    "HOSPITAL",
    "HOSPITAL_WITHOUT_EMERGENCY",
    "SiteKind",
    "TaggedSite",
    "download_sites_of_place",
    "merge_duplicates",
    "read_sites_of_file",
]
