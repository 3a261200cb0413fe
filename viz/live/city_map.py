"""The map in the browser: a canvas that is told what is new and moves the rest by itself.

Its program is in `viz.live.browser`; nothing is fetched from anywhere. Messages are those of
`viz.live.frame` and `viz.live.base_map`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from viz.live.base_map import BaseMap
from viz.live.browser import program, style
from viz.live.frame import Frame
from viz.page.theme import adapted, palette

WORDS: dict[str, Any] = {
    "map": "Map of the city. Arrow keys move it, plus and minus zoom, 0 shows all of it.",
    "legend": "Legend",
    "zoom_in": "Zoom in",
    "zoom_out": "Zoom out",
    "whole": "Show the whole city",
    "clock": "Day {day}, {time}",
    "pace": "{pace}×",
    "paused": "paused",
    "ambulance": "Ambulance {n}",
    "truck": "Truck {n}",
    "for_call": "for call {n}",
    "call": "Call {n}",
    "calls": "Calls for help",
    "priority": "{name} priority",
    "target": "{name} priority, target {n} min",
    "waited": "{time} since the call",
    "minutes": "{n} min",
    "minutes_seconds": "{m} min {s} s",
    "seconds": "{s} s",
    "call_states": {
        "waiting": "no ambulance sent yet",
        "sent": "ambulance on its way",
        "reached": "crew with the patient",
        "left": "patient gave up waiting",
        "lost": "lost: no ambulance available",
    },
    "vehicles": {"ambulance": "Ambulances", "truck": "Trucks"},
    "sites": {
        "station": "station, with its free ambulances",
        "hospital": "hospital",
        "store": "store",
        "supplier": "supplier",
        "distributor": "distributor",
    },
    "ring": "{site}; ring: share in use",
    "bar": "{site}; bar: stock",
    "site_kinds": {
        "station": "Station",
        "hospital": "Hospital",
        "store": "Store",
        "supplier": "Supplier",
        "distributor": "Distributor",
    },
    "one_in": "{n} free ambulance in",
    "many_in": "{n} free ambulances in",
    "one_truck": "{n} free truck",
    "many_trucks": "{n} free trucks",
    "not_open": "closed",
    "lights": "Traffic lights",
    "light": "Traffic light",
    "light_green": "green for the main road",
    "light_red": "red for the main road",
    "light_off": "switched off",
    "light_forced": "switched to green for an ambulance",
    "green_for": "main road green for {n} s more, cycle {cycle} s",
    "red_for": "main road red for {n} s more, cycle {cycle} s",
    "not_equipped": "cannot be switched for ambulances",
    "closed": "closed street",
    "coverage": "Nearest free ambulance",
    "from_nearest": "by siren from the nearest free ambulance",
    "unreached": "No ambulance is free to come here",
    "epidemic": "Infectious, of all inhabitants",
    "demand": "Calls expected",
    "few": "few",
    "many": "many",
}


LAYERS = {
    "roads": True,
    "signals": True,
    "sites": True,
    "vehicles": True,
    "calls": True,
    "labels": True,
    "demand": False,
    "coverage": False,
    "epidemic": False,
}
"""What is shown from the start; of the last three, the page should switch on one at most."""

PARKED = {
    "idle": ("station", "counted"),
    "on_break": ("station", "hidden"),
    "off_duty": ("station", "hidden"),
    "out_of_order": ("station", "hidden"),
    "mobilising": ("station", ""),
    "waiting_bay": ("hospital", ""),
    "handover": ("hospital", ""),
    "truck_idle": ("any", "counted"),
    "truck_waiting_dock": ("any", ""),
    "truck_loading": ("any", ""),
    "truck_unloading": ("any", ""),
}
"""Where a vehicle that stands is drawn, by its state: beside the symbol of the nearest site of a
kind; and whether it is not drawn there (``hidden``), but a number in the symbol (``counted``)."""


class CityMapWidget(anywidget.AnyWidget):
    """A live map of a city.

    Parameters
    ----------
    base_map : BaseMap
        What stands still.
    dark : bool
        Whether on dark paper.

    Attributes
    ----------
    layers : dict of bool
        As `LAYERS`; those not named are shown as there.
    followed : str
        ``ambulance-3``, ``call-17``, ``hospital-H1``, or empty. Both sides may set it.
    tool : {"look", "place"}
        What a click means: to choose something, or to name a place.
    clicked : dict
        The last click: ``id``, ``kind``, ``x`` and ``y`` in metres, and ``n``, which counts.
    tiles : str
        Where pictures of the land are (``https://…/{z}/{x}/{y}.png``); empty for none.
    """

    _esm = program()
    _css = style()

    base_map = traitlets.Dict().tag(sync=True)
    base_map_buffers = traitlets.List(traitlets.Bytes()).tag(sync=True)
    words = traitlets.Dict(WORDS).tag(sync=True)
    palette = traitlets.Dict().tag(sync=True)
    layers = traitlets.Dict(LAYERS).tag(sync=True)
    dark = traitlets.Bool(False)
    followed = traitlets.Unicode("").tag(sync=True)
    tool = traitlets.Enum(("look", "place"), "look").tag(sync=True)
    clicked = traitlets.Dict().tag(sync=True)
    tiles = traitlets.Unicode("").tag(sync=True)

    def __init__(self, base_map: BaseMap, dark: bool = False) -> None:
        self._ready_callbacks: list[Callable[[], None]] = []
        super().__init__(**_laid(base_map, dark=dark), dark=dark)
        self.on_msg(self._hear)

    def lay(self, base_map: BaseMap) -> None:
        """Show another city; it wants a full frame next."""
        with self.hold_sync():
            for name, value in _laid(base_map, dark=self.dark).items():
                setattr(self, name, value)

    def show(self, frame: Frame, speed: float | None) -> None:
        """Tell the browser what is new.

        Parameters
        ----------
        frame : Frame
        speed : float or None
            Simulated seconds a real second, 0 if paused; None is as fast as it can.
        """
        self.send({"type": "frame", "speed": speed, **_told(frame)})

    def on_ready(self, callback: Callable[[], None]) -> None:
        """Call a function whenever a browser has (re)loaded and needs a full frame."""
        self._ready_callbacks.append(callback)

    @traitlets.observe("dark")
    def _change_palette(self, change: Any) -> None:
        if self.base_map:
            self.palette = _map_palette(self.base_map, dark=change["new"])

    def _hear(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and content.get("type") == "ready":
            for callback in self._ready_callbacks:
                callback()


def _told(frame: Frame) -> dict[str, Any]:
    """A frame's message without the figures, which the map does not show."""
    told = frame.message()
    told.pop("figures", None)
    return told


def _laid(base_map: BaseMap, *, dark: bool) -> dict[str, Any]:
    told, buffers = base_map.message()
    for key, state in told["states"].items():
        state["beside"], state["parked"] = PARKED.get(key, ("", ""))
    return {"base_map": told, "base_map_buffers": buffers, "palette": _map_palette(told, dark=dark)}


def _map_palette(base_map: dict[str, Any], *, dark: bool) -> dict[str, Any]:
    """The palette with the colours of the vehicles' states."""
    states = {key: adapted(state["colour"], dark=dark) for key, state in base_map["states"].items()}
    return {**palette(dark), "states": states}
