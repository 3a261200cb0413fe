"""Shifts, breaks and breakdowns as timelines, in hours; the crew is a stub."""

import simpy

from agents.activity import ABSENCE_REASONS
from agents.service.availability import break_down, keep_shift
from environment.fleet.shifts import Shift
from environment.units import HOUR_S


class StubCrew:
    """Notes what it is told; leaves at once, or when the mission that it is on is over."""

    def __init__(self, env, missions=()):
        self.env = env
        self.missions = missions
        self.log = []

    def go_off_duty(self, absence):
        now_h = self.env.now / HOUR_S
        self.log.append((now_h, ABSENCE_REASONS[absence]))
        ends = [end for begin, end in self.missions if begin <= now_h < end]
        return self.env.timeout((ends[0] - now_h) * HOUR_S if ends else 0.0)

    def come_on_duty(self):
        self.log.append((self.env.now / HOUR_S, "on_duty"))

    def fail(self, repair_s):
        self.log.append((self.env.now / HOUR_S, "fails", repair_s))


class StubCentre:
    """Has something to do until an hour."""

    def __init__(self, env, until_h):
        self.env = env
        self.until_h = until_h

    @property
    def finished(self):
        return self.env.now >= self.until_h * HOUR_S


def timeline(until_h=30.0, missions=(), **shift):
    env = simpy.Environment()
    crew = StubCrew(env, missions)
    shift = Shift(name="shift", **shift)
    env.process(keep_shift(crew, StubCentre(env, until_h), env, shift))
    env.run()
    return crew.log


def test_a_day_shift_begins_off_duty():
    assert timeline(start_hour=7, hours=12) == [
        (0, "off_duty"),
        (7, "on_duty"),
        (19, "off_duty"),
        (31, "on_duty"),
    ]


def test_a_night_shift_begins_on_duty():
    assert timeline(start_hour=19, hours=12) == [(7, "off_duty"), (19, "on_duty")]


def test_a_crew_of_24_hours_is_never_told_anything():
    assert timeline(until_h=100, start_hour=7, hours=24) == []


def test_a_break_begins_when_it_is_due():
    assert timeline(start_hour=0, hours=12, break_after_hours=5, break_s=1800, until_h=14) == [
        (5, "break"),
        (5.5, "on_duty"),
        (12, "off_duty"),
        (24, "on_duty"),
    ]


def test_a_break_that_a_mission_delays_is_as_long_as_any():
    missions = [(4.75, 6.25)]
    log = timeline(
        start_hour=0, hours=12, break_after_hours=5, break_s=1800, missions=missions, until_h=8
    )
    assert log == [(5, "break"), (6.75, "on_duty")]


def test_the_end_of_the_shift_cuts_a_late_break():
    missions = [(4.75, 11.75)]
    log = timeline(
        start_hour=0, hours=12, break_after_hours=5, break_s=1800, missions=missions, until_h=30
    )
    assert log == [
        (5, "break"),
        (12, "off_duty"),
        (24, "on_duty"),
        (29, "break"),
        (29.5, "on_duty"),
    ]


def test_a_crew_whose_break_is_cut_when_all_is_over_still_ends_its_absence():
    log = timeline(
        start_hour=0,
        hours=12,
        break_after_hours=5,
        break_s=1800,
        missions=[(4.75, 11.75)],
        until_h=11.9,
    )
    assert log == [(5, "break"), (12, "off_duty"), (24, "on_duty")]


def test_a_break_for_which_there_was_no_time_is_forgotten():
    missions = [(4.75, 13)]
    log = timeline(
        start_hour=0, hours=12, break_after_hours=5, break_s=1800, missions=missions, until_h=26
    )
    assert log == [(5, "break"), (12, "off_duty"), (24, "on_duty")]


def test_a_crew_of_24_hours_whose_late_break_the_next_shift_cuts():
    missions = [(22.5, 23.75)]
    log = timeline(
        start_hour=0, hours=24, break_after_hours=23, break_s=3600, missions=missions, until_h=25
    )
    assert log == [(23, "break"), (24, "on_duty")]


def test_a_break_that_was_due_before_the_run_is_over():
    # On duty since 18:00 of the day before; the break was due at 22:00, the next is at 22:00.
    log = timeline(start_hour=18, hours=12, break_after_hours=4, break_s=1800, until_h=22.1)
    assert log == [(6, "off_duty"), (18, "on_duty"), (22, "break"), (22.5, "on_duty")]


def test_every_day_has_the_same_hours_to_within_rounding():
    log = timeline(until_h=2400, start_hour=7.1, hours=9.7, break_after_hours=3.3, break_s=1234.5)
    told = [what for _, what in log]
    assert told == ["off_duty", "on_duty", "break", "on_duty"] * 100 + ["off_duty", "on_duty"] * (
        len(log) % 4 // 2
    )
    on_h = [hour for hour, _ in log[1::4]]
    assert all(abs(hour - 7.1 - 24 * day) < 1e-6 for day, hour in enumerate(on_h))


def test_nothing_fails_once_all_is_over():
    env = simpy.Environment()
    crew = StubCrew(env)
    failures = [(3 * HOUR_S, 600.0), (7 * HOUR_S, 60.0), (11 * HOUR_S, 30.0), (99 * HOUR_S, 1.0)]
    env.process(break_down(crew, StubCentre(env, 10), env, iter(failures)))
    env.run()
    assert crew.log == [(3, "fails", 600.0), (7, "fails", 60.0)]
    assert env.now == 11 * HOUR_S
