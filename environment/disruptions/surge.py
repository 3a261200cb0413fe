"""A surge: more calls than usual for some hours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from environment.demand.calls import Calls
from environment.demand.drawn_calls import draw_calls, streams_of
from environment.disruptions.base import CallSource, Lasting, Surroundings, unknown_names


class Surge(Lasting):
    """More calls than usual."""

    drawn_after: ClassVar[int] = 1  # so that a larger surge leaves casualties their numbers

    kind: Literal["surge"] = "surge"
    factor: Annotated[
        float, Field(ge=1, le=1_000, description="what the rate of calls is multiplied by")
    ]
    zones: Annotated[
        Annotated[tuple[str, ...], Field(min_length=1)] | None,
        Field(description="zone_id of each zone where it is so; without it, everywhere"),
    ] = None

    def mistakes(self, surroundings: Surroundings) -> Iterator[str]:
        """Tell of zones that do not exist."""
        known = surroundings.city.zones.zone_id.tolist()
        yield from unknown_names("zone", self.zones or (), known)
        yield from super().mistakes(surroundings)

    def extra_calls(self, number: int, source: CallSource, horizon_s: float) -> Iterator[Calls]:
        """Draw Poisson calls at (factor - 1) times the usual rate, from ``demand.surge.k.…``.

        The usual rate is that of `calls_per_day` and `hourly_weights`, also beside recorded calls.
        Candidates are fixed, and kept by their zone and mark, so that a larger factor or more zones
        add calls and change none. Layer k has candidates at 2^k times the usual rate with marks
        from 2^k to 2^(k+1), of which those below the factor are kept. So no factor is out of
        bounds, and candidates come at less than 2 factor - 1 times the usual rate.

        Yields
        ------
        Calls
            Those kept of each layer, in order of time.
        """
        streams = streams_of(f"demand.surge.{number}", source.streams)
        demand, addresses = source.demand, source.addresses
        until_s = min(self.until_s, horizon_s)
        layer = 0
        while 2**layer < self.factor:
            own = streams_of(f"demand.{layer}", streams)
            rate = demand.calls_per_day * 2**layer
            denser = demand.model_copy(update={"calls_per_day": rate})
            candidates = draw_calls(denser, addresses, until_s, own, source.hospitals, self.from_s)
            mark = 2**layer * (1 + own("demand.marks").random(len(candidates)))
            kept = mark < self.factor
            if self.zones is not None:
                zone_id = addresses.zones.zone_id[candidates.table["zone"]]
                kept &= np.isin(zone_id, self.zones)
            yield candidates.rows(np.flatnonzero(kept))
            layer += 1
