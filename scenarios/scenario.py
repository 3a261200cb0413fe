"""A scenario: the whole question put to one simulation, frozen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, ValidationError, create_model, model_validator

from environment.demand.drawn_calls import DemandParameters
from environment.demand.hospitals import HospitalParameters
from environment.disruptions import Disruption
from environment.epidemic.days import EpidemicParameters
from environment.fleet.vehicles import FleetParameters
from environment.maps.load import RoadSource
from environment.maps.source import read_bytes
from environment.maps.synthetic_city import SyntheticCity
from environment.parameters import Parameters, Seconds
from environment.places.city import PlaceParameters
from environment.supply.parameters import SupplyParameters
from environment.traffic.driving import TravelParameters
from environment.traffic.traffic_lights import SignalParameters
from environment.units import DAY_S
from policies.coordination import CoordinationParameters
from policies.registry import DECISIONS
from scenarios.errors import ScenarioError
from scenarios.overrides import with_values

LONGEST_NAME = 200


class RunParameters(Parameters):
    """How long is simulated; calls of the warm-up are simulated but not counted."""

    days: Annotated[
        float, Field(gt=0, le=36_525, allow_inf_nan=False, description="days that are counted")
    ] = 7.0
    warm_up_days: Annotated[
        float,
        Field(ge=0, le=3_650, allow_inf_nan=False, description="simulated before, and not counted"),
    ] = 0.25
    coverage_every_s: Annotated[
        Annotated[Seconds, Field(ge=1)] | None,
        Field(description="how often coverage is looked at; without it, never"),
    ] = None
    trace: Annotated[
        bool,
        Field(description="whether the run is noted leg by leg, for the live view and replays"),
    ] = True

    @property
    def warm_up_s(self) -> float:
        """Seconds that are not counted."""
        return self.warm_up_days * DAY_S

    @property
    def horizon_s(self) -> float:
        """The moment after which no call comes in."""
        return (self.warm_up_days + self.days) * DAY_S


class DispatchCentreParameters(Parameters):
    """What happens to a call that no ambulance can answer at once."""

    when_busy: Annotated[
        Literal["wait", "lose"], Field(description="calls wait for an ambulance, or are lost")
    ] = "wait"
    queue: Annotated[
        Literal["priority", "first-come"],
        Field(description="waiting calls are served by urgency, or as they came"),
    ] = "priority"
    redispatch: Annotated[
        bool,
        Field(description="whether crews on their way to a call may be called off for a worse one"),
    ] = False


class PolicyChoice(Parameters):
    """A policy by name or ``module:Class``, with its parameters beside it.

    ``"nearest"`` and ``{ use = "my_policies:Mine", keep = 2 }`` are both fine.
    """

    model_config = ConfigDict(extra="allow")

    use: str

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: Any) -> Any:
        if not isinstance(value, str | Mapping | PolicyChoice):
            raise ValueError(f"must be a name or a table with the key use, got {value!r}")  # noqa: TRY004
        return {"use": value} if isinstance(value, str) else value

    @property
    def parameters(self) -> dict[str, Any]:
        """What the policy's class is called with."""
        return dict(self.model_extra or {})


if TYPE_CHECKING:

    class PolicyParameters(Parameters):
        """Who decides what: a key for every decision of `policies.registry`."""

        def __getattr__(self, decision: str) -> PolicyChoice:
            """The policy that is chosen for a decision."""

else:
    PolicyParameters = create_model(
        "PolicyParameters",
        __base__=Parameters,
        __module__=__name__,
        __doc__="Who decides what.",
        **{
            decision.name: (
                Annotated[PolicyChoice, Field(description=decision.description)],
                PolicyChoice(use=decision.default),
            )
            for decision in DECISIONS.values()
        },
    )


class Scenario(Parameters):
    """Everything that a run depends on, but for the number of its replication.

    Attributes
    ----------
    folder : Path
        Where the files that it names are looked up; not part of its identity.
    """

    name: Annotated[
        str,
        Field(
            max_length=LONGEST_NAME, description="over tables and pictures; else the file's name"
        ),
    ] = "unnamed"
    description: Annotated[
        str, Field(max_length=10_000, description="one line, which corridor scenarios lists")
    ] = ""
    seed: Annotated[
        int, Field(ge=0, lt=2**63, description="another one draws other patients and lights")
    ] = 1
    run: RunParameters = RunParameters()
    roads: RoadSource = SyntheticCity()
    places: PlaceParameters = PlaceParameters()
    travel: TravelParameters = TravelParameters()
    signals: SignalParameters = SignalParameters()
    demand: DemandParameters = DemandParameters()
    hospitals: HospitalParameters = HospitalParameters()
    disruptions: Annotated[
        tuple[Disruption, ...], Field(description="what goes wrong, and when")
    ] = ()
    fleet: FleetParameters = FleetParameters()
    dispatch_centre: DispatchCentreParameters = DispatchCentreParameters()
    policies: PolicyParameters = PolicyParameters()
    supplies: SupplyParameters = SupplyParameters()
    epidemic: EpidemicParameters = EpidemicParameters()
    coordination: CoordinationParameters = CoordinationParameters()
    folder: Annotated[Path, Field(exclude=True)] = Path()

    @property
    def needs_service(self) -> bool:
        """Whether there must be stations and hospitals: not for supplies where nobody calls."""
        demand, epidemic = self.demand, self.epidemic
        return (
            not self.supplies.is_there
            or demand.calls_per_day > 0
            or demand.recorded_calls is not None
            or any(disruption.brings_patients for disruption in self.disruptions)
            or (epidemic.is_there and epidemic.ambulance_share > 0)
        )

    @property
    def fingerprint(self) -> str:
        """A hash of all that the scenario says."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def input_files(self) -> tuple[Path, ...]:
        """Every file that the scenario names."""
        own = (
            self.places.zones,
            self.places.sites,
            self.demand.recorded_calls,
            self.fleet.vehicles,
        )
        named = [self.folder / path for path in own if path is not None]
        return (*self.roads.input_files(self.folder), *named)

    @property
    def city_fingerprint(self) -> str:
        """A hash of what the city depends on, the contents of its files included."""
        parts = {"seed", "roads", "places", "travel", "signals"}
        digest = hashlib.sha256(self.model_dump_json(include=parts).encode())
        for path in self.input_files:
            digest.update(read_bytes(path))
        return digest.hexdigest()

    def changed(self, values: Mapping[str, Any]) -> Self:
        """Return a copy with other values under dotted keys, checked as a whole.

        Raises
        ------
        ScenarioError
            With a line for every mistake.
        """
        from scenarios.checks.mistakes import describe_mistakes  # which knows the scenario's fields

        data = with_values(self.model_dump(), values)
        try:
            return type(self).model_validate({**data, "folder": self.folder})
        except ValidationError as error:
            lines = (f"{self.name}: {mistake}" for mistake in describe_mistakes(error))
            raise ScenarioError("\n".join(lines)) from None
