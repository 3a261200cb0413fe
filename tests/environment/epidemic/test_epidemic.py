"""The SPIR equations against closed forms and against SciPy's integrator."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from environment.epidemic.spir import (
    I,
    P,
    R,
    S,
    SpirParameters,
    courses_of,
    estimated_rates,
    shares_after_a_day,
    step_error,
)

SEED = 1e-6
"""Share of the population that is infectious at first where a closed form lets it go to zero."""


FIGURE_5 = np.array([0.9979, 0.001, 0.0001, 0.001])


def spir(infections: float, ruled_out: float, confirmed: float, removed: float) -> SpirParameters:
    return SpirParameters(
        infections_per_day=infections,
        ruled_out_per_day=ruled_out,
        confirmed_per_day=confirmed,
        removed_per_day=removed,
    )


def course(parameters: SpirParameters, days: int, persons: np.ndarray | None = None) -> np.ndarray:
    """Mornings of one district, (days + 1, 4)."""
    mornings = [np.array([1 - SEED, 0, SEED, 0]) if persons is None else persons]
    for _ in range(days):
        now = mornings[-1]
        mornings.append(shares_after_a_day(parameters, now[None])[0] @ now)
    return np.array(mornings)


def integrated(parameters: SpirParameters, days: float, persons: np.ndarray) -> np.ndarray:
    def slope(_: float, at: np.ndarray) -> list[float]:
        s, p, i, _r = at
        suspected = parameters.infections_per_day / persons.sum() * s * i
        leave = (parameters.ruled_out_per_day * p, parameters.confirmed_per_day * p)
        removed = parameters.removed_per_day * i
        return [leave[0] - suspected, suspected - sum(leave), leave[1] - removed, removed]

    answer = solve_ivp(slope, (0, days), persons, method="DOP853", rtol=1e-12, atol=1e-14)
    return np.asarray(answer.y[:, -1])


def final_size(reproduction_number: float) -> float:
    return float(brentq(lambda z: z - 1 + math.exp(-reproduction_number * z), 0.01, 1))


rates = st.floats(0.01, 5)
models = st.builds(spir, rates, st.floats(0, 5), rates, rates)
shares_of_all = st.lists(st.floats(0, 1), min_size=4, max_size=4).filter(lambda x: sum(x) > 0.01)


@settings(max_examples=30, deadline=None)
@given(models, shares_of_all)
def test_a_day_is_that_of_another_integrator(parameters, parts):
    persons = np.array(parts) / sum(parts)
    assert course(parameters, 1, persons)[-1] == pytest.approx(
        integrated(parameters, 1, persons), abs=1e-6
    )


def test_a_hundred_days_are_those_of_another_integrator():
    persons = np.array([0.98, 0.01, 0.01, 0.0])
    parameters = SpirParameters()
    expected = integrated(parameters, 100, persons)
    assert course(parameters, 100, persons)[-1] == pytest.approx(expected, abs=1e-7)


@settings(max_examples=30, deadline=None)
@given(models, shares_of_all)
def test_halving_the_step_changes_next_to_nothing(parameters, parts):
    assert step_error(parameters, np.array([parts])) < 1e-6


fast = st.floats(8.1, 24)


@settings(max_examples=30, deadline=None)
@given(st.builds(spir, rates, st.floats(0, 5), fast, rates), shares_of_all)
def test_a_fast_stage_takes_few_steps_and_is_right(parameters, parts):
    """Where P is passed through fast, steps grow in the course of a day."""
    assert step_error(parameters, np.array([parts])) < 1e-6
    shares, exact = (
        shares_after_a_day(parameters, np.array([parts]), steps)[0] for steps in (None, 2000)
    )
    assert shares == pytest.approx(exact, abs=2e-6)
    assert (shares >= 0).all()
    assert shares.sum(axis=0) == pytest.approx(np.ones(4), abs=1e-12)


def test_a_ratio_of_200_takes_a_quarter_of_the_steps():
    parameters = spir(0.4, 0.2, 20.0, 0.1)
    lengths = parameters.step_lengths()
    assert lengths.sum() == pytest.approx(1)
    assert len(lengths) < 20.2 / 0.08 / 4
    slow = spir(0.4, 0.2, 0.2, 0.1).step_lengths()
    assert slow.tolist() == [0.2] * 5


@pytest.mark.parametrize("confirmed", [0.2, 20.0])
def test_courses_are_the_days_one_by_one(confirmed):
    parameters = spir(0.4, 0.2, confirmed, 0.1)
    one_by_one = course(parameters, 120)
    start = np.array([one_by_one[0], [0.5, 0.2, 0.2, 0.1]])
    mornings = courses_of(parameters.rates, 1e6 * start, 120) / 1e6
    assert mornings[:, 0] == pytest.approx(one_by_one, abs=2e-7)
    assert mornings[-1, 1] == pytest.approx(integrated(parameters, 120, start[1]), abs=2e-7)
    assert mornings.sum(axis=2) == pytest.approx(1, abs=1e-12)


def test_courses_have_rates_and_contacts_of_their_own():
    start = np.tile([9900.0, 0, 100, 0], (2, 1))
    factor = np.ones((30, 2))
    factor[10:, 1] = 0.25
    both = courses_of([[0.4, 0.2, 0.2, 0.1], [0.8, 0.0, 0.3, 0.2]], start, 30, factor)
    assert (both[:, 0] == courses_of([0.4, 0.2, 0.2, 0.1], start[:1], 30)[:, 0]).all()
    before = courses_of([0.8, 0.0, 0.3, 0.2], start[:1], 10)[:, 0]
    assert (both[:11, 1] == before).all()
    after = courses_of([0.2, 0.0, 0.3, 0.2], before[-1:], 20)[:, 0]
    assert both[10:, 1] == pytest.approx(after, rel=1e-7)


def test_the_error_is_of_fourth_order():
    persons = np.array([0.6, 0.2, 0.2, 0.0])
    parameters = spir(2.0, 1.0, 1.0, 0.5)
    exact = integrated(parameters, 1, persons)
    error = [
        np.abs(shares_after_a_day(parameters, persons[None], steps)[0] @ persons - exact).max()
        for steps in (8, 16, 32)
    ]
    assert error[0] / error[1] == pytest.approx(16, rel=0.25)
    assert error[1] / error[2] == pytest.approx(16, rel=0.25)


@settings(max_examples=50, deadline=None)
@given(models, shares_of_all)
def test_shares_are_chances(parameters, parts):
    shares = shares_after_a_day(parameters, np.array([parts]))[0]
    assert (shares >= 0).all()
    assert shares.sum(axis=0) == pytest.approx(np.ones(4), abs=1e-13)
    assert shares[:, R].tolist() == [0, 0, 0, 1]
    assert shares[S, I] == shares[P, I] == 0


@pytest.mark.parametrize(
    ("reproduction_number", "size", "peak"),
    [(1.5, 0.582812, 0.063023), (2.0, 0.796812, 0.153426), (3.0, 0.940480, 0.300463)],
)
def test_final_size_and_peak_where_nobody_is_ruled_out(reproduction_number, size, peak):
    """Where a = 0, both hold for any b: the peak for P + I, as d(P + I)/dS = h / (λ S) - 1."""
    assert final_size(reproduction_number) == pytest.approx(size, abs=5e-7)
    parameters = spir(0.05 * reproduction_number, 0.0, 0.1, 0.05)
    assert parameters.reproduction_number == pytest.approx(reproduction_number)
    mornings = course(parameters, 2200)
    assert mornings[-1, R] == pytest.approx(size, abs=1e-5)
    assert mornings[:, [P, I]].sum(axis=1).max() == pytest.approx(peak, abs=2e-4)
    susceptible = mornings[:, S]
    carried = 1 - susceptible + np.log(susceptible / susceptible[0]) / reproduction_number
    assert mornings[:, [P, I]].sum(axis=1) == pytest.approx(carried, abs=1e-6)


def test_the_peak_of_a_classical_sir_model():
    """With P passed through ever faster; what a finite b leaves out is extrapolated."""
    peaks = [course(spir(0.4, 0.0, b, 0.2), 90)[:, I].max() for b in (2.4, 4.8)]
    assert 2 * peaks[1] - peaks[0] == pytest.approx(0.153426, rel=0.01)


def test_those_ruled_out_make_the_final_size_smaller():
    parameters = spir(0.4, 0.2, 0.2, 0.1)
    assert parameters == SpirParameters()
    assert parameters.reproduction_number == pytest.approx(2.0)
    final = course(parameters, 1000)[-1]
    assert final[R] == pytest.approx(0.775260, abs=1e-5)
    assert final[R] < final_size(2.0)


@pytest.mark.parametrize("ruled_out", [0.0, 0.3])
@pytest.mark.parametrize("reproduction_number", [0.5, 0.9])
def test_below_the_threshold_an_outbreak_stays_small(ruled_out, reproduction_number):
    confirmed, removed = 0.2, 0.25
    infections = reproduction_number * removed * (ruled_out + confirmed) / confirmed
    removed_in_all = course(spir(infections, ruled_out, confirmed, removed), 1500)[-1, R]
    assert removed_in_all < SEED / (1 - reproduction_number)
    assert removed_in_all == pytest.approx(SEED / (1 - reproduction_number), rel=1e-3)


@pytest.mark.parametrize("ruled_out", [0.0, 0.3])
def test_above_the_threshold_it_grows_at_the_rate_of_the_linear_model(ruled_out):
    parameters = spir(0.25 * 1.2 * (ruled_out + 0.2) / 0.2, ruled_out, 0.2, 0.25)
    leave = parameters.ruled_out_per_day + parameters.confirmed_per_day
    linear = [[-leave, parameters.infections_per_day], [0.2, -0.25]]
    growth_per_day = max(np.linalg.eigvals(linear).real)
    assert growth_per_day > 0
    infectious = course(parameters, 101)[:, I]
    assert math.log(infectious[101] / infectious[100]) == pytest.approx(growth_per_day, rel=2e-3)


def test_the_papers_figure_5_has_its_peak_but_not_its_end():
    """With λ N = 1 and its initial values, P 0.001, I 0.0001, R 0.001, the rest being susceptible.

    Of 240,000 sampled (a, b, h), 395 have a peak of 0.035 % within a tenth in week 10; in week 28
    they still have 45 to 89 % of it, and none has zero. These are the rates of one of them.
    """
    infectious = course(spir(1.0, 0.0567, 0.33453, 0.83805), 196, FIGURE_5)[:, I]
    assert 63 <= infectious.argmax() <= 70
    assert infectious.max() == pytest.approx(0.00035, rel=0.02)
    assert infectious[196] == pytest.approx(0.53 * infectious.max(), rel=0.02)


def test_rates_are_found_again_in_daily_counts():
    """A day's counts over its morning's cases: right where rates are slow against a day."""
    parameters = spir(0.02, 0.004, 0.006, 0.005)
    mornings = course(parameters, 200, np.array([0.9, 0.05, 0.05, 0.0]))
    removed = np.diff(mornings[:, R])
    confirmed = np.diff(mornings[:, I]) + removed
    found = estimated_rates(confirmed, mornings[:-1, P], removed, mornings[:-1, I])
    assert found == pytest.approx((0.006, 0.005), rel=0.02)


def test_no_rates_without_cases():
    with pytest.raises(ValueError, match=r"probable cases sum to 0 and active cases sum to 0"):
        estimated_rates([0], [0], [0], [0])


@pytest.mark.parametrize(
    "wrong",
    [
        {"infections_per_day": -0.1},
        {"ruled_out_per_day": math.nan},
        {"confirmed_per_day": 0},
        {"removed_per_day": 0},
        {"removed_per_day": 25},
        {"recovered_per_day": 0.1},
    ],
)
def test_rates_out_of_bounds(wrong):
    with pytest.raises(ValidationError):
        SpirParameters(**wrong)
