"""A crew's day: shifts, breaks and breakdowns, as SimPy processes beside those of its missions."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Protocol

import simpy

from agents.activity import Activity
from environment.fleet.shifts import Shift, break_due_s, duty_windows


class Crew(Protocol):
    """What an ambulance is told by the processes below."""

    def go_off_duty(self, absence: Activity) -> simpy.Event:
        """Leave the service, at the latest when it next stands at its station without a patient.

        The event is that it has left. Told again before that, it leaves for the last reason; told
        on a break, it ends the break and leaves.
        """

    def come_on_duty(self) -> None:
        """Serve again; if it has not left yet, it stays."""

    def fail(self, repair_s: float) -> None:
        """Break down for so many seconds."""


class Centre(Protocol):
    """Who knows whether there will be anything to do."""

    @property
    def finished(self) -> bool:
        """Whether no patient is left and no call will come."""


Life = Generator[simpy.Event, None, None]


def keep_shift(crew: Crew, centre: Centre, env: simpy.Environment, shift: Shift) -> Life:
    """Come on duty and go off it, day after day.

    Who is under way when the shift ends finishes the mission and drives home first; this overtime
    takes nothing off the next shift.
    """
    absent, until_s = False, env.now
    for on_s, off_s in duty_windows(shift):
        if centre.finished and not absent:
            return
        if on_s > until_s:
            crew.go_off_duty(Activity.OFF_DUTY)
            absent = True
            yield _moment(env, on_s)
        if absent:
            crew.come_on_duty()
        absent = yield from _work(crew, centre, env, shift, (on_s, off_s))
        until_s = off_s


def _work(
    crew: Crew,
    centre: Centre,
    env: simpy.Environment,
    shift: Shift,
    window: tuple[float, float],
) -> Generator[simpy.Event, None, bool]:
    """One shift with its break; True if its end comes before that of the break."""
    on_s, off_s = window
    end, due_s = _moment(env, off_s), break_due_s(shift, on_s)
    if due_s is not None and due_s >= env.now:
        yield _moment(env, due_s)
        if not centre.finished:
            begun = crew.go_off_duty(Activity.ON_BREAK)
            yield begun | end
            if not begun.triggered or env.now + shift.break_s > off_s:
                yield end
                return True
            yield env.timeout(shift.break_s)
            crew.come_on_duty()
    yield end
    return False


def break_down(
    crew: Crew, centre: Centre, env: simpy.Environment, failures: Iterable[tuple[float, float]]
) -> Life:
    """Fail at the moments of `failures`, each with the seconds that the repair takes."""
    for time_s, repair_s in failures:
        yield _moment(env, time_s)
        if centre.finished:
            return
        crew.fail(repair_s)


def _moment(env: simpy.Environment, time_s: float) -> simpy.Event:
    """The event of the clock's reaching a time."""
    return env.timeout(time_s - env.now)
