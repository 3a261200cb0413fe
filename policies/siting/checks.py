"""Numbers of sites and what they can serve, checked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.base import LocationView
from policies.mistakes import number_mistakes
from policies.siting.sites import Places


def site_mistakes(sites: int | None, candidates: int | None = None) -> list[str]:
    """What is wrong with a number of sites; None stands for one that is left open."""
    if sites is None:
        return []
    if isinstance(sites, bool) or not isinstance(sites, int) or sites < 1:
        return [f"sites must be a whole number >= 1, got {sites!r}"]
    if candidates is not None and sites > candidates:
        return [f"sites must be at most {candidates}, the number of candidates, got {sites}"]
    return []


def sites_or_all(sites: int | None, view: LocationView) -> int:
    """As many as are wanted, or as there are ambulances or stations, whichever are fewer."""
    return min(view.ambulances, len(view.given)) if sites is None else sites


def wanted_sites(sites: int | None, places: Places) -> int:
    """As many as are wanted, or all candidates."""
    return places.sites if sites is None else sites


def target_mistakes(target_s: float) -> list[str]:
    """What is wrong with the longest drive that reaches a point."""
    return number_mistakes("target_s", target_s, lambda s: 0 < s < np.inf, "above 0")


def capacity_mistakes(capacity: NDArray[np.float64] | None, places: Places) -> list[str]:
    """What is wrong with the capacities of sites, if there are any."""
    if capacity is None:
        return []
    if capacity.shape != (places.sites,):
        return [f"capacity must have shape ({places.sites},), got {capacity.shape}"]
    if not (capacity >= 0).all():
        return [f"capacity must be >= 0, got {capacity[~(capacity >= 0)][0]:g}"]
    return []
