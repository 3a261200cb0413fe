"""Many systems at once give what each gives by itself."""

from itertools import combinations_with_replacement

import numpy as np
import pytest

from policies.hypercube import HypercubeSystem, ManyAnswers, solve, solve_many, solve_placements

RNG = np.random.default_rng(3)
TRAVEL_S = RNG.uniform(60, 1200, (6, 15))
SERVICE_S = 2400 + 2 * TRAVEL_S
CALLS = 2 * RNG.dirichlet(np.ones(15))
WITHIN_S = 500


def assert_same(many: ManyAnswers, row: int, answer) -> None:
    for name in ("loss", "response_s", "workload", "mean_loss", "mean_response_s",
                 "longest_response_s", "first_server_available"):  # fmt: skip
        expected = getattr(answer, name)
        np.testing.assert_allclose(
            getattr(many, name)[row], expected, rtol=1e-8, atol=1e-9, err_msg=name
        )
    assert many.coverage[row] == pytest.approx(answer.coverage(WITHIN_S))


@pytest.mark.parametrize("service_mode", ["calibrated", "paper"])
@pytest.mark.parametrize("service_s", [SERVICE_S, SERVICE_S[:, 0], 3000.0])
def test_placements(service_s, service_mode):
    """Also those with several servers at a site, of which the first in the placement is sent."""
    sites = np.array(list(combinations_with_replacement(range(6), 3)))
    many = solve_placements(sites, CALLS, TRAVEL_S, service_s, 2, service_mode, WITHIN_S)
    table = service_s if np.ndim(service_s) == 2 else np.broadcast_to(service_s, (15, 6)).T
    for row in (0, 1, 17, 40, 55):
        travel_s = TRAVEL_S[sites[row]]
        lists = travel_s.argsort(axis=0, kind="stable").T[:, :2]
        own = table[sites[row]]
        answer = solve(
            HypercubeSystem(CALLS, travel_s, lists, own, service_mode=service_mode), 1e-12
        )
        assert_same(many, row, answer)


@pytest.mark.parametrize("service_mode", ["calibrated", "paper"])
def test_calls(service_mode):
    lists = np.array([[RNG.permutation(6)[:3] for _ in range(2)] for _ in range(15)])
    weights = RNG.dirichlet(np.ones(2), 15)
    system = HypercubeSystem(
        CALLS, TRAVEL_S, lists, SERVICE_S, service_mode=service_mode, weights=weights
    )
    calls = CALLS + RNG.poisson(0.2, (20, 15))
    calls[3, :14] = 0
    many = solve_many(system, calls, WITHIN_S)
    base = solve(system)
    for row in range(20):
        own = HypercubeSystem(
            calls[row], TRAVEL_S, lists, SERVICE_S, service_mode=service_mode, weights=weights
        )
        answer = solve(own, 1e-12)
        assert_same(many, row, answer)
        in_loss, in_response_s = (
            answer.deviation_in_loss(base), answer.deviation_in_response_s(base),
        )  # fmt: skip
        assert many.deviation_in_loss(base)[row] == pytest.approx(in_loss, abs=1e-9)
        assert many.deviation_in_response_s(base)[row] == pytest.approx(in_response_s, abs=1e-6)
