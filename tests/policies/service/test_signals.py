"""What the built-in signal policies choose."""

import numpy as np
import pytest

from environment.demand.calls import Call
from policies.base import PolicyError, SignalPolicy
from policies.signals.fixed import Fixed
from policies.signals.green_wave import GreenWave

CALL = Call(0, 0.0, 0, 0.0, 0, 0, 1, 0.0, 0.0, 0.0, True)


class ThreeLights:
    """A view of three equipped lights, 100, 300 and 900 m ahead."""

    now_s = 0.0
    lights = np.array([4, 2, 7])
    distance_m = np.array([100.0, 300.0, 900.0])
    expected_s = np.array([10.0, 30.0, 90.0])
    cross_flow_per_hour = np.array([100.0, 700.0, 200.0])


@pytest.mark.parametrize(
    ("policy", "metres"),
    [(Fixed(), 0.0), (GreenWave(), 200.0), (GreenWave(350.5), 350.5), (GreenWave(0), 0.0)],
)
def test_distance_at_which_lights_make_way(policy: SignalPolicy, metres: float) -> None:
    assert policy.give_way(CALL, ThreeLights()) == metres


@pytest.mark.parametrize("distance_m", [-1.0, float("nan"), float("inf"), "200", None, True])
def test_a_green_wave_refuses_what_is_no_distance(distance_m: object) -> None:
    with pytest.raises(PolicyError, match=r"^distance_m must be a number of metres >= 0, got "):
        GreenWave(distance_m)  # type: ignore[arg-type]
