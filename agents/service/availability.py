"""Whether an ambulance can be sent at all: a crew's shifts and breaks, breakdowns and repairs."""

from __future__ import annotations

from collections.abc import Generator, Iterable

import simpy

from agents.activity import ABSENCE_REASONS, Activity
from agents.roles import Centre, Crew
from agents.service.context import ServiceContext
from agents.service.fleet import Fleet
from agents.service.mission import Reason
from environment.fleet.shifts import Shift, break_due_s, duty_windows


class Availability:
    """What an ambulance's shift and its engine allow.

    Attributes
    ----------
    absence : Activity or None
        What it does instead if it cannot be sent now: it is off duty, has a break or is broken
        down.
    is_leaving : bool
        Whether it leaves the service when it next stands at a station without a patient.
    is_failing : bool
        Whether it will break down as soon as it is clear.
    since_s : float
        When the absence began, if there is one.
    """

    def __init__(
        self, ambulance: Crew, context: ServiceContext, fleet: Fleet, centre: Centre
    ) -> None:
        self.absence: Activity | None = None
        self.is_leaving = False
        self.is_failing = False
        self._ambulance = ambulance
        self._context = context
        self._env = context.env
        self._fleet = fleet
        self._centre = centre
        self.since_s = 0.0
        self._leaves_for = Activity.OFF_DUTY
        self._left: simpy.Event = context.env.event()
        self._repair_s = 0.0

    # Time off and breaks.

    def go_off_duty(self, absence: Activity) -> simpy.Event:
        """Leave the service as soon as it stands at a station without a patient.

        Returns the event of its having left. On a break, it ends that and leaves.
        """
        ambulance = self._ambulance
        if self.absence is Activity.ON_BREAK:
            self._end_absence()
        self.is_leaving, self._leaves_for, self._left = True, absence, self._env.event()
        left = self._left
        if self.absence is None and not ambulance.at_work:
            self.leave_from_station()
        elif self.absence is None and ambulance.patient is None:
            self._go_home_at_once()
        return left

    def come_on_duty(self) -> None:
        """Serve again; if it has not left yet, it stays."""
        self.is_leaving = False
        if self.absence is not None and self.absence is not Activity.OUT_OF_ORDER:
            self._serve_again()

    def leave_from_station(self) -> None:
        """Leave the service where it stands; at the end of a shift only from its own station."""
        ambulance = self._ambulance
        self._fleet.withdraw(ambulance.number)
        if self._leaves_for is Activity.ON_BREAK or ambulance.station == ambulance.home:
            self.is_leaving = False
            self._begin_absence(self._leaves_for, ambulance.station)
            self._left.succeed()
        else:
            node, _ = self._context.stations[ambulance.station]
            ambulance.set_out_to(ambulance.home, node, self._env.now, Reason.TO_OWN_STATION)

    def _go_home_at_once(self) -> None:
        """Drive to the own station, and be sent nowhere on the way."""
        ambulance = self._ambulance
        if self._fleet.is_free(ambulance.number):
            ambulance.move_to(ambulance.home, Reason.TO_OWN_STATION)
            self._fleet.withdraw(ambulance.number)
            self._centre.rearrange([ambulance.number])

    # Breakdowns.

    def fail(self, repair_s: float) -> None:
        """Break down: at once if it has no patient on board, else once it is clear."""
        ambulance = self._ambulance
        if self.absence is not None:
            return
        self._repair_s = repair_s
        if ambulance.patient is not None and not ambulance.is_bound_for_patient:
            self.is_failing = True
            return
        self._break_down(ambulance.stop())
        self._centre.answer_called_off()

    def fail_on_the_spot(self, node: int) -> None:
        """Break down beside a junction, clear of the last patient."""
        self.is_failing = False
        self._break_down((node, 0.0))

    def _break_down(self, stop: tuple[int, float] | None) -> None:
        """Stand out of order: beside a junction that it reaches soon, or at its station."""
        if stop is None:
            self._begin_absence(Activity.OUT_OF_ORDER, self._ambulance.station)
            self._env.process(self._be_repaired(None, self._repair_s))
        else:
            node, in_s = stop
            self._begin_absence(Activity.OUT_OF_ORDER, -1, node, in_s)
            self._env.process(self._be_repaired(node, self._repair_s))

    def _be_repaired(self, node: int | None, repair_s: float) -> Generator[simpy.Event, None, None]:
        """Stand for the repair, and drive to the own station if it failed on the road."""
        yield self._env.timeout(repair_s)
        if node is None:
            self._serve_again()
            return
        self._end_absence()
        ambulance = self._ambulance
        home = self._centre.open_station(ambulance.home)
        ambulance.set_out_to(home, node, self._env.now, Reason.TO_OWN_STATION)
        self._centre.serve_waiting()

    # Event log

    def close_log(self) -> None:
        """Write down an absence that is not over."""
        if self.absence is not None:
            self._end_absence()

    def _begin_absence(
        self, absence: Activity, station: int, node: int = -1, in_s: float = 0.0
    ) -> None:
        self.absence, self.since_s = absence, self._env.now
        self._ambulance.stand(absence, node, station, self.since_s + in_s)
        self._centre.rearrange([self._ambulance.number])

    def _end_absence(self) -> None:
        assert self.absence is not None
        self._context.log.absence_ended(
            self._ambulance.number, ABSENCE_REASONS[self.absence], self.since_s, self._env.now
        )
        self.absence = None

    def _serve_again(self) -> None:
        """Be ready at the station again."""
        self._end_absence()
        ambulance = self._ambulance
        ambulance.stand(Activity.IDLE, -1, ambulance.station, self._env.now)
        ambulance.be_at_station()


Life = Generator[simpy.Event, None, None]


def keep_shift(crew: Availability, centre: Centre, env: simpy.Environment, shift: Shift) -> Life:
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
    crew: Availability,
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
    crew: Availability,
    centre: Centre,
    env: simpy.Environment,
    failures: Iterable[tuple[float, float]],
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
