"""Traffic lights with fixed cycles: two phases, one for each axis of a junction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from environment.parameters import Parameters, Seconds, Share
from environment.roads.lights import NO_LIGHT, enters_light, light_of_node
from environment.roads.network import RoadNetwork

# From the road that keeps its green longest to the one that waits for it.
CLASS_RANK = ("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified")
OTHER_AXIS_DEGREES = 45.0


class SignalParameters(Parameters):
    """Cycles of the traffic lights, drawn once for each light."""

    active: Annotated[bool, Field(description="off: nobody ever waits at a light")] = True
    cycle_s: Annotated[Seconds, Field(gt=0, description="mean time from one green to the next")] = (
        90.0
    )
    cycle_spread_s: Annotated[
        Seconds, Field(description="cycles are uniform over cycle_s ± cycle_spread_s")
    ] = 15.0
    green_share: Annotated[Share, Field(description="share of the cycle for the major road")] = 0.55
    siren_delay_s: Annotated[
        Seconds,
        Field(description="what a siren loses at a red light, unless it turns green before"),
    ] = 5.0


@dataclass(frozen=True, eq=False)
class TrafficLights:
    """The lights of a map, seen from the street pieces that run into them.

    A light shows green to approach ``e`` while ``(t - green_from_s[e]) mod cycle_s[e]`` is less
    than ``green_s[e]``. Street pieces that end at no light have ``cycle_s = 0``.

    Attributes
    ----------
    cycle_s, green_from_s, green_s : (m,) float64
    siren_delay_s : float
    """

    cycle_s: NDArray[np.float64]
    green_from_s: NDArray[np.float64]
    green_s: NDArray[np.float64]
    siren_delay_s: float

    @property
    def any(self) -> bool:
        """Whether there is a light at all."""
        return bool((self.cycle_s > 0).any())

    @property
    def red_s(self) -> NDArray[np.float64]:
        """Seconds of red in each cycle, by approach."""
        return self.cycle_s - self.green_s

    def expected_wait_s(self, *, siren: bool) -> NDArray[np.float64]:
        """Mean loss at the end of each street piece for an arrival at a random moment, (m,)."""
        cycle_s = np.where(self.cycle_s > 0, self.cycle_s, 1.0)
        red_s = np.where(self.cycle_s > 0, self.red_s, 0.0)
        most_s = np.minimum(red_s, self.siren_delay_s) if siren else red_s
        # The rest of the red is uniform between nothing and all of it; what is lost is cut off.
        return most_s * (red_s - most_s / 2) / cycle_s


def no_lights(roads: RoadNetwork) -> TrafficLights:
    """Lights switched off: nobody ever waits."""
    nothing = np.zeros(roads.edge_count)
    return TrafficLights(nothing, nothing, nothing, 0.0)


def draw_lights(
    roads: RoadNetwork, parameters: SignalParameters, rng: np.random.Generator
) -> TrafficLights:
    """Draw cycle and offset of every light of the map.

    Each light serves its major axis (that of the highest road class running into it) for
    `green_share` of the cycle and whatever crosses that axis for the rest.
    """
    if not parameters.active:
        return no_lights(roads)
    light = light_of_node(roads)
    spread_s = min(parameters.cycle_spread_s, 0.9 * parameters.cycle_s)
    count = int(light.max(initial=NO_LIGHT)) + 1
    cycle_s = parameters.cycle_s + rng.uniform(-spread_s, spread_s, count)
    offset_s = rng.uniform(0, 1, count) * cycle_s
    approach = np.flatnonzero(enters_light(roads))
    own = light[roads.head[approach]]
    major = _on_major_axis(roads)[approach]
    major_green_s = parameters.green_share * cycle_s[own]
    return TrafficLights(
        cycle_s=_spread(cycle_s[own], approach, roads),
        green_from_s=_spread(offset_s[own] + np.where(major, 0.0, major_green_s), approach, roads),
        green_s=_spread(
            np.where(major, major_green_s, cycle_s[own] - major_green_s), approach, roads
        ),
        siren_delay_s=parameters.siren_delay_s,
    )


def _spread(
    values: NDArray[np.float64], approach: NDArray[np.int64], roads: RoadNetwork
) -> NDArray[np.float64]:
    """Values of the street pieces that run into lights, zero for all others, (m,)."""
    everywhere = np.zeros(roads.edge_count)
    everywhere[approach] = values
    return everywhere


def _on_major_axis(roads: RoadNetwork) -> NDArray[np.bool_]:
    """Whether each street piece enters its end along the major axis there, (m,)."""
    axis_degrees = _axis_degrees(roads)
    rank = _class_rank(roads)
    leader = np.full(roads.node_count, -1)
    order = np.lexsort((np.arange(roads.edge_count), rank))[::-1]
    leader[roads.head[order]] = order  # the last one written, of the best rank, stays
    difference = np.abs(axis_degrees - axis_degrees[leader[roads.head]])
    return np.minimum(difference, 180 - difference) <= OTHER_AXIS_DEGREES


def _axis_degrees(roads: RoadNetwork) -> NDArray[np.float64]:
    """Direction of each street piece without its sense, 0–180 degrees."""
    along = roads.xy_m[roads.head] - roads.xy_m[roads.tail]
    return np.degrees(np.arctan2(along[:, 1], along[:, 0])) % 180


def _class_rank(roads: RoadNetwork) -> NDArray[np.int64]:
    names = [name.removesuffix("_link") for name in roads.road_classes]
    ranks = [CLASS_RANK.index(n) if n in CLASS_RANK else len(CLASS_RANK) for n in names]
    return np.array(ranks)[roads.road_class]
