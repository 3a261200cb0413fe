"""What every policy is: one Protocol for each decision, over frozen views of what is known.

A policy is any object with the method of its Protocol; it inherits nothing. The views below say
what it may look at. Places are stops, numbers of the road network; times are in seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from environment.demand.calls import Call
from environment.errors import CorridorError
from policies.expected_demand import ExpectedDemand


class PolicyError(CorridorError):
    """A policy that cannot be found, raises, loops or answers nonsense."""


class InfeasibleError(CorridorError):
    """What cannot be done: the message names the limit that is short, and by how much."""


@runtime_checkable
class NamesPlaces(Protocol):
    """A policy of any kind whose parameters name stations or zones.

    The names are compared with those of the city before the run.
    """

    def unknown_names(self, stations: Sequence[str], zones: Sequence[str]) -> list[str]:
        """Tell each name that the city does not have, and what it leaves out, a line each."""


class AmbulanceView(NamedTuple):
    """An ambulance that may be sent, as it is at the moment of the decision.

    Attributes
    ----------
    number : int
        What an `Assignment` or a `Move` names.
    station : str
        The ``site_id`` of the station where it stands or to which it drives; if it drives to a
        patient, of its own.
    district : str
        The district of its own station.
    node : int
        Stop where it stands, or the next one where it can turn.
    ready_in_s : float
        Expected seconds until it leaves that stop: those to set out and to reach the street
        if it stands at its station, the rest of its street if it is under way.
    type : str
        The name of its vehicle type.
    under_way_to : int or None
        Priority of the call to which it drives, and from which it may be called off; None if it
        has no patient.
    """

    number: int
    station: str
    district: str
    node: int
    ready_in_s: float
    type: str = "ambulance"
    under_way_to: int | None = None


class Assignment(NamedTuple):
    """Send this ambulance to the call.

    Attributes
    ----------
    ambulance : int
        Its ``number``.
    """

    ambulance: int


class DispatchView(Protocol):
    """What the dispatch centre knows when it decides over a call.

    It shows the run as it is at that moment and is not to be kept for later. Nothing in it can be
    changed. Where districts do not help each other (coordination without ``risk``), the ambulances
    in it are those of the call's own district.
    """

    @property
    def now_s(self) -> float:
        """Seconds since the start of the run."""

    @property
    def available(self) -> Sequence[AmbulanceView]:
        """Ambulances that may be sent to the call at hand, in the order of their numbers.

        All have the skill that is asked for. Where the scenario lets crews be called off, those
        that drive to a less urgent call are among them. There is at least one.
        """

    @property
    def waiting(self) -> int:
        """Calls in the queue; one that has just come in is not among them."""

    @property
    def stations(self) -> Sequence[str]:
        """The ``site_id`` of every station."""

    @property
    def zones(self) -> Sequence[str]:
        """The ``zone_id`` of every zone."""

    @property
    def expected_demand(self) -> ExpectedDemand:
        """What is expected in the long run of all calls that are decided with the one at hand.

        Where districts plan for themselves (coordination without ``planning``), or do not help
        each other, no other calls are in it than those of the district.
        """

    def travel_time_s(self, origin: int, destination: int, *, siren: bool = True) -> float:
        """Expected driving time between two stops if one left now."""

    def arrival_in_s(self, ambulance: AmbulanceView, call: Call) -> float:
        """Expected seconds until an ambulance sent now is at the call, by which `nearest` ranks.

        It is driven with siren if the call's priority says so; the way from the street to the
        patient is the same for every ambulance and not counted.
        """

    def zone_of(self, call: Call) -> str:
        """The ``zone_id`` of the zone that the call comes from."""

    def district_of(self, call: Call) -> str:
        """The district that the call comes from."""

    def stationed_in(self, district: str) -> Sequence[int]:
        """Numbers of all ambulances whose station is in a district, available or not."""

    def is_available(self, number: int) -> bool:
        """Whether there is an ambulance of this number that may be sent to the call at hand."""

    def nearest(
        self, call: Call, count: int = 1, among: Sequence[int] | None = None
    ) -> Sequence[int]:
        """The available ambulances that are expected first at the call, soonest first.

        Parameters
        ----------
        call : Call
        count : int
            How many to name; fewer are named where fewer are available.
        among : sequence of int, optional
            Numbers to choose from, busy ones being passed over; all, where it is not given.

        Raises
        ------
        PolicyError
            If `among` holds a number that no ambulance has.
        """


class DispatchPolicy(Protocol):
    """Which ambulances answer a call.

    Where districts plan for themselves (coordination without ``planning``), each has a policy of
    its own, which is asked about its own calls.

    A policy may say of itself ``keeps_to_districts = True``: it sends no ambulance to a call of
    another district than its station's. Each district must then have by itself whatever vehicles
    its calls may need, which is checked before the run. Without the attribute it is False.
    """

    def choose(self, call: Call, view: DispatchView) -> Sequence[Assignment]:
        """Choose up to ``call.units`` ambulances; none means that the call waits.

        A call that needs vehicles of several skills is put once for each of them. An ambulance
        that is under way to another call leaves it, and that call is answered anew.
        """


class HospitalView(Protocol):
    """What a crew knows when it leaves the scene with a patient.

    As a `DispatchView`, it is good for the decision at hand and cannot be changed.
    """

    @property
    def now_s(self) -> float:
        """Seconds since the start of the run."""

    @property
    def hospitals(self) -> Sequence[str]:
        """Names of the hospitals, in the order of their numbers."""

    @property
    def patients(self) -> Sequence[int]:
        """Patients being handed over or waiting for it at each hospital, or on their way there."""

    @property
    def bays(self) -> Sequence[float]:
        """Crews that can hand over at the same time at each hospital; infinite where all can."""

    @property
    def handover_s(self) -> float:
        """Mean duration of a handover."""

    def is_open(self, number: int, call: Call) -> bool:
        """Whether a hospital may be chosen for a patient.

        Not chosen may be closed ones, those without the specialty that the patient needs, and
        those that divert ambulances while another does not. At least one is open.
        """

    def travel_times_s(self, call: Call) -> NDArray[np.float64]:
        """Expected driving time from the call to each hospital if one left now, (h,).

        It is infinite for those that are not open to the patient. The array is the policy's own,
        to be changed as it likes.
        """


class HospitalPolicy(Protocol):
    """Where a patient is taken."""

    def choose(self, call: Call, view: HospitalView) -> int:
        """Choose the number of a hospital that is open to the patient."""


class LocationView(NamedTuple):
    """What is known when ambulances are given their stations; its arrays are read-only.

    Attributes
    ----------
    ambulances : int
        How many there are to place.
    given : (s,) int64
        How many each station has in the scenario's own table.
    demand_share : (z,) float64
        Share of all calls that each zone has.
    travel_s : (s, z) float64
        Expected driving time with siren from each station to each zone.
    calls_per_hour : float
        Ambulances that calls ask for on average.
    busy_s : (s, z) float64
        Mean seconds that an ambulance of each station is busy with a call of each zone.
    """

    ambulances: int
    given: NDArray[np.int64]
    demand_share: NDArray[np.float64]
    travel_s: NDArray[np.float64]
    calls_per_hour: float
    busy_s: NDArray[np.float64]


class LocationPolicy(Protocol):
    """Where ambulances are stationed."""

    def place(self, view: LocationView) -> Sequence[int]:
        """Choose how many ambulances each station has; the sum is ``view.ambulances``."""


class RelocationView(Protocol):
    """What is known when ambulances without a patient may be moved to other stations.

    As a `DispatchView`, it is good for the decision at hand and cannot be changed. Where districts
    plan for themselves (coordination without ``planning``), each has a policy and a view of its
    own: the ambulances in it are the district's, all demand is, and other stations are closed.
    """

    @property
    def now_s(self) -> float:
        """Seconds since the start of the run."""

    @property
    def freed(self) -> int | None:
        """Number of the ambulance that has just come free and needs a station to drive to.

        None where something else has changed: one was sent out, has come on duty or gone off it.
        """

    @property
    def available(self) -> Sequence[AmbulanceView]:
        """Ambulances without a patient, in the order of their numbers; `freed` is among them."""

    @property
    def stations(self) -> Sequence[str]:
        """The ``site_id`` of every station."""

    @property
    def standing(self) -> NDArray[np.int64]:
        """Available ambulances that stand at each station or drive there, without `freed`, (s,)."""

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Whether ambulances may be sent to each station, (s,)."""

    @property
    def zones(self) -> Sequence[str]:
        """The ``zone_id`` of every zone."""

    @property
    def demand_share(self) -> NDArray[np.float64]:
        """Share of all calls that each zone has, (z,)."""

    @property
    def station_to_zone_s(self) -> NDArray[np.float64]:
        """Expected seconds with siren from each station to each zone in free flow, (s, z)."""

    def home_of(self, number: int) -> str:
        """The ``site_id`` of an ambulance's own station."""

    def travel_to_station_s(self, number: int) -> NDArray[np.float64]:
        """Expected seconds of normal driving from an available ambulance to each station, (s,)."""


