"""Systems whose figures are printed somewhere or follow from a closed form."""

import doctest

import numpy as np
import pytest

from policies import hypercube
from policies.hypercube import HypercubeSystem, solve

LISTS = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]]


def larson_odoni(line: str = "loss") -> HypercubeSystem:
    """Urban Operations Research, sections 5.4.3 and 5.4.4, atoms of equal lists together."""
    return HypercubeSystem([0.50, 0.25, 0.35, 0.40], np.ones((3, 4)), LISTS, 3600, line)


def anywhere(servers: int, load: float, level: int | None = None, **others) -> HypercubeSystem:
    """Random geometry, an hour a call."""
    rng = np.random.default_rng(servers)
    travel_s = rng.uniform(60, 900, (servers, 30))
    lists = travel_s.argsort(axis=0).T[:, : level or servers]
    return HypercubeSystem(load * rng.dirichlet(np.ones(30)), travel_s, lists, 3600, **others)


def erlang_b(servers: int, load: float) -> float:
    loss = 1.0
    for n in range(1, servers + 1):
        loss = load * loss / (n + load * loss)
    return loss


def test_larson_and_odoni_with_a_line():
    answer = solve(larson_odoni("infinite"))
    states = answer.state_probabilities
    np.testing.assert_allclose(answer.workload, [0.5574, 0.4734, 0.4693], atol=5e-5)
    assert states[0b000] == pytest.approx(4 / 19)
    assert states[0b111] == pytest.approx(0.118421, abs=5e-7)
    assert answer.waiting_probability - states[0b111] == pytest.approx(0.118421, abs=5e-7)
    assert answer.mean_loss == 0


def test_larson_and_odoni_without_a_line():
    answer = solve(larson_odoni())
    np.testing.assert_allclose(answer.workload, [0.497905, 0.402631, 0.397971], atol=5e-7)
    assert answer.mean_loss == pytest.approx(erlang_b(3, 1.5))
    assert answer.mean_loss == pytest.approx(0.134328, abs=5e-7)
    assert answer.first_server_available == pytest.approx(0.550974, abs=5e-7)


@pytest.mark.parametrize(
    ("servers", "load", "loss"),
    [(5, 2, 0.0366972477), (10, 6, 0.0431418384), (1, 1, 0.5), (13, 4, erlang_b(13, 4))],
)
def test_equal_service_and_full_backup_lose_as_erlang_says(servers, load, loss):
    answer = solve(anywhere(servers, load))
    np.testing.assert_allclose(answer.loss, loss, atol=1e-9)
    assert answer.workload.sum() == pytest.approx(load * (1 - loss))


def test_one_list_for_all():
    system = HypercubeSystem([0.5, 1.5], np.ones((5, 2)), [[0, 1, 2, 3, 4]] * 2, 3600)
    expected = [0.666667, 0.533333, 0.378947, 0.230576, 0.117082]
    np.testing.assert_allclose(solve(system).workload, expected, atol=5e-7)


def test_districts_of_their_own():
    load = np.array([0.2, 1, 3, 0.7])
    system = HypercubeSystem(load, np.ones((4, 4)), np.arange(4)[:, None], 3600)
    answer = solve(system)
    np.testing.assert_allclose(answer.workload, load / (1 + load), atol=1e-9)
    np.testing.assert_allclose(answer.loss, load / (1 + load), atol=1e-9)


def test_equal_service_waits_as_erlang_says():
    answer = solve(anywhere(3, 1.5, line="infinite"))
    assert answer.waiting_probability == pytest.approx(0.2368, abs=5e-5)
    # Those who wait do so for 1 / (3 - 1.5) of an hour.
    assert answer.mean_wait_s == pytest.approx(answer.waiting_probability * 2400)


def test_one_server_with_a_line_is_m_m_1():
    answer = solve(HypercubeSystem([0.75], [[300]], [[0]], 3600, "infinite"))
    assert answer.workload[0] == pytest.approx(0.75)
    assert answer.response_s[0] == pytest.approx(300 + 3 * 3600)
    # The response is 300 s for a quarter of the calls, and then 300 s and an exponential wait.
    assert answer.coverage(299) == 0
    assert answer.coverage(300) == pytest.approx(0.25)
    assert answer.coverage(300 + 3600) == pytest.approx(1 - 0.75 * np.exp(-0.25))


def test_both_normalisations_of_dispatches():
    answer = solve(anywhere(6, 4, level=2))
    np.testing.assert_allclose(answer.dispatch_fractions.sum(axis=0), 1)
    served = answer.system.share * (1 - answer.loss)
    np.testing.assert_allclose(answer.system_fractions.sum(axis=0), served / served.sum())
    of_served = (answer.system_fractions * answer.system.travel_s).sum()
    assert answer.mean_response_of_served_s == pytest.approx(of_served)


def test_example_of_the_package():
    result = doctest.testmod(hypercube)
    assert result.attempted
    assert not result.failed
