"""Each zone has its own order of stations."""

from collections.abc import Mapping, Sequence

from environment.calls import Call
from policies.base import Assignment, DispatchView, PolicyError
from policies.suggestion import suggest

DEFAULT = "default"


class PreferenceList:
    """Send an ambulance of the first station on the zone's list that has one to spare.

    Of several ambulances of that station the nearest goes. The call waits while no station of the
    list has one.

    Parameters
    ----------
    lists : mapping of str to sequence of str
        Stations (``site_id``) in the order of preference, by zone (``zone_id``), or under
        ``default`` for all zones without a list of their own.
    """

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        for zone, stations in lists.items():
            if isinstance(stations, str):
                raise PolicyError(f"lists.{zone} must be a list of stations, got {stations!r}")
        self._lists = {zone: tuple(stations) for zone, stations in lists.items()}
        self._checked = False

    def choose(self, call: Call, view: DispatchView) -> Sequence[Assignment]:
        """Choose by the order of stations on the list of the call's zone."""
        if not self._checked:
            self._check(view)
        by_station: dict[str, list[int]] = {}
        for ambulance in view.available:
            by_station.setdefault(ambulance.station, []).append(ambulance.number)
        chosen: list[int] = []
        for station in self._lists.get(view.zone_of(call)) or self._lists[DEFAULT]:
            own = by_station.pop(station, [])
            if own and len(chosen) < call.units:
                chosen += view.nearest(call, call.units - len(chosen), own)
        return [Assignment(number) for number in chosen]

    def _check(self, view: DispatchView) -> None:
        """Compare names with those of the city, once it is seen."""
        for zone, stations in self._lists.items():
            _require("zone", zone, [*view.zones, DEFAULT], "lists")
            for station in stations:
                _require("station", station, view.stations, f"lists.{zone}")
        left_out = [zone for zone in view.zones if not self._lists.get(zone)]
        if left_out and not self._lists.get(DEFAULT):
            raise PolicyError(
                f"lists: no stations for {len(left_out)} zones, such as {left_out[0]!r}, "
                f"and none under {DEFAULT!r}"
            )
        self._checked = True


def _require(kind: str, name: str, known: Sequence[str], place: str) -> None:
    if name not in known:
        raise PolicyError(f"{place}: no {kind} {name!r} ({suggest(name, known)})")
