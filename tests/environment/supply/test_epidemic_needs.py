"""Demand of an epidemic, derived and forecast."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from environment.epidemic.days import EpidemicDay, EpidemicParameters
from environment.epidemic.forecast import forecast_by_growth
from environment.supply.epidemic_needs import callers_of_day, needs_of_day, patients_of_day
from environment.supply.items import Item

TESTS_AND_MASKS = (
    Item(name="tests", per_suspect=2),
    Item(name="masks", per_case=1, per_patient_day=0.5, per_1000_day=100),
)


def a_day() -> EpidemicDay:
    """Two districts; in the first, 10 fall under suspicion, 9 become cases and 6 are removed."""
    moves = np.zeros((2, 4, 4))
    moves[0] = [
        [80, 2, 0, 0],
        [7, 5, 0, 0],
        [2, 3, 20, 0],
        [1, 2, 3, 50],
    ]
    moves[1, 0, 0] = 40
    return EpidemicDay(3, seeded=np.array([1.0, 0.0]), vaccinated=np.zeros(2), moves=moves)


def test_what_a_day_counts():
    day = a_day()
    assert day.new_suspected.tolist() == [10, 0]
    assert day.new_cases.tolist() == [2 + 1 + 3 + 2 + 1, 0]
    assert day.new_removed.tolist() == [6, 0]
    assert day.next_morning.day == 4
    assert day.next_morning.persons.tolist() == [[82, 12, 25, 56], [40, 0, 0, 0]]


def test_needs_by_hand():
    day, persons = a_day(), np.array([174.0, 40.0])
    needs = needs_of_day(
        TESTS_AND_MASKS, persons, day.new_suspected, day.new_cases, patients_of_day(day)
    )
    assert needs == pytest.approx(np.array([[20, 17.4 + 9 + 12.5], [0, 4]]))


def test_no_items():
    ones = np.ones(3)
    assert needs_of_day((), ones, ones, ones, ones).shape == (3, 0)


def test_callers_are_drawn_among_the_cases():
    everybody = EpidemicParameters(ambulance_share=1.0)
    assert callers_of_day(everybody, a_day(), np.full(2, 0.3)).tolist() == [9, 0]
    half = EpidemicParameters(ambulance_share=0.5)
    calls = many_callers(half)
    assert calls.min() >= 0
    assert calls.max() <= 9
    assert abs(calls.mean() - 4.5) < 4 * np.sqrt(9 * 0.25 / 4000)


def test_callers_of_expected_cases_are_poisson():
    calls = many_callers(EpidemicParameters(ambulance_share=0.5, stochastic=False))
    assert calls.max() > 9  # chance 0.017 each
    assert abs(calls.mean() - 4.5) < 4 * np.sqrt(4.5 / 4000)
    assert abs(calls.var() - 4.5) < 4 * np.sqrt((4.5 + 2 * 4.5**2) / 4000)


def many_callers(parameters):
    """Those of the first district on the same day under many marks."""
    marks = np.random.default_rng(1).random((4000, 2))
    return np.array([callers_of_day(parameters, a_day(), own)[0] for own in marks])


@given(
    growth=st.floats(0.8, 1.4),
    days=st.integers(14, 40),
    delay_days=st.integers(0, 5),
    window_days=st.integers(1, 7),
)
def test_an_exponential_course_is_met(growth, days, delay_days, window_days):
    course = 100 * growth ** np.arange(days + delay_days + 5)
    forecast = forecast_by_growth(
        course[: days + delay_days], 5, delay_days=delay_days, window_days=window_days
    )
    assert forecast == pytest.approx(course[days + delay_days :], rel=1e-9)


def test_what_is_not_yet_reported_is_not_looked_at():
    seen = np.arange(1.0, 29.0)
    hidden = np.concatenate([seen, [1000.0, 0.0]])
    same = np.concatenate([seen, [0.0, 77.0]])
    one, other = (forecast_by_growth(counts, 4, delay_days=2) for counts in (hidden, same))
    assert (one == other).all()


def test_districts_are_forecast_each_for_itself():
    counts = np.stack([np.full(14, 6.0), 2.0 ** np.arange(14) / 2**6, np.zeros(14)], axis=1)
    forecast = forecast_by_growth(counts, 2, most_growth_per_day=3.0)
    assert forecast.T.tolist() == [
        pytest.approx([6, 6]),
        pytest.approx([2**8, 2**9]),
        [0, 0],
    ]


def test_few_days_go_on_at_their_mean():
    assert forecast_by_growth([2.0, 4.0], 2).tolist() == [3, 3]
    assert forecast_by_growth([], 2).tolist() == [0, 0]
    assert forecast_by_growth([5.0, 5.0], 1, delay_days=2).tolist() == [0]
    first_week_empty = [*[0.0] * 7, *[14.0] * 7]
    assert forecast_by_growth(first_week_empty, 1).tolist() == [14]


def test_growth_is_bounded():
    counts = np.repeat([1.0, 1000.0], 7)
    assert forecast_by_growth(counts, 1, most_growth_per_day=1.0).tolist() == [1000.0]
    ratio = np.divide(*forecast_by_growth(counts, 2, most_growth_per_day=1.2)[::-1])
    assert ratio == pytest.approx(1.2)


def test_every_wrong_argument_is_told():
    with pytest.raises(ValueError, match=r"days_ahead .* -1; delay_days .* -2; window_days .* 0"):
        forecast_by_growth([1.0], -1, delay_days=-2, window_days=0)
    with pytest.raises(ValueError, match=r"finite and >= 1, got 0.5; counts must be finite"):
        forecast_by_growth([-1.0], 1, most_growth_per_day=0.5)
