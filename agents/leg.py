"""What a vehicle does from a moment on, as a row of the trace."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

NOBODY = -1
"""No target, and nobody who is served."""


class LegRow(NamedTuple):
    """A drive or a stay. It holds until a later row of the same vehicle is told.

    Attributes
    ----------
    told_s : float
        When it is settled; whatever was settled before for later does not happen.
    left_s : float
        When it leaves `from_node`, or from when on it stands.
    drive_s : float
        Until it is at `to_node`; 0 if it stands.
    vehicle : int
        An ambulance's number; trucks count from -1 down.
    from_node, to_node : int
        Stops (`environment.roads.stops`); -1 for that of the station where it stands.
    target : int
        Row of the station or hospital, or number of the supply site, where it drives or stands;
        `NOBODY` for a patient's place, and beside a street.
    serves : int
        The call, or the shipment of a truck; `NOBODY` if there is none.
    activity : int
        See `agents.activity.Activity`.
    siren : bool
    streets : int
        On which streets it drives: 0 where all are open, else as numbered by the trace.
    """

    told_s: float
    left_s: float
    drive_s: float
    vehicle: int
    from_node: int
    to_node: int
    target: int
    serves: int
    activity: int
    siren: bool
    streets: int


LEG_LAYOUT = Struct("=dddiqqiiB?H")
"""A row of 56 bytes; `LEG_KINDS` says the same to NumPy."""
LEG_KINDS = ("f8", "f8", "f8", "i4", "i8", "i8", "i4", "i4", "u1", "?", "u2")
pack_leg = LEG_LAYOUT.pack
