"""How one drove in a run that is over: the streets of each moment, and the noise of trips."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agents.service.world import LEGS, TO_CALL
from environment.disruptions import closure_changes, closures_in
from environment.traffic.driving import Driving
from environment.traffic.ways import Way, next_junction
from scenarios.scenario import Scenario
from simulation.build import exogenous_calls
from simulation.preparation import Ground
from simulation.streams import streams

SAME_M = 1.0
"""Ways whose lengths differ by less are the same."""


class RecordedStreets:
    """The streets of a saved run.

    Tables keep when a drive began and ended, not where it led. The way is found again by the
    router on the streets that were open when it began, and lasts as long as it did. A drive that
    was broken off has no end in the tables: how long it would have taken is worked out from the
    trip's noise, which is drawn again from the seed.

    Parameters
    ----------
    ground : Ground
    scenario : Scenario
    replication : int
    """

    def __init__(self, ground: Ground, scenario: Scenario, replication: int) -> None:
        self.ground = ground
        told = closure_changes(closures_in(scenario.disruptions))
        self._since_s = [moment_s for moment_s, _ in told]
        self._closures = [closures for _, closures in told]
        draw = streams(scenario.seed, replication)
        calls = exogenous_calls(scenario, ground.city, draw)
        self._noise = calls.trip_noise
        self.patience_s: NDArray[np.float64] = calls.table["patience_s"].to_numpy(dtype=float)

    def changes(self) -> Sequence[float]:
        """When the closed streets change."""
        return self._since_s

    def driving(self, now_s: float) -> Driving:
        """Driving on the streets that are open at a moment."""
        which = bisect_right(self._since_s, now_s) - 1
        return self.ground.driving_when(self._closures[which] if which >= 0 else frozenset())

    def noise(self, call: int, place: int, leg: int) -> float:
        """Factor on a trip's time; 1 for calls of an epidemic, which cannot be drawn again."""
        noise = self._noise
        column = LEGS * place + leg
        if noise is None or call >= len(noise) or column >= noise.shape[1]:
            return 1.0
        return float(noise[call, column])

    def likely_place(self, call: int, way: Way) -> int:
        """Which of a call's ambulances drove a way to it: the one whose noise fits its time."""
        noise = self._noise
        if noise is None or call >= len(noise):
            return 0
        ends = (way.origin, way.destination)

        def gap_s(place: int) -> float:
            factor = self.noise(call, place, TO_CALL)
            planned = self.planned(ends, way.left_s, factor, siren=way.siren)
            return abs(planned.drive_s - way.drive_s)

        return min(range(noise.shape[1] // LEGS), key=gap_s)

    def known(self, ends: tuple[int, int], left_s: float, end_s: float, *, siren: bool) -> Way:
        """The way between two junctions that was driven in a known time."""
        drive_s = max(end_s - left_s, 0.0)
        return Way(*ends, left_s, drive_s, siren, self.driving(left_s))

    def planned(
        self, ends: tuple[int, int], left_s: float, noise: float = 1.0, *, siren: bool = False
    ) -> Way:
        """The way between two junctions that nobody drove to its end."""
        driving = self.driving(left_s)
        drive_s, _ = driving.trip(*ends, left_s, siren, noise)
        return Way(*ends, left_s, drive_s, siren, driving)

    def leads_over(self, way: tuple[int, int], turn: int, metres: float, now_s: float) -> bool:
        """Whether a way passes a junction after so many metres."""
        driving, (origin, destination) = self.driving(now_s), way
        until_m = driving.metres(origin, turn)
        whole_m = driving.metres(origin, destination)
        rest_m = driving.metres(turn, destination)
        return abs(until_m - metres) < SAME_M and abs(until_m + rest_m - whole_m) < SAME_M


def seconds_to_turn(way: Way, node: int, now_s: float) -> float:
    """When a vehicle that turns off a way at a junction is there, from now on."""
    found, in_s = next_junction(way, now_s)
    return in_s if found == node or now_s >= way.left_s else max(way.left_s - now_s, 0.0)
