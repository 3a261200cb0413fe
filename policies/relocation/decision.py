"""The decision which ambulances without a patient wait where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from environment.errors import suggest
from policies.answers import is_number, short
from policies.base import Move, PolicyError, RelocationView
from policies.decision import Decision
from policies.relocation.situations import relocation_situations


def checked_moves(name: str, answer: Any, view: RelocationView) -> list[Move]:
    """What a relocation policy moves."""
    if type(answer) is list:
        if not answer:
            return []
        if len(answer) == 1 and type(answer[0]) is Move and _may_be_moved(answer[0], view):
            return answer
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


def _may_be_moved(move: Move, view: RelocationView) -> bool:
    """Whether a move is plainly fine: of the ambulance just freed, to an open station."""
    number, station = move
    stations = view.stations
    if type(number) is not int or number != view.freed:
        return False
    if type(station) is not str or station not in stations:
        return False
    return bool(view.is_open[stations.index(station)])


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


RELOCATION = Decision(
    name="relocation",
    method="move",
    asked_with=("view",),
    view=RelocationView,
    taken_by="service",
    built_in={
        "home": "policies.relocation.home:Home",
        "compliance_table": "policies.relocation.compliance_table:ComplianceTable",
        "dmexclp": "policies.relocation.dmexclp:Dmexclp",
    },
    checked=checked_moves,
    situations=relocation_situations,
    per_planner=True,
    traits={"moves_up": True},
)
