"""The event log of a run: every mission as a row of numbers, every call with its end."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from enum import IntEnum
from struct import Struct

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.service.mission import (
    MISSION_FIELDS,
    TRANSFER_FIELDS,
    Mission,
    Transfer,
    mission_row,
    transfer_row,
)
from simulation.trace import Event, Trace

GREEN_FIELDS = (
    "ambulance", "call", "light", "from_s", "until_s", "cross_red_s", "held_vehicles",
)  # fmt: skip
ABSENCE_FIELDS = ("ambulance", "reason", "from_s", "until_s")
COVERAGE_FIELDS = ("time_s", "available", "covered_share")

pack_mission = Struct(f"{len(MISSION_FIELDS)}d").pack
"""A mission's row as bytes, in a third of the time that an array takes over its items."""


class CallState(IntEnum):
    """How far a call has come; at the end of a run none is open."""

    OPEN = 0
    COMPLETED = 1
    LOST = 2
    LEFT = 3


class Recorder:
    """Writes down what agents tell; small rows, so that a million missions take 190 MB.

    Parameters
    ----------
    trace : Trace
        What was settled, moment by moment.
    priority : (n,) int64
        Of each call at first.

    Attributes
    ----------
    states : (n,) int8
        The state of each call, by number.
    final_priority : (n,) int64
        The priority of each call in the end.
    """

    def __init__(self, trace: Trace, priority: NDArray[np.int64]) -> None:
        self.trace = trace
        self.states = np.zeros(len(priority), dtype=np.int8)
        self.final_priority = priority.copy()
        self._missions = array("d")
        self._transfers = array("d")
        self._greens = array("d")
        self._coverage = array("d")
        self._absences: list[tuple[int, str, float, float]] = []

    def mission_ended(self, mission: Mission) -> None:
        """Note a mission that is over."""
        self._missions.frombytes(pack_mission(*mission_row(mission)))

    def transfer_ended(self, transfer: Transfer) -> None:
        """Note a drive to a station that is over."""
        self._transfers.extend(transfer_row(transfer))

    def absence_ended(self, ambulance: int, reason: str, from_s: float, until_s: float) -> None:
        """Note that an ambulance can be sent again after a break, a repair or its time off."""
        self._absences.append((ambulance, reason, from_s, until_s))

    def green_forced(self, ambulance: int, call: int, row: Sequence[float]) -> None:
        """Note a green: a row of `environment.traffic.green_waves` up to `AXIS`."""
        self._greens.extend((ambulance, call, *row))

    def coverage_seen(self, time_s: float, available: int, covered_share: float) -> None:
        """Note how much of the demand could be reached in time at a moment."""
        self._coverage.extend((time_s, available, covered_share))

    def calls_came(self, priority: NDArray[np.int64]) -> None:
        """Make room for calls that are numbered after all so far; `priority` of each at first."""
        self.states = np.append(self.states, np.zeros(len(priority), dtype=np.int8))
        self.final_priority = np.append(self.final_priority, priority)

    def call_finished(self, number: int) -> None:
        """Note that the last ambulance has left a patient."""
        self.states[number] = CallState.COMPLETED

    def call_lost(self, number: int) -> None:
        """Note that a call was given up."""
        self.states[number] = CallState.LOST
        self.trace.happened(Event.LOST, number)

    def call_left(self, number: int) -> None:
        """Note that a patient has given up waiting."""
        self.states[number] = CallState.LEFT
        self.trace.happened(Event.LEFT, number)

    def priority_changed(self, number: int, priority: int) -> None:
        """Note that a patient has become more urgent, or turned out to be so."""
        self.final_priority[number] = priority
        self.trace.happened(Event.PRIORITY, number, priority)

    @property
    def green_count(self) -> int:
        """Forced greens in the event log."""
        return len(self._greens) // len(GREEN_FIELDS)

    def missions(self) -> pd.DataFrame:
        """All missions that are over, in the order of dispatch."""
        table = _frame(self._missions, MISSION_FIELDS, ("call", "ambulance", "from_node", "end"))
        flags = dict.fromkeys(("from_station", "siren", "to_hospital_siren"), bool)
        order = ["dispatched_s", "call", "ambulance"]
        return table.astype(flags).sort_values(order, ignore_index=True)

    def transfers(self) -> pd.DataFrame:
        """All drives to stations that are over, in the order of departure."""
        whole = ("ambulance", "reason", "from_node", "station")
        table = _frame(self._transfers, TRANSFER_FIELDS, whole).astype({"arrived": bool})
        return table.sort_values(["left_s", "ambulance"], ignore_index=True)

    def forced_greens(self) -> pd.DataFrame:
        """All greens that lights were switched to, in the order of time."""
        table = _frame(self._greens, GREEN_FIELDS, ("ambulance", "call", "light"))
        return table.sort_values(["from_s", "light", "ambulance"], ignore_index=True)

    def coverage(self) -> pd.DataFrame:
        """How much of the demand could be reached in time, moment by moment."""
        return _frame(self._coverage, COVERAGE_FIELDS, ("available",))

    def absences(self) -> pd.DataFrame:
        """All absences that are over, in the order of time."""
        table = pd.DataFrame(self._absences, columns=list(ABSENCE_FIELDS))
        kinds = {"ambulance": "int64", "from_s": "float64", "until_s": "float64"}
        return table.astype(kinds).sort_values(["from_s", "ambulance"], ignore_index=True)


def _frame(numbers: array[float], fields: tuple[str, ...], whole: tuple[str, ...]) -> pd.DataFrame:
    """Packed rows as a table; columns in `whole` hold whole numbers."""
    rows = (
        np.frombuffer(numbers).reshape(-1, len(fields)) if numbers else np.empty((0, len(fields)))
    )
    return pd.DataFrame(rows.copy(), columns=list(fields)).astype(dict.fromkeys(whole, "int64"))
