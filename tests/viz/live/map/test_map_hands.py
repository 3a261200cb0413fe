"""What hands do to the map in a browser: hover, click, drag, keys, wheel and fingers."""

from __future__ import annotations

import numpy as np
import pytest

from viz.live.frame import CallMark, Frame, SiteMark

pytest.importorskip("anywidget", reason="the extra `view` is not installed")
pytest.importorskip("playwright", reason="playwright is not installed (extra `dev`)")


from tests.viz.live.map.map_page import (
    HEIGHT,
    MIDDLE,
    NEEDS_BROWSER,
    WIDTH,
    along,
    drive,
    opened,
)
from viz.live.city_map import LAYERS

pytestmark = NEEDS_BROWSER


def test_hover_tells_in_plain_words(city, picture):
    hospital = next(site for site in picture.sites if site.kind == "hospital")
    mark = SiteMark(hospital.site, 0.5, "6 of 12 beds in use")
    call = CallMark(17, 7500.0, 6500.0, 0, "waiting", 0.0)
    city.show(Frame(95.0, is_first=True, sites=(mark,), calls=(call,), legs=(drive(),)))
    city.rest()
    for place, lines in {
        (hospital.x_m, hospital.y_m): [hospital.name, "Hospital", "6 of 12 beds in use"],
        (7500.0, 6500.0): [
            "Call 17", "high priority, target 8 min", "no ambulance sent yet",
            "1 min 35 s since the call",
        ],
        tuple(along(drive(), 60.0)): ["Ambulance 0", "on the way to a patient", "for call 7"],
    }.items():  # fmt: skip
        city.page.mouse.move(*city.place(*place))
        city.rest()
        assert city.tip() == lines


def test_hover_over_coverage_tells_how_soon_help_is_there(city, picture):
    covered = np.full(len(picture.zones), 200.0)
    city.show(Frame(0.0, is_first=True, covered=covered))
    shown = {**LAYERS, "coverage": True, "signals": False, "sites": False}
    city.page.evaluate("layers => window.model.change('layers', layers)", shown)
    city.page.mouse.move(*city.place(*MIDDLE))
    city.rest()
    assert city.tip() == ["3 min 20 s", "by siren from the nearest free ambulance"]


def test_click_follows_and_escape_releases(city):
    city.show(Frame(20.0, is_first=True, legs=(drive(),)))
    city.rest()
    x_m, y_m = along(drive(), 20.0)
    city.page.mouse.click(*city.place(x_m, y_m))
    assert city.of_model("followed") == "ambulance-0"
    clicked = city.of_model("clicked")
    assert (clicked["id"], clicked["kind"], clicked["n"]) == ("ambulance-0", "ambulance", 1)
    assert [clicked["x"], clicked["y"]] == pytest.approx([x_m, y_m], abs=1.0)
    city.page.keyboard.press("Escape")
    assert city.of_model("followed") == ""
    assert city.page.evaluate("window.model.saves") == 2


def test_view_stays_with_the_followed_vehicle_until_dragged(city):
    city.show(Frame(0.0, is_first=True, legs=(drive(),)), speed=20.0)
    city.show(Frame(55.0), speed=20.0)
    city.rest()
    city.page.evaluate("window.model.change('followed', 'ambulance-0')")
    city.page.wait_for_timeout(1500)
    assert city.of_map("places()")["ambulance-0"] == pytest.approx([WIDTH / 2, HEIGHT / 2], abs=6.0)
    city.page.mouse.move(200, 450)
    city.page.mouse.down()
    city.page.mouse.move(100, 400, steps=4)
    city.page.mouse.up()
    before = city.place(*MIDDLE)
    city.rest()
    assert city.place(*MIDDLE) == pytest.approx(before, abs=0.01)
    assert city.of_model("followed") == "ambulance-0"


def test_place_tool_names_a_place_and_chooses_nothing(city):
    city.show(Frame(20.0, is_first=True, legs=(drive(),)))
    city.page.evaluate("window.model.change('tool', 'place')")
    city.page.mouse.click(*city.place(4800, 5800))
    clicked = city.of_model("clicked")
    assert [clicked["x"], clicked["y"]] == pytest.approx([4800, 5800], abs=12.0)
    assert city.of_model("followed") == ""


def test_keys_move_and_zoom(city):
    city.show(Frame(0.0, is_first=True))
    city.page.mouse.click(30, 300)
    whole, east = city.of_map("scale"), city.place(*MIDDLE)[0]
    city.page.keyboard.press("ArrowRight")
    assert city.place(*MIDDLE)[0] == pytest.approx(east - 90, abs=0.5)
    city.page.keyboard.press("+")
    city.page.wait_for_timeout(900)
    assert city.of_map("scale") == pytest.approx(1.5 * whole, rel=0.01)
    city.page.keyboard.press("0")
    city.page.wait_for_timeout(900)
    assert city.of_map("scale") == pytest.approx(whole, rel=0.01)
    assert city.place(*MIDDLE)[0] == pytest.approx(east, abs=1.0)


def test_wheel_zooms_about_the_pointer(city):
    city.show(Frame(0.0, is_first=True))
    x_m, y_m = MIDDLE + 1200
    before = city.place(x_m, y_m)
    city.page.mouse.move(*before)
    city.page.mouse.wheel(0, -400)
    city.rest()
    assert city.of_map("scale") > 0.08
    assert city.place(x_m, y_m) == pytest.approx(before, abs=1.0)


def test_two_fingers_zoom_about_their_middle(browser, address):
    with opened(browser, address, has_touch=True) as city:
        city.show(Frame(0.0, is_first=True))
        scale, (x, y) = city.of_map("scale"), city.place(0, 0)
        under = [300 - x, 300 - y]
        touch = city.page.context.new_cdp_session(city.page)

        def fingers(kind, *places_px):
            points = [{"x": x, "y": 300, "id": k} for k, x in enumerate(places_px)]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        fingers("touchStart", 250, 350)
        for apart in range(60, 101, 10):
            fingers("touchMove", 300 - apart, 300 + apart)
        fingers("touchEnd")
        city.rest()
        assert city.of_map("scale") == pytest.approx(2 * scale, rel=0.02)
        x, y = city.place(0, 0)
        assert [300 - x, 300 - y] == pytest.approx([2 * one for one in under], abs=8.0)
        assert city.of_model("followed") == ""  # two fingers are no click
