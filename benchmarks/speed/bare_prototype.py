"""The least that SimPy and Mesa can do: ambulances and calls on an all-pairs table.

It stands beside Corridor in `calls_per_second.py` as a yardstick for the machine: no streets, no
policies, no records, no second ambulance, nothing checked.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Generator

import mesa
import numpy as np
import simpy
from numpy.typing import NDArray

Life = Generator[simpy.Event, None, None]

NODES, AMBULANCES, CALLS = 2_000, 200, 20_000


class Ambulance(mesa.Agent):
    """Serves a call and goes home."""

    def __init__(self, model: Prototype, number: int, home: int) -> None:
        super().__init__(model)
        self.number = number
        self.home = home

    def serve(self, node: int, scene_s: float, hospital: int, handover_s: float) -> Life:
        """A call's life in five waits."""
        model, timeout = self.model, self.model.env.timeout
        row = model.table
        yield timeout(row[self.home][node])
        model.responses.append(model.env.now)
        yield timeout(scene_s)
        yield timeout(row[node][hospital])
        yield timeout(handover_s)
        yield timeout(row[hospital][self.home])
        model.idle[self.number] = True


class Prototype(mesa.Model):
    """Nearest idle ambulance on a table of travel times."""

    def __init__(self) -> None:
        super().__init__(rng=1)
        rng = np.random.default_rng(1)
        self.env = simpy.Environment()
        times, self.table = _travel_times()
        homes = rng.integers(NODES, size=AMBULANCES)
        self.ambulances = [Ambulance(self, n, int(home)) for n, home in enumerate(homes)]
        self.home_times = times[homes].T.copy()
        self.idle = np.ones(AMBULANCES, dtype=bool)
        self.responses: list[float] = []
        self.calls = list(
            zip(
                np.cumsum(rng.exponential(60, CALLS)).tolist(),
                rng.integers(NODES, size=CALLS).tolist(),
                rng.exponential(1200, CALLS).tolist(),
                rng.integers(NODES, size=CALLS).tolist(),
                rng.exponential(1200, CALLS).tolist(),
                strict=True,
            )
        )

    def answer(self) -> Life:
        """Send the nearest idle ambulance to every call."""
        env = self.env
        for time_s, node, *needs in self.calls:
            yield env.timeout(time_s - env.now)
            number = int(np.where(self.idle, self.home_times[node], np.inf).argmin())
            self.idle[number] = False
            env.process(self.ambulances[number].serve(node, *needs))


@functools.cache
def _travel_times() -> tuple[NDArray[np.float64], list[list[float]]]:
    """All pairs, as an array and as lists, which Python reads faster; made once."""
    places = np.random.default_rng(2).random((NODES, 2)) * 20_000
    times = np.abs(places[:, None] - places[None]).sum(axis=2) / 10
    return times, times.tolist()


def prototype_calls_per_second() -> float:
    """Run the prototype once."""
    model = Prototype()
    model.env.process(model.answer())
    start = time.process_time()
    model.env.run()
    return CALLS / (time.process_time() - start)
