"""Reads the legs of a trace: what every vehicle does, from when on, and along which path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Protocol

from agents.activity import FOLLOWS, Activity
from agents.leg import NOBODY, LegRow
from environment.traffic.ways import Way
from viz.live.frame import Leg
from viz.live.readers.legs import Path, joined, place_at, standing
from viz.live.readers.places import Spot
from viz.live.readers.run_log import Cursor, RunLog
from viz.live.states import STATES, state_key

ROUNDING_S = 1e-6
ACTIVITIES = tuple(Activity)
"""By number, in a fraction of the time that the enumeration takes."""
AT_HOSPITAL = (Activity.TO_HOSPITAL, Activity.WAITING_BAY, Activity.HANDOVER)


class CallSpots(Protocol):
    """Where patients are."""

    def spot(self, call: int) -> Spot:
        """The place of a patient."""


@dataclass(eq=False)
class Stretch:
    """A time in which a vehicle does one thing.

    Attributes
    ----------
    vehicle : str
        As on the map.
    activity : Activity
    told_s : float
        When it is settled, or follows from what was.
    from_s : float
        When it begins: later than `told_s` for who turns off at the next junction.
    end : Spot
        Where it stands, or drives to.
    row : LegRow
        Of the trace.
    way : Way or None
        What it drives.
    end_s : float
        When it is there; of who stands, `from_s`.
    before : Stretch or None
        Before a drive that does not turn off another.
    """

    vehicle: str
    activity: Activity
    told_s: float
    from_s: float
    end: Spot
    row: LegRow
    log: RunLog
    way: Way | None = None
    end_s: float = 0.0
    before: Stretch | None = None

    @property
    def call(self) -> int:
        """The call of an ambulance; -1 if there is none."""
        is_truck, back = self.row.vehicle < 0, self.activity is Activity.RETURNING
        return NOBODY if is_truck or back else self.row.serves

    @property
    def state(self) -> str:
        """Its key in `viz.live.states`."""
        siren = self.row.siren and self.way is not None
        return state_key(self.activity, truck=self.row.vehicle < 0, siren=siren)

    @cached_property
    def leg(self) -> Leg:
        """It as a frame tells it."""
        return Leg(self.vehicle, self.state, self.from_s, self._path(), self.call)

    def _path(self) -> Path:
        if self.way is None:
            return standing(self.end.place, self.from_s)
        before = self.before
        start = None
        if before is not None:
            stands = before.way is None or before.end_s <= self.from_s
            start = before.end.place if stands else place_at(before.leg.path, self.from_s)
        road = self.log.lines.path(self.way)
        return joined(start, self.from_s, road, self.end.place, self.end_s)


class Track:
    """What one vehicle does, from its latest rows.

    Parameters
    ----------
    log : RunLog
    calls : CallSpots
    vehicle : int
        As in the trace.
    """

    def __init__(self, log: RunLog, calls: CallSpots, vehicle: int) -> None:
        self._log = log
        self._calls = calls
        self.name = f"ambulance-{vehicle}" if vehicle >= 0 else f"truck-{-1 - vehicle}"
        home = log.station[vehicle] if vehicle >= 0 else log.truck_homes[-1 - vehicle]
        row = LegRow(0.0, 0.0, 0.0, vehicle, -1, -1, home, NOBODY, int(Activity.IDLE), False, 0)
        self.stretches = [
            self._stay(Activity.IDLE, 0.0, 0.0, self._target(Activity.IDLE, row), row)
        ]
        self.shown = 0  # so many of them have been told
        self.kept = 0  # so many of them are older than the last row
        self.wakes_s = -inf  # until then it does what it did at the last look

    def take(self, row: LegRow) -> None:
        """Take in a row: what was to come does not come."""
        kept = [one for one in self.stretches if one.told_s < row.told_s]
        before = (kept or self.stretches)[-1]
        self.kept, self.wakes_s = len(kept), -inf
        self.shown = min(self.shown, self.kept)
        self.stretches = kept
        activity = ACTIVITIES[row.activity]
        if activity in FOLLOWS:
            self.stretches += self._drive(activity, row, before)
        else:
            spot = self._target(activity, row)
            self.stretches.append(self._stay(activity, row.told_s, row.left_s, spot, row))

    def at(self, now_s: float) -> Stretch:
        """What is known of it at a moment: of all that is settled the last."""
        told = [one for one in self.stretches if one.told_s <= now_s]
        moments_s = (s for one in self.stretches for s in (one.told_s, one.from_s) if s > now_s)
        self.wakes_s = min(moments_s, default=inf)
        return (told or self.stretches)[-1]

    def told(self, now_s: float) -> Iterator[Stretch]:
        """What it does at a moment, and what is known by then of later."""
        told = [one for one in self.stretches if one.told_s <= now_s]
        begun = [k for k, one in enumerate(told) if one.from_s <= now_s]
        yield from told[begun[-1] if begun else 0 :]

    def news(self, now_s: float) -> Iterator[Stretch]:
        """Stretches that have been settled since this was asked last."""
        while self.shown < len(self.stretches) and self.stretches[self.shown].told_s <= now_s:
            yield self.stretches[self.shown]
            self.shown += 1

    def forget(self, now_s: float) -> None:
        """Let go of what is over at a moment."""
        begun = [k for k, one in enumerate(self.stretches) if one.from_s <= now_s]
        over = begun[-1] if begun else 0
        if over:
            del self.stretches[:over]
            self.shown = max(self.shown - over, 0)

    def _drive(self, activity: Activity, row: LegRow, before: Stretch) -> Iterator[Stretch]:
        driving = self._log.driving(row.streets)
        way = Way(row.from_node, row.to_node, row.left_s, row.drive_s, row.siren, driving)
        target = self._target(activity, row)
        share = self._log.area.city.access_share(siren=row.siren)
        end_s = row.left_s + row.drive_s + target.access_s * share
        turns_off = (
            before.way is not None
            and row.left_s <= before.way.left_s + before.way.drive_s + ROUNDING_S
        )
        told_s = row.told_s
        begin_s = row.left_s if turns_off else row.left_s - before.end.access_s * share
        if activity is Activity.TO_CALL and not turns_off and begin_s > told_s + ROUNDING_S:
            yield self._stay(Activity.MOBILISING, told_s, told_s, before.end, row)
            told_s = begin_s
        from_s = begin_s if turns_off else max(begin_s, told_s)
        start = None if turns_off else before
        yield Stretch(
            self.name, activity, told_s, from_s, target, row, self._log, way, end_s, start
        )
        yield self._stay(FOLLOWS[activity], end_s, end_s, target, row)

    def _stay(
        self, activity: Activity, told_s: float, from_s: float, spot: Spot, row: LegRow
    ) -> Stretch:
        return Stretch(self.name, activity, told_s, from_s, spot, row, self._log, end_s=from_s)

    def _target(self, activity: Activity, row: LegRow) -> Spot:
        places = self._log.places
        if row.vehicle < 0:
            return places.supply_sites[row.target]
        if row.target == NOBODY:
            return self._calls.spot(row.serves) if row.serves >= 0 else places.beside(row.from_node)
        stops = places.hospitals if activity in AT_HOSPITAL else places.stations
        return stops[row.target]


class VehicleReader:
    """Knows what every vehicle does.

    Attributes
    ----------
    tracks : list of Track
        Ambulances by number, then trucks by number.
    changes : int
        How often any has changed what it does.
    """

    def __init__(self, log: RunLog, calls: CallSpots) -> None:
        trace = log.trace
        self._cursor: Cursor[LegRow] = Cursor(trace.legs_since, lambda row: row.told_s)
        self._ambulances = len(log.station)
        numbers = [*range(self._ambulances), *(-1 - n for n in range(len(log.truck_homes)))]
        self.tracks = [Track(log, calls, number) for number in numbers]
        self._now: list[Stretch] = [track.at(0.0) for track in self.tracks]
        self._stations = len(log.places.stations)
        self.changes = 0

    def read(self, now_s: float) -> list[LegRow]:
        """Take in all rows until a moment; returns them."""
        rows = [*self._cursor.until(now_s)]
        for row in rows:
            own = row.vehicle if row.vehicle >= 0 else self._ambulances - 1 - row.vehicle
            self.tracks[own].take(row)
        for number, track in enumerate(self.tracks):
            if now_s >= track.wakes_s:
                track.forget(now_s)
                self._now[number] = track.at(now_s)
                self.changes += 1
        return rows

    def news(self, now_s: float) -> list[Leg]:
        """Legs that have been settled since this was asked last."""
        return [one.leg for track in self.tracks for one in track.news(now_s)]

    def legs(self, now_s: float) -> Iterator[Leg]:
        """The leg on which every vehicle is, and those that are known of later."""
        for track in self.tracks:
            for stretch in track.told(now_s):
                yield stretch.leg

    @property
    def now(self) -> Sequence[Stretch]:
        """What every vehicle does."""
        return self._now

    @property
    def ambulances(self) -> Sequence[Stretch]:
        """What every ambulance does."""
        return self._now[: self._ambulances]

    @property
    def by_state(self) -> dict[str, int]:
        """How many vehicles are in each state."""
        counted = Counter(one.state for one in self._now)
        return {key: counted.get(key, 0) for key in STATES}

    @property
    def free_at_station(self) -> list[int]:
        """Ambulances that stand free at each station."""
        free = [0] * self._stations
        for one in self.ambulances:
            if one.activity is Activity.IDLE:
                free[one.row.target] += 1
        return free

    @property
    def trucks_are_out(self) -> bool:
        """Whether any truck is under way."""
        return any(one.activity is not Activity.IDLE for one in self._now[self._ambulances :])


def at_hospitals(vehicles: VehicleReader, hospitals: int) -> list[tuple[int, int, int]]:
    """Crews on their way, waiting for a bay and handing over, for each hospital."""
    counts = Counter((one.row.target, one.activity) for one in vehicles.ambulances)
    coming, waiting, handing = AT_HOSPITAL
    return [
        (counts[row, coming], counts[row, waiting], counts[row, handing])
        for row in range(hospitals)
    ]
