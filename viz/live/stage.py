"""One run and who looks on: built, moved on and changed, always in one thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from environment.errors import CorridorError
from scenarios.errors import ScenarioError
from scenarios.scenario import Scenario
from simulation.interventions import live
from simulation.model import EmergencyModel
from simulation.policies import Sources
from simulation.preparation import ServiceArea
from viz.live.base_map import BaseMap, draw_base_map
from viz.live.frame import Frame
from viz.live.observer import Observer
from viz.live.series import Series
from viz.live.story import Story, tell_story

if TYPE_CHECKING:
    from simulation.tables.result import Result

Listener = Callable[[Frame], None]

_log = logging.getLogger(__name__)
_building = threading.Lock()
_locks: WeakKeyDictionary[ServiceArea, threading.Lock] = WeakKeyDictionary()
"""Runs in one service area share what trips are worked out in, so they move on in turns."""


class Stage:
    """A run that somebody watches.

    Attributes
    ----------
    scenario : Scenario
    listeners : list of callable
        Each is told of every frame.
    model : EmergencyModel or None
        None until it is built, and after it is left.
    observer : Observer or None
    series : Series
    base_map : BaseMap or None
    result : Result or None
        Once the run is over.
    run_as : Scenario
        The scenario with all that has been changed while it ran.
    changes : list of (float, str)
        When and what.
    message : str
        What is to be said in plain words; empty if nothing is.
    is_over : bool
        Whether nothing happens any more, or the run has failed.
    """

    def __init__(
        self, scenario: Scenario, replication: int = 0, sources: Sources | None = None
    ) -> None:
        self.scenario = scenario
        self.replication = replication
        self.sources = sources
        self.listeners: list[Listener] = []
        self.model: EmergencyModel | None = None
        self.observer: Observer | None = None
        self.series = Series(())
        self.base_map: BaseMap | None = None
        self.result: Result | None = None
        self.message = ""
        self.is_over = False
        self.wants_coverage = False
        self._watching = ExitStack()
        self.run_as = scenario
        self.changes: list[tuple[float, str]] = []

    @property
    def now_s(self) -> float:
        """The run's clock."""
        return 0.0 if self.model is None else float(self.model.env.now)

    # Life

    def build(self) -> None:
        """Settle the run; a mistake in it becomes the message."""
        self.is_over, self.result, self.message = False, None, "The city is being built."
        self.run_as, self.changes = self.scenario, []
        self._carefully(self._build)

    def _build(self) -> None:
        with _building:
            self.model = EmergencyModel(self.scenario, self.replication, self.sources)
            _locks.setdefault(self.model.area, threading.Lock())
        # Held all the time: beginning to watch takes longer than many a tick.
        self._watching.enter_context(self.model.watch)
        self.base_map = draw_base_map(self.model.area, self.scenario)
        self.observer = Observer(self.model)
        self.observer.wants_coverage = self.wants_coverage
        self.series = Series(self.observer.known)
        self.observer.look()
        self.message = ""
        self._tell(self.observer.full())

    def leave(self) -> None:
        """Let go of the run, so that its memory is free."""
        with suppress(CorridorError):  # a policy that was stopped too late for its answer
            self._watching.close()
        if self.model is not None:
            self.model.close()
        self.model = self.observer = None

    def advance(self, until_s: float) -> None:
        """Let the run go on up to a moment."""
        if not self.is_over and until_s > self.now_s:
            self._carefully(lambda: self._advance(until_s))

    def _advance(self, until_s: float) -> None:
        model = self._present
        with _locks[model.area]:
            goes_on = model.run_until(until_s)
        if not goes_on or self._has_nothing_to_show:
            self._finish()

    @property
    def _present(self) -> EmergencyModel:
        assert self.model is not None
        return self.model

    @property
    def _has_nothing_to_show(self) -> bool:
        """Whether only beds and shifts are left to end."""
        model = self._present
        if model.env.now < model.config.run.horizon_s or model.is_busy:
            return False
        assert self.observer is not None
        return not self.observer.vehicles.trucks_are_out

    def _finish(self) -> None:
        model = self._present
        if self.observer is not None:
            self.note()
            self.show()
        self._watching.close()  # which the model does by itself from here on
        with _locks[model.area]:
            self.result = model.run()
        self.is_over, self.message = True, "The run is over."

    # Stepping in

    def change(self, key: str, value: Any) -> None:
        """Have a policy decide otherwise from now on."""
        model = self._at_work
        self.run_as = live.change(model.parts, self.run_as, key, value)
        self._has_changed(f"{key} = {value}")

    def disrupt(self, request: Mapping[str, Any]) -> None:
        """Have something go wrong from now on."""
        model = self._at_work
        self.run_as, what = live.disrupt(model.parts, self.run_as, request)
        self._has_changed(what)

    def _has_changed(self, what: str) -> None:
        """Note it, and show what comes of it at once, also where the run stands still."""
        model = self._at_work
        self.changes.append((self.now_s, what))

        def settle() -> None:
            with _locks[model.area]:
                model.settle()

        self._carefully(settle)
        self.show()

    @property
    def _at_work(self) -> EmergencyModel:
        if self.model is None or self.is_over:
            raise ScenarioError("The run is over; start it anew to change something.")
        return self.model

    # Looking on

    def story(self, thing: str) -> Story:
        """What a vehicle, call or site is doing and has done."""
        if self.observer is None:
            return Story(thing)
        return tell_story(self.observer, thing)

    def note(self) -> None:
        """Take in the figures of the moment, without a frame."""
        if self.observer is not None and not self.is_over:
            self.observer.note()
            self.series.add(self.now_s, self.observer.values)

    def show(self) -> None:
        """Tell every listener what is new."""
        if self.observer is None or self.is_over:
            return
        self.observer.wants_coverage = self.wants_coverage
        frame = self.observer.look()
        self.series.add(frame.now_s, frame.figures)
        self._tell(frame)

    def stand(self) -> None:
        """Tell every listener that nothing moves any more, so that their clocks stop."""
        if self.observer is not None:
            self._tell(self.observer.still())

    def full(self) -> Frame:
        """Everything as of the last frame."""
        return Frame(0.0, is_first=True) if self.observer is None else self.observer.full()

    def _tell(self, frame: Frame) -> None:
        for listener in tuple(self.listeners):
            try:
                listener(frame)
            except Exception:  # noqa: BLE001  # one who listens must not stop the run for the others
                _log.exception("a listener is told no more")
                self.listeners.remove(listener)

    def _carefully(self, action: Callable[[], Any]) -> None:
        """Do what may fail by the user's own doing; then the run stops and says why."""
        try:
            action()
        except CorridorError as error:
            self.is_over, self.message = True, str(error)
        except Exception as error:  # noqa: BLE001  # our own fault: the page is to say so
            _log.exception("the run has failed")
            self.is_over = True
            self.message = f"The run has failed: {type(error).__name__}: {error}"
