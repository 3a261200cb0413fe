"""What the agents of one run share: the clock, the streets and the event log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import simpy
from numpy.typing import NDArray

from agents.service.mission import Mission, Transfer
from agents.service.traffic_control import GreenLog, TrafficControl
from agents.streets import Streets
from environment.demand.calls import longer_noise
from environment.demand.priorities import PriorityClass
from environment.places.city import City
from environment.traffic.driving import Driving
from environment.traffic.ways import Way

LEGS = 3
TO_CALL, TO_HOSPITAL, HOME = range(LEGS)


class ServiceLog(GreenLog, Protocol):
    """Where agents write down what happened."""

    def mission_ended(self, mission: Mission) -> None:
        """Note a mission that is over: back at a station, or sent elsewhere on the way."""

    def transfer_ended(self, transfer: Transfer) -> None:
        """Note a drive to a station that is over."""

    def absence_ended(self, ambulance: int, reason: str, from_s: float, until_s: float) -> None:
        """Note that an ambulance can be sent again after a break, a repair or its time off."""

    def call_finished(self, number: int) -> None:
        """Note that the last ambulance has left a patient."""

    def call_lost(self, number: int) -> None:
        """Note that a call was given up because nobody could be sent."""

    def call_left(self, number: int) -> None:
        """Note that a patient has given up waiting."""

    def priority_changed(self, number: int, priority: int) -> None:
        """Note that a patient has become more urgent, or turned out to be so."""


class Care(Protocol):
    """Supplies that crews and hospitals use up."""

    def crew_delay_s(self, station: int) -> float:
        """Seconds that a crew of a station stays longer with a patient for lack of supplies."""

    def slowness(self, hospital: int) -> float:
        """Factor on the handover and the stay of a patient at a hospital."""


class Vehicle(Protocol):
    """Whatever drives on the streets: an ambulance or a truck."""

    @property
    def is_driving(self) -> bool:
        """Whether it is on the road, or about to be."""

    @property
    def way(self) -> Way | None:
        """The drive that it is on, or has last been on."""

    def next_turn(self) -> tuple[int, float, float]:
        """The junction where it can turn, the seconds until then and the metres up to there."""

    def take_other_way(self, node: int, in_s: float, driven_m: float) -> None:
        """Drive on by other streets from where it can turn, since the old way is closed."""


@dataclass(eq=False)
class ServiceContext:
    """Clock, streets and event log of one run.

    Attributes
    ----------
    env : simpy.Environment
    city : City
    streets : Streets
    traffic : TrafficControl
    priorities : sequence of PriorityClass
    trip_noise : (calls, legs) float64 or None
        Factors on driving times; `LEGS` columns for each ambulance of a call.
    log : ServiceLog
    care : Care or None
        None where nobody uses up supplies.
    stations : list of (int, float)
        Junction of each station, and seconds between the two.
    station_is_open : (s,) bool
    """

    env: simpy.Environment
    city: City
    streets: Streets
    traffic: TrafficControl
    priorities: Sequence[PriorityClass]
    trip_noise: NDArray[np.float64] | None
    log: ServiceLog
    care: Care | None = None
    stations: list[tuple[int, float]] = field(init=False)
    station_is_open: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        """Keep what every drive to a station asks for as plain numbers."""
        stops = self.city.stations
        self.stations = list(zip(stops.node.tolist(), stops.access_s.tolist(), strict=True))
        self.station_is_open = np.ones(len(stops), dtype=bool)

    @property
    def driving(self) -> Driving:
        """On the streets that are open now."""
        return self.streets.driving

    def calls_came(self, trip_noise: NDArray[np.float64] | None) -> None:
        """Note the trips of calls that are numbered after all so far."""
        self.trip_noise = longer_noise(self.trip_noise, trip_noise)

    def noise(self, call: int, place: int, leg: int) -> float:
        """Factor on the driving time of one leg of a call's ambulance."""
        if self.trip_noise is None:
            return 1.0
        return float(self.trip_noise[call, LEGS * place + leg])
