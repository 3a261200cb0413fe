"""SimPy's clock under a Mesa model."""

from __future__ import annotations

from heapq import heappop
from math import inf
from operator import attrgetter
from typing import Any, cast

import mesa
import simpy


class Clock(simpy.Environment):
    """SimPy's environment, whose time is read without a call of Python: agents ask for it often."""

    now = property(attrgetter("_now"))

    def run(self, until: float | simpy.Event | None = None) -> Any:
        """Run as SimPy does; up to the end in one loop, without a call of Python for each event."""
        if until is not None:
            return super().run(until)
        queue = self._queue
        while queue:
            self._now, _, _, event = heappop(queue)
            callbacks: Any = event.callbacks
            event.callbacks = None  # type: ignore[assignment]  # so SimPy marks what is over
            for callback in callbacks:
                callback(event)
            if not event._ok and not event.defused:  # noqa: SLF001 - `ok` would be a call
                raise cast("BaseException", event.value)
        return None


class SimPyModel(mesa.Model):
    """A Mesa model whose only clock is that of SimPy.

    Mesa wraps `step` on the instance to count steps, and from 3.5 on to drive a schedule and a
    `time` of its own. Here `step` lets SimPy run for one frame and `time` is SimPy's.
    """

    def __init__(self, frame_s: float) -> None:
        self.env = Clock()
        super().__init__(rng=0)  # never drawn from: see `simulation.streams`
        self.frame_s = frame_s
        self.__dict__.pop("step", None)
        schedule = self.__dict__.get("_default_schedule")
        if schedule is not None:
            schedule.stop()

    @property
    def time(self) -> float:
        """Simulated seconds since the start."""
        return float(self.env.now)

    @time.setter
    def time(self, value: float) -> None:
        """Ignore Mesa's own count."""

    def close(self) -> None:
        """Let go of the model: Mesa 3.3 keeps every one alive in the class that counts agents."""
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    def run_until(self, moment_s: float) -> bool:
        """Let SimPy run up to a moment; returns whether anything is left to happen after it."""
        self.env.run(until=moment_s)
        if self.env.peek() <= moment_s:
            self.env.step()  # from 4.1.2 on SimPy leaves its own stop in the queue
        return bool(self.env.peek() < inf)

    def settle(self) -> None:
        """Let everything happen that is due at this very moment."""
        while self.env.peek() <= self.env.now:
            self.env.step()

    def step(self) -> None:
        """Advance by one frame."""
        self.steps += 1
        self.env.run(until=self.env.now + self.frame_s)
