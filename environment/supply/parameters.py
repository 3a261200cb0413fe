"""The supply side of a scenario: items, sites, times, and what money there is."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from environment.parameters import Parameters, PlacedMistakesError, Seconds
from environment.supply.items import Item, Money
from environment.supply.sites import SupplySystem

Hours = Annotated[float, Field(ge=0, le=8_760, json_schema_extra={"unit": "h"})]
Interval = Annotated[float, Field(ge=0.25, le=720, json_schema_extra={"unit": "h"})]


class SupplyTimes(Parameters):
    """How often anybody decides, and how long word takes."""

    request_every_h: Annotated[
        Interval, Field(description="how often a distributor asks for supplies")
    ] = 12.0
    order_every_h: Annotated[
        Interval, Field(description="how often stores' stocks are ordered for")
    ] = 24.0
    message_delay_s: Annotated[Seconds, Field(description="until a message is read")] = 3_600.0
    release_h: Annotated[
        Hours, Field(description="until the government has decided on releasing a reserve")
    ] = 6.0
    patience_h: Annotated[
        Hours, Field(gt=0, description="after it a need that is not met is lost")
    ] = 48.0
    expected_supplier_days: Annotated[
        float, Field(ge=0, le=365, description="from an order to its arrival, as stores expect it")
    ] = 2.0
    expected_delivery_days: Annotated[
        float,
        Field(ge=0, le=365, description="from a request to its arrival, as distributors expect it"),
    ] = 0.5


class Couplings(Parameters):
    """Which of the two systems act on each other."""

    crews_use_supplies: Annotated[
        bool, Field(description="crews take per_mission, and are slower without")
    ] = True
    crew_delay_s: Annotated[
        Seconds, Field(description="that a crew without supplies stays longer on the scene")
    ] = 900.0
    hospitals_use_supplies: Annotated[
        bool, Field(description="hospitals take per_handover, and are slower without")
    ] = True
    hospital_delay_share: Annotated[
        Annotated[float, Field(ge=0, le=100)],
        Field(description="by which handovers and stays without supplies are longer"),
    ] = 0.5
    staff_fall_ill: Annotated[
        bool, Field(description="whether staff are missing by their district's share of ill")
    ] = True
    trucks_share_streets: Annotated[
        bool,
        Field(description="whether trucks meet forced greens and closed streets as ambulances do"),
    ] = True


class GovernmentParameters(Parameters):
    """The money of the supply side."""

    budget_per_day: Annotated[
        Money | None, Field(description="for orders; without it, there is enough")
    ] = None
    cost_per_km: Annotated[Money, Field(description="of a truck")] = 1.5


class SupplyParameters(Parameters):
    """The supply side: without items there is none."""

    items: tuple[Item, ...] = ()
    sites: SupplySystem = SupplySystem()
    times: SupplyTimes = SupplyTimes()
    government: GovernmentParameters = GovernmentParameters()
    couplings: Couplings = Couplings()

    @property
    def is_there(self) -> bool:
        """Whether the scenario has a supply side."""
        return bool(self.items)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        from environment.supply.checks import supply_mistakes

        problems = supply_mistakes(self)
        if problems:
            raise PlacedMistakesError(problems)
        return self
