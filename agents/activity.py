"""What a vehicle is doing: one name each, for agents, tables, measures, pictures and maps."""

from __future__ import annotations

from enum import IntEnum


class Activity(IntEnum):
    """What an ambulance or a truck does; the run sets it at each change.

    The numbers are those of the trace (`simulation.trace`), so new ones are added at the end.
    """

    IDLE = 0
    """At a station, and can be sent; of a truck, at home without a trip."""
    MOBILISING = 1
    TO_CALL = 2
    ON_SCENE = 3
    TO_HOSPITAL = 4
    WAITING_BAY = 5
    HANDOVER = 6
    RETURNING = 7
    """On the way to a station after a patient; of a truck, on the way home."""
    MOVING = 8
    """On the way to a station without a patient before it."""
    ON_BREAK = 9
    OUT_OF_ORDER = 10
    OFF_DUTY = 11
    TO_LOAD = 12
    """The first of those that trucks alone have."""
    WAITING_DOCK = 13
    LOADING = 14
    DELIVERING = 15
    UNLOADING = 16

    @property
    def label(self) -> str:
        """Its name in tables, pictures and maps."""
        return self.name.lower()


ON_MISSION = (
    Activity.MOBILISING,
    Activity.TO_CALL,
    Activity.ON_SCENE,
    Activity.TO_HOSPITAL,
    Activity.WAITING_BAY,
    Activity.HANDOVER,
    Activity.RETURNING,
)
"""What an ambulance with a mission does, in this order."""

ON_DUTY = (
    *ON_MISSION,
    Activity.MOVING,
    Activity.ON_BREAK,
    Activity.OUT_OF_ORDER,
    Activity.IDLE,
)
"""What an ambulance on duty does."""

OF_AMBULANCES = (*ON_DUTY, Activity.OFF_DUTY)
OF_TRUCKS = (
    Activity.TO_LOAD,
    Activity.WAITING_DOCK,
    Activity.LOADING,
    Activity.DELIVERING,
    Activity.UNLOADING,
    Activity.RETURNING,
    Activity.IDLE,
)

FOLLOWS = {
    Activity.TO_CALL: Activity.ON_SCENE,
    Activity.TO_HOSPITAL: Activity.HANDOVER,
    Activity.RETURNING: Activity.IDLE,
    Activity.MOVING: Activity.IDLE,
    Activity.TO_LOAD: Activity.WAITING_DOCK,
    Activity.DELIVERING: Activity.UNLOADING,
}
"""What a vehicle does once a drive is over, unless the run says otherwise at that moment."""

ABSENCE_REASONS = {
    Activity.ON_BREAK: "break",
    Activity.OUT_OF_ORDER: "breakdown",
    Activity.OFF_DUTY: "off_duty",
}
"""What an ambulance that cannot be sent does, and how the table of absences calls it."""
