"""What is wrong with a policy's parameters, told all at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from policies.base import PolicyError


def number_mistakes(
    name: str, value: object, is_fine: Callable[[float], bool], wanted: str
) -> list[str]:
    """What is wrong with a number, if anything.

    Parameters
    ----------
    name : str
    value : object
        What the user gave.
    is_fine : callable
        Asked of numbers only; NaN is to fail it.
    wanted : str
        What is allowed, such as ``">= 0"``.
    """
    if isinstance(value, np.integer | np.floating):
        is_right = is_fine(value.item())
    else:
        is_right = isinstance(value, int | float) and not isinstance(value, bool) and is_fine(value)
    if is_right:
        return []
    return [f"{name} must be {wanted}, got {value!r}"]


def refuse(mistakes: Sequence[str]) -> None:
    """Raise a `PolicyError` that tells every mistake, if there is one."""
    if mistakes:
        raise PolicyError("; ".join(mistakes))
