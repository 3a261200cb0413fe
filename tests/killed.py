"""Something done by a process that is killed at its first step on the disk, its second, its third.

Unlike a kill at a random moment this misses no step, however short it takes.
"""

from __future__ import annotations

import io
import itertools
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from types import FrameType, ModuleType
from typing import Any

STEPS = {
    "fsync", "ftruncate", "mkdir", "rename", "replace", "rmdir", "truncate", "unlink", "write",
    "writelines",
}  # fmt: skip
"""Functions of the system and of files, in C, that change what is on the disk.

What opening a file changes is seen before the step that follows.
"""
OWNERS = (ModuleType, io.BufferedWriter, io.FileIO, io.TextIOWrapper)


def killed_at_each_step(prepare: Callable[[], None], act: Callable[[], object]) -> Iterator[int]:
    """Do something again and again, killed before one step later each time, until none is left.

    Parameters
    ----------
    prepare : callable
        Called before each time.
    act : callable
        What a process of its own does, and is killed in.

    Yields
    ------
    int
        The number of the step before which it was killed, and at last that of none.
    """
    for step in itertools.count(1):
        prepare()
        was_killed = _in_own_process(step, act)
        yield step
        if not was_killed:
            return


def _in_own_process(step: int, act: Callable[[], object]) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which the copy has not
        child = os.fork()
    if child == 0:
        try:
            sys.setprofile(_killer(step))
            act()
            sys.setprofile(None)
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.waitstatus_to_exitcode(status) == 0, f"it failed of itself at step {step}"
    return False


def _is_step(function: Any) -> bool:
    return function.__name__ in STEPS and isinstance(function.__self__, OWNERS)


def _killer(step: int) -> Callable[[FrameType, str, Any], None]:
    left = step

    def watch(_: FrameType, event: str, function: Any) -> None:
        nonlocal left
        if event == "c_call" and _is_step(function):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return watch
