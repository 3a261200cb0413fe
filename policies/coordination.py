"""Coordination: four mechanisms, each on or off.

A switch never replaces a policy; it changes what the policy sees, over whom it decides, in which
order it serves and whom it may ask. Source: Zhao, Zhang and Pang (2024), section 4; what each
switch does is our reconstruction (model page scenario-analysis, 3).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, NamedTuple, Self, get_args

from pydantic import Field, field_validator

from environment.errors import suggest
from environment.parameters import Parameters
from environment.supply.items import Money
from policies.base import PolicyError

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


Rung = Literal["isolated", "mutual_aid", "radio", "triage"]
RUNGS: tuple[Rung, ...] = get_args(Rung)
"""Of the ladder of real ambulance services, each with all that those before it have."""


class ServiceOrganisation(Parameters):
    """What an ambulance service does where a mechanism is off: how districts work together then."""

    rung: Annotated[
        Rung,
        Field(
            description="`isolated`: each district alone; `mutual_aid`: a neighbour is asked where "
            "no ambulance of one's own is free; `radio`: crews are also sent on their way home; "
            "`triage`: those who wait are also served by priority"
        ),
    ] = "triage"
    request_s: Annotated[
        float,
        Field(
            ge=0,
            le=3600,
            json_schema_extra={"unit": "s"},
            description="from a call that no own ambulance can answer until neighbours may",
        ),
    ] = 41.0
    reserve: Annotated[
        int, Field(ge=0, le=100, description="free ambulances that a neighbour keeps for itself")
    ] = 1
    refusal_share: Annotated[
        float, Field(ge=0, le=1, description="of the requests to a neighbour that it refuses")
    ] = 0.0

    def has(self, rung: Rung) -> bool:
        """Whether the service has come as far as a rung."""
        return RUNGS.index(self.rung) >= RUNGS.index(rung)


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
    organisation: ServiceOrganisation = ServiceOrganisation()

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


class Coordination(NamedTuple):
    """Which mechanisms are on.

    Attributes
    ----------
    information : bool
        Everybody sees true demand, stocks and the forecast, and vehicles under way; else the
        orders of one's own customers, and vehicles at their stations.
    planning : bool
        One plan for the whole; else the same policies for each owner or district by itself.
    rules : bool
        One rule of priority everywhere; else first come, first served.
    risk : bool
        Stocks, suppliers and vehicles of others may be asked; else only one's own.
    """

    information: bool = False
    planning: bool = False
    rules: bool = False
    risk: bool = False

    @classmethod
    def on(cls) -> Self:
        """All mechanisms."""
        return cls(True, True, True, True)

    @classmethod
    def off(cls) -> Self:
        """None of them."""
        return cls()

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """Those that are named.

        Raises
        ------
        PolicyError
            With every name that is not one of a mechanism.
        """
        chosen = list(names)
        unknown = [name for name in chosen if name not in MECHANISMS]
        if unknown:
            lines = [f"no mechanism {name!r} ({suggest(name, MECHANISMS)})" for name in unknown]
            raise PolicyError("\n".join(lines))
        return cls(**{name: name in chosen for name in MECHANISMS})

    @property
    def names(self) -> tuple[str, ...]:
        """The mechanisms that are on, in their order."""
        return tuple(name for name, is_on in zip(MECHANISMS, self, strict=True) if is_on)

    @property
    def label(self) -> str:
        """A name for tables: ``off``, ``on``, or the mechanisms joined by ``+``."""
        if not self.names:
            return "off"
        return "on" if len(self.names) == len(MECHANISMS) else "+".join(self.names)


MECHANISMS: tuple[str, ...] = Coordination._fields
