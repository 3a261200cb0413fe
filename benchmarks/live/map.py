"""The live map in a browser: pictures and bytes a second, beside a page that draws nothing.

    python -m benchmarks.live.map [FOLDER] [--seconds 6]

FOLDER holds Manhattan's data; without it, the folder ``shared/data/manhattan`` next to the
checkout, and where that is missing the built-in case ``metropolis``. Vehicles drive random trips
at 60 simulated seconds a second; the map stands in a small page of Solara's and is looked at in
Chromium without a graphics card, the whole city in view, every vehicle seen. Needs the extra
``view``, playwright and Chromium (``CHROMIUM`` names its program, else ``/usr/bin/chromium``).
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from environment.roads.router import Router
from scenarios.loader import load_scenario
from scenarios.scenario import Scenario
from simulation.preparation import ServiceArea, prepare
from viz.live.base_map import draw_base_map
from viz.live.frame import Frame, Leg

DATA = Path(__file__).resolve().parents[3] / "shared/data/manhattan"
SPEED, TICK_S = 60.0, 0.1
STATES = ("to_call_siren", "to_call", "to_hospital_siren", "to_hospital", "returning")
VEHICLES = (200, 2000)
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
VIEW = {"width": 1280, "height": 720}
BROWSER_OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
COUNT_FRAMES = """async seconds => {
  let frames = 0;
  const end = performance.now() + 1000 * seconds;
  await new Promise(done => {
    const step = now => { frames += 1; now < end ? requestAnimationFrame(step) : done(); };
    requestAnimationFrame(step);
  });
  return frames / seconds;
}"""
READ_MAP = """() => {
  const map = window.__corridor_map;
  return [performance.now() / 1000, map.frames, map.bytes, map.drawn];
}"""


def main() -> None:
    arguments = read_arguments()
    missing = [name for name in ("solara", "anywidget", "playwright") if find_spec(name) is None]
    missing += [] if Path(CHROMIUM).exists() else [CHROMIUM]
    if missing:
        print(f"not here: {', '.join(missing)}")
        return
    roads = prepare(read_scenario(str(arguments.folder))).city.roads
    measured = measure(arguments.folder, arguments.seconds)
    table = Table("", "pictures/s", "an empty page", "ratio", "vehicles drawn", "kB/s received")
    for name, figures in measured.items():
        table.add_row(
            name, f"{figures['fps']:.1f}", f"{figures['peer_fps']:.1f}",
            f"{figures['fps'] / figures['peer_fps']:.2f}",
            f"{figures['drawn']:,.0f}", f"{figures['bytes_per_s'] / 1000:,.0f}",
        )  # fmt: skip
    Console().print(f"{roads.name}, {roads.edge_count:,} street pieces, {SPEED:g}×", table)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Pictures a second of the live map.")
    parser.add_argument("folder", nargs="?", type=Path, default=DATA)
    parser.add_argument("--seconds", type=float, default=6.0)
    return parser.parse_args()


def measure(folder: Path, seconds: float) -> dict[str, dict[str, float]]:
    """Figures of each number of vehicles, and of an empty page before and after each of them."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_OPTIONS)
        measured = {f"{count:,} vehicles": compare(browser, folder, count, seconds)
                    for count in VEHICLES}  # fmt: skip
        browser.close()
    return measured


def compare(browser: Any, folder: Path, vehicles: int, seconds: float) -> dict[str, float]:
    with served(folder, vehicles) as address:
        page = browser.new_page(viewport=VIEW)
        before = page.evaluate(COUNT_FRAMES, seconds / 2)
        page.goto(address)
        page.wait_for_function("window.__corridor_map?.drawn > 0", timeout=120_000)
        sleep(2)  # until the first picture of the streets is painted
        figures = watch(page, seconds)
        page.goto("about:blank")
        after = page.evaluate(COUNT_FRAMES, seconds / 2)
        page.close()
    return {**figures, "peer_fps": (before + after) / 2}


