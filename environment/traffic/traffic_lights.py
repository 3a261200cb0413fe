"""Traffic lights with two phases, one for each axis: cycles, offsets, and which can be switched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from environment.parameters import Parameters, Seconds, Share
from environment.roads.lights import NO_LIGHT, enters_light, light_of_node
from environment.roads.network import RoadNetwork
from environment.traffic.light_plans import CROSSING, MAJOR, Plans, axis_of_approach, coordinate

CycleSeconds = Annotated[
    float, Field(ge=10, le=3_600, allow_inf_nan=False, json_schema_extra={"unit": "s"})
]
"""Shorter, a light has no time for two greens; longer, nobody would wait for it."""

VehiclesPerHour = Annotated[
    float, Field(ge=0, le=100_000, json_schema_extra={"unit": "vehicles/h"})
]

FLOW_PER_HOUR = {
    "motorway": 1200.0,
    "trunk": 800.0,
    "primary": 500.0,
    "secondary": 350.0,
    "tertiary": 200.0,
    "unclassified": 100.0,
    "residential": 60.0,
    "living_street": 20.0,
}
"""Vehicles that come to a light along one street piece, on the mean of a day: plausible for cities,
measured nowhere. Ramps have those of their roads, classes that are not named `OTHER_FLOW`."""

OTHER_FLOW = 60.0

MOST_SPREAD_SHARE = 0.9
"""Of the mean cycle: more, and the shortest cycles would have no time for either axis."""


class SignalParameters(Parameters):
    """Cycles of the traffic lights, drawn once for each light, and who can switch them."""

    active: Annotated[bool, Field(description="off: nobody ever waits at a light")] = True
    cycle_s: Annotated[CycleSeconds, Field(description="mean time from one green to the next")] = (
        90.0
    )
    cycle_spread_s: Annotated[
        Seconds,
        Field(description="cycles are uniform over cycle_s ± this, which is at most 0.9 cycle_s"),
    ] = 15.0
    green_share: Annotated[Share, Field(description="share of the cycle for the major road")] = 0.55
    coordinated: Annotated[
        bool, Field(description="lights along an arterial road share a cycle and are in step")
    ] = True
    siren_delay_s: Annotated[
        Seconds,
        Field(description="what a siren loses at a red light, unless it turns green before"),
    ] = 5.0
    equipped_share: Annotated[
        Share, Field(description="share of the lights that the traffic control can switch")
    ] = 1.0
    equipped_junctions: Annotated[
        tuple[int, ...] | None,
        Field(description="node ids of the lights that may be equipped; without it, all"),
    ] = None
    switch_s: Annotated[
        Seconds, Field(description="from the request for green to green: yellow and all red")
    ] = 4.0
    flow_per_hour: dict[str, VehiclesPerHour] = Field(
        default_factory=dict,
        description="vehicles that come to a light along a street of a road class, where given",
    )

    @model_validator(mode="after")
    def _shortest_cycle_lasts(self) -> Self:
        most_s = MOST_SPREAD_SHARE * self.cycle_s
        if self.cycle_spread_s > most_s:
            raise ValueError(
                f"cycle_spread_s must be <= {most_s:g}, which is {MOST_SPREAD_SHARE:g} of cycle_s "
                f"({self.cycle_s:g}), got {self.cycle_spread_s:g}"
            )
        return self


@dataclass(frozen=True, eq=False)
class TrafficLights:
    """The lights of a map, seen from the street pieces that run into them.

    By its cycle a light shows green to approach ``e`` while ``(t - green_from_s[e]) mod
    cycle_s[e]`` is less than ``green_s[e]``. Street pieces that end at no light have
    ``cycle_s = 0``.

    Attributes
    ----------
    cycle_s, green_from_s, green_s : (m,) float64
    siren_delay_s : float
    light : (m,) int64
        The number of the light that each street piece runs into, or `NO_LIGHT`.
    axis : (m,) int8
        The axis along which it does: `MAJOR` or `CROSSING`.
    equipped : (l,) bool
        Whether the traffic control can switch each light.
    cross_flow_per_hour : (l, 2) float64
        Vehicles that come along the other axis in an hour, by light and axis.
    switch_s : float
        From the request for green to green.
    """

    cycle_s: NDArray[np.float64]
    green_from_s: NDArray[np.float64]
    green_s: NDArray[np.float64]
    siren_delay_s: float
    light: NDArray[np.int64]
    axis: NDArray[np.int8]
    equipped: NDArray[np.bool_]
    cross_flow_per_hour: NDArray[np.float64]
    switch_s: float

    @cached_property
    def any(self) -> bool:
        """Whether there is a light at all."""
        return bool((self.cycle_s > 0).any())

    @property
    def red_s(self) -> NDArray[np.float64]:
        """Seconds of red in each cycle, by approach."""
        return self.cycle_s - self.green_s

    @property
    def can_switch(self) -> NDArray[np.bool_]:
        """Whether each street piece runs into an equipped light, (m,)."""
        can = np.zeros(len(self.light), dtype=bool)
        into = self.light != NO_LIGHT
        can[into] = self.equipped[self.light[into]]
        return can

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
    return TrafficLights(
        cycle_s=nothing,
        green_from_s=nothing,
        green_s=nothing,
        siren_delay_s=0.0,
        light=np.full(roads.edge_count, NO_LIGHT),
        axis=np.zeros(roads.edge_count, np.int8),
        equipped=np.zeros(0, dtype=bool),
        cross_flow_per_hour=np.zeros((0, 2)),
        switch_s=0.0,
    )


def draw_lights(
    roads: RoadNetwork,
    parameters: SignalParameters,
    streams: Callable[[str], np.random.Generator],
) -> TrafficLights:
    """Draw cycle and offset of every light of the map, and which are equipped.

    Each light serves its major axis (that of the highest road class running into it) for
    `green_share` of the cycle and whatever crosses that axis for the rest.

    Parameters
    ----------
    roads : RoadNetwork
    parameters : SignalParameters
    streams : callable
        Gives the random stream of a name; those of ``city.lights`` and ``city.equipped_lights``
        are used, so that equipment changes no cycle.
    """
    if not parameters.active:
        return no_lights(roads)
    light = np.where(enters_light(roads), light_of_node(roads)[roads.head], NO_LIGHT)
    axis = axis_of_approach(roads, light)
    plans = _draw_plans(int(light.max(initial=NO_LIGHT)) + 1, parameters, streams("city.lights"))
    if parameters.coordinated:
        plans = coordinate(roads, light, axis, plans)
    approach = np.flatnonzero(light != NO_LIGHT)
    own, major = light[approach], axis[approach] == MAJOR
    cycle_s = plans.cycle_s[own]
    major_green_s = parameters.green_share * cycle_s
    since_major_s = np.where(major, 0.0, major_green_s)
    green_s = np.where(major, major_green_s, cycle_s - major_green_s)
    return TrafficLights(
        cycle_s=_spread(cycle_s, approach, roads),
        green_from_s=_spread(plans.offset_s[own] + since_major_s, approach, roads),
        green_s=_spread(green_s, approach, roads),
        siren_delay_s=parameters.siren_delay_s,
        light=light,
        axis=axis,
        equipped=_draw_equipped(roads, parameters, streams("city.equipped_lights")),
        cross_flow_per_hour=_cross_flow(roads, parameters, light, axis),
        switch_s=parameters.switch_s,
    )


def _draw_plans(count: int, parameters: SignalParameters, rng: np.random.Generator) -> Plans:
    spread_s = parameters.cycle_spread_s
    cycle_s = parameters.cycle_s + rng.uniform(-spread_s, spread_s, count)
    return Plans(cycle_s, rng.uniform(0, 1, count) * cycle_s)


def _draw_equipped(
    roads: RoadNetwork, parameters: SignalParameters, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Whether each light is equipped; what is at a smaller share, is at a greater."""
    light = light_of_node(roads)
    equipped = rng.uniform(0, 1, int(light.max(initial=NO_LIGHT)) + 1) < parameters.equipped_share
    if parameters.equipped_junctions is not None:
        named = np.isin(roads.node_id, parameters.equipped_junctions)
        equipped &= np.isin(np.arange(len(equipped)), light[named])
    return equipped


