"""The decision which lights make way for a siren, from how far, and situations to try it in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from environment.demand.calls import Call
from policies.answers import numbers_of, short
from policies.base import PolicyError, SignalView
from policies.decision import Decision
from policies.small_city import Situation, SmallCity, draw_call, read_only


@dataclass(frozen=True)
class SmallSignalView:
    """A `SignalView` of the lights on a way through a small city."""

    now_s: float
    ahead: tuple[tuple[int, float, float, float], ...]

    @property
    def lights(self) -> NDArray[np.int64]:
        """Numbers of the equipped lights on the way, (k,)."""
        return read_only(np.array([light[0] for light in self.ahead], dtype=np.int64))

    @property
    def distance_m(self) -> NDArray[np.float64]:
        """Metres from where the vehicle leaves to each of them, (k,)."""
        return self._column(1)

    @property
    def expected_s(self) -> NDArray[np.float64]:
        """Expected seconds until it is there, (k,)."""
        return self._column(2)

    @property
    def cross_flow_per_hour(self) -> NDArray[np.float64]:
        """Vehicles that each of them would hold up in an hour of green for this one, (k,)."""
        return self._column(3)

    def _column(self, number: int) -> NDArray[np.float64]:
        return read_only([light[number] for light in self.ahead] or np.empty(0))


def signal_situations(city: SmallCity, rng: np.random.Generator, count: int) -> Iterator[Situation]:
    """Ways with many lights, one, or none."""
    now_s = 0.0
    for number in range(count):
        now_s += float(rng.exponential(300))
        lights = (1, 0, int(rng.integers(2, 30)))[number % 3]
        between_m, flow_per_hour = rng.uniform(20, 400, lights), rng.uniform(0, 1500, lights)
        distance_m = between_m.cumsum()
        numbers = rng.permutation(100)[:lights].tolist()
        columns = (distance_m.tolist(), (distance_m / 12).tolist(), flow_per_hour.tolist())
        view = SmallSignalView(now_s, tuple(zip(numbers, *columns, strict=True)))
        yield Situation(draw_call(city, rng, number, now_s), view, f"{lights} lights on the way")


def checked_distance_m(
    name: str, answer: Any, _call: Call, view: SignalView
) -> float | NDArray[np.float64]:
    """Distance from which a signal policy gives way: one for all lights, or one for each."""
    if (type(answer) is float or type(answer) is int) and 0 <= answer < np.inf:
        return float(answer)  # without a look at the lights
    lights = len(view.lights)
    answer_m = numbers_of(answer)
    if answer_m.shape not in ((), (lights,)) or not (np.isfinite(answer_m) & (answer_m >= 0)).all():
        raise PolicyError(
            f"{name} answered {short(answer)}; expected a number of metres >= 0, "
            f"or one for each of {lights} lights"
        )
    return answer_m if answer_m.shape else float(answer_m)


SIGNALS = Decision(
    name="signals",
    description="which lights make way for a siren, and from how far",
    method="give_way",
    asked_with=("call", "view"),
    view=SignalView,
    taken_by="service",
    built_in={
        "fixed": "policies.signals.fixed:Fixed",
        "green_wave": "policies.signals.green_wave:GreenWave",
    },
    default="fixed",
    checked=checked_distance_m,
    situations=signal_situations,
)
