"""What it costs to turn on a table of travel times: against the streets that it was made from.

A table of all pairs of some places of the synthetic city, and the same calls on its streets with a
turn at every junction; docs/how-to/roads.md has the figures.

python -m benchmarks.validation.table_redirects [--places 231] [--calls 300]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.places.city import Stops
from environment.traffic.redirects import Redirect
from scenarios.loader import load_scenario
from simulation.model import simulate
from simulation.preparation import ServiceArea, prepare

DAYS, RUNS = 14, 3
STREETS = 'source = "synthetic_city"'
SCENARIO = """
[roads]
{roads}
[places]
sites = "sites.csv"
zones = "zones.csv"
[signals]
active = false
[run]
days = {days}
warm_up_days = 0.5
[demand]
calls_per_day = {calls}
address = "zone"
trip_noise_cv = 0
[fleet]
ambulances = 18
"""


def main() -> None:
    """Measure, and print a line for each rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=231)
    parser.add_argument("--calls", type=float, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tables(folder, options.places)
        streets = responses(folder, STREETS, options.calls)
        print(f"streets: mean response {streets.mean():.1f} s")
        for redirect in get_args(Redirect):
            table = 'source = "inter_city"\nnodes = "nodes.csv"\nlinks = "links.csv"\n'
            found = responses(folder, f'{table}redirect = "{redirect}"', options.calls)
            difference = found.mean() / streets.mean() - 1
            alike = np.mean(abs(found - streets) < 1)
            print(
                f"{redirect}: mean response {found.mean():.1f} s ({difference:+.2%}), "
                f"{alike:.0%} of the calls within a second"
            )


def write_tables(folder: Path, places: int) -> None:
    """Write places, all links between them, and sites and zones on them."""
    (folder / "city.toml").write_text("[signals]\nactive = false\n[travel]\n")
    area = prepare(load_scenario(folder / "city.toml"))
    roads = area.city.roads
    node = some_junctions(area, places)
    x, y = roads.x[node], roads.y[node]
    time_s = area.driving.table_s(node, node, siren=False)
    tail, head = np.nonzero(time_s > 0)
    tables: dict[str, dict[str, Any]] = {
        "nodes": {"node_id": np.arange(len(node)), "x": x, "y": y},
        "links": {"from": tail, "to": head, "time_s": time_s[tail, head]},
        "zones": {"zone_id": np.arange(len(node)), "x": x, "y": y, "demand_share": 1},
    }
    for name, columns in tables.items():
        pd.DataFrame(columns).to_csv(folder / f"{name}.csv", index=False)
    city = area.city
    sites = [site_rows(city.stations, x, y, "station")]
    sites.append(site_rows(city.hospitals, x, y, "hospital"))
    pd.concat(sites).to_csv(folder / "sites.csv", index=False)


def some_junctions(area: ServiceArea, count: int) -> NDArray[np.int64]:
    """The junctions nearest to all sites, and others by chance."""
    city = area.city
    x, y = (
        np.concatenate([getattr(stops.sites, axis) for stops in (city.stations, city.hospitals)])
        for axis in "xy"
    )
    own = np.unique(city.roads.nearest_stop(x, y)[0])
    others = np.setdiff1d(city.roads.stops, own)
    chosen = np.random.default_rng(3).choice(others, count - len(own), replace=False)
    return np.concatenate([own, chosen])


def site_rows(
    stops: Stops, x: NDArray[np.float64], y: NDArray[np.float64], kind: str
) -> pd.DataFrame:
    """Sites of a kind, each moved to the place nearest to it."""
    sites = stops.sites
    squares = (sites.x[:, None] - x) ** 2 + (sites.y[:, None] - y) ** 2
    at = squares.argmin(axis=1)
    columns = {"site_id": sites.site_id, "x": x[at], "y": y[at], "ambulances": sites.ambulances}
    return pd.DataFrame(columns).assign(kind=kind)


def responses(folder: Path, roads: str, calls: float) -> NDArray[np.float64]:
    """Response times of all calls of some runs, in their order."""
    path = folder / "case.toml"
    path.write_text(SCENARIO.format(roads=roads, days=DAYS, calls=calls))
    runs = [simulate(load_scenario(path), replication) for replication in range(RUNS)]
    return np.concatenate([run.calls["response_s"].to_numpy() for run in runs])


if __name__ == "__main__":
    main()
