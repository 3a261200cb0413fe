"""What the dispatch centre knows, as its policy sees it: the whole fleet, or that of a district."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

from agents.coordination.expected_demand import ExpectedDemandByDistrict
from agents.service.context import ServiceContext
from agents.service.fleet import Fleet
from environment.demand.calls import Call
from environment.districts import Districts
from policies.base import AmbulanceView, PolicyError
from policies.expected_demand import ExpectedDemand


class CentreView:
    """A `DispatchView` on the live fleet: good for the decision at hand, not to be kept.

    What it hands out are copies, or cannot be changed.

    Attributes
    ----------
    queue : list
        Entries of the calls that wait.
    """

    __slots__ = (
        "_context",
        "_expected",
        "_fleet",
        "_priority",
        "_size",
        "_skill",
        "_stations",
        "_zone",
        "_zone_district",
        "_zones",
        "queue",
    )  # fmt: skip

    def __init__(
        self,
        context: ServiceContext,
        fleet: Fleet,
        districts: Districts,
        expected: ExpectedDemandByDistrict,
    ) -> None:
        self._context = context
        self._fleet = fleet
        self._size = len(fleet)
        self._zone_district = districts.of_zone
        self._expected = expected
        self.queue: list[Any] = []
        self._priority = self._skill = self._zone = 0
        self._zones: tuple[str, ...] = tuple(context.city.zones.zone_id.tolist())
        self._stations: tuple[str, ...] = tuple(context.city.stations.sites.site_id.tolist())

    def look_at(self, call: Call) -> None:
        """Take a call in hand: from now on those are available who may be sent to it."""
        self._priority, self._skill, self._zone = call.priority, call.skill, call.zone

    def others_from_s(self, call: Call) -> float:  # noqa: ARG002
        """When more ambulances may answer a call than now, if it still waits; never."""
        return inf

    def can_answer(self, call: Call, skill: int) -> bool:
        """Whether anybody can be sent to a call who has a skill; else no policy is asked."""
        return self._fleet.can_answer(call.priority, skill, self._context.env.now)

    @property
    def now_s(self) -> float:
        """Seconds since the start of the run."""
        return self._context.env.now

    @property
    def waiting(self) -> int:
        """Calls in the queue; one that has just come in is not among them."""
        return len(self.queue)

    @property
    def fleet_size(self) -> int:
        """Ambulances in all, available or not."""
        return self._size

    @property
    def available(self) -> tuple[AmbulanceView, ...]:
        """Ambulances that may be sent to the call at hand, in the order of their numbers."""
        return tuple(self._fleet.views(self._context.env.now, self._priority, self._skill))

    @property
    def stations(self) -> tuple[str, ...]:
        """The ``site_id`` of every station."""
        return self._stations

    @property
    def zones(self) -> tuple[str, ...]:
        """The ``zone_id`` of every zone."""
        return self._zones

    @property
    def expected_demand(self) -> ExpectedDemand:
        """What is expected of all calls that are decided with the one at hand."""
        return self._expected.of(self._zone_district[self._zone])

    def stationed_in(self, district: str) -> tuple[int, ...]:
        """Numbers of all ambulances whose station is in a district, available or not."""
        return self._fleet.stationed_in(district)

    def is_available(self, number: int) -> bool:
        """Whether there is an ambulance of this number that may be sent to the call at hand."""
        if not 0 <= number < self._size:
            return False
        return self._fleet.is_available(number, self._priority, self._skill)

    def travel_time_s(self, origin: int, destination: int, *, siren: bool = True) -> float:
        """Expected driving time between two stops if one left now."""
        roads = self._context.city.roads
        if not (roads.is_stop(origin) and roads.is_stop(destination)):
            raise PolicyError(
                f"travel_time_s({origin!r}, {destination!r}): stops are junctions, from 0 to "
                f"{roads.node_count - 1}, and the numbers that calls and ambulances bear"
            )
        return self._context.driving.expected_s(origin, destination, self._context.env.now, siren)

    def arrival_in_s(self, ambulance: AmbulanceView, call: Call) -> float:
        """Expected seconds until an ambulance sent now is at the call."""
        siren = self._context.priorities[call.priority].siren
        drive_s = self.travel_time_s(ambulance.node, call.node, siren=siren)
        return ambulance.ready_in_s + drive_s

    def zone_of(self, call: Call) -> str:
        """The ``zone_id`` of the zone that the call comes from."""
        return self._zones[call.zone]

    def district_of(self, call: Call) -> str:
        """The district that the call comes from."""
        return self._zone_district[call.zone]

    def nearest(
        self, call: Call, count: int = 1, among: Sequence[int] | None = None
    ) -> Sequence[int]:
        """The available ambulances that are expected first at the call, soonest first."""
        if among is not None and not all(0 <= number < self._size for number in among):
            last = self._size - 1
            raise PolicyError(f"nearest(among={among!r}): ambulances are 0 to {last}")
        if count < 1:
            return []
        siren = self._context.priorities[call.priority].siren
        wanted = (count, call.priority, call.skill)
        return self._fleet.nearest(call.node, self._context.env.now, siren, wanted, among)


class DistrictCentreView(CentreView):
    """What the centre knows where each district has only its own ambulances to send.

    Those of other districts, by their own stations, are not seen: not by the policy, nor by the
    centre that asks it.
    """

    __slots__ = ("_district", "_own", "_seen")

    def __init__(
        self,
        context: ServiceContext,
        fleet: Fleet,
        districts: Districts,
        expected: ExpectedDemandByDistrict,
    ) -> None:
        super().__init__(context, fleet, districts, expected)
        self._district = ""
        self._own: tuple[int, ...] = ()
        self._seen: tuple[int, ...] = ()

    def look_at(self, call: Call) -> None:
        """Take a call in hand: from now on those of its district are available."""
        super().look_at(call)
        self._district = self.district_of(call)
        self._own = self._seen = self._fleet.stationed_in(self._district)

    def can_answer(self, call: Call, skill: int) -> bool:
        """Whether anybody of the call's district can be sent who has a skill."""
        own = self._fleet.stationed_in(self.district_of(call))
        return self._fleet.can_any_answer(own, call.priority, skill, self._context.env.now)

    @property
    def available(self) -> tuple[AmbulanceView, ...]:
        """Ambulances that are seen and may be sent, in the order of their numbers."""
        return tuple(one for one in super().available if one.number in self._seen)

    def stationed_in(self, district: str) -> tuple[int, ...]:
        """Numbers of the ambulances of a district: none, but for that of the call at hand."""
        return self._own if district == self._district else ()

    def is_available(self, number: int) -> bool:
        """Whether there is an ambulance of this number that is seen and may be sent."""
        return number in self._seen and super().is_available(number)

    def nearest(
        self, call: Call, count: int = 1, among: Sequence[int] | None = None
    ) -> Sequence[int]:
        """The available ambulances of the district that are expected first at the call."""
        if among is None:
            return super().nearest(call, count, self._own)
        found = super().nearest(call, self._size, among)
        return [number for number in found if number in self._own][: max(count, 0)]
