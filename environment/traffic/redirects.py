"""Where a vehicle can turn on a long link between two places: at places beside its straight line.

On streets one turns at the next junction. A table of travel times has no junctions between its
places; a trip of 20 minutes may be one link. The places themselves stand in for them: on the
straight line between two places one is now nearest to this place, now to that, and turns there.

How one gets to that place is the rule: by `NEAREST_PLACE` one is there already (as in the simulator
ELASPY, elaspy/coordinate_methods.py, which takes the share of the driving time for that of the
line), by `AT_PLACES` when the table allows it, by `AT_THE_END` one turns on no link at all.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numba import njit

from environment.roads.hub_labels import junctions_ms

Redirect = Literal["at_places", "nearest_place", "at_the_end"]
AT_THE_END, AT_PLACES, NEAREST_PLACE = range(3)
RULES: dict[Redirect, int] = {
    "at_the_end": AT_THE_END,
    "at_places": AT_PLACES,
    "nearest_place": NEAREST_PLACE,
}
"""By number, for compiled code."""


@njit(cache=True)
def nearest_along(xy_m, origin, destination, places, until):  # type: ignore[no-untyped-def]
    """Fill in the places that are nearest along a straight line, and up to which share of it.

    Squared distances to two places differ by a linear function of the share, so the nearest is the
    lower envelope of lines, and each place is nearest on one stretch at most. Returns how many
    there are; the first is the origin and the last the destination, the others lie between.
    """
    along = xy_m[destination] - xy_m[origin]
    here, share, count = origin, 0.0, 0
    while True:
        best, at_share = here, 1.0
        offset = xy_m[here] - xy_m[origin]
        for place in range(len(xy_m)):
            ahead = ((xy_m[place] - xy_m[here]) * along).sum()
            if ahead <= 0:
                continue
            other = xy_m[place] - xy_m[origin]
            crossing = ((other**2).sum() - (offset**2).sum()) / (2 * ahead)
            if share <= crossing < at_share:
                best, at_share = place, crossing
        places[count], until[count] = here, at_share
        count += 1
        if best == here or count == len(places):
            return count
        here, share = best, at_share


@njit(cache=True)
def with_places(  # type: ignore[no-untyped-def]
    address, time_ms, xy_m, rule, junctions, passed_s, count
):
    """Put places between those of a way, with the moments when each is passed.

    By the rule `AT_PLACES` one passes a place when the table says that it is as far from the end of
    the link as is left to drive: so one who turns there is never later anywhere than one who drives
    on to the end first. By `NEAREST_PLACE` one passes it where the next place becomes the nearer.
    Returns how many places the way then has; those that find no room are left out.
    """
    size = len(xy_m)
    if rule == AT_THE_END or count < 2:
        return count
    ends, end_s = junctions[:count].copy(), passed_s[:count].copy()
    between, until = np.empty(size, np.int64), np.empty(size)
    total = 1
    for k in range(1, count):
        room = len(junctions) - total - (count - k)
        start, end = ends[k - 1], ends[k]
        if start < size and end < size and room > 0:
            found = nearest_along(xy_m, start, end, between, until)
            link_s = end_s[k] - end_s[k - 1]
            if rule == NEAREST_PLACE and found > 1:
                passed_s[total - 1] = end_s[k - 1] + until[0] * link_s
            for i in range(1, found):
                if between[i] == end or room == 0:
                    continue
                if rule == NEAREST_PLACE:
                    at_s = end_s[k - 1] + until[i] * link_s
                else:
                    at_s = end_s[k] - junctions_ms(address, time_ms, between[i], end) * 1e-3
                if passed_s[total - 1] < at_s < end_s[k]:
                    junctions[total], passed_s[total] = between[i], at_s
                    total += 1
                    room -= 1
        junctions[total], passed_s[total] = end, end_s[k]
        total += 1
    return total
