"""What a vehicle is doing, as the map shows it: the names of `agents.activity`, with the siren."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agents.activity import OF_AMBULANCES, OF_TRUCKS, Activity

TRUCK = "truck_"
SIREN = "_siren"


@dataclass(frozen=True)
class VehicleState:
    """One state of a vehicle.

    Attributes
    ----------
    key : str
        As legs name it: the activity's name, of trucks after ``truck_``, and ``_siren`` with one.
    activity : Activity
    text : str
        In plain words, as after "Ambulance 3: ".
    kind : {"ambulance", "truck"}
    siren : bool
    """

    key: str
    activity: Activity
    text: str
    kind: str
    siren: bool = False


_TEXTS = {
    Activity.TO_CALL: "on the way to a patient",
    Activity.MOBILISING: "setting out",
    Activity.ON_SCENE: "with a patient at the scene",
    Activity.TO_HOSPITAL: "to hospital",
    Activity.WAITING_BAY: "waiting at the hospital",
    Activity.HANDOVER: "handing over",
    Activity.RETURNING: "on the way back",
    Activity.MOVING: "moving to another station",
    Activity.IDLE: "free at a station",
    Activity.ON_BREAK: "on a break",
    Activity.OFF_DUTY: "off duty",
    Activity.OUT_OF_ORDER: "out of order",
    Activity.TO_LOAD: "on the way to load",
    Activity.WAITING_DOCK: "waiting for a dock",
    Activity.LOADING: "loading",
    Activity.DELIVERING: "delivering",
    Activity.UNLOADING: "unloading",
}
"""In the order of a legend."""

WITH_SIREN = (Activity.TO_CALL, Activity.TO_HOSPITAL)


def state_key(activity: Activity, *, truck: bool = False, siren: bool = False) -> str:
    """The key of a state."""
    return _KEYS[activity, truck, siren]


_KEYS = {
    (activity, truck, siren): f"{TRUCK * truck}{activity.label}{SIREN * siren}"
    for activity in Activity
    for truck in (False, True)
    for siren in (False, True)
}


def _states() -> list[VehicleState]:
    told = []
    for activity, text in _TEXTS.items():
        if activity not in OF_AMBULANCES:
            continue
        if activity in WITH_SIREN:
            key = state_key(activity, siren=True)
            told.append(VehicleState(key, activity, f"{text}, with siren", "ambulance", True))
        told.append(VehicleState(state_key(activity), activity, text, "ambulance"))
    for activity in OF_TRUCKS:
        text = "free" if activity is Activity.IDLE else _TEXTS[activity]
        told.append(VehicleState(state_key(activity, truck=True), activity, text, "truck"))
    return told


STATES: Mapping[str, VehicleState] = {state.key: state for state in _states()}
"""Every state by its key, in the order of a legend."""

AMBULANCE_STATES = tuple(key for key, state in STATES.items() if state.kind == "ambulance")
