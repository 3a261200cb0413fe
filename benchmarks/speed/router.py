"""The router beside SciPy's Dijkstra: time to build, memory, and time for each question.

    python -m benchmarks.speed.router [MAP.osm.zip ...]

Maps are files of OpenStreetMap data; a grid of 48,400 junctions with arterials comes last. All
figures are from this run, on one core, with random trips across the whole map.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from timeit import repeat
from typing import Any, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from environment.maps.load import load_map
from environment.maps.osm_file import OsmFile
from environment.maps.plane_grid import PlaneGrid
from environment.roads.hub_labels import build_labels, piece_table
from environment.roads.nested_dissection import dissect
from environment.roads.network import RoadNetwork
from environment.roads.router import Router
from environment.roads.stops import PARTS, travel_ms

SIDE, ARTERIAL_EVERY = 220, 8
QUESTIONS = 10_000
ORIGINS = 12  # idle ambulances of one call
TREES = 20

Answer = TypeVar("Answer")


def main(files: Sequence[str]) -> None:
    maps = [load_map(OsmFile(file=Path(file)), Path()).roads for file in files]
    maps.append(grid_with_arterials())
    measured = [measure(roads) for roads in maps]
    table = Table("", *(f"{roads.name}\n{roads.node_count:,} junctions" for roads in maps))
    for row in measured[0]:
        table.add_row(row, *(figures[row] for figures in measured))
    Console().print(table)


def grid_with_arterials() -> RoadNetwork:
    """Every street piece with a speed of its own, those of the arterials higher."""
    roads = load_map(PlaneGrid(rows=SIDE, columns=SIDE), Path()).roads
    across = np.where(abs(roads.tail - roads.head) == 1, roads.tail // SIDE, roads.tail % SIDE)
    rng = np.random.default_rng(0)
    speed_kph = rng.uniform(18, 40, roads.edge_count)
    speed_kph[across % ARTERIAL_EVERY == 0] *= 2
    return replace(roads, speed_kph=speed_kph)


def measure(roads: RoadNetwork) -> dict[str, str]:
    time_ms = np.maximum(np.rint(roads.free_flow_s * 1000), 1).astype(np.int64)
    length_dm = np.rint(roads.length_m * 10).astype(np.int64)
    pieces = piece_table(roads.tail, roads.head, time_ms, length_dm, roads.lines)
    tree, cuts_s = timed(lambda: dissect(roads.tail, roads.head, roads.xy_m))
    labels, labels_s = timed(lambda: build_labels(tree, pieces))
    return {
        "cuts, once a map": f"{cuts_s:.2f} s",
        "labels, once a way of driving": f"{labels_s:.2f} s",
        "hubs of a junction": f"{tree.hub_count.mean():.0f}",
        "memory": f"{labels.byte_count / 1e6:.0f} MB",
        **questions(Router(roads, labels)),
    }


def questions(router: Router) -> dict[str, str]:
    roads, labels = router.roads, router.labels
    asked = np.random.default_rng(0).integers(0, roads.node_count, (QUESTIONS, 2))
    tables = (labels.address, labels.time_ms, labels.pieces)
    points = points_of_streets(roads)
    pairs, some = asked.tolist(), asked[:ORIGINS, 0].copy()
    streets = np.mean([len(router.path(a, b)) for a, b in pairs])
    free_flow = csr_array((roads.free_flow_s, (roads.tail, roads.head)), (roads.node_count,) * 2)
    trees = asked[:TREES, 0]
    return {
        "time, compiled": each(lambda: sum_ms(*tables, asked)),
        "time between points of streets, compiled": each(lambda: sum_ms(*tables, points)),
        "time": each(lambda: [router.time_s(a, b) for a, b in pairs]),
        "length": each(lambda: [router.length_m(a, b) for a, b in pairs]),
        f"times from {ORIGINS}": each(lambda: [router.times_s(some, b) for _, b in pairs]),
        "path": each(lambda: [router.path(a, b) for a, b in pairs]),
        "streets of a path": f"{streets:.0f}",
        "SciPy's Dijkstra, one tree": each(lambda: dijkstra(free_flow, indices=trees), TREES),
    }


def points_of_streets(roads: RoadNetwork) -> NDArray[np.int64]:
    """As many pairs of points between junctions."""
    rng = np.random.default_rng(1)
    lead = roads.lines.lead[rng.integers(0, roads.edge_count, (QUESTIONS, 2))]
    return roads.node_count + lead * PARTS + rng.integers(1, PARTS, lead.shape)


@njit
def sum_ms(address, time_ms, pieces, asked):  # type: ignore[no-untyped-def]
    total = 0
    for k in range(len(asked)):
        total += travel_ms(address, time_ms, pieces, asked[k, 0], asked[k, 1])
    return total


def each(ask: Callable[[], Any], count: int = QUESTIONS) -> str:
    ask()  # compile, warm up
    return f"{min(repeat(ask, number=1, repeat=3)) / count * 1e6:,.3f} µs"


def timed(work: Callable[[], Answer]) -> tuple[Answer, float]:
    work()
    begin = perf_counter()
    return work(), perf_counter() - begin


if __name__ == "__main__":
    main(sys.argv[1:])
