"""What a crew knows about hospitals, as the hospital policy sees it."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray

from agents.hospital import Hospital
from agents.world import World
from environment.calls import Call


class CrewView:
    """A `HospitalView` on the live run: good for the decision at hand, not to be kept.

    What it hands out are copies, or cannot be changed.

    Parameters
    ----------
    world : World
    hospitals : sequence of Hospital
    handover_s : float
        Mean duration of a handover.
    """

    __slots__ = (
        "_access_s", "_bays", "_handover_s", "_hospitals", "_names", "_take_everybody",
        "_unlimited", "_world",
    )  # fmt: skip

    def __init__(self, world: World, hospitals: Sequence[Hospital], handover_s: float) -> None:
        self._world = world
        self._hospitals = hospitals
        self._handover_s = handover_s
        self._unlimited = all(hospital.capacity.is_unlimited for hospital in hospitals)
        self.look_for_closures()
        self._names: tuple[str, ...] = tuple(str(h.name) for h in hospitals)
        self._access_s = np.array([h.access_s for h in hospitals])
        self._bays = tuple(inf if h.bays is None else float(h.bays.capacity) for h in hospitals)

    def look_for_closures(self) -> None:
        """Note whether every hospital takes every patient now: then nobody has to look."""
        self._take_everybody = self._unlimited and all(one.is_open for one in self._hospitals)

    @property
    def now_s(self) -> float:
        """Seconds since the start of the run."""
        return self._world.env.now

    @property
    def hospitals(self) -> tuple[str, ...]:
        """Names of the hospitals, in the order of their numbers."""
        return self._names

    @property
    def patients(self) -> tuple[int, ...]:
        """Patients being handed over or waiting for it at each hospital, or on their way there."""
        return tuple([h.patients for h in self._hospitals])

    @property
    def bays(self) -> tuple[float, ...]:
        """Crews that can hand over at the same time at each hospital; infinite where all can."""
        return self._bays

    @property
    def handover_s(self) -> float:
        """Mean duration of a handover."""
        return self._handover_s

    def is_open(self, number: int, call: Call) -> bool:
        """Whether a hospital may be chosen for a patient."""
        return self._take_everybody or bool(self._open_to(call)[number])

    def travel_times_s(self, call: Call) -> NDArray[np.float64]:
        """Expected driving time from the call to each hospital if one left now, (h,).

        It is infinite for those that are not open to the patient.
        """
        siren = self._world.priorities[call.priority].siren_to_hospital
        times_s = self._world.driving.to_hospitals_s(call.node, siren) + self._access_s
        if not self._take_everybody:
            times_s[~self._open_to(call)] = inf
        return times_s

    def _open_to(self, call: Call) -> NDArray[np.bool_]:
        """Those that are open and have the specialty; if one of them does not divert, only such."""
        able = np.array([h.is_open and h.treats(call.specialty) for h in self._hospitals])
        if not able.any():  # its specialty is closed; somebody must take the patient
            able = np.array([h.is_open for h in self._hospitals])
        welcome = able & ~np.array([h.diverts for h in self._hospitals])
        return welcome if welcome.any() else able
