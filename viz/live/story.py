"""What a vehicle, a call or a site is doing and has done, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.activity import Activity
from agents.leg import NOBODY, LegRow
from simulation.tables.supply_recorder import SupplyRecorder
from simulation.trace import Event
from viz.live.readers.vehicles import Stretch, Track
from viz.live.states import STATES

if TYPE_CHECKING:
    from viz.live.observer import Picture

LAST_ROWS = 40
"""So many of a vehicle's latest rows are told of."""
LAST_SHIPMENTS = 20_000
MOST_LINES = 12

Line = tuple[float, str]
Legs = NDArray[Any]
"""Rows of `agents.leg.LegRow` as a structured array."""


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


def tell_story(picture: Picture, thing: str) -> Story:
    """The story of a thing by its id on the map; without lines if there is no such thing."""
    kind, _, name = thing.partition("-")
    teller = _TELLERS.get(kind)
    try:
        return Story(thing) if teller is None else teller(picture, name)
    except (LookupError, ValueError):  # no such number or name
        return Story(f"There is no {thing}")


def _legs(picture: Picture) -> Legs:
    """All legs that are settled."""
    legs = picture.log.trace.leg_table()
    return legs[legs["told_s"] <= picture.now_s]


def _stretches(picture: Picture, vehicle: int, rows: Legs) -> list[Stretch]:
    """What a vehicle did by some of its rows, one after the other."""
    track = Track(picture.log, picture.register, vehicle)
    told: list[Stretch] = []
    for row in rows.tolist():
        track.take(LegRow._make(row))
        told = [one for one in told if one.told_s < row[0]] + track.stretches[track.kept :]
    return [one for one in told if one.told_s <= picture.now_s]


# Ambulances and calls


def _ambulance(picture: Picture, name: str) -> Story:
    number = _row(name, len(picture.log.station))
    legs = _legs(picture)
    own = legs[legs["vehicle"] == number]
    lines = [(one.told_s, _did(one)) for one in _stretches(picture, number, own[-LAST_ROWS:])]
    stations = picture.log.area.city.stations.sites
    missions = own[own["activity"] == Activity.TO_CALL]
    facts = {
        "Now": _doing(picture, picture.vehicles.ambulances[number]),
        "Own station": str(stations.name[picture.log.station[number]]),
        "Calls answered": str(len(np.unique(missions["serves"]))),
        "Driven so far": f"{_driven_m(picture, own) / 1000:,.1f} km",
    }
    return Story(f"Ambulance {number}", _latest(lines), facts)


def _row(name: str, count: int) -> int:
    number = int(name)
    if not 0 <= number < count:
        raise LookupError(name)
    return number


def _driven_m(picture: Picture, own: Legs) -> float:
    """Metres of all drives of a vehicle; one that was broken off up to where the next begins."""
    metres = 0.0
    rows = own.tolist()
    for row, following in zip(rows, [*rows[1:], None], strict=False):
        leg, driving = LegRow._make(row), picture.log.driving(row[-1])
        end = leg.to_node
        if leg.left_s > picture.now_s or leg.from_node < 0:
            continue
        if following is not None and following[0] < leg.left_s + leg.drive_s:
            turn = LegRow._make(following).from_node
            end = turn if turn >= 0 else end
        metres += driving.metres(leg.from_node, end, siren=leg.siren)
    return metres


def _did(one: Stretch) -> str:
    text = STATES[one.state].text
    return f"{text}, call {one.call}" if one.call >= 0 else text


def _doing(picture: Picture, one: Stretch) -> str:
    if one.call >= 0:
        return f"{STATES[one.state].text} (call {one.call})"
    if one.activity is Activity.IDLE:
        station = picture.log.area.city.stations.sites.name[one.row.target]
        return f"{STATES[one.state].text} ({station})"
    return STATES[one.state].text


def _call(picture: Picture, name: str) -> Story:
    register, now_s = picture.register, picture.now_s
    number = _row(name, len(register.called_s))
    called_s, target_s = float(register.called_s[number]), float(register.target_s[number])
    priorities = picture.log.scenario.demand.priorities
    reported = int(register.priority[number])
    lines: list[Line] = [(called_s, f"Call comes in, {priorities[reported].name} priority")]
    legs = _legs(picture)
    arrived: list[float] = []
    crews = np.unique(legs["vehicle"][(legs["serves"] == number) & (legs["vehicle"] >= 0)])
    for vehicle in crews.tolist():
        own = legs[legs["vehicle"] == vehicle]
        for told in _missions(picture, vehicle, own, number):
            lines += [(at_s, f"Ambulance {vehicle}: {text}") for at_s, text in told]
            arrived += [at_s for at_s, text in told if text == AT_PATIENT]
    final, units = _last_word(picture, number, reported)
    facts = {
        "Priority": priorities[final].name,
        "Target": _minutes(target_s),
        "Zone": str(picture.log.area.city.zones.zone_id[int(register.zone[number])]),
    }
    if arrived:
        response_s = min(arrived) - called_s
        kept = "in time" if response_s <= target_s else "too late"
        facts["Response"] = f"{_minutes(response_s)} ({kept})"
    else:
        facts["Now"] = units or _waits(now_s - called_s)
    return Story(f"Call {number}", _latest([line for line in lines if line[0] <= now_s]), facts)


