"""Disruptions: what goes wrong in a city, and when; ``[[disruptions]]`` in a scenario file.

Hours count from the start of the run, the warm-up included. A disruption holds from `from_hour` on
and no longer at `until_hour`.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from environment.parameters import Metres, Parameters, Seconds, Share

HOUR_S = 3_600.0

Hour = Annotated[float, Field(ge=0, allow_inf_nan=False, json_schema_extra={"unit": "h"})]
Coordinate = Annotated[float, Field(allow_inf_nan=False)]
SiteId = Annotated[str, Field(description="its site_id")]


class Lasting(Parameters):
    """A disruption that begins and ends."""

    from_hour: Annotated[Hour, Field(description="when it begins")]
    until_hour: Annotated[Hour, Field(description="when it is over")]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if not self.until_hour > self.from_hour:
            raise ValueError(
                f"until_hour must be > from_hour, got {self.until_hour:g} and {self.from_hour:g}"
            )
        return self

    @property
    def from_s(self) -> float:
        """When it begins, in seconds since the start of the run."""
        return self.from_hour * HOUR_S

    @property
    def until_s(self) -> float:
        """When it is over, in seconds since the start of the run."""
        return self.until_hour * HOUR_S


class RoadClosure(Lasting):
    """Streets that nobody can drive on: all around a point, or those named one by one."""

    kind: Literal["road_closure"] = "road_closure"
    x: Annotated[
        Coordinate | None, Field(description="middle of a closed circle, as the map has it")
    ] = None
    y: Annotated[Coordinate | None, Field(description="as x")] = None
    radius_m: Annotated[
        Metres | None, Field(description="every street that comes so near to the point is closed")
    ] = None
    streets: Annotated[
        tuple[tuple[int, int], ...],
        Field(description="closed streets by the node ids of their ends: [[1, 2], [2, 3]]"),
    ] = ()
    one_way: Annotated[
        bool, Field(description="streets are closed only from their first end to their second")
    ] = False

    @model_validator(mode="after")
    def _either_circle_or_streets(self) -> Self:
        circle = {"x": self.x, "y": self.y, "radius_m": self.radius_m}
        given = [name for name, value in circle.items() if value is not None]
        if (len(given), bool(self.streets)) not in {(3, False), (0, True)}:
            got = ", ".join([*given, *(["streets"] if self.streets else [])]) or "none of them"
            raise ValueError(f"must have either x, y and radius_m, or streets; got {got}")
        if self.one_way and not self.streets:
            raise ValueError("one_way is for streets, not for a circle")
        return self

    @property
    def circle(self) -> tuple[float, float, float] | None:
        """`x`, `y` and `radius_m`; None where streets are named."""
        if self.x is None or self.y is None or self.radius_m is None:
            return None
        return self.x, self.y, self.radius_m


class Surge(Lasting):
    """More calls than usual."""

    kind: Literal["surge"] = "surge"
    factor: Annotated[
        float, Field(ge=1, le=1_000, description="what the rate of calls is multiplied by")
    ]
    zones: Annotated[
        Annotated[tuple[str, ...], Field(min_length=1)] | None,
        Field(description="zone_id of each zone where it is so; without it, everywhere"),
    ] = None


class StationClosed(Lasting):
    """A station where no ambulance can stand."""

    kind: Literal["station_closed"] = "station_closed"
    station: SiteId


class HospitalClosed(Lasting):
    """A hospital that takes no more patients; those on their way to it are taken elsewhere."""

    kind: Literal["hospital_closed"] = "hospital_closed"
    hospital: SiteId


class MassCasualty(Parameters):
    """An event with many patients at one place, known in full only after triage.

    All of them are called in at once as `reported_as`. From the arrival of the first crew on they
    are triaged one after the other, and each then has its own priority.
    """

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
    def at_s(self) -> float:
        """When it happens, in seconds since the start of the run."""
        return self.at_hour * HOUR_S


class SupplierDisrupted(Lasting):
    """A supplier that makes less than it could, or nothing at all."""

    kind: Literal["supplier_disrupted"] = "supplier_disrupted"
    supplier: SiteId
    output_share: Annotated[
        Share, Field(description="of its rates that it still reaches; what is on its way comes")
    ] = 0.0


Disruption = Annotated[
    RoadClosure | Surge | StationClosed | HospitalClosed | SupplierDisrupted | MassCasualty,
    Field(discriminator="kind"),
]
