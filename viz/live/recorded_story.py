"""What befell a vehicle, a call or a site of a saved run, as far as its tables tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import isnan
from typing import TYPE_CHECKING, Any

import pandas as pd

from viz.live import states
from viz.live.recorded_rows import rows_of
from viz.live.story import MOST_LINES, Story

if TYPE_CHECKING:
    from viz.live.recorded_ambulances import Stretch
    from viz.live.recorded_picture import RecordedPicture

Line = tuple[float, str]
CALL_WORDS = {
    "waiting": "nobody is on the way any more",
    "left": "gives up waiting",
    "lost": "is lost: no ambulance was free",
}


def recorded_story(picture: RecordedPicture, thing: str, now_s: float) -> Story:
    """The story of a thing by its id on the map until a moment; without lines if there is none."""
    kind, _, name = thing.partition("-")
    tellers: dict[str, Callable[[RecordedPicture, str, float], Story | None]] = {
        "ambulance": _of_ambulance,
        "truck": _of_truck,
        "call": _of_call,
        "hospital": _of_hospital,
        "station": _of_station,
    }
    told = tellers[kind](picture, name, now_s) if kind in tellers else None
    return Story(thing) if told is None else told


def _of_ambulance(picture: RecordedPicture, name: str, now_s: float) -> Story | None:
    if not name.isdigit() or int(name) >= len(picture.ambulances):
        return None
    lines = _lines(picture.ambulances[int(name)], now_s)
    return _story(f"Ambulance {name}", lines, _facts_of_ambulance(picture, int(name), now_s))


def _of_truck(picture: RecordedPicture, name: str, now_s: float) -> Story | None:
    if not name.isdigit() or int(name) >= len(picture.trucks):
        return None
    return _story(f"Truck {name}", _lines(picture.trucks[int(name)], now_s), {})


def _lines(own: Sequence[Stretch], now_s: float) -> list[Line]:
    return [(one.told_s, _did(one.state, one.call)) for one in own if one.told_s <= now_s]


def _did(state: str, call: int) -> str:
    text = states.STATES[state].text
    return f"{text}, call {call}" if call >= 0 else text


def _facts_of_ambulance(picture: RecordedPicture, number: int, now_s: float) -> dict[str, str]:
    row = picture.result.vehicles.iloc[number]
    missions = picture.result.missions
    own = missions[(missions["ambulance"] == number) & (missions["home_s"] <= now_s)]
    metres = float(own[["to_call_m", "to_hospital_m", "home_m"]].sum().sum())
    return {
        "station": str(row["station"]),
        "type": str(row["type"]),
        "missions that are over": f"{len(own):,}",
        "driven on them": f"{metres / 1000:,.1f} km",
    }


def _of_call(picture: RecordedPicture, name: str, now_s: float) -> Story | None:
    calls = picture.result.calls
    if not name.isdigit() or int(name) >= len(calls):
        return None
    row: Any = calls.iloc[int(name)]
    lines = [(float(row.called_s), "calls")]
    steps = picture.calls.steps_of(int(name))[1:]
    told = [step for step in steps if step.state in CALL_WORDS and step.at_s <= now_s]
    lines += [(step.at_s, CALL_WORDS[step.state]) for step in told]
    for mission in _missions_of(picture.result.missions, int(name)):
        lines += [(at_s, text) for at_s, text in mission if at_s <= now_s]
    facts = {
        "priority": str(row.priority),
        "target": f"{row.target_s / 60:g} min",
        "zone": str(row.zone),
    }
    if row.arrived_s <= now_s:
        facts["response"] = f"{row.response_s / 60:.1f} min"
    return _story(f"Call {name}", sorted(lines), facts)


def _missions_of(missions: pd.DataFrame, call: int) -> Iterator[list[Line]]:
    for row in rows_of(missions[missions["call"] == call]):
        who = f"ambulance {row.ambulance}"
        moments = (
            (row.dispatched_s, f"{who} is sent"),
            (row.arrived_s, f"{who} arrives"),
            (row.at_hospital_s, f"{who} is at hospital {row.hospital}"),
            (row.clear_s, f"{who} is clear"),
        )
        yield [(float(at_s), text) for at_s, text in moments if not isnan(at_s)]


def _of_hospital(picture: RecordedPicture, name: str, now_s: float) -> Story | None:
    missions = picture.result.missions
    own = missions[(missions["hospital"] == name) & (missions["at_hospital_s"] <= now_s)]
    lines = [
        (float(row.at_hospital_s), f"ambulance {row.ambulance} comes with call {row.call}")
        for row in rows_of(own)
    ]
    waits_min = (own["bay_s"] - own["at_hospital_s"]).mean() / 60
    facts = {"patients brought": f"{len(own):,}"}
    if len(own):
        facts["mean wait for a bay"] = f"{waits_min:.1f} min"
    return _story(f"Hospital {name}", sorted(lines), facts)


def _of_station(picture: RecordedPicture, name: str, now_s: float) -> Story | None:
    vehicles = picture.result.vehicles
    own = vehicles.loc[vehicles["station"] == name, "ambulance"].tolist()
    missions = picture.result.missions
    sent = missions[missions["ambulance"].isin(own) & (missions["dispatched_s"] <= now_s)]
    lines = [
        (float(row.dispatched_s), f"ambulance {row.ambulance} is sent to call {row.call}")
        for row in rows_of(sent)
    ]
    facts = {"ambulances": ", ".join(map(str, own)) or "none", "sent": f"{len(sent):,}"}
    return _story(f"Station {name}", lines, facts)


def _story(title: str, lines: list[Line], facts: dict[str, str]) -> Story:
    return Story(title, tuple(lines[::-1][:MOST_LINES]), facts)
