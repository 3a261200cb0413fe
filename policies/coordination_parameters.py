"""What a scenario says of coordination: which mechanisms are on, where, and at what price."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from environment.parameters import Parameters
from environment.supply.items import Money
from policies.coordination import MECHANISMS, Coordination

Hours = Annotated[float, Field(ge=0, le=720, json_schema_extra={"unit": "h"})]
Mechanism = Literal["information", "planning", "rules", "risk"]


class InformationPrice(Parameters):
    """What it costs to know."""

    delay_h: Annotated[Hours, Field(description="age of what is reported when it is seen")] = 2.0
    error_cv: Annotated[
        float, Field(ge=0, le=2, description="coefficient of variation of what is reported")
    ] = 0.05
    cost_per_report: Annotated[Money, Field(description="of each site's report, one a day")] = 20.0


class PlanningPrice(Parameters):
    """What it costs to decide together."""

    cycle_h: Annotated[Hours, Field(ge=0.25, description="between two plans for the whole")] = 6.0
    latency_h: Annotated[Hours, Field(description="from a plan's data to its orders")] = 1.0
    cost_per_plan: Annotated[Money, Field(description="of each plan")] = 50.0


class RulesPrice(Parameters):
    """What one rule for all costs: each case is assessed, and graded without local knowledge."""

    assessment_h: Annotated[Hours, Field(description="before a request can be served")] = 0.5
    grades: Annotated[
        int, Field(ge=1, le=100, description="grades of urgency, all that the rule tells apart")
    ] = 3


class RiskPrice(Parameters):
    """What it costs to help each other; kilometres and thin districts come by themselves."""

    agreement_h: Annotated[Hours, Field(description="until another owner has agreed")] = 1.0


class CoordinationParameters(Parameters):
    """Which mechanisms are on, in which of the two systems, and their prices."""

    mechanisms: Annotated[
        tuple[Mechanism, ...] | None,
        Field(
            description="those that are on, also as `on`, `off` or `information,risk`; without it "
            "the ambulance service keeps to its own keys and supplies are not coordinated"
        ),
    ] = None
    systems: Annotated[
        tuple[Literal["ambulances", "supplies"], ...],
        Field(min_length=1, description="what is coordinated; the other is as if all were off"),
    ] = ("ambulances", "supplies")
    information: InformationPrice = InformationPrice()
    planning: PlanningPrice = PlanningPrice()
    rules: RulesPrice = RulesPrice()
    risk: RiskPrice = RiskPrice()

    @field_validator("mechanisms", mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        """Take ``on``, ``off`` and ``information,risk`` beside a list."""
        if not isinstance(value, str):
            return value
        for_all = {"on": MECHANISMS, "off": ()}
        return for_all.get(value, tuple(name.strip() for name in value.split(",")))

    @property
    def of_supplies(self) -> Coordination:
        """What is on in the supply system."""
        return self._of("supplies")

    @property
    def of_ambulances(self) -> Coordination | None:
        """What is on in the ambulance service; None where it keeps to its own keys."""
        return None if self.mechanisms is None else self._of("ambulances")

    def _of(self, system: str) -> Coordination:
        names = self.mechanisms or ()
        return Coordination.of(names if system in self.systems else ())