class Move(NamedTuple):
    """Send this ambulance to a station.

    Attributes
    ----------
    ambulance : int
        Its ``number``.
    station : str
        The ``site_id`` of an open station.
    """

    ambulance: int
    station: str


class RelocationPolicy(Protocol):
    """Which ambulances without a patient wait where.

    A policy may say of itself ``moves_up = False``: it never moves anybody, and no run asks it.
    Without the attribute it is True.
    """

    def move(self, view: RelocationView) -> Sequence[Move]:
        """Choose moves; whoever is not named goes on as before, `freed` to its own station."""


class SignalView(Protocol):
    """What the traffic control knows of a vehicle with siren that is about to leave.

    Lights stand in the order in which the vehicle will come to them; k of them are equipped, so
    that the control can switch them.
    """

    @property
    def now_s(self) -> float:
        """Seconds since the start of the run."""

    @property
    def lights(self) -> NDArray[np.int64]:
        """Numbers of the equipped lights on the way, (k,)."""

    @property
    def distance_m(self) -> NDArray[np.float64]:
        """Metres from where it leaves to each of them, (k,)."""

    @property
    def expected_s(self) -> NDArray[np.float64]:
        """Expected seconds until it is there, (k,)."""

    @property
    def cross_flow_per_hour(self) -> NDArray[np.float64]:
        """Vehicles that each of them would hold up in an hour of green for this one, (k,)."""


class SignalPolicy(Protocol):
    """Which lights make way for a vehicle with siren, and from how far."""

    def give_way(self, call: Call, view: SignalView) -> float | NDArray[np.float64]:
        """Choose the distance in metres at which lights are switched to green.

        One number for all lights on the way, or one for each of ``view.lights``; at 0 a light
        keeps its cycle.
        """
