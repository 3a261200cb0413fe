"""What all kinds of disruption have in common, and what each answers about itself.

Hours count from the start of the run, the warm-up included. A disruption holds from its first hour
on and no longer at its last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from environment.demand.calls import Calls
from environment.demand.drawn_calls import DemandParameters, Streams
from environment.demand.hospitals import DEFAULT_HOSPITALS, HospitalParameters
from environment.errors import suggest
from environment.parameters import Parameters
from environment.places.addresses import AddressBook
from environment.places.city import City, PlaceParameters
from environment.roads.network import RoadNetwork
from environment.units import HOUR_S

Hour = Annotated[float, Field(ge=0, allow_inf_nan=False, json_schema_extra={"unit": "h"})]
Coordinate = Annotated[float, Field(allow_inf_nan=False)]
SiteId = Annotated[str, Field(description="its site_id")]


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What a disruption is checked against.

    Attributes
    ----------
    city : City
    priorities : sequence of str
        Names of the priority classes.
    suppliers : sequence of str
        Names of the suppliers; none where there are no supplies.
    max_access_m : float
        A place farther from the streets than this is off the map.
    end_hour : float
        When the run ends.
    """

    city: City
    priorities: Sequence[str]
    suppliers: Sequence[str]
    max_access_m: float
    end_hour: float


@dataclass(frozen=True, eq=False)
class CallSource:
    """From what calls are drawn.

    Attributes
    ----------
    demand : DemandParameters
    addresses : AddressBook
    places : PlaceParameters
    streams : callable
        Of the run.
    hospitals : HospitalParameters
    """

    demand: DemandParameters
    addresses: AddressBook
    places: PlaceParameters
    streams: Streams
    hospitals: HospitalParameters = DEFAULT_HOSPITALS


class ClosedSite(NamedTuple):
    """A site that is closed while a disruption holds.

    Attributes
    ----------
    kind : str
        ``"station"`` or ``"hospital"``.
    name : str
        Its site_id.
    """

    kind: str
    name: str


class DisruptionParameters(Parameters):
    """A disruption of any kind; a kind overrides what concerns it.

    What it does in a run is in the file of the same name in `simulation/interventions/`.
    """

    closes_streets: ClassVar[bool] = False
    brings_patients: ClassVar[bool] = False
    """Whether it needs an ambulance service whatever the everyday demand."""
    drawn_after: ClassVar[int] = 0
    """Extra calls are numbered by this and then as they are listed, kind by kind."""

    @property
    def begins_hour(self) -> float:
        """When it begins."""
        raise NotImplementedError

    @property
    def ends_hour(self) -> float:
        """When it is over; that of its beginning where it happens in a moment."""
        return self.begins_hour

    @property
    def closed_site(self) -> ClosedSite | None:
        """The station or hospital that it closes, if it closes one."""
        return None

    def closed_pieces(self, roads: RoadNetwork) -> NDArray[np.bool_]:
        """Street pieces that nobody can drive on while it holds, (m,)."""
        return np.zeros(roads.edge_count, dtype=bool)

    def mistakes(self, surroundings: Surroundings) -> Iterator[str]:
        """Tell what it names and the city does not have, one line each."""
        yield from ()
        if self.begins_hour >= surroundings.end_hour:
            yield (
                f"begins at hour {self.begins_hour:g}, but the run ends at hour "
                f"{surroundings.end_hour:g} (run.warm_up_days and run.days)"
            )

    def extra_calls(self, number: int, source: CallSource, horizon_s: float) -> Iterator[Calls]:  # noqa: ARG002
        """Draw the calls that it adds to the everyday ones.

        Parameters
        ----------
        number : int
            Which of its kind it is; it has streams of its own.
        source : CallSource
        horizon_s : float
            No call comes in afterwards.
        """
        yield from ()


def unknown_names(what: str, names: Iterable[str], known: Sequence[str]) -> Iterator[str]:
    """Tell which names do not exist, with those that were meant perhaps."""
    for name in names:
        if name not in known:
            yield f"no {what} {name!r} ({suggest(name, known)})"


class Lasting(DisruptionParameters):
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
    def begins_hour(self) -> float:
        """When it begins."""
        return self.from_hour

    @property
    def ends_hour(self) -> float:
        """When it is over."""
        return self.until_hour

    @property
    def from_s(self) -> float:
        """When it begins, in seconds since the start of the run."""
        return self.from_hour * HOUR_S

    @property
    def until_s(self) -> float:
        """When it is over, in seconds since the start of the run."""
        return self.until_hour * HOUR_S


def with_extra_calls(
    calls: Calls,
    disruptions: Sequence[DisruptionParameters],
    source: CallSource,
    horizon_s: float,
) -> Calls:
    """Add the calls that disruptions bring, after those that come anyway.

    They have streams of their own and are numbered after all other calls, so that the same call
    has the same number and the same needs with and without the disruption. First come the
    casualties, incident by incident, then the surges, layer by layer. `Calls.by_readiness` puts all
    in order of time. That disruptions name what exists was checked before
    (`DisruptionParameters.mistakes`).
    """
    of_kind: Counter[type] = Counter()
    for disruption in sorted(disruptions, key=lambda one: one.drawn_after):
        kind = type(disruption)
        for more in disruption.extra_calls(of_kind[kind], source, horizon_s):
            calls = calls.followed_by(more)
        of_kind[kind] += 1
    return calls
