"""What the map in a browser draws: lights, legend, tiles, dark, and the box that it fits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from viz.live.frame import Frame, Green

pytest.importorskip("anywidget", reason="the extra `view` is not installed")
pytest.importorskip("playwright", reason="playwright is not installed (extra `dev`)")


from tests.viz.live.map.map_page import (
    HEIGHT,
    MIDDLE,
    NEEDS_BROWSER,
    WIDTH,
    drive,
    opened,
    tile_colour,
)
from viz.live.browser.bundle import FOLDER
from viz.live.city_map import LAYERS, CityMapWidget

pytestmark = NEEDS_BROWSER


def test_modules_run_as_they_stand_and_draw_the_same_picture(browser, address):
    drawn = []
    for how in ("", "?map=/modules/city_map.js"):
        with opened(browser, address + how, reduced_motion="reduce") as city:
            city.show(Frame(20.0, is_first=True, legs=(drive(state="idle"),)))
            city.rest()
            drawn.append(city.page.evaluate("document.querySelector('canvas').toDataURL()"))
            asked = {url.path for url in city.asked}
    assert drawn[0] == drawn[1]
    assert {f"/modules/{path.name}" for path in FOLDER.glob("*.js")} < asked


def light_near_the_middle(picture):
    lights = picture.lights
    on = np.flatnonzero((lights[:, 2] > 0) & (lights[:, 6] > 0))
    return int(on[np.argmin(np.hypot(*(lights[on, :2] - MIDDLE).T))])


def test_lights_show_the_colour_of_their_cycle_and_of_forced_greens(city, picture):
    light = light_near_the_middle(picture)
    x, y, cycle_s, green_from_s, green_s = (float(v) for v in picture.lights[light, :5])
    assert cycle_s > 0
    shown = dict.fromkeys(("sites", "labels", "calls", "vehicles"), False)
    city.page.evaluate("layers => window.model.change('layers', layers)", shown)
    city.of_map(f"look({x}, {y}, 0.5)")
    dark_red, dark_green = green_from_s + green_s + 1, green_from_s + 1
    seen = {}
    for name, now_s, greens in [
        ("green", dark_green, ()),
        ("red", dark_red, ()),
        ("forced", dark_red, (Green(light, 0, dark_red - 5, dark_red + 5),)),
        ("over", dark_red + 6, ()),
        ("crossing", dark_green, (Green(light, 1, dark_green - 1, dark_green + 5),)),
    ]:
        city.show(Frame(now_s, is_first=True, greens=greens))
        city.rest()
        red, green, _ = city.colour(WIDTH / 2, HEIGHT / 2)
        seen[name] = "green" if green > red else "red"
    assert seen == {
        "green": "green", "red": "red", "forced": "green", "over": "red", "crossing": "red",
    }  # fmt: skip


def test_dark_is_dark(city, picture):
    city.show(Frame(0.0, is_first=True))
    city.rest()
    light = np.mean(city.colour(5, HEIGHT - 60))
    palette = CityMapWidget(picture, dark=True).palette
    city.page.evaluate("palette => window.model.change('palette', palette)", palette)
    city.rest()
    assert light > 200
    assert np.mean(city.colour(5, HEIGHT - 60)) < 60


def test_legend_explains_only_what_is_there(city):
    city.show(Frame(0.0, is_first=True))
    city.page.locator(".corridor-legend summary").click()
    city.page.wait_for_timeout(700)
    assert "to hospital" not in city.page.locator(".corridor-legend").inner_text()
    city.show(Frame(1.0, legs=(drive(state="to_hospital_siren"),)), speed=1.0)
    city.page.wait_for_timeout(1500)
    assert "to hospital, with siren" in city.page.locator(".corridor-legend").inner_text()


def test_map_fits_a_box_that_changes(city):
    city.show(Frame(20.0, is_first=True, legs=(drive(),)))
    city.rest()
    before = city.of_map("scale")
    city.page.set_viewport_size({"width": 500, "height": 400})
    city.rest()
    assert city.of_map("scale") < before
    size = city.page.evaluate("[document.querySelector('canvas').width, innerWidth]")
    assert size == [500, 500]


def test_tiles_that_do_not_answer_change_nothing(city):
    city.show(Frame(0.0, is_first=True))
    city.page.evaluate("window.model.change('tiles', 'http://127.0.0.1:9/{z}/{x}/{y}.png')")
    city.rest()  # the city is a plane: there is no place for tiles
    assert np.mean(city.colour(5, HEIGHT - 60)) > 200


def test_tiles_lie_where_web_mercator_puts_them(city, address):
    longitude, latitude, east_m, north_m = 114.3, 30.6, 95_800.0, 111_200.0
    base_map = city.page.evaluate("window.model.state.base_map")
    city.page.evaluate(
        "layers => window.model.change('layers', layers)", dict.fromkeys(LAYERS, False)
    )
    base_map |= {"geo": [longitude, latitude, east_m, north_m]}
    city.page.evaluate("told => window.model.change('base_map', told)", base_map)
    city.show(Frame(0.0, is_first=True))
    template = f"{address}tiles/{{z}}/{{x}}/{{y}}.png"
    city.page.evaluate("template => window.model.change('tiles', template)", template)
    city.page.wait_for_timeout(1000)
    asked = [url.path for url in city.asked if url.path.startswith("/tiles/")]
    levels = {int(path.split("/")[2]) for path in asked}
    assert len(levels) == 1
    count = 2 ** (level := levels.pop())
    # Of the map's middle, so that no tile's edge is near: on a tile's middle.
    x = math.floor((longitude + MIDDLE[0] / east_m + 180) / 360 * count)
    mercator = math.asinh(math.tan(math.radians(latitude + MIDDLE[1] / north_m))) / math.pi
    y = math.floor((1 - mercator) / 2 * count)
    middle_m = (
        ((x + 0.5) / count * 360 - 180 - longitude) * east_m,
        (math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + 0.5) / count)))) - latitude)
        * north_m,
    )
    tile_px = 360 / count * east_m * city.of_map("scale")
    assert 128 <= tile_px <= 512
    px, py = city.place(*middle_m)
    for dx, dy in [(0, 0), (-0.45, -0.45), (0.45, -0.45), (-0.45, 0.45), (0.45, 0.45)]:
        at = px + dx * tile_px, py + dy * tile_px
        if 0 < at[0] < WIDTH and 0 < at[1] < HEIGHT - 60:
            assert tuple(city.colour(*at)) == tile_colour(level, x, y), (dx, dy)
    left = px - 0.6 * tile_px
    assert tuple(city.colour(left, py)) == tile_colour(level, x - 1, y)
