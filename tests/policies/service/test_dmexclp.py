"""DMEXCLP on states solved by hand, and against brute force."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from policies.base import Move, PolicyError
from policies.relocation.dmexclp import Dmexclp

NEAR, FAR = 480.0, 480.1
"""Either side of the default target, which is still within."""


@dataclass
class State:
    """As much of a `RelocationView` as DMEXCLP looks at."""

    standing: NDArray[np.int64]
    is_open: NDArray[np.bool_]
    demand_share: NDArray[np.float64]
    station_to_zone_s: NDArray[np.float64]
    travel_s: NDArray[np.float64]
    freed: int | None = 7

    @property
    def stations(self) -> tuple[str, ...]:
        return tuple(f"S{number}" for number in range(len(self.standing)))

    def travel_to_station_s(self, number: int) -> NDArray[np.float64]:
        assert number == self.freed
        return self.travel_s


def chain(*standing: int, closed: int | None = None, **more: object) -> State:
    """Zones in a row with 40, 30, 20 and 10 % of demand; each of three stations reaches two."""
    is_open = np.array([number != closed for number in range(3)])
    reach_s = [[NEAR, NEAR, FAR, FAR], [FAR, NEAR, NEAR, FAR], [FAR, FAR, NEAR, NEAR]]
    share = np.array([0.4, 0.3, 0.2, 0.1])
    state = State(np.array(standing), is_open, share, np.array(reach_s), np.array([9.0, 5.0, 7.0]))
    for name, value in more.items():
        setattr(state, name, value)
    return state


@pytest.mark.parametrize(
    ("standing", "gains", "chosen"),
    [
        # Nobody covers anything: 0.7 of what each station reaches.
        ((0, 0, 0), (0.49, 0.35, 0.21), "S0"),
        # k = 1, 2, 1, 0: .4(.7)(.3) + .3(.7)(.09); .3(.7)(.09) + .2(.7)(.3); .2(.7)(.3) + .1(.7)
        ((1, 1, 0), (0.1029, 0.0609, 0.112), "S2"),
        # k = 2, 2, 0, 0: .7(.7)(.09); .3(.7)(.09) + .2(.7); .3(.7)
        ((2, 0, 0), (0.0441, 0.1589, 0.21), "S2"),
        # k = 2, 2, 1, 1: .7(.7)(.09); .3(.7)(.09) + .2(.7)(.3); .3(.7)(.3)
        ((2, 0, 1), (0.0441, 0.0609, 0.063), "S2"),
        # k = 2, 2, 2, 2: 0.063 of what each station reaches.
        ((2, 0, 2), (0.0441, 0.0315, 0.0189), "S0"),
    ],
)
def test_state_solved_by_hand(standing, gains, chosen: str) -> None:
    policy, state = Dmexclp(busy_fraction=0.3), chain(*standing)
    assert policy.gains(state) == pytest.approx(gains, rel=1e-12)
    assert policy.move(state) == [Move(7, chosen)]


def test_busier_fleet_doubles_its_cover() -> None:
    # k = 1, 2, 1, 0 and q = 0.6: .4(.4)(.6) + .3(.4)(.36) = 0.1392 beats .2(.4)(.6) + .1(.4).
    assert Dmexclp(busy_fraction=0.6).move(chain(1, 1, 0)) == [Move(7, "S0")]


def test_closed_station_is_never_chosen() -> None:
    policy = Dmexclp(busy_fraction=0.3)
    assert policy.move(chain(1, 1, 0, closed=2)) == [Move(7, "S0")]
    assert policy.move(chain(1, 1, 0, is_open=np.zeros(3, bool))) == []


def test_nobody_moves_if_nobody_has_come_free() -> None:
    assert Dmexclp().move(chain(1, 1, 0, freed=None)) == []


def test_of_equal_stations_the_nearest_is_chosen() -> None:
    nothing_in_reach = np.full((3, 4), FAR)
    assert Dmexclp().move(chain(0, 0, 0, station_to_zone_s=nothing_in_reach)) == [Move(7, "S1")]
    assert Dmexclp().move(chain(0, 0, 0, closed=1, station_to_zone_s=nothing_in_reach)) == [
        Move(7, "S2")
    ]
    # 0.1 + 0.2 and 0.3 differ in the last bit: S0 and S1 gain the same all the same.
    thirds = np.array([0.1, 0.2, 0.3, 0.4])
    reach_s = np.array([[NEAR, NEAR, FAR, FAR], [FAR, FAR, NEAR, FAR], [FAR] * 4])
    assert Dmexclp().move(chain(0, 0, 0, demand_share=thirds, station_to_zone_s=reach_s)) == [
        Move(7, "S1")
    ]


def expected_coverage(
    state: State, standing: NDArray[np.int64], q: float, target_s: float
) -> float:
    """Share of demand with a free ambulance within reach, zone by zone."""
    covered = 0.0
    for zone, share in enumerate(state.demand_share):
        reaching = sum(
            int(count)
            for station, count in enumerate(standing)
            if state.station_to_zone_s[station, zone] <= target_s
        )
        covered += share * (1 - q**reaching)
    return covered


@given(seed=st.integers(0, 2**32 - 1), q=st.floats(0.01, 0.99))
def test_choice_maximises_expected_coverage(seed: int, q: float) -> None:
    rng = np.random.default_rng(seed)
    stations, zones = rng.integers(1, 7), rng.integers(1, 12)
    state = State(
        standing=rng.integers(0, 4, stations),
        is_open=rng.random(stations) < 0.8,
        demand_share=rng.dirichlet(np.ones(zones)),
        station_to_zone_s=rng.uniform(0, 1000, (stations, zones)),
        travel_s=rng.uniform(0, 1000, stations),
    )
    target_s = float(rng.uniform(100, 900))
    moves = Dmexclp(q, target_s).move(state)
    one_more = np.eye(stations, dtype=np.int64)
    covered = np.array(
        [expected_coverage(state, state.standing + one, q, target_s) for one in one_more]
    )
    if not state.is_open.any():
        assert moves == []
        return
    chosen = state.stations.index(moves[0].station)
    assert state.is_open[chosen]
    assert covered[chosen] == pytest.approx(covered[state.is_open].max(), abs=1e-9)
    before = expected_coverage(state, state.standing, q, target_s)
    assert Dmexclp(q, target_s).gains(state) == pytest.approx(covered - before, abs=1e-12)


def test_wrong_parameters_are_told_together() -> None:
    with pytest.raises(PolicyError) as error:
        Dmexclp(busy_fraction=1, target_s=float("nan"))
    assert str(error.value) == (
        "busy_fraction must be above 0 and below 1, got 1; target_s must be above 0 s, got nan"
    )
    with pytest.raises(PolicyError, match=r"busy_fraction must be .*, got '0.5'"):
        Dmexclp(busy_fraction="0.5")
