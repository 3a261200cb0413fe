"""The decision which lights make way for a siren, and from how far."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from environment.demand.calls import Call
from policies.answers import numbers_of, short
from policies.base import PolicyError, SignalView
from policies.decision import Decision
from policies.signals.situations import signal_situations


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
    method="give_way",
    asked_with=("call", "view"),
    view=SignalView,
    taken_by="service",
    built_in={
        "fixed": "policies.signals.fixed:Fixed",
        "green_wave": "policies.signals.green_wave:GreenWave",
    },
    checked=checked_distance_m,
    situations=signal_situations,
)
