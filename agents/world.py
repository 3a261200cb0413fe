"""What the agents of one run share: the clock, the streets and the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import simpy
from numpy.typing import NDArray

from agents.mission import Mission
from environment.city import City
from environment.driving import Driving
from environment.priorities import PriorityClass

LEGS = 3
TO_CALL, TO_HOSPITAL, HOME = range(LEGS)


class Books(Protocol):
    """Where agents write down what happened."""

    def mission_ended(self, mission: Mission) -> None:
        """Note a mission that is over: back at the station, or sent elsewhere on the way."""

    def call_finished(self, number: int) -> None:
        """Note that the last ambulance has left a patient."""

    def call_lost(self, number: int) -> None:
        """Note that a call was given up because nobody could be sent."""


@dataclass(frozen=True, eq=False)
class World:
    """Clock, streets and books of one run.

    Attributes
    ----------
    env : simpy.Environment
    city : City
    driving : Driving
    priorities : sequence of PriorityClass
    mobilisation_s : float
        Mean time that a crew at its station takes to leave.
    trip_noise : (calls, legs) float64 or None
        Factors on driving times; `LEGS` columns for each ambulance of a call.
    books : Books
    """

    env: simpy.Environment
    city: City
    driving: Driving
    priorities: Sequence[PriorityClass]
    mobilisation_s: float
    trip_noise: NDArray[np.float64] | None
    books: Books

    def noise(self, call: int, unit: int, leg: int) -> float:
        """Factor on the driving time of one leg of a call's ambulance."""
        if self.trip_noise is None:
            return 1.0
        return float(self.trip_noise[call, LEGS * unit + leg])
