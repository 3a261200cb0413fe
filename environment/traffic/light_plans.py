"""Lights in step: along an arterial road, green begins when a vehicle from the last light comes.

Each light is followed along its major axis, straight on, to the next light on whose own major axis
one arrives. Lights that are joined so, directly or by others, share one cycle, and the green of the
next one begins later by the time that driving there takes. A road in both directions can be in step
in one of them only: that of the longer chain, or of the one whose streets have the lower numbers.
"""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from environment.roads.lights import NO_LIGHT
from environment.roads.network import RoadNetwork

MAJOR, CROSSING = 0, 1
"""Axes."""

# From the road that keeps its green longest to the one that waits for it.
CLASS_RANK = ("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified")
OTHER_AXIS_DEGREES = 45.0


def axis_of_approach(roads: RoadNetwork, light: NDArray[np.int64]) -> NDArray[np.int8]:
    """The axis along which each street piece comes to its light, (m,).

    The major axis is that of the highest road class that runs into the light.

    Parameters
    ----------
    roads : RoadNetwork
    light : (m,) int64
        The light that each street piece runs into, or `NO_LIGHT`; such a piece is `MAJOR`.
    """
    approach = np.flatnonzero(light != NO_LIGHT)
    order = approach[np.lexsort((approach, class_rank(roads)[approach], light[approach]))]
    numbers, first = np.unique(light[order], return_index=True)
    leader = np.zeros(numbers.max(initial=NO_LIGHT) + 1, np.int64)
    leader[numbers] = order[first]
    degrees = heading_degrees(roads) % 180
    apart = np.abs(degrees[approach] - degrees[leader[light[approach]]])
    axis = np.full(roads.edge_count, MAJOR, np.int8)
    axis[approach[np.minimum(apart, 180 - apart) > OTHER_AXIS_DEGREES]] = CROSSING
    return axis


def heading_degrees(roads: RoadNetwork) -> NDArray[np.float64]:
    """Direction of each street piece, 0 (east) to 360, (m,)."""
    along = roads.xy_m[roads.head] - roads.xy_m[roads.tail]
    return np.degrees(np.arctan2(along[:, 1], along[:, 0])) % 360


def class_rank(roads: RoadNetwork) -> NDArray[np.int64]:
    """Place of each street piece's class in `CLASS_RANK`, ramps with their roads, (m,)."""
    names = [name.removesuffix("_link") for name in roads.road_classes]
    ranks = [CLASS_RANK.index(n) if n in CLASS_RANK else len(CLASS_RANK) for n in names]
    return np.array(ranks)[roads.road_class]


REACH_M = 800.0
"""Farther apart, platoons have dissolved before they reach the next light."""

LEAD_S = 0.1
"""How long green has begun when the vehicle comes. Who turns in from a crossing whose green begins
as that of the arterial ends, is late by as much at the next light; without, rounding would decide
for both."""

STRAIGHT_ON_DEGREES = 45.0
NONE = -1


class Plans(NamedTuple):
    """When the major axis of each light has green.

    Attributes
    ----------
    cycle_s, offset_s : (l,) float64
        Green begins at ``offset_s``, and again after each cycle.
    """

    cycle_s: NDArray[np.float64]
    offset_s: NDArray[np.float64]


class Links(NamedTuple):
    """From lights to the next ones along their major axes.

    Attributes
    ----------
    approach, onto : (k,) int64
        The street piece that runs into the light, and the one that runs into the next.
    seconds : (k,) float64
        Free-flow driving from the one stop line to the other.
    """

    approach: NDArray[np.int64]
    onto: NDArray[np.int64]
    seconds: NDArray[np.float64]


