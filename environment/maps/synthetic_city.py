"""The default city: synthetic, the same for everybody, and made in about a second."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal
from zlib import crc32

import numpy as np
from pydantic import Field

from environment.maps.source import MapSource
from environment.places.city import CityMap


class SyntheticCity(MapSource):
    """An invented city with an old centre, ring roads, suburbs, and a river with few bridges.

    Main roads are laid first: a motorway ring, avenues from the ring of the old walls, bridges.
    The faces between them are then cut by roads of lower and lower class until they are blocks,
    small in the centre and large in the suburbs, where dead ends and crescents are added. The
    whole plan is bent a little at the end.

    Attributes
    ----------
    seed : int
        Another seed gives another city of the same kind.
    width_km, height_km : float
        Size of the map; blocks keep their size, so a larger map has more streets.
    population : int
        Sets how far the built-up area reaches and how many ambulances there are.
    """

    version: ClassVar[int] = 1

    source: Literal["synthetic_city"] = "synthetic_city"
    seed: Annotated[int, Field(ge=0, description="another one gives another city")] = 1
    width_km: Annotated[
        float, Field(ge=5, le=40, allow_inf_nan=False, description="west to east")
    ] = 12.0
    height_km: Annotated[
        float, Field(ge=5, le=40, allow_inf_nan=False, description="south to north")
    ] = 10.0
    population: Annotated[
        int,
        Field(
            ge=100_000,
            le=10_000_000,
            description="sets the built-up area and the number of ambulances",
        ),
    ] = 600_000

    @property
    def inhabitants(self) -> int:
        """The population, of whom some live beyond the built-up area."""
        return self.population

    def load(self, folder: Path) -> CityMap:  # noqa: ARG002
        """Build the city; ``folder`` is not used, there being no files."""
        from environment.maps.synthetic.blocks import cut_into_blocks
        from environment.maps.synthetic.land import river_outline, settle
        from environment.maps.synthetic.main_roads import main_road_map
        from environment.maps.synthetic.network import road_network
        from environment.maps.synthetic.outlines import outlines
        from environment.maps.synthetic.population import demand_zones
        from environment.maps.synthetic.sites import hospitals, stations
        from environment.maps.synthetic.streets import street_lines
        from environment.maps.synthetic.suburbs import add_dead_ends_and_crescents
        from environment.maps.synthetic.warp import choose_warp

        land = settle(
            1000 * self.width_km, 1000 * self.height_km, self.population, self._stream("land")
        )
        warp = choose_warp(land, self._stream("warp"))
        river = river_outline(land)
        plan, dry = main_road_map(land, river, self._stream("main_roads"))
        blocks, parks = cut_into_blocks(plan, dry, land, self._stream("blocks"))
        add_dead_ends_and_crescents(plan, blocks, land, self._stream("suburbs"))
        lines = street_lines(plan, warp)
        roads = road_network(self._name, lines, land, self._stream("one_way"))
        ground = outlines(plan, parks, river, warp)
        return CityMap(
            roads=roads,
            zones=demand_zones(roads, land, warp, ground.empty),
            stations=stations(roads, land, warp, self.population),
            hospitals=hospitals(roads, land, warp),
            water=ground.water,
            parks=ground.parks,
        )

    @property
    def _name(self) -> str:
        return f"synthetic city {self.seed}"

    def _stream(self, name: str) -> np.random.Generator:
        """Random numbers for one step, so that a change in one leaves the others as they were."""
        return np.random.default_rng([crc32(f"city.{name}".encode()), self.seed])
