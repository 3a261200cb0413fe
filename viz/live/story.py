"""What a vehicle, a call or a site is doing and has done, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING, Any

from agents.service.mission import MISSION_FIELDS, NO_HOSPITAL, End, Mission, mission_row
from simulation.recorder import CallState
from viz.live.site_watch import hospital_text, stock_target, supplier_text
from viz.live.states import FREE, STATES, ambulance_state, truck_state
from viz.live.vehicle_watch import trucks_of

if TYPE_CHECKING:
    from agents.service.ambulance import Ambulance
    from simulation.model import EmergencyModel
    from viz.live.observer import Observer

LAST_MISSIONS = 20_000
"""So many of the whole city are looked through."""
MOST_LINES = 12

Line = tuple[float, str]


@dataclass(frozen=True)
class Story:
    """The story of one thing on the map.

    Attributes
    ----------
    title : str
    lines : tuple of (float, str)
        When, in seconds of the run's clock, and what; the latest first.
    facts : mapping of str to str
        With units.
    """

    title: str
    lines: tuple[Line, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


def tell_story(observer: Observer, thing: str) -> Story:
    """The story of a thing by its id on the map; without lines if there is no such thing."""
    kind, _, name = thing.partition("-")
    teller = _TELLERS.get(kind)
    try:
        return Story(thing) if teller is None else teller(observer, name)
    except (LookupError, ValueError):  # no such number or name
        return Story(f"There is no {thing}")


# Ambulances and calls


def _ambulance(observer: Observer, name: str) -> Story:
    model = observer.model
    ambulance = model.centre.ambulances[int(name)]
    now_s = float(model.env.now)
    lines: list[Line] = []
    missions = _missions(model, lambda row: int(row["ambulance"]) == ambulance.number)
    if ambulance.mission is not None:
        missions.append(_as_dict(ambulance.mission))
    for mission in missions[-3:]:
        lines += [line for line in _mission_lines(model, mission) if line[0] <= now_s]
    driven = sum(m["to_call_m"] + m["to_hospital_m"] + m["home_m"] for m in missions)
    stations = model.ground.city.stations.sites
    facts = {
        "Now": _doing(model, ambulance),
        "Own station": str(stations.name[ambulance.home]),
        "Calls answered": str(len({int(m["call"]) for m in missions})),
        "Driven on its missions": f"{driven / 1000:,.1f} km",
    }
    return Story(f"Ambulance {ambulance.number}", _latest(lines), facts)


def _doing(model: EmergencyModel, ambulance: Ambulance) -> str:
    state = ambulance_state(ambulance, float(model.env.now))
    text = STATES[state].text
    if ambulance.patient is not None:
        text += f" (call {ambulance.patient.call.number})"
    elif state == FREE:
        text += f" ({model.ground.city.stations.sites.name[ambulance.station]})"
    return text


def _call(observer: Observer, name: str) -> Story:
    model = observer.model
    number, now_s, book = int(name), float(model.env.now), observer.calls
    called_s, target_s = float(book.called_s[number]), float(book.target_s[number])
    priorities = model.config.demand.priorities
    reported, final = int(book.priority[number]), int(model.recorder.final_priority[number])
    lines: list[Line] = [(called_s, f"Call comes in, {priorities[reported].name} priority")]
    missions = _missions(model, lambda row: int(row["call"]) == number)
    missions += [
        _as_dict(a.mission)
        for a in model.centre.ambulances
        if a.mission is not None and a.mission.call == number
    ]
    for mission in missions:
        own = _mission_lines(model, mission)
        lines += [(at, f"Ambulance {int(mission['ambulance'])}: {text}") for at, text in own]
    arrived = [m["arrived_s"] for m in missions if m["arrived_s"] <= now_s]
    facts = {"Priority": priorities[final].name, "Target": _minutes(target_s)}
    if arrived:
        response_s = min(arrived) - called_s
        kept = "in time" if response_s <= target_s else "too late"
        facts["Response"] = f"{_minutes(response_s)} ({kept})"
    else:
        facts["Now"] = _state_of_call(model, number, now_s - called_s)
    return Story(f"Call {number}", _latest([line for line in lines if line[0] <= now_s]), facts)


def _state_of_call(model: EmergencyModel, number: int, waited_s: float) -> str:
    state = CallState(int(model.recorder.states[number]))
    if state is CallState.LOST:
        return "given up, since nobody could be sent"
    if state is CallState.LEFT:
        return "gave up waiting"
    if waited_s < 0:
        return "has not called yet"
    return f"waiting for {_minutes(waited_s)}"


def _mission_lines(model: EmergencyModel, mission: Mapping[str, float]) -> list[Line]:
    """The steps of a mission in the order of time; those not reached are not there."""
    hospital = int(mission["hospital"])
    place = "hospital"
    if hospital != NO_HOSPITAL:
        place = model.centre.hospitals[hospital].name
    steps = [
        ("dispatched_s", f"sent to call {int(mission['call'])}"),
        ("departed_s", "leaves" + (" with siren" if mission["siren"] else "")),
        ("arrived_s", "with the patient"),
        ("left_scene_s", f"sets out to {place}" if hospital != NO_HOSPITAL else "leaves the scene"),
        ("at_hospital_s", f"at {place}"),
        ("bay_s", "handing over"),
        ("clear_s", "free again"),
    ]
    told = [(float(mission[key]), text) for key, text in steps if not isnan(mission[key])]
    ends = {End.CALLED_OFF: "called off", End.BROKEN_DOWN: "breaks down"}
    end = ends.get(End(int(mission["end"])))
    return told if end is None else [*told, (float(mission["home_s"]), end)]


def _missions(
    model: EmergencyModel, wanted: Callable[[Mapping[str, float]], bool]
) -> list[dict[str, float]]:
    """Some of the latest missions that are over."""
    books = model.recorder
    rows = books.missions_since(max(0, books.mission_count - LAST_MISSIONS))
    named = (dict(zip(MISSION_FIELDS, row, strict=True)) for row in rows.tolist())
    return [row for row in named if wanted(row)]


def _as_dict(mission: Mission) -> dict[str, float]:
    return dict(zip(MISSION_FIELDS, map(float, mission_row(mission)), strict=True))


# Sites of the service


def _station(observer: Observer, name: str) -> Story:
    model = observer.model
    sites = model.ground.city.stations.sites
    row = sites.site_id.tolist().index(name)
    now_s = float(model.env.now)
    own = [a for a in model.centre.ambulances if a.home == row]
    here = [
        a for a in model.centre.ambulances if a.station == row and ambulance_state(a, now_s) == FREE
    ]
    facts = {
        "Ambulances of its own": str(len(own)),
        "Free here now": ", ".join(str(a.number) for a in here) or "none",
        "Open": "yes" if model.centre.station_is_open[row] else "no",
        "District": model.ground.districts.of_station[row],
    }
    lines = [(now_s, f"Ambulance {a.number}: {_doing(model, a)}") for a in own]
    return Story(f"Station {sites.name[row]}", tuple(lines[:MOST_LINES]), facts)


def _hospital(observer: Observer, name: str) -> Story:
    model = observer.model
    row = model.ground.city.hospitals.sites.site_id.tolist().index(name)
    hospital, now_s = model.centre.hospitals[row], float(model.env.now)
    missions = _missions(model, lambda m: int(m["hospital"]) == row)
    missions += [
        _as_dict(a.mission)
        for a in model.centre.ambulances
        if a.mission is not None and int(a.mission.hospital) == row
    ]
    steps = (
        ("at_hospital_s", "arrives with the patient of call"),
        ("clear_s", "has handed over the patient of call"),
    )
    lines = [
        (m[key], f"Ambulance {int(m['ambulance'])} {text} {int(m['call'])}")
        for m in missions
        for key, text in steps
        if m[key] <= now_s
    ]
    brought = [m for m in missions if m["at_hospital_s"] <= now_s]
    facts = {
        "Now": hospital_text(hospital),
        "Patients brought": str(len(brought)),
        "Takes more": "no, it diverts" if hospital.diverts or not hospital.is_open else "yes",
    }
    waits = [m["bay_s"] - m["at_hospital_s"] for m in brought if not isnan(m["bay_s"])]
    if waits:
        facts["Mean wait for a bay"] = _minutes(sum(waits) / len(waits))
    return Story(f"Hospital {hospital.name}", _latest(lines), facts)


# The supply side


def _supply_site(observer: Observer, name: str) -> Story:
    model = observer.model
    if model.supply_side is None:
        raise LookupError(name)
    supply, books = model.supply_side.supply, model.supply_side.books
    agent: Any = next((one for one in supply.sites if one.place.name == name), None)
    if agent is None:
        raise LookupError(name)
    items, site = supply.item_names, agent.place.site
    names = {one.place.site: one.place.name for one in supply.sites}
    lines: list[Line] = []
    for load in books.shipments[-LAST_MISSIONS:]:
        what = _goods(items, load.units.tolist())
        if load.destination.site == site and load.arrived_s == load.arrived_s:
            lines.append((load.arrived_s, f"{what} come from {names[load.origin.site]}"))
        if load.origin.site == site and load.left_s == load.left_s:
            lines.append((load.left_s, f"{what} leave for {names[load.destination.site]}"))
    kind = type(agent).__name__
    if kind == "Supplier":
        facts = {"Now": supplier_text(agent)}
    else:
        facts = {
            f"Stock of {item}": f"{now:,} units ({full:,} at the start)"
            for item, now, full in zip(items, agent.stock.seen(), stock_target(agent), strict=True)
        }
    if kind == "Distributor":
        facts["People wait for"] = _goods(items, agent.units_waited_for()) or "nothing"
        facts["On the way to it"] = _goods(items, agent.on_way.tolist()) or "nothing"
    return Story(f"{kind} {name}", _latest(lines), facts)


def _truck(observer: Observer, name: str) -> Story:
    model = observer.model
    if model.supply_side is None:
        raise LookupError(name)
    side, number = model.supply_side, int(name)
    truck = trucks_of(model)[number]
    names = {one.place.site: one.place.name for one in side.supply.sites}
    trips = [trip for trip in side.books.trips if trip.truck == number]
    lines = [
        (trip.back_s, f"Back after {trip.stops} stops and {trip.metres / 1000:,.1f} km")
        for trip in trips
    ]
    lines += [(trip.left_s, f"Leaves {names[trip.depot]} with {trip.load_l:,} l") for trip in trips]
    doing = STATES[truck_state(truck)].text
    if truck.way is not None:
        doing += f", to {truck.bound_for.name}"
    facts = {
        "Now": doing,
        "Belongs to": truck.home.place.name,
        "Trips so far": str(len(trips)),
        "Driven so far": f"{sum(trip.metres for trip in trips) / 1000:,.1f} km",
    }
    return Story(f"Truck {number}", _latest(lines), facts)


_TELLERS: Mapping[str, Callable[[Observer, str], Story]] = {
    "ambulance": _ambulance,
    "call": _call,
    "station": _station,
    "hospital": _hospital,
    "truck": _truck,
    "store": _supply_site,
    "supplier": _supply_site,
    "distributor": _supply_site,
}


def _goods(items: tuple[str, ...], units: list[int]) -> str:
    return ", ".join(f"{n:,} {item}" for item, n in zip(items, units, strict=True) if n)


def _latest(lines: list[Line]) -> tuple[Line, ...]:
    # What comes later in the list comes later in time, also within the same second.
    return tuple(sorted(lines, key=lambda line: line[0])[::-1][:MOST_LINES])


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min"
