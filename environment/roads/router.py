"""Shortest trips between any two stops, exact, in well under a microsecond."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass

import numpy as np
from numba import njit, types
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from environment.errors import RoadNetworkError
from environment.roads import cache
from environment.roads.hub_labels import (
    FAR_MS,
    NO_STOP,
    HubLabels,
    build_labels,
    piece_table,
)
from environment.roads.nested_dissection import SETTINGS, CutTree, dissect
from environment.roads.network import RoadNetwork
from environment.roads.stops import PARTS, path_into, path_room, travel, travel_ms
from environment.units import DAY_S

MS_PER_S = 1000
DM_PER_M = 10


@dataclass(frozen=True, eq=False)
class Router:
    """Times, lengths and paths of shortest trips, for one way of driving.

    They begin and end at stops: junctions, and points between two (`environment.roads.stops`).
    Times are counted in whole milliseconds (at least one a street piece) and lengths in whole
    decimetres, so sums are exact and equal trips tie in whatever order they are added up.

    Attributes
    ----------
    roads : RoadNetwork
    labels : HubLabels
        For compiled code that asks by itself.
    """

    roads: RoadNetwork
    labels: HubLabels

    @classmethod
    def build(
        cls,
        roads: RoadNetwork,
        edge_time_s: NDArray[np.float64],
        along_s: NDArray[np.float64] | None = None,
    ) -> Router:
        """Build a router; what depends on the streets alone is kept on disk.

        Parameters
        ----------
        roads : RoadNetwork
        edge_time_s : (m,) float64
            Expected seconds along each street piece, with what is lost at its end.
        along_s : (m,) float64, optional
            The same without what is lost at its end, which whoever stops along it does not meet;
            NaN where nobody can stop. All seconds, where it is not given.

        Raises
        ------
        RoadNetworkError
            If a time is negative or no number, a junction cannot be reached, or a trip takes
            longer than `FAR_MS`.
        """
        _check_times(roads, edge_time_s)
        _check_connected(roads)
        time_ms = np.maximum(np.rint(edge_time_s * MS_PER_S), 1).astype(np.int64)
        length_dm = np.rint(roads.length_m * DM_PER_M).astype(np.int64)
        along_ms = None if along_s is None else _along_ms(along_s, time_ms)
        pieces = piece_table(roads.tail, roads.head, time_ms, length_dm, roads.lines, along_ms)
        labels = build_labels(_cut_tree(roads), pieces)
        if labels.time_ms.max() >= FAR_MS:
            raise RoadNetworkError(f"{roads.name}: a trip takes more than {_FAR_DAYS:.0f} days")
        return cls(roads, labels)

    def time_s(self, origin: int, destination: int) -> float:
        """Seconds from one stop to another."""
        labels = self.labels
        seconds: float = _time_s(labels.address, labels.time_ms, labels.pieces, origin, destination)
        return seconds

    def length_m(self, origin: int, destination: int) -> float:
        """Metres of the path from one stop to another."""
        labels = self.labels
        metres: float = _length_m(
            labels.address, labels.time_ms, labels.length_dm, labels.pieces, origin, destination
        )
        return metres

    def times_s(self, origins: ArrayLike, destination: int) -> NDArray[np.float64]:
        """Seconds from each of some stops to one, (k,)."""
        return self.table_s(origins, [destination])[:, 0]

    def table_s(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
        """Seconds from each of some stops to each of others, (origins, destinations)."""
        labels = self.labels
        starts, ends = np.asarray(origins, np.int64), np.asarray(destinations, np.int64)
        seconds: NDArray[np.float64] = _table_s(
            labels.address, labels.time_ms, labels.pieces, starts, ends
        )
        return seconds

    def path(self, origin: int, destination: int) -> NDArray[np.int32]:
        """The street pieces from one stop to another, in driving order."""
        labels = self.labels
        streets: NDArray[np.int32] = _path(
            labels.address, labels.time_ms, labels.edge, labels.pieces, origin, destination
        )
        return streets


_FAR_DAYS = FAR_MS / MS_PER_S / DAY_S


def _check_times(roads: RoadNetwork, edge_time_s: NDArray[np.float64]) -> None:
    if len(edge_time_s) != roads.edge_count:
        raise RoadNetworkError(
            f"{roads.name}: {len(edge_time_s)} travel times for {roads.edge_count} street pieces"
        )
    wrong = np.flatnonzero(~(edge_time_s >= 0) | ~(edge_time_s * MS_PER_S < FAR_MS))
    if len(wrong):
        edge = wrong[0]
        raise RoadNetworkError(
            f"{roads.name}: the travel time from junction {roads.node_id[roads.tail[edge]]} to "
            f"{roads.node_id[roads.head[edge]]} must be from 0 s to {_FAR_DAYS:.0f} days, "
            f"got {edge_time_s[edge]} s ({len(wrong)} such street pieces)"
        )


def _along_ms(along_s: NDArray[np.float64], time_ms: NDArray[np.int64]) -> NDArray[np.int64]:
    """Whole milliseconds of a stretch, at most those of the piece."""
    ms = np.where(np.isnan(along_s), NO_STOP, np.rint(along_s * MS_PER_S))
    return np.minimum(ms, time_ms).astype(np.int64)


def _check_connected(roads: RoadNetwork) -> None:
    streets = coo_array(
        (np.ones(roads.edge_count, np.int8), (roads.tail, roads.head)),
        shape=(roads.node_count, roads.node_count),
    )
    parts, part = connected_components(streets, connection="strong")
    if parts > 1:
        size = np.bincount(part)
        stray = np.flatnonzero(part != size.argmax())
        raise RoadNetworkError(
            f"{roads.name}: no way there and back between junction {roads.node_id[stray[0]]} and "
            f"the largest connected part, which has {size.max()} of {roads.node_count} junctions"
        )


def _cut_tree(roads: RoadNetwork) -> CutTree:
    """The tree of cuts, from disk if this map was taken apart before."""
    digest = hashlib.sha256(repr((SETTINGS, CutTree.__match_args__)).encode())
    for values in (roads.tail, roads.head, roads.xy_m):
        digest.update(np.ascontiguousarray(values).tobytes())
    stored = cache.fetch("cuts", digest.hexdigest())
    if stored is not None:
        return CutTree(**stored)
    tree = dissect(roads.tail, roads.head, roads.xy_m)
    # A disk that does not take it costs the next start a fraction of a second, and no word.
    cache.store("cuts", digest.hexdigest(), asdict(tree))
    return tree


_TABLE = types.Array(types.int32, 2, "C", readonly=True)
_STOPS = types.Array(types.int64, 1, "A", readonly=True)
_INT = types.int64


@njit(types.void(_TABLE, _TABLE, _INT), cache=True)
def _check_stop(address, pieces, stop):  # type: ignore[no-untyped-def]
    point = stop - len(address)
    if stop < 0 or (point >= 0 and (point >= len(pieces) * PARTS or point % PARTS == 0)):
        raise IndexError(
            "a stop is a junction, from 0 to the number of junctions less one, or a point between "
            "two of them"
        )


@njit(types.float64(_TABLE, _TABLE, _TABLE, _INT, _INT), cache=True)
def _time_s(address, time_ms, pieces, origin, destination):  # type: ignore[no-untyped-def]
    _check_stop(address, pieces, origin)
    _check_stop(address, pieces, destination)
    return travel_ms(address, time_ms, pieces, origin, destination) / MS_PER_S


@njit(types.float64(_TABLE, _TABLE, _TABLE, _TABLE, _INT, _INT), cache=True)
def _length_m(address, time_ms, length_dm, pieces, origin, destination):  # type: ignore[no-untyped-def]
    _check_stop(address, pieces, origin)
    _check_stop(address, pieces, destination)
    return travel(address, time_ms, length_dm, pieces, origin, destination)[1] / DM_PER_M


@njit(types.float64[:, ::1](_TABLE, _TABLE, _TABLE, _STOPS, _STOPS), cache=True)
def _table_s(address, time_ms, pieces, origins, destinations):  # type: ignore[no-untyped-def]
    seconds = np.empty((len(origins), len(destinations)))
    for column, destination in enumerate(destinations):
        for row, origin in enumerate(origins):
            seconds[row, column] = _time_s(address, time_ms, pieces, origin, destination)
    return seconds


@njit(types.int32[::1](_TABLE, _TABLE, _TABLE, _TABLE, _INT, _INT), cache=True)
def _path(address, time_ms, edge, pieces, origin, destination):  # type: ignore[no-untyped-def]
    _check_stop(address, pieces, origin)
    _check_stop(address, pieces, destination)
    streets = np.empty(path_room(len(address)), np.int32)
    count = path_into(address, time_ms, edge, pieces, origin, destination, streets)
    return streets[:count].copy()
