"""The sites from which the longest drive is shortest."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import numpy as np

from policies.base import LocationView
from policies.interrupts import SearchInterrupted, interrupts_held
from policies.mistakes import refuse
from policies.siting.checks import site_mistakes, sites_or_all, wanted_sites
from policies.siting.covering.set_covering import fewest_sites
from policies.siting.limits import SearchLimits
from policies.siting.sites import Places, Siting, staffed
from policies.siting.station_search import cheapest_shares


class PCenter:
    """Make the longest drive to any point as short as a number of sites can.

    The answer is one of the travel times of the table; it is found by halving them, with a set
    covering problem for each (Minieka, SIAM Review 12, 1970).

    Parameters
    ----------
    sites : int, optional
        As a location policy, by default as many as there are ambulances or stations, whichever
        are fewer.
    """

    def __init__(self, sites: int | None = None) -> None:
        refuse(site_mistakes(sites))
        self._sites = sites

    def place(self, view: LocationView) -> Sequence[int]:
        """Choose the stations with the shortest longest drive."""
        places = Places(view.travel_s, view.demand_share)
        siting = PCenter(sites_or_all(self._sites, view)).solve(places)
        return staffed(siting.units > 0, places, view.ambulances)

    def solve(self, places: Places, limits: SearchLimits | None = None) -> Siting:
        """Choose the sites; limits are those of each set covering problem.

        Raises
        ------
        InfeasibleError
            If no site reaches a point.
        """
        refuse(site_mistakes(self._sites, places.sites))
        with interrupts_held():
            return self._solve(places, limits)

    def _solve(self, places: Places, limits: SearchLimits | None) -> Siting:
        number = wanted_sites(self._sites, places)
        begin_s = perf_counter()
        places.require_reach(float(np.finfo(float).max))
        nearest = places.travel.min(axis=0).max()  # with every site
        times = np.unique(places.travel[np.isfinite(places.travel) & (places.travel >= nearest)])
        low, high, proven, status = 0, len(times) - 1, 0, "optimal"
        units = fewest_sites(places.travel <= times[-1], limits)[0]
        while low <= high:
            middle = (low + high) // 2
            try:
                found, outcome = fewest_sites(places.travel <= times[middle], limits)
            except SearchInterrupted:
                if units.sum() > number:
                    raise
                status = "interrupted"
                break
            if found.sum() <= number:
                units, high = found, middle - 1
                continue
            low = middle + 1
            if outcome.bound > number:
                proven = low
            else:
                status = outcome.status
        return Siting(
            units,
            np.ones(places.points),
            cheapest_shares(units > 0, places.travel),
            float(places.travel[units > 0].min(axis=0).max()),
            float(times[proven]),
            status,
            perf_counter() - begin_s,
        )
