"""Hours on duty, day after day."""

from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from environment.fleet.shifts import Shift, break_due_s, duty_windows, is_on_duty
from environment.units import DAY_S, HOUR_S


def hours_on_duty(shift, days=3):
    return [(on_s / 3600, off_s / 3600) for on_s, off_s in islice(duty_windows(shift), days)]


def test_a_day_shift():
    day = Shift(name="day", start_hour=7, hours=12)
    assert hours_on_duty(day) == [(7, 19), (31, 43), (55, 67)]


def test_a_night_shift_is_on_duty_at_the_first_midnight():
    night = Shift(name="night", start_hour=19.5, hours=12)
    assert hours_on_duty(night) == [(-4.5, 7.5), (19.5, 31.5), (43.5, 55.5)]


def test_a_shift_that_ends_at_midnight_is_over_when_the_run_begins():
    late = Shift(name="late", start_hour=16, hours=8)
    assert hours_on_duty(late, 2) == [(16, 24), (40, 48)]


@given(start_hour=st.floats(0, 23.99))
def test_a_shift_of_24_hours_has_no_gap(start_hour):
    windows = list(islice(duty_windows(Shift(name="whole", start_hour=start_hour)), 400))
    assert windows[0][0] <= 0
    assert all(off_s == next_on_s for (_, off_s), (next_on_s, _) in pairwise(windows))


@given(start_hour=st.floats(0, 23.99), hours=st.floats(0.01, 24), quarter=st.integers(0, 400))
def test_windows_cover_the_hours_of_the_shift(start_hour, hours, quarter):
    shift = Shift(name="any", start_hour=start_hour, hours=hours)
    moment_s = 900 * quarter + 0.5  # off the quarters where rounding would decide
    covered = any(on_s <= moment_s < off_s for on_s, off_s in islice(duty_windows(shift), 7))
    edges = [(moment_s / HOUR_S - edge) % 24 for edge in (start_hour, start_hour + hours)]
    if all(1e-6 < edge < 24 - 1e-6 for edge in edges):
        assert covered == is_on_duty(shift, moment_s / HOUR_S)


@given(start_hour=st.floats(0, 23.99), hours=st.floats(0.01, 24))
def test_duty_is_the_share_of_the_day(start_hour, hours):
    shift = Shift(name="any", start_hour=start_hour, hours=hours)
    windows = list(islice(duty_windows(shift), 10))
    assert all(off_s > 0 for _, off_s in windows)
    assert windows[-1][0] - windows[0][0] == pytest.approx(9 * DAY_S)
    assert sum(off_s - on_s for on_s, off_s in windows) == pytest.approx(10 * hours * HOUR_S)


def test_when_the_break_is_due():
    shift = Shift(name="day", start_hour=7, hours=12, break_after_hours=5.5, break_s=1800)
    assert break_due_s(shift, 7 * HOUR_S) == 12.5 * HOUR_S
    assert break_due_s(Shift(name="day", start_hour=7, hours=12), 7 * HOUR_S) is None


def test_a_break_must_fit_into_the_shift():
    Shift(name="short", hours=4, break_after_hours=3.5, break_s=1800)
    with pytest.raises(ValidationError, match=r"'short' would end 4\.25 h after .* ends after 4 h"):
        Shift(name="short", hours=4, break_after_hours=3.75, break_s=1800)


@pytest.mark.parametrize(
    "wrong",
    [{"start_hour": 24}, {"start_hour": -1}, {"hours": 0}, {"hours": 25}, {"break_after_hours": 0}],
)
def test_hours_off_the_clock(wrong):
    with pytest.raises(ValidationError):
        Shift(name="wrong", **wrong)
