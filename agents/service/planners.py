"""Who decides where ambulances without a patient wait: one for the city, or one a district."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agents.service.context import ServiceContext
from agents.service.fleet import Fleet
from environment.districts import Districts, share_within, station_to_zone_s
from environment.traffic.ways import FREE
from policies.base import AmbulanceView, Move, PolicyError
from policies.gate import Gate
from policies.relocation import RELOCATION


class MoveUpView:
    """A `RelocationView` on the live run: good for the decision at hand, not to be kept.

    What it hands out are copies, or cannot be changed.
    """

    __slots__ = (
        "_context",
        "_demand_share",
        "_drive_s",
        "_driving",
        "_fleet",
        "_freed",
        "_row",
        "_station_to_zone_s",
        "_stations",
        "_zones",
    )  # fmt: skip

    def __init__(self, context: ServiceContext, fleet: Fleet) -> None:
        self._freed: int | None = None
        self._context = context
        self._fleet = fleet
        city = context.city
        self._stations: tuple[str, ...] = tuple(city.stations.sites.site_id.tolist())
        self._row = {name: row for row, name in enumerate(self._stations)}
        self._driving = context.driving
        self._drive_s: dict[int, NDArray[np.float64]] = {}
        self._zones: tuple[str, ...] = tuple(city.zones.zone_id.tolist())
        self._demand_share = _read_only(city.zones.demand_share.view())
        self._station_to_zone_s = _read_only(station_to_zone_s(city, context.driving))

    def look_at(self, freed: int | None) -> None:
        """Take the decision in hand: where this ambulance, if any has come free, is to wait."""
        self._freed = freed

    def row_of(self, station: str) -> int:
        """Row of a station."""
        return self._row[station]

    @property
    def freed(self) -> int | None:
        """Number of the ambulance that has just come free and needs a station to drive to."""
        return self._freed

    @property
    def now_s(self) -> float:
        """Seconds since the start of the run."""
        return self._context.env.now

    @property
    def has_available(self) -> bool:
        """Whether there is anybody without a patient; else no policy is asked."""
        return self._fleet.available_count > 0

    @property
    def available(self) -> tuple[AmbulanceView, ...]:
        """Ambulances without a patient, in the order of their numbers; `freed` is among them."""
        return tuple(self._fleet.views(self._context.env.now, FREE - 1, 0))

    @property
    def stations(self) -> tuple[str, ...]:
        """The ``site_id`` of every station."""
        return self._stations

    @property
    def standing(self) -> NDArray[np.int64]:
        """Available ambulances that stand at each station or drive there, without `freed`, (s,)."""
        return self._fleet.free_by_station(self._freed)

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Whether ambulances may be sent to each station, (s,)."""
        return self._context.station_is_open.copy()

    @property
    def zones(self) -> tuple[str, ...]:
        """The ``zone_id`` of every zone."""
        return self._zones

    @property
    def demand_share(self) -> NDArray[np.float64]:
        """Share of all calls that each zone has, (z,)."""
        return self._demand_share

    @property
    def station_to_zone_s(self) -> NDArray[np.float64]:
        """Expected seconds with siren from each station to each zone in free flow, (s, z)."""
        return self._station_to_zone_s

    def is_available(self, number: int) -> bool:
        """Whether there is an ambulance of this number without a patient."""
        return 0 <= number < len(self._fleet) and self._fleet.is_available(number, FREE - 1, 0)

    def home_of(self, number: int) -> str:
        """The ``site_id`` of an ambulance's own station."""
        self._require(number)
        return self._stations[self._fleet.home_of(number)]

    def travel_to_station_s(self, number: int) -> NDArray[np.float64]:
        """Expected seconds of normal driving from an available ambulance to each station, (s,)."""
        self._require(number)
        now_s = self._context.env.now
        node, ready_s = self._fleet.place(number, now_s)
        drive_s = self._drive_from_s(node) / self._context.driving.speed_factor(now_s)
        return ready_s + drive_s + self._context.city.stations.access_s

    def _drive_from_s(self, node: int) -> NDArray[np.float64]:
        """Free-flow seconds from a junction to each station; ambulances stand at few of them."""
        if self._driving is not self._context.driving:  # streets have been closed or opened
            self._driving, self._drive_s = self._context.driving, {}
        if node not in self._drive_s:
            stations = self._context.city.stations.node
            row = self._driving.table_s(np.array([node]), stations, siren=False)[0]
            self._drive_s[node] = row
        return self._drive_s[node]

    def _require(self, number: int) -> None:
        if not 0 <= number < len(self._fleet):
            raise PolicyError(f"no ambulance {number!r}; they are 0 to {len(self._fleet) - 1}")


