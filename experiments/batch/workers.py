"""How a worker process of this machine begins, and that it never outlives its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

LOOK_EVERY_S = 1.0
PR_SET_PDEATHSIG = 1
"""Of Linux's ``prctl``: the signal that a process gets when the thread that started it ends."""


def begin_worker(parent: int, *, of_main_thread: bool) -> None:
    """Have this process end when its parent has ended, however that happened.

    Parameters
    ----------
    parent : int
        The parent's number.
    of_main_thread : bool
        Whether the parent's main thread started it: only that one lives as long as its process.
    """
    if of_main_thread and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_watch, args=(parent,), name="parent watch", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
    os._exit(1)
