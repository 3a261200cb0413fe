"""What is asked of a delivery plan beside the tables, with limits and units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError

from environment.errors import CorridorError, suggest
from environment.parameters import Parameters, Share
from policies.delivery.problem import Help, Short
from policies.siting.limits import SearchLimits
from scenarios.checks.mistakes import describe_mistakes

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class DeliveryQuestionError(CorridorError):
    """A delivery plan that cannot be asked for so."""


class DeliveryQuestion(Parameters):
    """Weights, rules, costs and speeds of a delivery plan.

    Costs, speed, threshold and growth of the penalty have no source in the Hubei paper, whose
    tables are lost: they are to be set by who knows them.
    """

    delay_weight: Annotated[Share, Field(description="of delay against cost")] = 0.5
    help: Annotated[Help, Field(description="whether sites serve their own region first")] = (
        "own_region_first"
    )
    short: Annotated[Short, Field(description="who goes without where supply is short")] = (
        "proportional"
    )
    cost_per_unit_km: Annotated[Amount, Field(description="of transport")] = 0.01
    subsidy_per_person: Annotated[Amount, Field(description="of medical staff")] = 100.0
    speed_km_per_day: Annotated[Positive, Field(description="of lorries")] = 600.0
    response_days: Annotated[Amount, Field(description="before anything leaves")] = 0.5
    threshold_days: Annotated[
        Amount, Field(description="after which an arrival is late, where the table says nothing")
    ] = 3.0
    delay_growth_per_day: Annotated[
        Positive, Field(description="of the penalty exp(growth times days late) - 1")
    ] = 0.2
    front: Annotated[
        int, Field(ge=0, le=101, description="weights for which a plan is looked for beside it")
    ] = 0
    gap: Annotated[float, Field(ge=0, lt=1, description="at which the search stops")] = 1e-4
    time_limit_s: Annotated[Positive, Field(description="after which it stops")] = 60.0

    @property
    def limits(self) -> SearchLimits:
        """When the search may stop."""
        return SearchLimits(self.gap, self.time_limit_s)


def make_question(given: Mapping[str, Any]) -> DeliveryQuestion:
    """Ask with values by name.

    Raises
    ------
    DeliveryQuestionError
        With a line for each name that is not known and each value that is not allowed.
    """
    known = list(DeliveryQuestion.model_fields)
    mistakes = [
        f"unknown parameter {name!r} ({suggest(name, known)})"
        for name in given
        if name not in known
    ]
    try:
        question = DeliveryQuestion(**{name: given[name] for name in given if name in known})
    except ValidationError as error:
        mistakes += describe_mistakes(error)
    if mistakes:
        raise DeliveryQuestionError("\n".join(mistakes))
    return question