def unlit_junctions(parameters: SignalParameters, roads: RoadNetwork) -> list[str]:
    """A line if `equipped_junctions` names junctions that do not exist or have no light."""
    named = parameters.equipped_junctions or ()
    known, lit = set(roads.node_id.tolist()), sorted(roads.node_id[roads.has_signal].tolist())
    unknown = [number for number in named if number not in known]
    dark = [number for number in named if number in known.difference(lit)]
    problems = [f"no junction {_listed(unknown)} on {roads.name}"] if unknown else []
    problems += [f"no traffic light at junction {_listed(dark)}"] if dark else []
    if not problems:
        return []
    others = f" and {len(lit) - 3:,} others" if len(lit) > 3 else ""
    known_ones = f"{_listed(lit[:3]) or 'none'}{others}"
    told = f"{'; '.join(problems)}; junctions with a light are {known_ones}"
    return [f"signals.equipped_junctions: {told}"]


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _cross_flow(
    roads: RoadNetwork,
    parameters: SignalParameters,
    light: NDArray[np.int64],
    axis: NDArray[np.int8],
) -> NDArray[np.float64]:
    """Vehicles in an hour along the other axis, by light and axis, (l, 2)."""
    known = FLOW_PER_HOUR | parameters.flow_per_hour
    by_class = [
        known.get(name, known.get(name.removesuffix("_link"), OTHER_FLOW))
        for name in roads.road_classes
    ]
    approach = np.flatnonzero((light != NO_LIGHT) & roads.is_street)
    flow = np.zeros((int(light.max(initial=NO_LIGHT)) + 1, 2))
    np.add.at(
        flow, (light[approach], axis[approach]), np.array(by_class)[roads.road_class[approach]]
    )
    return flow[:, [CROSSING, MAJOR]]


def _spread(
    values: NDArray[np.float64], approach: NDArray[np.int64], roads: RoadNetwork
) -> NDArray[np.float64]:
    """Values of the street pieces that run into lights, zero for all others, (m,)."""
    everywhere = np.zeros(roads.edge_count)
    everywhere[approach] = values
    return everywhere
