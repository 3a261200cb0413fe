"""A browser, and a server with the map of the made-up city.

Imports of the extras stand in the fixtures: this file is read where they are missing, too.
"""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from scenarios.loader import load_scenario
from simulation.preparation import prepare
from viz.live.base_map import draw_base_map


@pytest.fixture(scope="module")
def picture():
    scenario = load_scenario("city")
    return draw_base_map(prepare(scenario), scenario)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    from tests.viz.live.map.map_page import CHROMIUM, OPTIONS

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(picture):
    from tests.viz.live.map.map_page import PAGE, one_colour, tile_colour
    from viz.live.browser import program, style
    from viz.live.browser.bundle import FOLDER
    from viz.live.city_map import CityMapWidget

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


@pytest.fixture
def city(browser, address):
    from tests.viz.live.map.map_page import opened

    with opened(browser, address) as city:
        yield city
