"""What an ambulance is ordered to do: its work for one call, its drives to stations, all times."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from math import nan
from operator import attrgetter

NO_HOSPITAL = -1


@dataclass(frozen=True)
class StandingOrders:
    """What every crew may be told.

    Attributes
    ----------
    sent_on_way_home : bool
        Once clear of a patient, and not only once at a station.
    called_off : bool
        On the way to a patient, for one who is worse.
    """

    sent_on_way_home: bool
    called_off: bool


class End(IntEnum):
    """How a mission ended."""

    HOME = 0
    """At a station."""
    SENT_ON = 1
    """The crew was sent to a next call."""
    MOVED_ON = 2
    """On its return the crew was sent to another station."""
    CALLED_OFF = 3
    """The crew was sent elsewhere before it reached the patient."""
    BROKEN_DOWN = 4
    """The vehicle failed before it reached the patient, or on its return."""


@dataclass(slots=True)
class Mission:
    """From the order to the return. Times are seconds since the start, NaN where not reached.

    Attributes
    ----------
    call, ambulance, from_node : int
        `from_node` is the stop from which the ambulance drove to the call.
    from_station, siren : bool
        Whether it stood at a station (else it was on the road or at a hospital), and whether it
        drove to the call with lights and siren.
    dispatched_s, departed_s, arrived_s, left_scene_s, at_hospital_s, bay_s, clear_s, home_s : float
        From `at_hospital_s` to `bay_s` the crew waits until it can hand over. `home_s` is the end
        of the mission: at the station, or where something else began.
    hospital : int
        Number of the hospital, or `NO_HOSPITAL`.
    to_call_m, to_hospital_m, home_m : float
        Metres driven on each leg.
    to_hospital_siren : bool
    end : End
    """

    call: int
    ambulance: int
    from_node: int
    from_station: bool
    siren: bool
    dispatched_s: float
    departed_s: float = nan
    arrived_s: float = nan
    left_scene_s: float = nan
    hospital: int = NO_HOSPITAL
    at_hospital_s: float = nan
    bay_s: float = nan
    clear_s: float = nan
    home_s: float = nan
    to_call_m: float = 0.0
    to_hospital_m: float = 0.0
    home_m: float = 0.0
    to_hospital_siren: bool = False
    end: int = End.HOME.value  # a plain number: the event log is arrays of numbers

    def break_off(self, end: End, now_s: float) -> None:
        """End it before the patient was reached; `to_call_m` is what was driven."""
        self.arrived_s = self.left_scene_s = nan
        self.home_s, self.end = now_s, end.value


MISSION_FIELDS = tuple(item.name for item in fields(Mission))
mission_row = attrgetter(*MISSION_FIELDS)
"""All fields of a mission in their order."""


class Reason(IntEnum):
    """Why an ambulance drives to a station."""

    MOVE_UP = 0
    """The relocation policy wants it there."""
    TO_OWN_STATION = 1
    """Its shift ends, a repair is over, or its station has opened again."""
    STATION_CLOSED = 2
    """Where it stood, or where it was going, has been closed."""


@dataclass(slots=True)
class Transfer:
    """From leaving to the station, or to where something else began.

    Attributes
    ----------
    ambulance : int
    reason : Reason
    from_node : int
    station : int
        Row of the station driven to.
    left_s, ended_s : float
    metres : float
    arrived : bool
    """

    ambulance: int
    reason: int
    from_node: int
    station: int
    left_s: float
    ended_s: float
    metres: float
    arrived: bool = False


TRANSFER_FIELDS = tuple(item.name for item in fields(Transfer))
transfer_row = attrgetter(*TRANSFER_FIELDS)
"""All fields of a transfer in their order."""
