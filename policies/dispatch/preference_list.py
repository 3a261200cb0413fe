"""Each zone has its own order of stations."""

from collections.abc import Iterator, Mapping, Sequence

from environment.demand.calls import Call
from environment.errors import suggest
from policies.base import Assignment, DispatchView
from policies.mistakes import refuse

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
        refuse(list(_mistakes(lists)))
        self._lists = {zone: tuple(stations) for zone, stations in lists.items()}
        self._checked = False

    def choose(self, call: Call, view: DispatchView) -> Sequence[Assignment]:
        """Choose by the order of stations on the list of the call's zone."""
        if not self._checked:
            refuse(self.unknown_names(view.stations, view.zones))
            self._checked = True
        by_station: dict[str, list[int]] = {}
        for ambulance in view.available:
            by_station.setdefault(ambulance.station, []).append(ambulance.number)
        chosen: list[int] = []
        for station in self._lists.get(view.zone_of(call)) or self._lists[DEFAULT]:
            own = by_station.pop(station, [])
            if own and len(chosen) < call.units:
                chosen += view.nearest(call, call.units - len(chosen), own)
        return [Assignment(number) for number in chosen]

    def unknown_names(self, stations: Sequence[str], zones: Sequence[str]) -> list[str]:
        """Tell each zone and station that the city does not have, and zones without a list."""
        lines = [
            f"lists: no zone {zone!r} ({suggest(zone, [*zones, DEFAULT])})"
            for zone in self._lists
            if zone not in zones and zone != DEFAULT
        ]
        lines += [
            f"lists.{zone}: no station {name!r} ({suggest(name, stations)})"
            for zone, named in self._lists.items()
            for name in dict.fromkeys(named)
            if name not in stations
        ]
        left_out = [zone for zone in zones if not self._lists.get(zone)]
        if left_out and not self._lists.get(DEFAULT):
            lines.append(
                f"lists: no stations for {len(left_out)} of {len(zones)} zones, such as "
                f"{left_out[0]!r}, and none under {DEFAULT!r}"
            )
        return lines


def _mistakes(lists: object) -> Iterator[str]:
    """What is wrong with lists, whatever the city."""
    if not isinstance(lists, Mapping) or not lists:
        yield f'lists must be like {{ default = ["A", "B"] }}, got {lists!r}'
        return
    for zone, stations in lists.items():
        if isinstance(stations, str) or not isinstance(stations, Sequence):
            yield f"lists.{zone} must be a list of stations, got {stations!r}"
        elif not all(isinstance(name, str) for name in stations):
            yield f"lists.{zone} must be a list of stations' names, got {list(stations)!r}"