AT_PATIENT = "with the patient"


def _missions(picture: Picture, vehicle: int, own: Legs, call: int) -> Iterable[list[Line]]:
    """What a vehicle did for a call, in lines, each time that it was sent there."""
    serves = own["serves"] == call
    begins = np.flatnonzero(serves & ~np.append(False, serves[:-1]))
    for first in begins.tolist():
        after = np.flatnonzero(~serves[first:])
        last = first + int(after[0]) if len(after) else len(own)
        rows = own[max(first - 1, 0) : last]
        told = [one for one in _stretches(picture, vehicle, rows) if one.call == call]
        lines = [(one.told_s, _step(picture, one)) for one in told]
        if last < len(own):
            came = any(one.activity is Activity.ON_SCENE for one in told)
            lines.append((float(own["told_s"][last]), "free again" if came else "called off"))
        yield lines


def _step(picture: Picture, one: Stretch) -> str:
    if one.activity is Activity.ON_SCENE:
        return AT_PATIENT
    if one.activity is Activity.TO_HOSPITAL:
        sites = picture.log.area.city.hospitals.sites
        return f"sets out to {sites.name[one.row.target] or sites.site_id[one.row.target]}"
    return STATES[one.state].text


def _last_word(picture: Picture, number: int, reported: int) -> tuple[int, str]:
    """The latest priority of a call, and that it was given up if it was."""
    priority, end = reported, ""
    texts = {Event.LEFT: "gave up waiting", Event.LOST: "given up, since nobody could be sent"}
    for row in picture.log.trace.events:
        if row.subject == number and row.time_s <= picture.now_s:
            if row.event == Event.PRIORITY:
                priority = int(row.value)
            elif row.event in texts:
                end = texts[Event(row.event)]
    return priority, end


def _waits(waited_s: float) -> str:
    return "has not called yet" if waited_s < 0 else f"waiting for {_minutes(waited_s)}"


# Sites of the service


def _station(picture: Picture, name: str) -> Story:
    area = picture.log.area
    sites = area.city.stations.sites
    row = sites.site_id.tolist().index(name)
    own = [n for n, home in enumerate(picture.log.station) if home == row]
    now = picture.vehicles.ambulances
    here = [
        str(n)
        for n, one in enumerate(now)
        if one.activity is Activity.IDLE and one.row.target == row
    ]
    facts = {
        "Ambulances of its own": str(len(own)),
        "Free here now": ", ".join(here) or "none",
        "Open": "yes" if picture.sites.station_is_open[row] else "no",
        "District": area.districts.of_station[row],
    }
    lines = [(picture.now_s, f"Ambulance {n}: {_doing(picture, now[n])}") for n in own]
    return Story(f"Station {sites.name[row]}", tuple(lines[:MOST_LINES]), facts)


def _hospital(picture: Picture, name: str) -> Story:
    sites = picture.log.area.city.hospitals.sites
    row = sites.site_id.tolist().index(name)
    hospital = picture.sites.hospitals[row]
    legs = _legs(picture)
    legs = legs[legs["vehicle"] >= 0]
    order = np.lexsort((np.arange(len(legs)), legs["vehicle"]))
    legs = legs[order]
    following = np.append(legs["told_s"][1:], np.inf)
    following[:-1][np.diff(legs["vehicle"]) != 0] = np.inf
    access_s = picture.log.places.hospitals[row].access_s
    comes = (legs["activity"] == Activity.TO_HOSPITAL) & (legs["target"] == row)
    share = np.where(legs["siren"], picture.log.area.city.access_share(siren=True), 1.0)
    arrive_s = legs["left_s"] + legs["drive_s"] + access_s * share
    brought = comes & (arrive_s <= picture.now_s) & (following >= arrive_s)
    waits = (legs["activity"] == Activity.WAITING_BAY) & (legs["target"] == row)
    lines = [
        (at_s, f"Ambulance {vehicle} arrives with the patient of call {call}")
        for at_s, vehicle, call in zip(
            arrive_s[brought].tolist(), legs["vehicle"][brought].tolist(),
            legs["serves"][brought].tolist(), strict=True,
        )
    ]  # fmt: skip
    facts = {
        "Now": hospital.text,
        "Patients brought": str(int(brought.sum())),
        "Takes more": "no, it diverts" if hospital.diverts or not hospital.is_open else "yes",
    }
    if brought.any():
        waited_s = np.minimum(following[waits], picture.now_s) - legs["told_s"][waits]
        facts["Mean wait for a bay"] = _minutes(float(waited_s.sum()) / int(brought.sum()))
    return Story(f"Hospital {sites.name[row] or name}", _latest(lines), facts)


