"""Items: what is bought, stored, carried and used up, such as masks or doses of a vaccine."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from environment.parameters import Parameters

Money = Annotated[float, Field(ge=0, allow_inf_nan=False, json_schema_extra={"unit": "money"})]
Units = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Days = Annotated[float, Field(gt=0, le=36_525, json_schema_extra={"unit": "days"})]


class Item(Parameters):
    """One kind of supplies; quantities are whole units of it."""

    name: Annotated[str, Field(min_length=1, description="as the rest of the scenario calls it")]
    unit_cost: Annotated[Money, Field(description="price of a unit")] = 1.0
    holding_cost: Annotated[
        Money, Field(description="of a unit that is left over when the next order arrives")
    ] = 0.02
    shortage_cost: Annotated[
        Money, Field(description="of a unit that somebody needs and that is not there")
    ] = 5.0
    volume_l: Annotated[
        float,
        Field(ge=1e-6, le=1e6, json_schema_extra={"unit": "l"}, description="room on a truck"),
    ] = 1.0
    shelf_life_days: Annotated[
        Days | None, Field(description="after its production it spoils; without it, never")
    ] = None
    per_suspect: Annotated[
        Units, Field(description="used for each person who falls under suspicion, such as a test")
    ] = 0.0
    per_case: Annotated[Units, Field(description="used for each new case, once")] = 0.0
    per_patient_day: Annotated[
        Units, Field(description="used for each active case and day, such as masks")
    ] = 0.0
    per_1000_day: Annotated[
        Units, Field(description="used each day by 1,000 inhabitants, epidemic or not")
    ] = 0.0
    per_mission: Annotated[
        Units, Field(description="used by an ambulance's crew for each patient")
    ] = 0.0
    per_handover: Annotated[
        Units, Field(description="used by a hospital for each patient it takes over")
    ] = 0.0
    protects: Annotated[
        bool,
        Field(description="whether a unit given to a person is a dose of vaccine"),
    ] = False
