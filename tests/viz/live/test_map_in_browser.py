"""The map in a real browser: what is drawn where and when, and what hands do to it.

The page's program runs in Chromium against a stand-in for the widget's other side, so no Solara is
needed; frames are sent from here.
"""

from __future__ import annotations

import base64
import io
import json
import math
import os
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import numpy as np
import pytest
from PIL import Image

from scenarios.loader import load_scenario
from simulation.preparation import prepare
from viz.live.frame import CallMark, Frame, Green, Leg, SiteMark

pytest.importorskip("anywidget", reason="the extra `view` is not installed")
pytest.importorskip("playwright", reason="playwright is not installed (extra `dev`)")

from playwright.sync_api import sync_playwright

from viz.live.base_map import draw_base_map
from viz.live.browser import program, style
from viz.live.browser.bundle import FOLDER
from viz.live.city_map import LAYERS, CityMapWidget

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"no Chromium at {CHROMIUM}"),
]
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
WIDTH, HEIGHT = 800, 600
MIDDLE = np.array([6000.0, 5000.0])
"""Of the city, in metres."""

PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<style>html, body { margin: 0; height: 100% } #map { position: absolute; inset: 0 } CSS</style>
<div id="map"></div>
<script type="module">
const { default: map } = await import(new URLSearchParams(location.search).get("map") ?? "/map.js");
const state = await (await fetch("/state.json")).json();
const view = text => new DataView(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);
state.base_map_buffers = state.base_map_buffers.map(view);
const ears = {};
const tell = (name, ...told) => (ears[name] || []).forEach(ear => ear(...told));
window.model = {
  state, sent: [], saves: 0,
  get: name => state[name],
  set: (name, value) => { state[name] = value; },
  save_changes() { this.saves += 1; },
  on: (names, ear) => names.split(" ").forEach(name => (ears[name] = ears[name] || []).push(ear)),
  off: () => {},
  send(message) { this.sent.push(message); },
  hear: message => tell("msg:custom", message, []),
  change: (name, value) => { state[name] = value; tell("change:" + name); },
};
map.render({ model: window.model, el: document.getElementById("map") });
</script>"""


@pytest.fixture(scope="module")
def picture():
    scenario = load_scenario("city")
    return draw_base_map(prepare(scenario), scenario)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


def tile_colour(level, x, y):
    """A colour that no other tile nearby has."""
    return (40 * (x % 5) + 30, 40 * (y % 5) + 30, 10 * level)


def one_colour(colour):
    """A picture of 256 x 256 pixels, as PNG."""
    memory = io.BytesIO()
    Image.new("RGB", (256, 256), colour).save(memory, "PNG")
    return memory.getvalue()


@pytest.fixture(scope="module")
def address(picture):
    state = CityMapWidget(picture).get_state()
    state["base_map_buffers"] = [base64.b64encode(b).decode() for b in state["base_map_buffers"]]
    told = {key: value for key, value in state.items() if not key.startswith("_")}
    told.pop("layout", None)
    files = {
        "/": ("text/html", PAGE.replace("CSS", style())),
        "/map.js": ("text/javascript", program()),
        "/state.json": ("application/json", json.dumps(told)),
    }
    for path in FOLDER.glob("*.js"):
        files[f"/modules/{path.name}"] = ("text/javascript", path.read_text(encoding="utf-8"))

    class Files(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path.startswith("/tiles/"):
                numbers = self.path.removeprefix("/tiles/").removesuffix(".png").split("/")
                kind, content = "image/png", one_colour(tile_colour(*map(int, numbers)))
            else:
                kind, text = files[urlsplit(self.path).path]
                content = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


class MapPage:
    """A page with a map, to which frames are sent."""

    def __init__(self, page, address):
        self.page = page
        self.complaints: list[str] = []
        self.asked: list[SplitResult] = []
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(urlsplit(request.url)))
        page.goto(address)
        page.wait_for_function("window.model?.sent.length > 0")

    def hear(self, message):
        if message.type == "error":
            self.complaints.append(message.text)

    def show(self, frame, speed=0.0):
        message = {"type": "frame", "speed": speed, **frame.message()}
        self.page.evaluate("message => window.model.hear(message)", message)

    def rest(self):
        self.page.wait_for_timeout(500)

    def of_map(self, expression):
        return self.page.evaluate(f"window.__corridor_map.{expression}")

    def of_model(self, name):
        return self.page.evaluate(f"window.model.state.{name}")

    def place(self, x_m, y_m):
        return self.of_map(f"at({x_m}, {y_m})")

    def colour(self, px, py):
        """Colour that is drawn at a pixel, 0 to 255."""
        read = "([x, y]) => [...document.querySelector('canvas').getContext('2d')"
        return self.page.evaluate(f"{read}.getImageData(x, y, 1, 1).data].slice(0, 3)", [px, py])

    def tip(self):
        return self.page.locator(".corridor-tip.corridor-shown").inner_text().split("\n")


@contextmanager
def opened(browser, address, **wishes):
    """A page with the city, in a browser as a visitor may have set it."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, **wishes)
    city = MapPage(page, address)
    yield city
    page.close()
    assert city.complaints == []
    assert {url.hostname for url in city.asked if url.scheme != "data"} == {"127.0.0.1"}


