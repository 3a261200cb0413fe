"""A map of places and the links between them, from two tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from environment.errors import DataError
from environment.maps.source import MapSource
from environment.parameters import MOST_M
from environment.places.city import CityMap
from environment.roads.mending import mend
from environment.roads.network import GEOGRAPHIC, PLANE, RoadNetwork, distance_m
from environment.tables import Column, read_table
from environment.traffic.redirects import Redirect

if TYPE_CHECKING:
    import pandas as pd

SECONDS = {"time_s": 1.0, "time_min": 60.0, "time_h": 3600.0}
METRES = {"length_m": 1.0, "length_km": 1000.0}
SHOWN = 3
TURNS: dict[Redirect, str] = {
    "nearest_place": "who is sent elsewhere on a link turns at the place nearest to where it is "
    "on the straight line",
    "at_places": "who is sent elsewhere on a link turns at the next place beside the straight "
    "line, somewhat later than on streets",
    "at_the_end": "who is sent elsewhere on a link turns at its end, much later than on streets",
}
"""What a run tells of each rule; how far each is off stands in docs/how-to/roads.md."""

NODE_COLUMNS = (
    Column("node_id", kind="text"),
    *(Column(name, required=False) for name in ("lon", "lat")),
    *(Column(name, required=False, minimum=-MOST_M, maximum=MOST_M) for name in ("x", "y")),
)
LINK_COLUMNS = (
    Column("from", kind="text"),
    Column("to", kind="text"),
    *(Column(name, required=False, minimum=0) for name in SECONDS),
    *(
        Column(name, required=False, minimum=0, maximum=MOST_M / unit_m)
        for name, unit_m in METRES.items()
    ),
    Column("two_way", kind="text", required=False, choices=("yes", "no"), default="no"),
)


class InterCityTable(MapSource):
    """Places with coordinates and links with driving times, each in a CSV file.

    Nodes: ``node_id`` and ``lon, lat`` in degrees or ``x, y`` in metres. Links: ``from, to``, one
    of ``time_s, time_min, time_h``, and where wanted ``length_m`` or ``length_km`` (else the
    straight line) and ``two_way`` (yes or no; without the column a link leads one way).
    """

    source: Literal["inter_city"] = "inter_city"
    nodes: Annotated[Path, Field(description="CSV of places")]
    links: Annotated[Path, Field(description="CSV of links")]
    redirect: Annotated[
        Redirect, Field(description="where a vehicle that is sent elsewhere turns on a link")
    ] = "nearest_place"

    @property
    def redirected(self) -> Redirect:
        """As the scenario says."""
        return self.redirect

    def input_files(self, folder: Path) -> tuple[Path, ...]:
        """Both tables."""
        return folder / self.nodes, folder / self.links

    def load(self, folder: Path) -> CityMap:
        """Read both tables and join them."""
        nodes_path, links_path = self.input_files(folder)
        nodes, links = _read_both(nodes_path, links_path)
        problems = [
            *(f"{nodes_path}: {problem}" for problem in _node_problems(nodes)),
            *(f"{links_path}: {problem}" for problem in _link_problems(nodes, links)),
        ]
        if problems:
            raise DataError("\n".join(problems))
        roads = mend(_draft(nodes, links, links_path.stem))
        return CityMap(replace(roads, notes=(*roads.notes, turning_note(self.redirect))))


def turning_note(redirect: Redirect) -> str:
    """How a run tells where vehicles turn."""
    return f"{TURNS[redirect]} (roads.redirect = {redirect!r})"


def _read_both(nodes_path: Path, links_path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tables, or the mistakes of both."""
    tables, problems = [], []
    for path, columns in ((nodes_path, NODE_COLUMNS), (links_path, LINK_COLUMNS)):
        try:
            tables.append(read_table(path, columns))
        except DataError as error:
            problems.append(str(error))
    if problems:
        raise DataError("\n".join(problems))
    return tables[0], tables[1]


