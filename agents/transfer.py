"""One ambulance's drive from station to station, or back to one, without a patient."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from operator import attrgetter


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
