"""What an agent waits for: the moment of its next step on SimPy's clock."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappush
from typing import Any

import simpy
from simpy.events import NORMAL


class Step(simpy.Timeout):
    """A timeout that knows who waits for it: made in less time, and a run makes four for each call.

    Parameters
    ----------
    env : simpy.Environment
    moment_s : float
        When it comes; at once, if rounding has put the clock a hair past it.
    take : callable
        What is done then, given this event.
    value : object, optional
        What the event brings along.
    """

    def __init__(
        self,
        env: simpy.Environment,
        moment_s: float,
        take: Callable[[simpy.Event], None],
        value: Any = None,
    ) -> None:
        now_s = env._now  # noqa: SLF001 - as `Environment.schedule` does, without its call
        delay_s = moment_s - now_s
        if delay_s < 0:
            delay_s = 0.0
        self.env = env
        self.callbacks = [take]
        self._value = value
        self._delay = delay_s
        self._ok = True
        heappush(env._queue, (now_s + delay_s, NORMAL, next(env._eid), self))  # noqa: SLF001
