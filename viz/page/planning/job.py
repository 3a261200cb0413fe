"""Work that a visitor has asked for: in a thread of its own, with progress, and a way to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Literal

import solara

from environment.errors import CorridorError

AT_A_TIME = 2
"""Jobs of all visitors together; others wait for their turn."""

Tell = Callable[[str, float | None], None]
"""Is told what is being done, and which share of it is done if that is known."""
State = Literal["idle", "waits", "runs", "done", "stopped", "failed"]

_turns = threading.BoundedSemaphore(AT_A_TIME)


class Job:
    """One piece of work after another, never two at a time.

    Attributes
    ----------
    state : {"idle", "waits", "runs", "done", "stopped", "failed"}
    text : str
        What is being done, or why nothing came of it.
    share : float or None
        Of the work that is done, if that is known.
    result : object
        What the last work gave; it stays until the next has an answer.
    beat : reactive int
        Counts up whenever one of these has changed.
    """

    def __init__(self) -> None:
        self.state: State = "idle"
        self.text = ""
        self.share: float | None = None
        self.result: Any = None
        self.beat = solara.reactive(0)
        self._stop = threading.Event()
        self._lock = threading.Lock()

    @property
    def is_under_way(self) -> bool:
        """Whether it works, or waits for its turn."""
        return self.state in ("waits", "runs")

    def begin(self, work: Callable[[Tell], Any]) -> None:
        """Start a piece of work, unless there is one under way.

        Parameters
        ----------
        work : callable
            Is given what it tells its progress to; that raises `KeyboardInterrupt` once the work is
            to stop, as Ctrl-C does in a terminal.
        """
        with self._lock:
            if self.is_under_way:
                return
            self._stop = stop = threading.Event()
            self._be("waits", "Waits for others to end")
        threading.Thread(target=self._run, args=(work, stop), name="page job", daemon=True).start()

    def stop(self) -> None:
        """End the work as soon as it next tells of its progress."""
        self._stop.set()

    def _run(self, work: Callable[[Tell], Any], stop: threading.Event) -> None:
        def tell(text: str, share: float | None) -> None:
            if stop.is_set():
                raise KeyboardInterrupt
            self._be("runs", text, share)

        while not _turns.acquire(timeout=0.2):
            if stop.is_set():
                self._be("stopped", "Stopped")
                return
        try:
            tell("Begins", None)
            self.result = work(tell)
            self._be("done", "")
        except KeyboardInterrupt:
            self._be("stopped", "Stopped")
        except CorridorError as error:
            stopped = stop.is_set()
            self._be("stopped" if stopped else "failed", "Stopped" if stopped else str(error))
        except Exception as error:
            self._be("failed", f"This is a mistake of Corridor's: {type(error).__name__}: {error}")
            raise
        finally:
            _turns.release()

    def _be(self, state: State, text: str, share: float | None = None) -> None:
        self.state, self.text, self.share = state, text, share
        self.beat.value += 1
