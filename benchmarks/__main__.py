"""Lists the benchmarks and runs them.

``python -m benchmarks`` lists them, ``python -m benchmarks validation`` runs those of a room, and
``python -m benchmarks all`` (or ``make bench``) all. One by itself, with its options:
``python -m benchmarks.speed.router --help``.
"""

import ast
import runpy
import sys
from pathlib import Path

ROOMS = {
    "speed": (
        "start",
        "router",
        "hypercube",
        "location",
        "planning",
        "routes",
        "calls_per_second",
        "supplies",
        "ordering",
        "epidemic",
        "delivery",
        "turns",
        "batches",
    ),
    "validation": (
        "queueing",
        "hypercube",
        "supplies",
        "epidemic_fit",
        "manhattan",
        "hours",
        "one_pass",
        "table_redirects",
        "intervals",
        "optimisation",
    ),
    "live": ("watching", "map", "page"),
}
"""Those that ``all`` runs, in turn."""
BY_THEMSELVES = ("frozen_results",)
"""Those that need arguments."""


def main() -> None:
    """List them, or run those of the rooms that are asked for."""
    wanted = sys.argv[1:]
    rooms = list(ROOMS) if wanted == ["all"] else wanted
    unknown = [room for room in rooms if room not in ROOMS]
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)}; there are {', '.join([*ROOMS, 'all'])}")
    if not rooms:
        list_benchmarks()
    for name in (f"{room}.{module}" for room in rooms for module in ROOMS[room]):
        print(f"\n=== {name}\n", flush=True)
        sys.argv = [name]
        runpy.run_module(f"benchmarks.{name}", run_name="__main__")


def list_benchmarks() -> None:
    """Print how each is called, and what it tells."""
    names = [f"{room}.{module}" for room, modules in ROOMS.items() for module in modules]
    for name in (*names, *BY_THEMSELVES):
        print(f"python -m benchmarks.{name:24} {told_of(name)}")


def told_of(name: str) -> str:
    """The first line of a benchmark's docstring."""
    file = Path(__file__).parent.joinpath(*name.split(".")).with_suffix(".py")
    return (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").partition("\n")[0]


if __name__ == "__main__":
    main()