# The supply side


def _supply_site(picture: Picture, name: str) -> Story:
    stocks, supply_log = picture.stocks, picture.log.supply_log
    if stocks is None or supply_log is None:
        raise LookupError(name)
    names = [own for _, own in stocks.sites]
    site, now_s = names.index(name), picture.now_s
    kind = stocks.sites[site][0]
    lines: list[Line] = []
    coming = np.zeros(len(stocks.items))
    for load in supply_log.shipments[-LAST_SHIPMENTS:]:
        what = _goods(stocks.items, load.units.tolist())
        if load.destination.site == site and load.sent_s <= now_s:
            if load.arrived_s <= now_s:
                lines.append((load.arrived_s, f"{what} come from {names[load.origin.site]}"))
            else:
                coming += load.units
        if load.origin.site == site and load.left_s <= now_s:
            lines.append((load.left_s, f"{what} leave for {names[load.destination.site]}"))
    if kind == "supplier":
        facts = {"Now": stocks.supplier_text(site)}
    else:
        each = zip(stocks.items, stocks.level[site], stocks.target[site], strict=True)
        facts = {
            f"Stock of {item}": f"{units:,.0f} units ({full:,.0f} at the start)"
            for item, units, full in each
        }
    if kind == "distributor":
        waited_for = stocks.waited_for[site - names.index(_first_distributor(stocks.sites))]
        facts["People wait for"] = _goods(stocks.items, waited_for.tolist()) or "nothing"
        facts["On the way to it"] = _goods(stocks.items, coming.tolist()) or "nothing"
    return Story(f"{kind.capitalize()} {name}", _latest(lines), facts)


def _first_distributor(sites: list[tuple[str, str]]) -> str:
    return next(name for kind, name in sites if kind == "distributor")


def _truck(picture: Picture, name: str) -> Story:
    log, supply_log = picture.log, picture.log.supply_log
    if supply_log is None:
        raise LookupError(name)
    number = _row(name, len(log.truck_homes))
    names = [own for _, own in log.supply_sites]
    legs = _legs(picture)
    own = legs[legs["vehicle"] == -1 - number]
    told = _stretches(picture, -1 - number, own[-LAST_ROWS:])
    lines = [(one.told_s, _truck_did(one, supply_log, log.items, names)) for one in told]
    trips = [
        trip for trip in supply_log.trips if trip.truck == number and trip.back_s <= picture.now_s
    ]
    now = picture.vehicles.now[len(log.station) + number]
    facts = {
        "Now": _truck_did(now, supply_log, log.items, names),
        "Belongs to": names[log.truck_homes[number]],
        "Trips so far": str(len(trips)),
        "Driven so far": f"{sum(trip.metres for trip in trips) / 1000:,.1f} km",
    }
    return Story(f"Truck {number}", _latest(lines), facts)


def _truck_did(
    one: Stretch, supply_log: SupplyRecorder, items: tuple[str, ...], names: list[str]
) -> str:
    text = STATES[one.state].text
    if one.way is not None:
        text += f", to {names[one.row.target]}"
    if one.row.serves != NOBODY and one.activity in (Activity.DELIVERING, Activity.UNLOADING):
        text += f": {_goods(items, supply_log.shipments[one.row.serves].units.tolist())}"
    return text


_TELLERS: Mapping[str, Callable[[Picture, str], Story]] = {
    "ambulance": _ambulance,
    "call": _call,
    "station": _station,
    "hospital": _hospital,
    "truck": _truck,
    "store": _supply_site,
    "supplier": _supply_site,
    "distributor": _supply_site,
}


def _goods(items: tuple[str, ...], units: list[float]) -> str:
    return ", ".join(f"{n:,.0f} {item}" for item, n in zip(items, units, strict=True) if n)


def _latest(lines: list[Line]) -> tuple[Line, ...]:
    # What comes later in the list comes later in time, also within the same second.
    return tuple(sorted(lines, key=lambda line: line[0])[::-1][:MOST_LINES])


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min"
