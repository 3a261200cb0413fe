"""What tests of the page in a real browser share: servers, a browser, and who visits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from scenarios.loader import load_scenario
from scenarios.scenario import Scenario
from tests.viz.page.end_to_end import DAY

ROOT = Path(__file__).parents[3]
SPIED = Path(__file__).with_name("spied_view.py")
SCREENSHOTS = ROOT / "results" / "screenshots"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
PATIENCE_MS = 60_000
"""A machine may have much else to do; what is proven does not depend on it."""
WINDOW = (1280, 720)
FIGURES = """Object.fromEntries([...document.querySelectorAll('.p-figure')].map((one) => [
    [...one.classList].find((name) => name.startsWith('p-figure-')).slice('p-figure-'.length),
    one.querySelector('.p-number').innerText.replace(/\\s+/g, '')]))"""


class Served:
    """A server in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], complaints: Path) -> None:
        self.process = process
        self._complaints = complaints
        self._out: IO[str] = process.stdout  # type: ignore[assignment]
        line = self._out.readline()
        assert line, f"it did not start: {self.complaints}"
        self.url = line.split()[1]

    @property
    def complaints(self) -> str:
        """What it has written to its standard error."""
        return self._complaints.read_text(encoding="utf-8")

    def count(self) -> dict[str, Any]:
        """What is alive in it."""
        assert self.process.stdin is not None
        self.process.stdin.write("?\n")
        self.process.stdin.flush()
        told: dict[str, Any] = json.loads(self._out.readline())
        return told

    @property
    def runs(self) -> int:
        """Threads that simulate."""
        return int(self.count()["threads"].count("live run"))


Serve = Callable[..., Served]


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Serve a case by the command's own words; all servers end with the module."""
    started: list[Served] = []

    def start(*words: str) -> Served:
        complaints = tmp_path_factory.mktemp("server") / "stderr.txt"
        with complaints.open("w", encoding="utf-8") as err:
            process = subprocess.Popen(
                [sys.executable, SPIED, "view", *words, "--port", "0", "--no-browser"],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err, text=True,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
        started.append(Served(process, complaints))
        return started[-1]

    yield start
    for one in started:
        one.process.terminate()
        one.process.communicate(timeout=30)
    assert [one.complaints for one in started] == [""] * len(started)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window."""
    pytest.importorskip("solara", reason="the extra `view` is not installed")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def city() -> Scenario:
    """The default city for a day."""
    return load_scenario("city", DAY)


@pytest.fixture(scope="module")
def served(serve: Serve, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A server of the default city for a day, with a folder of results that is empty."""
    words = [f"--set={key}={value}" for key, value in DAY.items()]
    return serve("city", "--results", str(tmp_path_factory.mktemp("results")), *words)


class Visitor:
    """Somebody with a browser window of one's own, who notes what goes wrong in it."""

    def __init__(self, browser: Any, url: str, look: str, window: tuple[int, int]) -> None:
        size = {"width": window[0], "height": window[1]}
        self.context = browser.new_context(viewport=size, color_scheme=look)
        self.context.set_default_timeout(PATIENCE_MS)
        self.page = self.context.new_page()
        self.url = url
        self.complaints: list[str] = []
        self.sockets: list[str] = []
        self.strangers: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._note(request.url))
        self.page.on("websocket", lambda socket: self.sockets.append(socket.url))

    def _hear(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _note(self, url: str) -> None:
        if not url.startswith((f"{self.url}/", "data:", "blob:")):
            self.strangers.append(url)

    # The page

    def open(self, path: str = "/") -> Visitor:
        """Come to a page."""
        self.page.goto(self.url + path)
        return self

    def watch(self) -> Visitor:
        """Come to the live page, and wait until it can be run."""
        self.open()
        self.wait("window.__corridor_map?.frames > 0")
        self.wait("document.querySelector('.p-figure')")  # the run is built
        return self

    def ask(self, expression: str, argument: Any = None) -> Any:
        """The value of an expression, or of a function, in the browser."""
        return self.page.evaluate(expression, argument)

    def wait(self, expression: str, argument: Any = None) -> None:
        """Until something is so."""
        self.page.wait_for_function(expression, arg=argument, timeout=PATIENCE_MS)

    def tell(self, where: str, what: str, *values: Any) -> None:
        """Send the server what a part of the page could send it, also what it never would."""
        told = "([where, what, values]) => document.querySelector(where).__vue__[what](...values)"
        self.ask(told, [where, what, values])

    def keep(self, name: str) -> None:
        """Keep a picture of what is to be seen, for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def leave(self) -> None:
        """Close the window."""
        self.context.close()

    # The run

    @property
    def clock(self) -> float:
        """The map's, in seconds."""
        return float(self.ask("window.__corridor_map.clock"))

    def places(self) -> dict[str, list[float]]:
        """Where vehicles are drawn, in pixels of the map."""
        told: dict[str, list[float]] = self.ask("window.__corridor_map.places()")
        return told

    def run(self) -> None:
        """Press Run."""
        self.page.click(".p-run[aria-pressed=false]")
        self.page.wait_for_selector(".p-run[aria-pressed=true]")

    def pause(self) -> float:
        """Press Pause; returns the moment at which it stands."""
        self.page.click(".p-run[aria-pressed=true]")
        self.page.wait_for_selector(".p-run[aria-pressed=false]")
        return self.rest()

    def rest(self) -> float:
        """Wait until the maps stand still; returns the moment."""
        maps = "[...document.querySelectorAll('.corridor-map')].map((one) => one.corridorMap)"
        self.wait(f"{maps}.length && {maps}.every((map) => map.isStill)")
        return self.clock

    def step(self, seconds: float) -> float:
        """Go on by so much, and stand still."""
        goal_s = self.clock + seconds
        self.tell(".p-transport", "step", seconds)
        self.wait("goal => window.__corridor_map.clock >= goal - 0.01", goal_s)
        return self.rest()

    def set_speed(self, step: int) -> None:
        """Choose one of the slider's steps."""
        change = "(one, step) => { one.value = step; one.dispatchEvent(new Event('input')); }"
        self.page.eval_on_selector(".p-speed input", change, step)

    def figures(self) -> dict[str, str]:
        """The key figures, as they are written over the map."""
        told: dict[str, str] = self.ask(f"() => {FIGURES}")
        return told

    def see(self, figures: dict[str, str]) -> None:
        """Wait until these, and no others, stand over the map."""
        self.wait(
            f"""(wanted) => {{
                const shown = {FIGURES};
                const keys = Object.keys({{ ...wanted, ...shown }});
                return keys.every((key) => wanted[key] === shown[key]);
            }}""",
            figures,
        )


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Any) -> Iterator[Visit]:
    """Open windows; at the end they close, and nothing may have gone wrong in them."""
    opened: list[Visitor] = []

    def enter(served: Served, look: str = "light", window: tuple[int, int] = WINDOW) -> Visitor:
        opened.append(Visitor(browser, served.url, look, window))
        return opened[-1]

    yield enter
    for one in opened:
        one.leave()
    assert [one.complaints for one in opened] == [[]] * len(opened)
    assert [one.strangers for one in opened] == [[]] * len(opened)