def watch(page: Any, seconds: float) -> dict[str, float]:
    begin_s, frames, received, _ = page.evaluate(READ_MAP)
    sleep(seconds)
    end_s, later_frames, later_received, drawn = page.evaluate(READ_MAP)
    passed_s = end_s - begin_s
    fps, bytes_per_s = (later_frames - frames) / passed_s, (later_received - received) / passed_s
    return {"fps": fps, "bytes_per_s": bytes_per_s, "drawn": drawn}


@contextmanager
def served(folder: Path, vehicles: int) -> Iterator[str]:
    """A server of this file's page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {
        "LIVE_MAP_FOLDER": str(folder),
        "LIVE_MAP_VEHICLES": str(vehicles),
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    }
    command = [sys.executable, "-m", "solara", "run", __file__, "--no-open", "--production"]
    server = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, **told}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(port, server)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    end_s = perf_counter() + 120
    while perf_counter() < end_s and server.poll() is None:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.2)
    raise RuntimeError(f"Solara's server does not answer on port {port}")


@cache
def read_scenario(folder: str) -> Scenario:
    if Path(folder).is_dir():
        return load_scenario("manhattan", {}, Path(folder))
    return load_scenario("metropolis")


@cache
def scripted_legs(folder: str, vehicles: int, until_s: float) -> list[Leg]:
    """Random trips, sorted by their beginnings; some have begun before the clock starts."""
    area = prepare(read_scenario(folder))
    router = Router.build(area.city.roads, area.city.roads.free_flow_s)
    rng = np.random.default_rng(0)
    legs = [
        leg
        for number in range(vehicles)
        for leg in trips_of(f"ambulance-{number}", area, router, rng, until_s)
    ]
    return sorted(legs, key=lambda leg: leg.from_s)


def trips_of(
    vehicle: str, area: ServiceArea, router: Router, rng: np.random.Generator, until_s: float
) -> Iterator[Leg]:
    roads = area.city.roads
    now_s, node = float(rng.uniform(-300, 0)), int(rng.integers(roads.node_count))
    while now_s < until_s:
        edges = router.path(node, int(rng.integers(roads.node_count)))
        if not len(edges):
            continue
        nodes = np.append(roads.tail[edges[0]], roads.head[edges])
        times_s = now_s + np.append(0.0, np.cumsum(roads.free_flow_s[edges]))
        path = np.column_stack([roads.xy_m[nodes], times_s])
        yield Leg(vehicle, STATES[int(rng.integers(len(STATES)))], now_s, path)
        now_s, node = float(times_s[-1]), int(nodes[-1])


class Stream:
    """Sends the scripted legs to a map, from the start whenever a browser is ready."""

    def __init__(self, widget: Any, legs: list[Leg]) -> None:
        self._widget, self._legs = widget, legs
        self._over = Event()
        widget.on_ready(self.restart)

    def restart(self) -> None:
        self._over.set()
        self._over = Event()
        Thread(target=self._run, args=(self._over,), daemon=True).start()

    def _run(self, over: Event) -> None:
        begin, told, now_s, is_first = perf_counter(), 0, 0.0, True
        while not over.is_set() and told < len(self._legs):
            end = told
            while end < len(self._legs) and self._legs[end].from_s <= now_s:
                end += 1
            frame = Frame(now_s, is_first=is_first, legs=tuple(self._legs[told:end]))
            self._widget.show(frame, SPEED)
            told, is_first = end, False
            sleep(TICK_S)
            now_s = SPEED * (perf_counter() - begin)


if "LIVE_MAP_VEHICLES" in os.environ:  # Solara runs this file as a page
    import solara

    from viz.live.city_map import CityMapWidget

    @solara.component
    def Page() -> None:  # noqa: N802 - Solara's way
        """The map, as large as the window."""
        folder = os.environ["LIVE_MAP_FOLDER"]
        legs = scripted_legs(folder, int(os.environ["LIVE_MAP_VEHICLES"]), 3_600.0)

        def make() -> CityMapWidget:
            scenario = read_scenario(folder)
            widget = CityMapWidget(draw_base_map(prepare(scenario), scenario))
            widget.layout.height = "100%"
            Stream(widget, legs)
            return widget

        widget = solara.use_memo(make, [])
        with solara.Div(style={"position": "fixed", "inset": "0", "z-index": "9"}):
            solara.display(widget)

elif __name__ == "__main__":
    main()
