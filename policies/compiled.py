"""Numba's compiled functions of a policy's own modules, kept from one copy of them to the next."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np

_kept: dict[tuple[str, str], Any] = {}


def keep_compiled(module: ModuleType, source: str, prefix_length: int) -> None:
    """Put functions compiled in an earlier copy of a module in place of its own.

    Compiled code takes the module's values for constants, so one copy's is as good as another's
    where the source is the same and so are the values that the function reads.

    Parameters
    ----------
    module : ModuleType
        Fresh, and run.
    source : str
        Tells modules of another text apart.
    prefix_length : int
        Characters of the module's name that only tell its copy.
    """
    if "numba" not in sys.modules:
        return
    from numba.core.registry import CPUDispatcher

    for name, own in list(vars(module).items()):
        if not isinstance(own, CPUDispatcher) or own.py_func.__module__ != module.__name__:
            continue
        key = (module.__name__[prefix_length:] + source, name)
        kept = _kept.setdefault(key, own)
        if kept is not own and _reads_the_same(kept.py_func, own.py_func):
            setattr(module, name, kept)


def _reads_the_same(kept: Any, own: Any) -> bool:
    """Whether two functions of one text have no state of their own, and read equal constants."""
    if own.__closure__ or own.__code__.co_code != kept.__code__.co_code:
        return False
    return all(
        _is_same(kept.__globals__.get(name), own.__globals__.get(name))
        for name in own.__code__.co_names
    )


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    if isinstance(one, int | float | str | tuple | None) and type(one) is type(other):
        return bool(one == other)
    return type(one) is type(other)  # functions and modules, of the same text