def _node_problems(nodes: pd.DataFrame) -> list[str]:
    twice = nodes["node_id"][nodes["node_id"].duplicated()].unique()
    problems = [f"node_id {node!r} is there twice" for node in twice[:SHOWN]]
    axes = _axes(nodes)
    if axes is None:
        return [*problems, "needs the columns lon and lat (degrees), or x and y (metres)"]
    missing = nodes["node_id"][nodes[list(axes)].isna().any(axis=1)]
    problems += [f"node {node!r} has no {' or '.join(axes)}" for node in missing[:SHOWN]]
    if axes == ("lon", "lat"):
        outside = nodes[(nodes["lon"].abs() > 180) | (nodes["lat"].abs() > 90)]
        problems += [
            f"node {row.node_id!r}: lon must be within ±180 and lat within ±90 degrees, "
            f"got {row.lon:g}, {row.lat:g}"
            for row in outside.iloc[:SHOWN].itertuples()
        ]
    return problems


def _axes(nodes: pd.DataFrame) -> tuple[str, str] | None:
    """The columns of the coordinates; None where there are none."""
    return next((axes for axes in (("lon", "lat"), ("x", "y")) if {*axes} <= {*nodes}), None)


def _link_problems(nodes: pd.DataFrame, links: pd.DataFrame) -> list[str]:
    time = _one_of(SECONDS, links)
    if time is None:
        return [f"needs exactly one of the columns {', '.join(SECONDS)}"]
    problems = _unknown_ends(nodes, links)
    for column in (time, *(name for name in METRES if name in links)):
        positive = (links[column] > 0) | (links[column].isna() & (column != time))
        problems += [
            f"row {row + 2}: {column} must be > 0, got {links[column][row]:g}"
            for row in links.index[~positive][:SHOWN].tolist()
        ]
    return problems


def _unknown_ends(nodes: pd.DataFrame, links: pd.DataFrame) -> list[str]:
    import difflib

    known = list(nodes["node_id"])
    problems = []
    for end in ("from", "to"):
        for row in links.index[~links[end].isin(known)][:SHOWN].tolist():
            node = links[end][row]
            close = difflib.get_close_matches(node, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"nodes: {', '.join(known[:5])}, …"
            problems.append(f"row {row + 2}: {end} is the unknown node {node!r} ({hint})")
    return problems


def _one_of(units: dict[str, float], table: pd.DataFrame) -> str | None:
    found = [name for name in units if name in table]
    return found[0] if len(found) == 1 else None


def _draft(nodes: pd.DataFrame, links: pd.DataFrame, name: str) -> RoadNetwork:
    axes = _axes(nodes) or ("x", "y")
    crs = GEOGRAPHIC if axes == ("lon", "lat") else PLANE
    x, y = (nodes[axis].to_numpy(dtype=float) for axis in axes)
    tail, head, time_s, given_m = _one_way_links(nodes, links)
    straight_m = distance_m(crs, x[tail], y[tail], x[head], y[head])
    length_m = np.where(np.isnan(given_m), straight_m, given_m)
    return RoadNetwork(
        name=name,
        crs=crs,
        node_id=_node_numbers(nodes["node_id"]),
        x=x,
        y=y,
        has_signal=np.zeros(len(nodes), dtype=bool),
        tail=tail,
        head=head,
        length_m=length_m,
        speed_kph=length_m / time_s * 3.6,
        road_class=np.zeros(len(tail), dtype=np.int16),
        road_classes=("trunk",),
        shape_start=np.zeros(len(tail) + 1, dtype=np.int64),
        shape_x=np.array([]),
        shape_y=np.array([]),
    )


def _one_way_links(
    nodes: pd.DataFrame, links: pd.DataFrame
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    """Tail, head, seconds, and metres (NaN where not given) of every link in every direction."""
    import pandas as pd

    index = pd.Index(nodes["node_id"])
    start, end = (index.get_indexer(links[side]).astype(np.int32) for side in ("from", "to"))
    time = next(name for name in SECONDS if name in links)
    time_s = links[time].to_numpy(dtype=float) * SECONDS[time]
    length = _one_of(METRES, links)
    given_m = (
        links[length].to_numpy(dtype=float) * METRES[length]
        if length
        else np.full(len(links), np.nan)
    )
    back = (links["two_way"] == "yes").to_numpy()
    return (
        np.append(start, end[back]),
        np.append(end, start[back]),
        np.append(time_s, time_s[back]),
        np.append(given_m, given_m[back]),
    )


def _node_numbers(names: pd.Series) -> NDArray[np.int64]:
    """The places' own numbers; their rows where they have names."""
    if names.str.fullmatch(r"\d{1,18}").all():
        return names.to_numpy(dtype=np.int64)
    return np.arange(len(names), dtype=np.int64)