def coordinate(
    roads: RoadNetwork, light: NDArray[np.int64], axis: NDArray[np.int8], plans: Plans
) -> Plans:
    """Bring lights that follow each other along arterials into step.

    Parameters
    ----------
    roads : RoadNetwork
    light : (m,) int64
        The light that each street piece runs into, or `NO_LIGHT`.
    axis : (m,) int8
        The axis along which it does.
    plans : Plans
        What each light would do by itself; the first of each group keeps it.
    """
    links = find_links(roads, light, axis)
    first = np.arange(len(plans.cycle_s))
    after_s = np.zeros(len(first))
    members = {number: [number] for number in first.tolist()}
    for link in _from_chain_to_chain(links):
        here, there = light[links.approach[link]], light[links.onto[link]]
        if first[here] != first[there]:
            joined = members.pop(int(first[there]))
            later_s = links.seconds[link] - LEAD_S
            after_s[joined] += after_s[here] + later_s - after_s[there]
            first[joined] = first[here]
            members[int(first[here])] += joined
    cycle_s = plans.cycle_s[first]
    return Plans(cycle_s, (plans.offset_s[first] + after_s) % cycle_s)


def find_links(roads: RoadNetwork, light: NDArray[np.int64], axis: NDArray[np.int8]) -> Links:
    """Follow each light's major axis straight on to the next light, all lights side by side."""
    goes_on = straight_on(roads)
    approach = np.flatnonzero((light != NO_LIGHT) & (axis == MAJOR))
    at, onto = approach.copy(), np.full(len(approach), NONE)
    metres, seconds = np.zeros(len(approach)), np.zeros(len(approach))
    going = np.arange(len(approach))
    while len(going):
        going = going[goes_on[at[going]] != NONE]
        at[going] = goes_on[at[going]]
        metres[going] += roads.length_m[at[going]]
        seconds[going] += roads.free_flow_s[at[going]]
        going = going[metres[going] <= REACH_M]
        there = light[at[going]] != NO_LIGHT
        onto[going[there]] = at[going[there]]
        going = going[~there]
    found = np.flatnonzero(onto != NONE)
    fits = (axis[onto[found]] == MAJOR) & (light[onto[found]] != light[approach[found]])
    found = found[fits]
    return Links(approach[found], onto[found], seconds[found])


def straight_on(roads: RoadNetwork) -> NDArray[np.int64]:
    """The street piece with which each one goes on, of its own road class or a better, (m,).

    It is that of the smallest turn; -1 where all turn by more than `STRAIGHT_ON_DEGREES`.
    """
    streets = np.flatnonzero(roads.is_street)
    tail, head = roads.junction[roads.tail], roads.junction[roads.head]
    streets = streets[np.argsort(tail[streets], kind="stable")]
    begins = np.searchsorted(tail[streets], np.arange(roads.node_count + 1))
    choices = np.diff(begins)[head]
    street = np.repeat(np.arange(roads.edge_count), choices)
    place = np.arange(len(street)) - np.repeat(np.cumsum(choices) - choices, choices)
    onto = streets[begins[head[street]] + place]
    degrees, rank = heading_degrees(roads), class_rank(roads)
    turn = np.abs((degrees[onto] - degrees[street] + 180) % 360 - 180)
    fits = np.flatnonzero((turn <= STRAIGHT_ON_DEGREES) & (rank[onto] <= rank[street]))
    best_last = fits[np.lexsort((onto[fits], turn[fits]))[::-1]]
    goes_on = np.full(roads.edge_count, NONE)
    goes_on[street[best_last]] = onto[best_last]
    return goes_on


def _from_chain_to_chain(links: Links) -> list[int]:
    """Numbers of all links: the longest chain first, each chain from its beginning."""
    leaving = {approach: link for link, approach in enumerate(links.approach.tolist())}
    following = [leaving.get(approach, NONE) for approach in links.onto.tolist()]
    begin = sorted(set(range(len(following))) - set(following))
    chains = sorted((_chain(link, following) for link in begin), key=len, reverse=True)
    rings = range(len(following))  # what has no beginning comes last
    return list(dict.fromkeys(chain(*chains, rings)))


def _chain(link: int, following: list[int]) -> list[int]:
    """A link and those that follow it, until the chain ends or meets itself."""
    links: dict[int, None] = {}
    while link != NONE and link not in links:
        links[link] = None
        link = following[link]
    return list(links)
