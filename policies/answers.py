"""What may be answered to each decision; anything else is refused in the user's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from environment.demand.calls import Call
from environment.errors import suggest
from policies.base import (
    Assignment,
    DispatchView,
    HospitalView,
    LocationView,
    Move,
    PolicyError,
    RelocationView,
    SignalView,
)


def checked_ambulances(
    name: str, answer: Any, call: Call, view: DispatchView, size: int
) -> list[int]:
    """Numbers of the ambulances that a dispatch policy sends, out of `size`."""
    if not isinstance(answer, Sequence) or not all(isinstance(a, Assignment) for a in answer):
        raise PolicyError(
            f"{name} answered {short(answer)}; expected a sequence of Assignment, "
            "empty if the call is to wait"
        )
    chosen = [a.ambulance for a in answer]
    if len(chosen) > call.units:
        raise PolicyError(
            f"{name} chose {len(chosen)} ambulances for a call that needs {call.units}"
        )
    for place, number in enumerate(chosen):
        if not (is_number(number) and 0 <= number < size):
            raise PolicyError(
                f"{name} chose ambulance {short(number)}; expected a number from 0 to {size - 1}"
            )
        if not view.is_available(number):
            idle = ", ".join(str(a.number) for a in view.available) or "none"
            raise PolicyError(f"{name} chose ambulance {number}, which is busy; idle: {idle}")
        if number in chosen[:place]:
            raise PolicyError(f"{name} chose ambulance {number} twice for one call")
    return [int(number) for number in chosen]


def checked_hospital(name: str, answer: Any, call: Call, view: HospitalView) -> int:
    """Number of the hospital that a hospital policy chooses."""
    size = len(view.hospitals)
    if not (is_number(answer) and 0 <= answer < size):
        raise PolicyError(
            f"{name} chose hospital {short(answer)}; expected a number from 0 to {size - 1}"
        )
    if not view.is_open(answer, call):
        is_open = ", ".join(str(number) for number in range(size) if view.is_open(number, call))
        raise PolicyError(
            f"{name} chose hospital {answer}, which is closed to this patient; open: {is_open}"
        )
    return int(answer)


def checked_moves(name: str, answer: Any, view: RelocationView) -> list[Move]:
    """What a relocation policy moves."""
    if not isinstance(answer, Sequence) or not all(isinstance(move, Move) for move in answer):
        raise PolicyError(
            f"{name} answered {short(answer)}; expected a sequence of Move, "
            "empty if everybody goes on as before"
        )
    available = [ambulance.number for ambulance in view.available]
    for place, (number, station) in enumerate(answer):
        if not (is_number(number) and number in available):
            raise PolicyError(
                f"{name} moved ambulance {short(number)}, which is not available; "
                f"available: {', '.join(map(str, available)) or 'none'}"
            )
        _require_open_station(f"{name} moved ambulance {number}", station, view)
        if any(number == earlier.ambulance for earlier in answer[:place]):
            raise PolicyError(f"{name} moved ambulance {number} twice")
    return [Move(int(number), str(station)) for number, station in answer]


def may_be_moved(move: Move, view: RelocationView) -> bool:
    """Whether a move is plainly fine: of the ambulance just freed, to an open station."""
    number, station = move
    stations = view.stations
    if type(number) is not int or number != view.freed:
        return False
    if type(station) is not str or station not in stations:
        return False
    return bool(view.is_open[stations.index(station)])


def checked_distance_m(name: str, answer: Any, view: SignalView) -> float | NDArray[np.float64]:
    """Distance from which a signal policy gives way: one for all lights, or one for each."""
    lights = len(view.lights)
    answer_m = numbers_of(answer)
    if answer_m.shape not in ((), (lights,)) or not (np.isfinite(answer_m) & (answer_m >= 0)).all():
        raise PolicyError(
            f"{name} answered {short(answer)}; expected a number of metres >= 0, "
            f"or one for each of {lights} lights"
        )
    return answer_m if answer_m.shape else float(answer_m)


def checked_placement(name: str, answer: Any, view: LocationView) -> NDArray[np.int64]:
    """How many ambulances a location policy gives each station, (s,)."""
    stations = len(view.given)
    try:
        placed = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        placed = np.array([])
    if placed.shape != (stations,) or not ((placed >= 0) & (placed % 1 == 0)).all():
        raise PolicyError(
            f"{name} answered {short(answer)}; expected {stations} whole numbers >= 0, "
            "one for each station"
        )
    if placed.sum() != view.ambulances:
        raise PolicyError(f"{name} placed {placed.sum():g} ambulances; there are {view.ambulances}")
    return placed.astype(np.int64)


def _require_open_station(beginning: str, station: object, view: RelocationView) -> None:
    stations = list(view.stations)
    if not isinstance(station, str) or station not in stations:
        hint = suggest(str(station), stations)
        raise PolicyError(f"{beginning} to {short(station)}, which is no station ({hint})")
    if not view.is_open[stations.index(station)]:
        is_open = ", ".join(name for name, fine in zip(stations, view.is_open, strict=True) if fine)
        raise PolicyError(
            f"{beginning} to station {station}, which is closed; open: {is_open or 'none'}"
        )


def numbers_of(answer: Any) -> NDArray[np.float64]:
    """An answer's numbers as an array; NaN if it is made of anything else."""
    try:
        array = np.asarray(answer)
    except ValueError:
        return np.array(np.nan)
    return array.astype(np.float64) if array.dtype.kind in "iuf" else np.array(np.nan)


def is_number(value: object) -> bool:
    """Whether it is a whole number, Python's or NumPy's."""
    return type(value) is int or isinstance(value, np.integer)


def short(answer: object) -> str:
    """An answer on one line of a message."""
    text = " ".join(repr(answer).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
