"""Plans from workbooks: seconds from the file to the plan's file, by size.

    python -m benchmarks.speed.planning [--without-what-if] [SIZE ...]

A size is CENTRESxVEHICLES; by default 50x5 and 1000x40, of which the first is to take less than
15 s and the second less than 3 minutes, the eight changes of the what-if table solved as well.
Seconds are of CPU, which other programs on the machine disturb least, and of the clock. The
centres are drawn: in a square of a degree, with normal demand; the vehicles carry 1.6 times what
is expected, and the budget is 1.1 times that.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
from openpyxl import load_workbook

from experiments.planning.plan import plan
from experiments.planning.reading.read import read_input
from experiments.planning.what_if import what_if
from experiments.planning.writing.template import template
from viz.report.plan import write_plan

SIZES = ("50x5", "1000x40")
MEAN, SPREAD = (20, 150), 0.25
ROOM, BUDGET = 1.6, 1.1


def main() -> None:
    """Measure and print, a line for each step."""
    parser = argparse.ArgumentParser(description="Seconds from a workbook to its plan.")
    parser.add_argument("--without-what-if", action="store_true")
    parser.add_argument("sizes", nargs="*", metavar="SIZE", default=list(SIZES))
    arguments = parser.parse_args()
    print(f"{'size':<10}{'step':<12}{'CPU s':>8}{'s':>8}")
    for size in arguments.sizes:
        centres, vehicles = map(int, size.split("x"))
        with tempfile.TemporaryDirectory() as folder:
            measure(size, draw(centres, vehicles), Path(folder), not arguments.without_what_if)


def measure(size: str, content: bytes, folder: Path, with_what_if: bool) -> None:
    """Time each step of one size, and all together."""
    asked_path, plan_path = folder / "asked.xlsx", folder / "plan.xlsx"
    asked_path.write_bytes(content)
    begin = process_time(), perf_counter()
    asked = timed(size, "read", lambda: read_input(asked_path))
    planned = timed(size, "plan", lambda: plan(asked))
    rows = timed(size, "what if", lambda: what_if(planned)) if with_what_if else []
    timed(size, "write", lambda: write_plan(planned, rows, plan_path))
    print_line(size, "all", begin)
    routes = planned.routes
    print(
        f"{'':<10}{planned.used_vehicles} vehicles, {routes.measures.distance / 1000:,.0f} km by "
        f"{routes.method}; {plan_path.stat().st_size / 1e6:.1f} MB",
        flush=True,
    )


def timed(size: str, step: str, work: Callable[[], Any]) -> Any:
    """Do a step and print how long it took."""
    begin = process_time(), perf_counter()
    answer = work()
    print_line(size, step, begin)
    return answer


def print_line(size: str, step: str, begin: tuple[float, float]) -> None:
    """Print the seconds since a moment, of CPU and of the clock."""
    cpu_s, clock_s = process_time() - begin[0], perf_counter() - begin[1]
    print(f"{size:<10}{step:<12}{cpu_s:>8.1f}{clock_s:>8.1f}", flush=True)


def draw(centres: int, vehicles: int) -> bytes:
    """A workbook with so many centres and vehicles, in the place of the template's example."""
    rng = np.random.default_rng(centres)
    book = load_workbook(io.BytesIO(template()))
    mean = rng.integers(*MEAN, centres)
    place = rng.uniform(-0.5, 0.5, (centres, 2)) + np.array([9.0, 7.0])
    for row in range(centres):
        cells = (f"Centre {row + 1}", *place[row].tolist(), int(mean[row]), SPREAD * int(mean[row]))
        fill(book["Centres"], row + 2, (*cells, "normal", 1.0, 0.5, 9.0, 0, 1, None, None, 10))
    fill(book["Depots"], 2, ("Depot", 9.0, 7.0))
    capacity = round(ROOM * float(mean.sum()) / vehicles)
    fill(book["Vehicles"], 2, ("Truck", vehicles, capacity, "Depot", None, None, None, 1))
    fill(book["Vehicles"], 3, (None,) * 12)
    fill(book["Limits"], 2, ("Budget", "money", round(BUDGET * float(mean.sum()))))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def fill(sheet: Any, row: int, values: tuple[Any, ...]) -> None:
    """Write a row of a sheet from its first cell on."""
    for column, value in enumerate(values, 1):
        sheet.cell(row, column).value = value


if __name__ == "__main__":
    main()
