"""What the open page costs a run, and whether the server's memory stays as it is.

    python -m benchmarks.live.page [CASE] [--days 365] [--rounds 5] [--minutes 2]

A case is simulated alone, and as fast as it can in a page that Chromium shows, in turns; times of
the wall and of the server's processor are compared. Where the browser has no core of its own, the
wall tells of it and not of the page. Then the page runs at 600 simulated seconds a second, by
default for two minutes (20 simulated hours), and the server's memory is read from ``/proc``.
Needs the extra ``view``, playwright, Chromium (``CHROMIUM`` names its program, else
``/usr/bin/chromium``) and Linux.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter, process_time, sleep
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scenarios.loader import load_scenario
from simulation.model import EmergencyModel
from simulation.preparation import prepare

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
BROWSER_OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
FASTEST, FAST = 7, 6
"""Steps of the page's slider: as fast as it can, and 600 simulated seconds a second."""
WAIT_MS = 600_000
SAMPLES = 8
Times = tuple[float, float]
"""Seconds of the wall and of the processor."""
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def main() -> None:
    arguments = read_arguments()
    missing = [name for name in ("solara", "anywidget", "playwright") if find_spec(name) is None]
    missing += [name for name in (CHROMIUM, "/proc/self/statm") if not Path(name).exists()]
    if missing:
        print(f"not here: {', '.join(missing)}")
        return
    changes = {"run.days": arguments.days, "run.warm_up_days": 0}
    with served(arguments.case, changes) as (url, server), opened(url) as page:
        alone, watched = [], []
        for _ in range(arguments.rounds):
            alone.append(simulate_alone(arguments.case, changes))
            watched.append(run_to_the_end(page, server))
            start_again(page)
        print_times(f"{arguments.case}, {arguments.days:g} days", alone, watched)
        print_memory(page, server, 60 * arguments.minutes)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What the open page costs.")
    parser.add_argument("case", nargs="?", default="city")
    parser.add_argument("--days", type=float, default=365.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=2.0)
    return parser.parse_args()


def simulate_alone(case: str, changes: dict[str, Any]) -> Times:
    """From a settled model to its tables."""
    scenario = load_scenario(case, changes)
    prepare(scenario)
    model = EmergencyModel(scenario)
    wall_s, cpu_s = perf_counter(), process_time()
    model.run()
    return perf_counter() - wall_s, process_time() - cpu_s


def run_to_the_end(page: Any, server: int) -> Times:
    """The same as a visitor sees it: from the press of Run to the word that the run is over."""
    set_speed(page, FASTEST)
    sleep(1)  # until the first pictures are painted
    wall_s, cpu_s = perf_counter(), processor_s(server)
    page.click(".p-run")
    page.wait_for_selector(".p-notice >> text=The run is over.", timeout=WAIT_MS)
    return perf_counter() - wall_s, processor_s(server) - cpu_s


def start_again(page: Any) -> None:
    """Back to the beginning, at rest."""
    page.click(".p-restart")
    page.wait_for_function("window.__corridor_map.clock === 0", timeout=WAIT_MS)


def print_times(title: str, alone: list[Times], watched: list[Times]) -> None:
    """Medians of the rounds; ratios within each round, since the machine may not be quiet."""
    ratios = [(w[0] / a[0], w[1] / a[1]) for a, w in zip(alone, watched, strict=True)]
    (wall_s, cpu_s), (page_s, server_s) = medians(alone), medians(watched)
    print(
        f"{title}: alone {wall_s:.2f} s (processor {cpu_s:.2f} s), in the page {page_s:.2f} s "
        f"(processor {server_s:.2f} s)"
    )
    for place, what in enumerate(("wall", "processor")):
        told = sorted(ratio[place] for ratio in ratios)
        print(f"times as long, {what}: {median(told):.2f} ({told[0]:.2f} to {told[-1]:.2f})")


def medians(times: list[Times]) -> Times:
    wall, cpu = zip(*times, strict=True)
    return median(wall), median(cpu)


def print_memory(page: Any, server: int, seconds: float) -> None:
    """Let it run at a pace, and read the memory now and then."""
    set_speed(page, FAST)
    page.click(".p-run")
    sleep(10)  # what is asked for once and kept
    read = []
    for _ in range(SAMPLES):
        read.append((page.evaluate("window.__corridor_map.clock") / 3600, megabytes(server)))
        sleep(seconds / (SAMPLES - 1))
    hours, memory = zip(*read, strict=True)
    told = ", ".join(f"{one:.0f}" for one in memory)
    print(
        f"memory of the server at 600 times the pace of life, from hour {hours[0]:.1f} to "
        f"{hours[-1]:.1f}: {told} MB; {memory[-1] - memory[0]:+.1f} MB"
    )


def set_speed(page: Any, step: int) -> None:
    change = "(one, step) => { one.value = step; one.dispatchEvent(new Event('input')); }"
    page.eval_on_selector(".p-speed input", change, step)


def processor_s(process: int) -> float:
    """Of all its threads, of the system for it too."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def megabytes(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def served(case: str, changes: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Address and number of a server's process."""
    words = [sys.executable, "run.py", "view", case, "--no-browser", "--port", "0"]
    words += [f"--set={key}={value}" for key, value in changes.items()]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[1], server.pid
        finally:
            server.terminate()


@contextmanager
def opened(url: str) -> Iterator[Any]:
    """A page that can be run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_OPTIONS)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(url)
        page.wait_for_selector(".p-figure", timeout=WAIT_MS)
        yield page
        browser.close()


if __name__ == "__main__":
    main()