class DistrictMoveUpView(MoveUpView):
    """What one district knows that plans for itself: its own ambulances, stations and demand.

    The other stations are closed to it, and no call comes from the other zones. Where all its own
    stations are closed, one of its ambulances may stand at another's.
    """

    __slots__ = ("_name", "_own", "_own_stations", "_own_vehicles")

    def __init__(
        self, context: ServiceContext, fleet: Fleet, districts: Districts, name: str
    ) -> None:
        super().__init__(context, fleet)
        self._name = name
        self._own = fleet.stationed_in(name)
        self._own_vehicles = np.isin(np.arange(len(fleet)), self._own)
        self._own_stations = np.array(districts.of_station) == name
        self._demand_share = _read_only(share_within(self._demand_share, districts, name))

    @property
    def has_available(self) -> bool:
        """Whether anybody of the district has no patient; else no policy is asked."""
        return any(map(self._fleet.is_free, self._own))

    @property
    def available(self) -> tuple[AmbulanceView, ...]:
        """Ambulances of the district without a patient, in the order of their numbers."""
        return tuple(one for one in super().available if one.district == self._name)

    @property
    def standing(self) -> NDArray[np.int64]:
        """Available ambulances of the district at each station, or driving there, (s,)."""
        return self._fleet.free_by_station(self._freed, self._own_vehicles)

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Whether each station is open and one of the district's, (s,)."""
        return self._context.station_is_open & self._own_stations

    def is_available(self, number: int) -> bool:
        """Whether there is an ambulance of this number in the district without a patient."""
        return number in self._own and super().is_available(number)


def _read_only(values: NDArray[np.float64]) -> NDArray[np.float64]:
    values.flags.writeable = False
    return values


class Planner:
    """One who decides, with a policy and a view of its own.

    Attributes
    ----------
    view : MoveUpView
    """

    __slots__ = ("_gate", "_number", "view")

    def __init__(self, gate: Gate, number: int, view: MoveUpView) -> None:
        self._gate = gate
        self._number = number
        self.view = view

    def moves(self, freed: int | None) -> list[Move]:
        """Ask for moves, now that an ambulance has come free or something else has changed."""
        self.view.look_at(freed)
        return self._gate.ask(RELOCATION, self.view, planner=self._number)


class Planners:
    """Knows whom a change concerns.

    Parameters
    ----------
    gate : Gate
        Has a relocation policy for each planner.
    views : sequence of MoveUpView
        What each planner sees.
    of_ambulance : sequence of int
        The planner of each ambulance.
    """

    def __init__(
        self, gate: Gate, views: Sequence[MoveUpView], of_ambulance: Sequence[int]
    ) -> None:
        self._planners = [Planner(gate, number, view) for number, view in enumerate(views)]
        self._of_ambulance = of_ambulance

    def of(self, ambulance: int) -> Planner:
        """The planner of an ambulance."""
        return self._planners[self._of_ambulance[ambulance]]

    def concerned(self, changed: Sequence[int] | None) -> Sequence[Planner]:
        """The planners of some ambulances, each once; all of them, where none are named."""
        if changed is None or len(self._planners) == 1:
            return self._planners
        numbers = sorted({self._of_ambulance[ambulance] for ambulance in changed})
        return [self._planners[number] for number in numbers]
