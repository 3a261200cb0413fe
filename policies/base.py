"""What every policy is: one Protocol for each decision, over frozen views of what is known.

A policy is any object with the method of its Protocol; it inherits nothing. The views below say
what it may look at. Junctions are numbers of the road network; times are in seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from environment.calls import Call
from environment.errors import CorridorError


class PolicyError(CorridorError):
    """A policy that cannot be found, raises, loops or answers nonsense."""


class AmbulanceView(NamedTuple):
    """An ambulance that may be sent, as it is at the moment of the decision.

    Attributes
    ----------
    number : int
        What an `Assignment` names.
    station : str
        The ``site_id`` of its station.
    district : str
        The district of its station.
    node : int
        Junction where it stands, or the next one that it reaches.
    ready_in_s : float
        Expected seconds until it leaves that junction: those to set out and to reach the street
        if it stands at its station, the rest of its street if it is under way.
    """

    number: int
    station: str
    district: str
    node: int
    ready_in_s: float


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
    changed.
    """

    @property
    def now_s(self) -> float:
        """Seconds since the start of the run."""

    @property
    def available(self) -> Sequence[AmbulanceView]:
        """Ambulances that may be sent, in the order of their numbers; at least one."""

    @property
    def waiting(self) -> int:
        """Calls in the queue; one that has just come in is not among them."""

    @property
    def stations(self) -> Sequence[str]:
        """The ``site_id`` of every station."""

    @property
    def zones(self) -> Sequence[str]:
        """The ``zone_id`` of every zone."""

    def travel_time_s(self, origin: int, destination: int, *, siren: bool = True) -> float:
        """Expected driving time between two junctions if one left now."""

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
        """Whether there is an ambulance of this number that may be sent."""

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
    """Which ambulances answer a call."""

    def choose(self, call: Call, view: DispatchView) -> Sequence[Assignment]:
        """Choose up to ``call.units`` ambulances; none means that the call waits."""


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
        """Patients being handed over at each hospital or on their way to it."""

    def travel_times_s(self, call: Call) -> NDArray[np.float64]:
        """Expected driving time from the call to each hospital if one left now, (h,).

        The array is the policy's own, to be changed as it likes.
        """


class HospitalPolicy(Protocol):
    """Where a patient is taken."""

    def choose(self, call: Call, view: HospitalView) -> int:
        """Choose the number of a hospital."""


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
    """

    ambulances: int
    given: NDArray[np.int64]
    demand_share: NDArray[np.float64]
    travel_s: NDArray[np.float64]


class LocationPolicy(Protocol):
    """Where ambulances are stationed."""

    def place(self, view: LocationView) -> Sequence[int]:
        """Choose how many ambulances each station has; the sum is ``view.ambulances``."""