@pytest.fixture
def city(browser, address):
    with opened(browser, address) as city:
        yield city


def drive(vehicle="ambulance-0", begin_s=0.0, to_m=(1000.0, 0.0), state="to_call"):
    """From the middle of the city to somewhere, a bend, and on; 60 s in all."""
    xy = MIDDLE + np.array([[0, 0], to_m, [1000, 700]])
    path = np.column_stack([xy, begin_s + np.array([0.0, 40.0, 60.0])])
    return Leg(vehicle, state, begin_s, path, 7)


def along(leg, now_s):
    path = leg.path
    return [np.interp(now_s, path[:, 2], path[:, axis]) for axis in (0, 1)]


@pytest.mark.parametrize("now_s", [0.0, 13.0, 40.0, 47.3, 60.0, 90.0])
def test_vehicle_stands_where_its_leg_says(city, now_s):
    leg = drive()
    city.show(Frame(now_s, is_first=True, legs=(leg,)))
    city.rest()
    assert city.of_map("places()")["ambulance-0"] == pytest.approx(
        city.place(*along(leg, now_s)), abs=1.0
    )


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


def test_vehicle_moves_by_itself_between_messages(city):
    leg = drive()
    city.show(Frame(0.0, is_first=True, legs=(leg,)), speed=20.0)
    seen = set()
    for tick in range(1, 6):
        city.page.wait_for_timeout(250)
        city.show(Frame(5.0 * tick), speed=20.0)
        now_s, places = city.page.evaluate(
            "[window.__corridor_map.clock, window.__corridor_map.places()]"
        )
        assert places["ambulance-0"] == pytest.approx(city.place(*along(leg, now_s)), abs=1.0)
        seen.add(now_s)
    assert len(seen) == 5


def test_earlier_leg_holds_until_a_later_one_begins(city):
    first, later = drive(), drive(begin_s=30.0, to_m=(-900.0, 0.0))
    city.show(Frame(0.0, is_first=True, legs=(first, later)))
    city.show(Frame(29.0))
    city.rest()
    assert city.of_map("places()")["ambulance-0"] == pytest.approx(
        city.place(*along(first, 29.0)), abs=1.0
    )
    city.show(Frame(35.0))
    city.rest()
    assert city.of_map("places()")["ambulance-0"] == pytest.approx(
        city.place(*along(later, 35.0)), abs=1.0
    )


def test_leg_that_is_told_anew_replaces_those_not_yet_begun(city):
    city.show(Frame(0.0, is_first=True, legs=(drive(), drive(begin_s=50.0, to_m=(-900.0, 0.0)))))
    turned = drive(begin_s=20.0, to_m=(0.0, -800.0))
    city.show(Frame(58.0, legs=(turned,)))
    city.rest()
    assert city.of_map("places()")["ambulance-0"] == pytest.approx(
        city.place(*along(turned, 58.0)), abs=1.0
    )


def test_clock_never_goes_back_nor_beyond_what_is_known(city):
    city.show(Frame(100.0, is_first=True), speed=60.0)
    city.page.evaluate("""() => {
      window.times = [];
      const step = () => {
        window.times.push(window.__corridor_map.clock);
        requestAnimationFrame(step);
      };
      step();
    }""")
    for now_s, wait_ms in [(106, 50), (112, 200), (118, 20), (124, 150), (124, 400), (140, 100)]:
        city.show(Frame(float(now_s)), speed=60.0)
        city.page.wait_for_timeout(wait_ms)
    times = np.array(city.page.evaluate("window.times"))
    assert (np.diff(times) >= 0).all()
    assert 100.0 < times[-1] <= 140.0


