"""What a vehicle is doing at a moment, as the map shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from agents.service.availability import BREAKDOWN
from agents.supply.truck import Activity

if TYPE_CHECKING:
    from agents.service.ambulance import Ambulance
    from agents.supply.truck import Truck


@dataclass(frozen=True)
class VehicleState:
    """One state of a vehicle.

    Attributes
    ----------
    key : str
        As legs name it.
    text : str
        In plain words, as after "Ambulance 3: ".
    kind : {"ambulance", "truck"}
    siren : bool
    """

    key: str
    text: str
    kind: str
    siren: bool = False


TO_PATIENT = "to_patient"
TO_PATIENT_SIREN = "to_patient_siren"
AT_SCENE = "at_scene"
TO_HOSPITAL = "to_hospital"
TO_HOSPITAL_SIREN = "to_hospital_siren"
WAITING_BAY = "waiting_bay"
HANDOVER = "handover"
RETURNING = "returning"
MOVING = "moving"
FREE = "free"
OFF_DUTY = "off_duty"
OUT_OF_ORDER = "out_of_order"

STATES: Mapping[str, VehicleState] = {
    state.key: state
    for state in (
        VehicleState(TO_PATIENT_SIREN, "on the way to a patient, with siren", "ambulance", True),
        VehicleState(TO_PATIENT, "on the way to a patient", "ambulance"),
        VehicleState(AT_SCENE, "with a patient at the scene", "ambulance"),
        VehicleState(TO_HOSPITAL_SIREN, "to hospital, with siren", "ambulance", True),
        VehicleState(TO_HOSPITAL, "to hospital", "ambulance"),
        VehicleState(WAITING_BAY, "waiting at the hospital", "ambulance"),
        VehicleState(HANDOVER, "handing over", "ambulance"),
        VehicleState(RETURNING, "on the way back", "ambulance"),
        VehicleState(MOVING, "moving to another station", "ambulance"),
        VehicleState(FREE, "free at a station", "ambulance"),
        VehicleState(OFF_DUTY, "off duty", "ambulance"),
        VehicleState(OUT_OF_ORDER, "out of order", "ambulance"),
        VehicleState("truck_to_load", "on the way to load", "truck"),
        VehicleState("truck_loading", "loading", "truck"),
        VehicleState("truck_delivering", "delivering", "truck"),
        VehicleState("truck_unloading", "unloading", "truck"),
        VehicleState("truck_returning", "on the way back", "truck"),
        VehicleState("truck_free", "free", "truck"),
    )
}
"""Every state by its key, in the order of a legend."""

AMBULANCE_STATES = tuple(key for key, state in STATES.items() if state.kind == "ambulance")

_OF_TRUCK = {
    Activity.FREE: "truck_free",
    Activity.TO_DEPOT: "truck_to_load",
    Activity.LOADING: "truck_loading",
    Activity.DELIVERING: "truck_delivering",
    Activity.UNLOADING: "truck_unloading",
    Activity.RETURNING: "truck_returning",
}


def ambulance_state(ambulance: Ambulance, now_s: float) -> str:
    """The state of an ambulance at the clock's moment, by its key."""
    mission = ambulance.mission
    if mission is None:
        return _state_without_patient(ambulance)
    if ambulance.patient is None:
        return RETURNING
    if mission.hospital < 0:
        if mission.arrived_s <= now_s:
            return AT_SCENE
        return TO_PATIENT_SIREN if mission.siren else TO_PATIENT
    if mission.at_hospital_s > now_s:
        return TO_HOSPITAL_SIREN if mission.to_hospital_siren else TO_HOSPITAL
    return WAITING_BAY if isnan(mission.bay_s) else HANDOVER


def _state_without_patient(ambulance: Ambulance) -> str:
    absence = ambulance.availability.absence
    if absence is not None:
        return OUT_OF_ORDER if absence == BREAKDOWN else OFF_DUTY
    return FREE if ambulance.transfer is None else MOVING


def truck_state(truck: Truck) -> str:
    """The state of a truck at the clock's moment, by its key."""
    if truck.activity is Activity.TO_DEPOT and truck.way is None:
        return "truck_loading"  # or waiting for a dock
    return _OF_TRUCK[truck.activity]
