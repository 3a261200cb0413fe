"""A mass-casualty incident: many patients at one place, all at the same moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field, model_validator

from environment.apportionment import apportion
from environment.demand.calls import Calls
from environment.demand.drawn_calls import complete_calls, streams_of
from environment.disruptions.base import (
    CallSource,
    Coordinate,
    DisruptionParameters,
    Hour,
    Surroundings,
    unknown_names,
)
from environment.parameters import Seconds, Share
from environment.places.addresses import AddressBook
from environment.places.city import PlaceParameters, join_to_streets
from environment.units import HOUR_S


class MassCasualty(DisruptionParameters):
    """An event with many patients at one place, known in full only after triage.

    All of them are called in at once as `reported_as`. From the arrival of the first crew on they
    are triaged one after the other, and each then has its own priority.
    """

    brings_patients: ClassVar[bool] = True

    kind: Literal["mass_casualty"] = "mass_casualty"
    at_hour: Annotated[Hour, Field(description="when it happens")]
    x: Annotated[Coordinate, Field(description="where, as the map has it")]
    y: Annotated[Coordinate, Field(description="as x")]
    casualties: Annotated[int, Field(ge=1, le=100_000, description="how many patients")]
    triage: Annotated[
        dict[str, Share],
        Field(min_length=1, description="share of the casualties by name of their priority"),
    ]
    reported_as: Annotated[str, Field(description="priority of each until it is triaged")]
    triage_s: Annotated[
        Seconds, Field(description="triage of one casualty, after the first crew's arrival")
    ] = 60.0
    transported_share: Annotated[Share, Field(description="share taken to a hospital")] = 0.9
    spread_m: Annotated[
        float,
        Field(
            ge=0,
            le=10_000,
            json_schema_extra={"unit": "m"},
            description="standard deviation of the casualties' places about the point",
        ),
    ] = 0.0

    @model_validator(mode="after")
    def _shares_sum_to_one(self) -> Self:
        total = sum(self.triage.values())
        if abs(total - 1) > 1e-6:
            raise ValueError(f"the shares of triage must sum to 1, got {total:g}")
        return self

    @property
    def begins_hour(self) -> float:
        """When it happens."""
        return self.at_hour

    @property
    def at_s(self) -> float:
        """When it happens, in seconds since the start of the run."""
        return self.at_hour * HOUR_S

    def mistakes(self, surroundings: Surroundings) -> Iterator[str]:
        """Tell of priorities that do not exist, and of a place far from any street."""
        names = dict.fromkeys([*self.triage, self.reported_as])
        yield from unknown_names("priority", names, surroundings.priorities)
        x, y = np.array([self.x]), np.array([self.y])
        distance_m = surroundings.city.roads.nearest_stop(x, y)[1][0]
        if not distance_m <= surroundings.max_access_m:
            yield (
                f"({self.x:g}, {self.y:g}) lies {distance_m / 1000:,.1f} km from the nearest "
                f"street; allowed are {surroundings.max_access_m / 1000:g} km (places.max_access_m)"
            )
        yield from super().mistakes(surroundings)

    def extra_calls(self, number: int, source: CallSource, horizon_s: float) -> Iterator[Calls]:  # noqa: ARG002
        """Draw the casualties: one call each, from ``demand.incident.k.…``.

        They are reported as one class, and have their true one as `triage_priority`. What they have
        and how it goes on with them depends on the true class; the rest is drawn as for other
        calls.
        """
        streams = streams_of(f"demand.incident.{number}", source.streams)
        names = [p.name for p in source.demand.priorities]
        places = _places_about(self, source.addresses, source.places, streams("demand.places"))
        known = pd.DataFrame(
            {
                "onset_s": self.at_s,
                "called_s": self.at_s,
                **places,
                "priority": names.index(self.reported_as),
                "triage_priority": triaged(self, names, streams("demand.triage")),
                "units": 1,
                "incident": number,
            }
        )
        as_here = source.demand.model_copy(update={"transported_share": self.transported_share})
        yield complete_calls(as_here, known, streams, source.hospitals)


def triaged(
    incident: MassCasualty, priorities: Sequence[str], rng: np.random.Generator
) -> NDArray[np.int64]:
    """The true class of each casualty: as many of each as asked for, in random order.

    Shares that make no whole numbers are rounded by largest remainder, ties to the class that the
    scenario lists first.
    """
    shares = [incident.triage.get(name, 0.0) for name in priorities]
    count = apportion(incident.casualties, shares)
    return rng.permutation(np.repeat(np.arange(len(priorities)), count))


def _places_about(
    incident: MassCasualty,
    addresses: AddressBook,
    places: PlaceParameters,
    rng: np.random.Generator,
) -> dict[str, NDArray[Any]]:
    """Points about the incident, each joined to the junction nearest to it."""
    roads = addresses.roads
    corner_x_m, corner_y_m = roads.to_metres(
        np.array([incident.x, incident.x + 1]), np.array([incident.y, incident.y + 1])
    )
    away_m = rng.normal(0.0, incident.spread_m, (incident.casualties, 2))
    x = incident.x + away_m[:, 0] / np.diff(corner_x_m)
    y = incident.y + away_m[:, 1] / np.diff(corner_y_m)
    far_off: list[str] = []  # which is no mistake: only the incident itself must be on the map
    names = np.full(incident.casualties, "")
    node, access_s = join_to_streets("casualty", names, x, y, roads, places, far_off)
    return {"x": x, "y": y, "node": node, "access_s": access_s, "zone": addresses.zone_of(x, y)}
