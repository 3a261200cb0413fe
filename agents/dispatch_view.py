"""What the dispatch centre knows, as its policy sees it."""

from __future__ import annotations

from collections.abc import Sequence

from agents.fleet import Fleet
from agents.world import World
from environment.calls import Call
from policies.base import AmbulanceView


class CentreView:
    """A `DispatchView` on the live fleet: good for the decision at hand, not to be kept."""

    def __init__(
        self, world: World, fleet: Fleet, zone_district: Sequence[str], waiting: Sequence[object]
    ) -> None:
        self._world = world
        self._fleet = fleet
        self._zone_district = zone_district
        self._waiting = waiting
        self._zones = world.city.zones.zone_id.tolist()
        self.stations: tuple[str, ...] = tuple(world.city.stations.sites.site_id.tolist())

    @property
    def now_s(self) -> float:
        """Seconds since the start of the run."""
        return self._world.env.now

    @property
    def waiting(self) -> int:
        """Calls that wait for an ambulance."""
        return len(self._waiting)

    @property
    def available(self) -> list[AmbulanceView]:
        """Ambulances that may be sent, by number."""
        return self._fleet.views(self._world.env.now)

    def is_available(self, number: int) -> bool:
        """Whether an ambulance may be sent."""
        return bool(self._fleet.available[number])

    def travel_time_s(self, origin: int, destination: int, *, siren: bool = True) -> float:
        """Expected driving time between two junctions if one left now."""
        return self._world.driving.expected_s(origin, destination, self._world.env.now, siren)

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
        siren = self._world.priorities[call.priority].siren
        return self._fleet.nearest(call.node, self._world.env.now, siren, count, among)
