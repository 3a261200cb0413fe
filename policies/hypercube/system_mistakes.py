"""What is wrong with the arrays of a hypercube system."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.base import PolicyError

SUM_TOLERANCE = 1e-9
"""Weights that sum to one but for rounding."""


def choice_mistakes(name: str, value: object, allowed: Sequence[str]) -> list[str]:
    """What is wrong with one of a few words, if anything."""
    if value in allowed:
        return []
    return [f"{name} must be {' or '.join(map(repr, allowed))}, got {value!r}"]


def table(name: str, values: ArrayLike, dtype: type | None = np.float64) -> NDArray[Any]:
    """A copy of what the user gave as an array.

    Raises
    ------
    PolicyError
        If there is something other than numbers, or rows differ in length.
    """
    try:
        return np.array(values, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise PolicyError(f"{name} must be a table of numbers: {error}") from None


def is_whole(value: object) -> bool:
    """Whether it is a whole number, and one by its type."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def count_mistakes(name: str, value: Any, least: int) -> list[str]:
    """What is wrong with a count, if anything."""
    if is_whole(value) and value >= least:
        return []
    return [f"{name} must be a whole number >= {least}, got {value!r}"]


def level_mistakes(level: Any, servers: int) -> list[str]:
    """What is wrong with a districting level, if anything."""
    if is_whole(level) and 1 <= level <= servers:
        return []
    asked = f"from 1 to the number of servers, {servers}"
    return [f"districting_level must be {asked}, got {level!r}"]


def shape_mistakes(
    calls: NDArray[np.float64],
    travel: NDArray[np.float64],
    lists: NDArray[np.generic],
    service: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> list[str]:
    """What does not fit together; the values are checked once this is in order."""
    if calls.ndim != 1 or not calls.size:
        return [f"calls_per_hour must have one number a demand point, got shape {calls.shape}"]
    points, mistakes = len(calls), []
    if travel.ndim != 2 or not len(travel) or travel.shape[1] != points:
        wanted = f"a row for each server and a column for each of {points} demand points"
        return [f"travel_s must have {wanted}, got shape {travel.shape}"]
    servers = len(travel)
    if service.shape not in {(), (servers,), (servers, points)}:
        wanted = f"one number, or have shape ({servers},) or ({servers}, {points})"
        mistakes.append(f"service_s must be {wanted}, got {service.shape}")
    if lists.ndim != 3 or len(lists) != points or not lists.size:
        wanted = f"({points}, D), or ({points}, L, D) with weights"
        mistakes.append(f"preferences must have shape {wanted}, got {lists.shape}")
    else:
        mistakes += _list_shape_mistakes(lists, weight, servers)
    return mistakes


def _list_shape_mistakes(
    lists: NDArray[np.generic], weight: NDArray[np.float64], servers: int
) -> list[str]:
    mistakes = []
    points, alternatives, level = lists.shape
    if not np.issubdtype(lists.dtype, np.integer):
        mistakes.append(f"preferences must be numbers of servers, got {lists.dtype}")
    if level > servers:
        mistakes.append(f"preferences name {level} servers a list, and there are {servers}")
    if not weight.size:
        given = f"preferences have {alternatives} lists a demand point"
        wanted = f"weights of shape ({points}, {alternatives}) to say how often each is gone by"
        mistakes.append(f"{given}, which need {wanted}; preferences_by_time() gives both")
    elif weight.shape != (points, alternatives):
        wanted = f"({points}, {alternatives}) as preferences have"
        mistakes.append(f"weights must have shape {wanted}, got {weight.shape}")
    return mistakes


def array_mistakes(
    calls: NDArray[np.float64],
    travel: NDArray[np.float64],
    service: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> list[str]:
    """What numbers are out of range."""
    mistakes = [
        *first_bad("calls_per_hour", calls, (calls >= 0) & (calls < np.inf), ">= 0 and finite"),
        *first_bad("travel_s", travel, travel >= 0, ">= 0"),
        *first_bad("service_s", service, service > 0, "> 0"),
        *first_bad("weights", weight, weight >= 0, ">= 0"),
    ]
    if not mistakes and not calls.any():
        mistakes.append("calls_per_hour must not be 0 everywhere")
    total = weight.sum(axis=1)
    off = (abs(total - 1) > SUM_TOLERANCE).nonzero()[0]
    if len(off):
        where = f"demand point {off[0]}" + (f" and {len(off) - 1} more" if len(off) > 1 else "")
        mistakes.append(f"weights of a point must sum to 1, got {total[off[0]]:g} for {where}")
    return mistakes


def first_bad(name: str, values: NDArray[Any], fine: NDArray[np.bool_], wanted: str) -> list[str]:
    """The first value that is not allowed, and where it stands."""
    bad = np.argwhere(~fine)
    if not len(bad):
        return []
    place = ", ".join(map(str, bad[0].tolist()))
    more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
    return [f"{name} must be {wanted}, got {values[tuple(bad[0])]} at [{place}]{more}"]


def list_mistakes(
    lists: NDArray[np.integer],
    travel: NDArray[np.float64],
    service: NDArray[np.float64],
    must_be_whole: bool,
) -> list[str]:
    """What is wrong with the preference lists; each kind of mistake is told once."""
    servers, level = len(travel), lists.shape[2]
    mistakes = []
    if must_be_whole and level < servers:
        asked = f"every list must name all {servers} servers"
        mistakes.append(f"line 'infinite' lets a call wait for anyone: {asked}, got {level}")
    unknown = np.argwhere((lists < 0) | (lists >= servers))
    if len(unknown):
        named = lists[tuple(unknown[0])]
        numbers = f"servers have the numbers 0 to {servers - 1}"
        return [*mistakes, f"demand point {unknown[0][0]} lists server {named}; {numbers}"]
    ordered = np.sort(lists, axis=2)
    twice = np.argwhere(ordered[:, :, 1:] == ordered[:, :, :-1])
    if len(twice):
        named = ordered[tuple(twice[0])]
        mistakes.append(f"demand point {twice[0][0]} lists server {named} twice")
    return [*mistakes, *_reach_mistakes(lists, travel, service)]


def _reach_mistakes(
    lists: NDArray[np.integer], travel: NDArray[np.float64], service: NDArray[np.float64]
) -> list[str]:
    """Servers on a list that never arrive, or never come back."""
    mistakes = []
    point = np.arange(len(lists))[:, None, None]
    for name, table in (("travel_s", travel), ("service_s", service)):
        never = np.argwhere(np.isinf(table[lists, point]))
        if len(never):
            server = lists[tuple(never[0])]
            more = f", and {len(never) - 1} more" if len(never) > 1 else ""
            mistakes.append(
                f"demand point {never[0][0]} lists server {server}, which cannot serve it: "
                f"{name} is infinite{more}"
            )
    return mistakes
