"""How a worker process of this machine begins, and that it never outlives its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess

from experiments.nursery import leave_nursery

LOOK_EVERY_S = 1.0
PR_SET_PDEATHSIG = 1
"""Of Linux's ``prctl``: the signal that a process gets when the thread that started it ends."""


def begin_worker(parent: int, *, of_main_thread: bool) -> None:
    """Have this process end when its parent has ended, however that happened.

    Parameters
    ----------
    parent : int
        The number of the process whose batch it is.
    of_main_thread : bool
        Whether that process's main thread started it: only that one lives as long as its process.
    """
    main = _main_of_nursery()
    if sys.platform == "linux" and (of_main_thread or main is not None):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if main is not None:
        leave_nursery()
    ended = partial(_wait_for, parent) if main is None else main.join
    threading.Thread(target=_end_after, args=(ended,), name="parent watch", daemon=True).start()


def _main_of_nursery() -> BaseProcess | None:
    """The process whose batch it is, if the nursery forked this one, and is its parent therefore.

    Only such a worker holds a pipe that tells when that process has ended.
    """
    main = parent_process()
    return main if main is not None and vars(main).get("_sentinel") is not None else None


def _end_after(ended: Callable[[], None]) -> None:
    ended()
    os._exit(1)


def _wait_for(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
