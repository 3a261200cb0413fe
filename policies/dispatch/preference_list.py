"""Each zone has its own order of stations."""

import difflib
from collections.abc import Mapping, Sequence

from environment.calls import Call
from policies.base import Assignment, DispatchView, PolicyError


class PreferenceList:
    """Send an ambulance of the first station on the zone's list that has one to spare.

    Parameters
    ----------
    lists : mapping of str to sequence of str
        Stations (``site_id``) in the order of preference, by zone (``zone_id``), or under
        ``default`` for all zones without a list of their own.
    """

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = {zone: tuple(stations) for zone, stations in lists.items()}
        self._checked = False

    def choose(self, call: Call, view: DispatchView) -> Sequence[Assignment]:
        """Choose by the order of stations on the list of the call's zone."""
        if not self._checked:
            self._check_stations(view.stations)
        stations = self._lists.get(view.zone_of(call), self._lists.get("default", ()))
        by_station: dict[str, list[int]] = {}
        for ambulance in view.available:
            by_station.setdefault(ambulance.station, []).append(ambulance.number)
        ranked = [number for station in stations for number in by_station.get(station, ())]
        return [Assignment(number) for number in ranked[: call.units]]

    def _check_stations(self, known: Sequence[str]) -> None:
        for zone, stations in self._lists.items():
            for station in stations:
                if station not in known:
                    close = difflib.get_close_matches(station, known, n=1)
                    hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
                    raise PolicyError(f"preference list of {zone}: no station {station!r} ({hint})")
        self._checked = True
