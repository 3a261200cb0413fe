"""Which junctions share one traffic light.

OpenStreetMap maps a light once for every approach or carriageway, so a dual carriageway has two
signal nodes where it crosses a street, and a trip through both would pay twice for one light.
The rule here: signal junctions joined by a street piece of at most `LIGHT_REACH_M` are one light,
and it costs time once, on entering.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from environment.roads.network import RoadNetwork

LIGHT_REACH_M = 30.0
"""Wider than the median of a boulevard, narrower than the shortest city block."""

NO_LIGHT = -1


def light_of_node(roads: RoadNetwork) -> NDArray[np.int64]:
    """The number of the light at each junction, 0 to the number of lights - 1, or -1; (n,)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    lit = roads.has_signal
    joined = lit[roads.tail] & lit[roads.head] & (roads.length_m <= LIGHT_REACH_M)
    split = np.flatnonzero(lit & roads.is_split)  # nodes of one junction
    ends = (
        np.append(roads.tail[joined], split),
        np.append(roads.head[joined], roads.junction[split]),
    )
    shape = (roads.node_count, roads.node_count)
    near = coo_array((np.ones(len(ends[0])), ends), shape)
    _, group = connected_components(near, directed=False)
    light = np.full(roads.node_count, NO_LIGHT, dtype=np.int64)
    light[lit] = np.unique(group[lit], return_inverse=True)[1]
    return light


def enters_light(roads: RoadNetwork) -> NDArray[np.bool_]:
    """Whether a vehicle meets a light at the end of each street piece, (m,).

    Between two junctions of the same light it has met that light already.
    """
    light = light_of_node(roads)
    into = light[roads.head]
    return (into != NO_LIGHT) & (into != light[roads.tail])
