"""The traffic control: switches lights for vehicles that drive with siren."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

import mesa
import numpy as np
import simpy
from numpy.typing import NDArray

from agents.activity import Activity
from agents.event_log import TraceLog
from agents.leg import NOBODY, pack_leg
from agents.streets import Streets
from environment.demand.calls import Call
from environment.traffic.driving import Driving
from environment.traffic.green_waves import AXIS, ForcedGreens
from environment.traffic.ways import Way, make_way
from policies.gate import Gate
from policies.signals import SIGNALS


class WayAhead:
    """A `SignalView` of a vehicle that is about to leave; it looks for lights when asked."""

    def __init__(self, driving: Driving, origin: int, destination: int, now_s: float) -> None:
        self._driving = driving
        self._ends = (origin, destination)
        self._now_s = now_s

    @cached_property
    def _ahead(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
        return self._driving.lights_ahead(*self._ends, siren=True)

    @property
    def now_s(self) -> float:
        """Seconds since the start of the run."""
        return self._now_s

    @property
    def lights(self) -> NDArray[np.int64]:
        """Numbers of the equipped lights on the way, (k,)."""
        return self._ahead[0]

    @property
    def distance_m(self) -> NDArray[np.float64]:
        """Metres from where it leaves to each of them, (k,)."""
        return self._ahead[1]

    @property
    def expected_s(self) -> NDArray[np.float64]:
        """Expected seconds until it is there, (k,)."""
        return self._ahead[2] / self._driving.speed_factor(self._now_s)

    @property
    def cross_flow_per_hour(self) -> NDArray[np.float64]:
        """Vehicles that each of them would hold up in an hour of green for this one, (k,)."""
        return self._ahead[3]


class GreenLog(Protocol):
    """Where drives and forced greens are written down."""

    @property
    def trace(self) -> TraceLog:
        """Where legs and greens are noted as they are planned."""

    def green_forced(self, ambulance: int, call: int, row: Sequence[float]) -> None:
        """Note a green: a row of `environment.traffic.green_waves` up to `AXIS`."""


class TrafficControl(mesa.Agent):
    """Knows position and route of every vehicle with siren, and makes way as its policy says."""

    def __init__(
        self,
        model: mesa.Model,
        env: simpy.Environment,
        streets: Streets,
        gate: Gate,
        log: GreenLog,
    ) -> None:
        super().__init__(model)
        self._streets = streets
        self._env = env
        self._gate = gate
        self._log = log
        self._legs = log.trace.legs if log.trace.is_kept else None
        self._forced: ForcedGreens | None = None
        self._greens: dict[int, tuple[int, NDArray[np.float64]]] = {}

    def drive(  # noqa: PLR0913, PLR0917 - by name they would take longer than the leg is noted
        self,
        ambulance: int,
        call: Call | None,
        origin: int,
        destination: int,
        left_s: float,
        siren: bool,
        noise: float,
        activity: Activity,
        target: int,
        serves: int = NOBODY,
    ) -> tuple[Way, float]:
        """A way and its metres, noted as a leg; the lights on it make way for a siren.

        Parameters
        ----------
        ambulance : int
        call : Call or None
            For which it drives; a siren needs one.
        origin, destination : int
            Junctions.
        left_s : float
            When it leaves the first of them.
        siren : bool
        noise : float
            Factor on the time spent driving.
        activity : Activity
        target, serves : int
            See `agents.leg.LegRow`; who drives for a call serves that.
        """
        streets = self._streets
        driving = streets.driving
        give_way_m: float | NDArray[np.float64] = 0.0
        if siren and call is not None and driving.has_lights:
            give_way_m = self._give_way_m(call, origin, destination)
        if self._forced is None:  # no light was ever switched: nothing to look up
            drive_s, metres = driving.trip(origin, destination, left_s, siren, noise)
        else:
            drive_s, metres, rows = driving.green_trip(
                self._forced, origin, destination, left_s, siren, noise, give_way_m
            )
            self._note(ambulance, call, rows)
        if self._legs is not None:
            self._legs += pack_leg(
                self._env.now, left_s, drive_s, ambulance, origin, destination, target,
                serves if call is None else call.number, activity, siren, streets.number,
            )  # fmt: skip
        return make_way((origin, destination, left_s, drive_s, siren, driving)), metres

    def _give_way_m(self, call: Call, origin: int, destination: int) -> float | NDArray[np.float64]:
        """Ask from how far the lights on a way are to be switched."""
        view = WayAhead(self._streets.driving, origin, destination, self._env.now)
        give_way_m = self._gate.ask(SIGNALS, call, view)
        if self._forced is None and (
            give_way_m > 0 if isinstance(give_way_m, float) else give_way_m.any()
        ):
            self._forced = ForcedGreens(self._streets.driving.lights)
        return give_way_m

    def give_back(self, ambulance: int) -> None:
        """Let the lights ahead of a vehicle that turns off go on with their cycles."""
        if ambulance in self._greens and self._forced is not None:
            call, rows = self._greens[ambulance]
            left = self._forced.cancel(rows, self._env.now)
            self._greens[ambulance] = (call, left)
            self._log.trace.greens_planned(ambulance, left)

    def close_log(self) -> None:
        """Write down what is still open."""
        for ambulance in list(self._greens):
            self._write(ambulance)

    def _note(self, ambulance: int, call: Call | None, rows: NDArray[np.float64]) -> None:
        """Keep a trip's forced greens until nothing can take them back."""
        self._write(ambulance)
        if call is not None and len(rows):
            self._greens[ambulance] = (call.number, rows)
            self._log.trace.greens_planned(ambulance, rows)

    def _write(self, ambulance: int) -> None:
        if ambulance in self._greens:
            call, rows = self._greens.pop(ambulance)
            for row in rows[:, :AXIS].tolist():
                self._log.green_forced(ambulance, call, row)
