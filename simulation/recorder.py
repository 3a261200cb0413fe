"""The books of a run: every mission as a row of numbers, every call with its end."""

from __future__ import annotations

from array import array
from enum import IntEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.mission import MISSION_FIELDS, Mission, mission_row


class CallState(IntEnum):
    """How far a call has come; at the end of a run every call is completed or lost."""

    OPEN = 0
    COMPLETED = 1
    LOST = 2


class Recorder:
    """Writes down what agents tell; small rows, so that a million missions take 140 MB."""

    def __init__(self, calls: int) -> None:
        self._states = np.zeros(calls, dtype=np.int8)
        self._missions = array("d")

    def mission_ended(self, mission: Mission) -> None:
        """Note a mission that is over."""
        self._missions.extend(mission_row(mission))

    def call_finished(self, number: int) -> None:
        """Note that the last ambulance has left a patient."""
        self._states[number] = CallState.COMPLETED

    def call_lost(self, number: int) -> None:
        """Note that a call was given up."""
        self._states[number] = CallState.LOST

    @property
    def states(self) -> NDArray[np.int8]:
        """The state of each call, by number."""
        return self._states

    def missions(self) -> pd.DataFrame:
        """All missions that are over, in the order of dispatch."""
        rows = np.frombuffer(self._missions).reshape(-1, len(MISSION_FIELDS))
        table = pd.DataFrame(rows.copy(), columns=list(MISSION_FIELDS))
        whole = {"call": "int64", "ambulance": "int64", "from_node": "int64"}
        table = table.astype({**whole, "from_station": bool, "came_home": bool})
        return table.sort_values(["dispatched_s", "call", "ambulance"], ignore_index=True)
