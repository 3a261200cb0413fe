"""The map's widget: what it tells the browser, and what it hears from it."""

from __future__ import annotations

import re

import numpy as np
import pytest

pytest.importorskip("anywidget")

from viz.live.base_map import BaseMap, SitePicture
from viz.live.browser import program
from viz.live.city_map import LAYERS, PARKED, WORDS, CityMapWidget
from viz.live.frame import Frame, Leg
from viz.page import theme


@pytest.fixture
def picture() -> BaseMap:
    line = np.array([[0, 0], [100, 0], [np.nan, np.nan]], dtype=np.float32)
    return BaseMap(
        bounds_m=(0.0, -50.0, 100.0, 50.0),
        geo=None,
        roads=((0, "residential", line),),
        water=(),
        parks=(),
        lights=np.array([[50, 0, 90, 10, 50, 1, 1]], dtype=np.float32),
        sites=(SitePicture("station-S1", "station", "Old Market", 0.0, 0.0, "1 ambulance"),),
        zones=np.array([[50, 0, 1]], dtype=np.float32),
        zone_ids=("1",),
        districts=(),
        priorities=(("high", 480.0),),
    )


@pytest.fixture
def widget(picture: BaseMap, monkeypatch: pytest.MonkeyPatch) -> CityMapWidget:
    widget = CityMapWidget(picture)
    widget.sent = []
    monkeypatch.setattr(widget, "send", widget.sent.append)
    return widget


def test_ground_goes_out_as_data_and_buffers(widget):
    state = widget.get_state()
    road = state["base_map"]["roads"][0]
    line = np.frombuffer(state["base_map_buffers"][road["buffer"]], "<f4")
    np.testing.assert_array_equal(line, [0, 0, 100, 0, np.nan, np.nan])


def test_show_sends_the_frame_with_its_speed_and_without_figures(widget):
    leg = Leg("ambulance-3", "to_call", 1.0, np.array([[0, 0, 1.0], [100, 0, 11.0]]), 7)
    widget.show(Frame(12.5, legs=(leg,), figures={"queue": 3.0}), 60.0)
    (told,) = widget.sent
    assert (told["type"], told["now"], told["speed"]) == ("frame", 12.5, 60.0)
    assert told["legs"] == [["ambulance-3", "to_call", 10, 7, [0, 0, 10, 1000, 0, 110]]]
    assert "figures" not in told


def test_ready_browser_calls_back_and_other_messages_do_not(widget):
    calls = []
    widget.on_ready(lambda: calls.append("ready"))
    widget._handle_custom_msg({"type": "ready"}, [])
    widget._handle_custom_msg({"type": "other"}, [])
    assert calls == ["ready"]


def test_dark_changes_the_palette_and_keeps_the_states_apart(widget):
    light = dict(widget.palette)
    widget.dark = True
    assert widget.palette["land"] == theme.palette(True)["land"] != light["land"]
    assert set(widget.palette["states"]) == set(light["states"])
    assert widget.palette["states"]["idle"] == theme.adapted(light["states"]["idle"], dark=True)


def test_lay_puts_another_city_under_the_same_widget(widget, picture):
    widget.lay(picture)
    assert widget.base_map["sites"][0]["name"] == "Old Market"


def test_where_a_vehicle_stands_is_told_with_its_state(widget):
    states = widget.base_map["states"]
    assert set(PARKED) <= set(states)
    told = {key: (state["beside"], state["parked"]) for key, state in states.items()}
    assert told["idle"] == ("station", "counted")
    assert told["off_duty"] == ("station", "hidden")
    assert told["handover"] == ("hospital", "")
    assert told["on_scene"] == ("", "")


def test_program_knows_no_state_of_a_vehicle_by_name(widget):
    quoted = set(re.findall(r"[\"'`](\w+)[\"'`]", program()))
    assert not quoted & set(widget.base_map["states"])


def test_program_asks_nobody_for_anything():
    assert not re.findall(r"https?://|fetch\(|XMLHttpRequest|WebSocket", program())


def test_each_word_that_the_program_uses_is_there():
    used = set(re.findall(r"\bwords\.(\w+)", program()))
    assert used <= set(WORDS)
    assert not set(WORDS) - used, "a word that nobody says"


def test_each_layer_that_the_program_asks_for_is_there():
    assert set(re.findall(r"\blayers\.(\w+)", program())) == set(LAYERS)


def test_each_colour_that_the_program_uses_is_in_both_palettes():
    used = set(re.findall(r"\bpalette\.(\w+)", program())) - {"states"}
    for dark in (False, True):
        assert used <= set(theme.palette(dark))
