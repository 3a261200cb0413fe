"""Ambulances and their dispatch centre as they see each other, so that neither comes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from agents.activity import Activity
from agents.service.hospital import Hospital
from agents.service.mission import Mission, Reason
from agents.service.patient import Patient
from environment.demand.calls import Call


class Crew(Protocol):
    """An ambulance, as all others see it."""

    number: int
    home: int
    station: int
    place: int

    @property
    def mission(self) -> Mission | None:
        """What it is sent for."""

    @property
    def patient(self) -> Patient | None:
        """Whom it is sent to."""

    @property
    def at_work(self) -> bool:
        """Whether it is on a mission or drives to a station."""

    @property
    def is_bound_for_patient(self) -> bool:
        """Whether it drives to a patient, and has not arrived."""

    def move_to(self, station: int, reason: Reason) -> None:
        """Order it to another station."""

    def set_out_to(self, station: int, node: int, left_s: float, reason: Reason) -> None:
        """Have it drive to a station from a junction."""

    def be_at_station(self) -> None:
        """Have it stand at its station, ready to be sent."""

    def stand(self, activity: Activity, node: int, station: int, from_s: float) -> None:
        """Do something without driving: at a station, or beside a junction if that is -1."""

    def stop(self) -> tuple[int, float] | None:
        """Break down; returns the junction where it stops and when, or None at a station."""


class Centre(Protocol):
    """The dispatch centre, as crews see it."""

    @property
    def hospitals(self) -> Sequence[Hospital]:
        """That it knows."""

    @property
    def finished(self) -> bool:
        """Whether no patient is left and no call will come."""

    @property
    def wants_offers(self) -> bool:
        """Whether there is anything to decide about a crew that comes free."""

    def choose_hospital(self, call: Call) -> Hospital:
        """Name the hospital for a patient, who from now on is expected there."""

    def crew_left(self, mission: Mission, patient: Patient) -> None:
        """Hear that a crew has parted from its patient."""

    def called_off(self, patient: Patient, place: int) -> None:
        """Hear that an ambulance will not come to its patient after all."""

    def answer_called_off(self) -> None:
        """Send somebody else to patients whose ambulances were called off."""

    def offer(self, ambulance: Crew, node: int, lead_s: float) -> None:
        """Hear that a crew is free, `lead_s` from a junction."""

    def station_for(self, ambulance: Crew) -> int:
        """The station that a crew drives to once it is free."""

    def at_station(self, ambulance: Crew) -> None:
        """Hear that a crew stands at a station and can be sent."""

    def open_station(self, row: int) -> int:
        """A station if it is open, else the open one that is reached first from it."""

    def rearrange(self, changed: Sequence[int] | None = None) -> None:
        """Ask whether ambulances should wait elsewhere, now that some of them have changed."""

    def serve_waiting(self) -> None:
        """Offer the ambulances that have come free to those who wait."""
