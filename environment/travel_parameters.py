"""How vehicles drive: sirens, and speeds that change over the day."""

from typing import Annotated

from pydantic import Field

from environment.parameters import Kph, Parameters

Factor = Annotated[float, Field(ge=0.01, le=100)]


class TravelParameters(Parameters):
    """Speeds relative to the free flow that the map gives."""

    siren_speed_factor: Annotated[
        Factor, Field(description="speed with lights and sirens over normal speed")
    ] = 1.25
    siren_kph: dict[str, Kph] = Field(
        default_factory=dict,
        description="speed with lights and sirens by road class, where it is given",
    )
    hourly_speed_factors: Annotated[
        Annotated[tuple[Factor, ...], Field(min_length=24, max_length=24)] | None,
        Field(description="speed over free flow by hour of the day, for every vehicle"),
    ] = None
