"""Make the documentation's pictures of the live view, in a browser without a window.

python docs/screenshots.py [path of Chromium]
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

from pictures import MOST_PX
from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = "/usr/bin/chromium"
WINDOW = {"width": 1280, "height": 720}
FAST = 6
"""Of the page's speeds: 600 simulated seconds a second."""


def main() -> None:
    """Take every picture."""
    with served("city") as url, browser() as page, TemporaryDirectory() as folder:
        for name, take in (("live_run", take_run), ("live_two", take_two)):
            page.goto(url)
            page.wait_for_selector("canvas")
            take(page)
            taken = Path(folder) / f"{name}.png"
            page.screenshot(path=taken)
            shrink(taken, ROOT / f"docs/images/{name}.png")
            print(f"docs/images/{name}.png")


def shrink(source: Path, target: Path) -> None:
    """Save a picture with fewer dots; large even grounds keep their colour by `kmeans`."""
    picture = Image.open(source).convert("RGB")
    picture.thumbnail((MOST_PX, MOST_PX), Image.Resampling.LANCZOS)
    picture.quantize(256, Image.Quantize.MEDIANCUT, kmeans=5, dither=Image.Dither.NONE).save(
        target, optimize=True
    )


def take_run(page: Page) -> None:
    """One run in its morning, with its charts."""
    run_for(page, 45)


def take_two(page: Page) -> None:
    """Two runs, without and with coordination."""
    page.click(".p-mode-coordination")
    page.wait_for_selector(".p-two canvas")
    run_for(page, 45)


def run_for(page: Page, seconds: float) -> None:
    """Let it run fast for some real seconds, and then slowly, so that vehicles are on the road."""
    page.wait_for_selector(".p-run:not([disabled])")
    set_speed(page, FAST)
    page.click(".p-run")
    sleep(seconds)
    set_speed(page, 3)
    sleep(4)


def set_speed(page: Page, step: int) -> None:
    """Move the slider."""
    page.eval_on_selector(
        ".p-speed input",
        f"one => {{ one.value = {step}; one.dispatchEvent(new Event('input')); }}",
    )


@contextmanager
def served(case: str) -> Iterator[str]:
    """The address of a case that is served."""
    words = [sys.executable, "run.py", "view", case, "--no-browser", "--port", "0"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().split()[1]
        server.terminate()


@contextmanager
def browser() -> Iterator[Page]:
    """A page of Chromium."""
    path = sys.argv[1] if len(sys.argv) > 1 else CHROMIUM
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium.new_page(viewport=WINDOW, color_scheme="light")
        chromium.close()


if __name__ == "__main__":
    main()