def test_clock_lags_little_and_runs_evenly(city):
    city.show(Frame(0.0, is_first=True), speed=60.0)
    begin = city.page.evaluate("performance.now() / 1000")
    behind = []
    for _ in range(30):
        city.page.wait_for_timeout(100)
        now_s = 60 * (city.page.evaluate("performance.now() / 1000") - begin)
        city.show(Frame(now_s), speed=60.0)
        behind.append((now_s - city.of_map("clock")) / 60)
    assert 0.0 <= np.median(behind[10:]) < 0.6  # real seconds


def test_first_frame_forgets_all(city):
    city.show(Frame(500.0, is_first=True, legs=(drive("ambulance-1"),)))
    city.show(Frame(0.0, is_first=True, legs=(drive(),)))
    city.rest()
    assert list(city.of_map("places()")) == ["ambulance-0"]
    assert city.of_map("clock") == 0.0


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


def test_nothing_is_drawn_while_nothing_moves(city):
    city.show(Frame(20.0, is_first=True, legs=(drive(),)))
    city.page.wait_for_timeout(1000)
    before = city.of_map("frames")
    city.page.wait_for_timeout(1000)
    assert city.of_map("frames") == before


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


def test_who_wants_no_motion_has_none(browser, address):
    call = CallMark(17, 7500.0, 6500.0, 0, "waiting", 0.0)
    drawn = {}
    for wish in ("no-preference", "reduce"):
        with opened(browser, address, reduced_motion=wish) as city:
            city.show(Frame(20.0, is_first=True, calls=(call,)))
            city.page.wait_for_timeout(1000)
            before, scale = city.of_map("frames"), city.of_map("scale")
            city.page.wait_for_timeout(1000)
            drawn[wish] = city.of_map("frames") - before
            if wish == "reduce":  # a double click zooms without a glide
                city.page.mouse.dblclick(400, 300)
                city.page.wait_for_timeout(100)
                assert city.of_map("scale") == pytest.approx(2 * scale)
    assert drawn["no-preference"] >= 5  # a call that waits pulses
    assert drawn["reduce"] == 0


def test_a_run_as_fast_as_it_can_leaps_from_picture_to_picture(city):
    legs = [drive(begin_s=day * 86_400.0) for day in range(5)]
    city.show(Frame(0.0, is_first=True, legs=(legs[0],)), speed=None)
    city.rest()
    drawn = []
    for day in range(1, 5):
        now_s = day * 86_400.0 + 13.0
        city.show(Frame(now_s, legs=(legs[day],)), speed=None)
        before = city.of_map("frames")
        city.rest()
        drawn.append(city.of_map("frames") - before)
        assert city.of_map("clock") == now_s
        at = city.place(*along(legs[day], now_s))
        assert city.of_map("places()")["ambulance-0"] == pytest.approx(at, abs=1.0)
    assert max(drawn[1:]) <= 2  # once for each message


def test_a_run_as_fast_as_it_can_moves_smoothly_where_that_is_slow(city):
    leg = drive(begin_s=0.0)
    city.show(Frame(0.0, is_first=True, legs=(leg,)), speed=None)
    for tenth in range(1, 11):
        city.page.wait_for_timeout(100)
        city.show(Frame(4.0 * tenth), speed=None)
    before = city.of_map("frames")
    city.page.wait_for_timeout(100)
    city.show(Frame(44.0), speed=None)
    city.page.wait_for_timeout(100)
    assert city.of_map("frames") - before >= 4
    assert city.of_map("clock") <= 44.0


def test_page_that_comes_back_asks_for_everything(city):
    city.show(Frame(10.0, is_first=True, legs=(drive(),)))
    turn = """isHidden => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    city.page.evaluate(turn, True)
    city.page.wait_for_timeout(3500)
    city.show(Frame(5000.0))
    city.page.evaluate(turn, False)
    city.rest()
    assert city.page.evaluate("window.model.sent") == [{"type": "ready"}, {"type": "ready"}]
    assert city.of_map("clock") == 10.0  # what came meanwhile is not waited for


def test_hover_over_coverage_tells_how_soon_help_is_there(city, picture):
    covered = np.full(len(picture.zones), 200.0)
    city.show(Frame(0.0, is_first=True, covered=covered))
    shown = {**LAYERS, "coverage": True, "signals": False, "sites": False}
    city.page.evaluate("layers => window.model.change('layers', layers)", shown)
    city.page.mouse.move(*city.place(*MIDDLE))
    city.rest()
    assert city.tip() == ["3 min 20 s", "by siren from the nearest free ambulance"]
