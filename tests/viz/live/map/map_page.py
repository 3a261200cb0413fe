"""The map in a real browser, and the frames that are sent to it.

The page's program runs in Chromium against a stand-in for the widget's other side, so no Solara is
needed; frames are sent from here.
"""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import numpy as np
import pytest
from PIL import Image

from viz.live.frame import Leg

pytest.importorskip("anywidget", reason="the extra `view` is not installed")
pytest.importorskip("playwright", reason="playwright is not installed (extra `dev`)")


CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
NEEDS_BROWSER = [
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


def tile_colour(level, x, y):
    """A colour that no other tile nearby has."""
    return (40 * (x % 5) + 30, 40 * (y % 5) + 30, 10 * level)


def one_colour(colour):
    """A picture of 256 x 256 pixels, as PNG."""
    memory = io.BytesIO()
    Image.new("RGB", (256, 256), colour).save(memory, "PNG")
    return memory.getvalue()


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


def drive(vehicle="ambulance-0", begin_s=0.0, to_m=(1000.0, 0.0), state="to_call"):
    """From the middle of the city to somewhere, a bend, and on; 60 s in all."""
    xy = MIDDLE + np.array([[0, 0], to_m, [1000, 700]])
    path = np.column_stack([xy, begin_s + np.array([0.0, 40.0, 60.0])])
    return Leg(vehicle, state, begin_s, path, 7)


def along(leg, now_s):
    path = leg.path
    return [np.interp(now_s, path[:, 2], path[:, axis]) for axis in (0, 1)]
