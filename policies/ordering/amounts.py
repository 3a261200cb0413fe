"""A number of units for all items alike, or for each by its name."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from environment.errors import suggest
from policies.mistakes import number_mistakes, refuse

Amounts = float | Mapping[str, float]


def amount_mistakes(name: str, amounts: Amounts) -> list[str]:
    """What is wrong with a parameter's numbers, each told by its place.

    Parameters
    ----------
    name : str
        Of the parameter.
    amounts : float or mapping of str to float
        Units, for all items or by item; each is to be >= 0.
    """
    places = {name: amounts}
    if isinstance(amounts, Mapping):
        places = {f"{name}.{item}": amount for item, amount in amounts.items()}
    mistakes = []
    for place, amount in places.items():
        mistakes += number_mistakes(place, amount, lambda a: 0 <= a < math.inf, ">= 0 and finite")
    return mistakes


def amount_of_each(name: str, amounts: Amounts, items: Sequence[str]) -> NDArray[np.float64]:
    """A parameter's number for each item, (n,).

    Raises
    ------
    PolicyError
        If it names an item that is not there, or has no number for one that is.
    """
    if not isinstance(amounts, Mapping):
        return np.full(len(items), float(amounts))
    unknown = [f"{name}: no item {i!r} ({suggest(i, items)})" for i in amounts if i not in items]
    missing = [f"{name} has no number for item {i!r}" for i in items if i not in amounts]
    refuse(unknown + missing)
    return np.array([float(amounts[item]) for item in items])
