"""Addresses: where in a zone a call comes from, and how far that is from the street."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from environment.places.zones import Zones
from environment.roads.network import RoadNetwork
from environment.roads.stops import PARTS


@dataclass(frozen=True, eq=False)
class AddressBook:
    """The addresses of a city, by zone.

    A zone's streets are the pieces whose middle lies nearest to its centre. An address on a street
    is a point of the line of a piece chosen by length. Like every other place it is joined to the
    streets by where it lies, so that a record of it says the same. Between towns, where no street
    has doors, it is the nearer end of the piece.
    """

    roads: RoadNetwork
    zones: Zones
    zone_node: NDArray[np.int64]
    zone_access_s: NDArray[np.float64]
    access_kph: float

    def draw(
        self,
        size: int,
        kind: Literal["zone", "street"],
        rng: np.random.Generator,
        among: NDArray[np.int64] | None = None,
    ) -> dict[str, NDArray[Any]]:
        """Draw `size` addresses: ``zone``, ``x``, ``y``, ``node``, ``access_s``.

        With `among`, they are in these zones alone, given by their rows.
        """
        zone = self._draw_zones(rng.random(size), among)
        along = rng.random((2, size))
        if kind == "zone":
            return {
                "zone": zone,
                "x": self.zones.x[zone],
                "y": self.zones.y[zone],
                "node": self.zone_node[zone],
                "access_s": self.zone_access_s[zone],
            }
        return self._on_streets(zone, *along)

    def _draw_zones(
        self, marks: NDArray[np.float64], among: NDArray[np.int64] | None
    ) -> NDArray[np.int64]:
        """A zone for each mark, by their shares of demand."""
        share = self.zones.demand_share
        if among is None:
            return np.searchsorted(np.cumsum(share)[:-1], marks, "right")
        own = share[among] if share[among].any() else np.ones(len(among))
        return among[np.searchsorted(np.cumsum(own)[:-1], marks * own.sum(), "right")]

    def zone_of(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        """The row of the zone whose centre is nearest to each point."""
        _, zone = self._zone_tree.query(np.column_stack(self.roads.to_metres(x, y)))
        return zone

    def _on_streets(
        self, zone: NDArray[np.int64], pick: NDArray[np.float64], along: NDArray[np.float64]
    ) -> dict[str, NDArray[Any]]:
        edge = self._pick_street(zone, pick)
        # At whole parts of a street: what is rounded in writing leads back to the same.
        parts = 1 if self.roads.is_between_towns else PARTS
        x, y = self.roads.lines.at(edge, np.rint(along * parts) / parts)
        node, distance_m = self.roads.nearest_stop(x, y)
        return {
            "zone": zone,
            "x": x,
            "y": y,
            "node": node,
            "access_s": distance_m / (self.access_kph / 3.6),
        }

    def _pick_street(self, zone: NDArray[np.int64], pick: NDArray[np.float64]) -> NDArray[np.int64]:
        """A street piece in each zone by length; the nearest to the centre where it has none."""
        edge, first, cumulated_m = self._streets
        start_m, end_m = cumulated_m[first[zone]], cumulated_m[first[zone + 1]]
        place = np.searchsorted(cumulated_m, start_m + pick * (end_m - start_m), "right") - 1
        place = np.clip(place, first[zone], np.maximum(first[zone + 1] - 1, first[zone]))
        empty = end_m <= start_m
        return np.where(empty, self._nearest_street[zone], edge[np.minimum(place, len(edge) - 1)])

    @cached_property
    def _streets(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Street pieces ordered by zone, where each zone begins, and the metres up to each."""
        inhabited = self._inhabited
        _, zone = self._zone_tree.query(self._middles_m[inhabited])
        order = np.argsort(zone, kind="stable")
        edge = inhabited[order]
        first = np.searchsorted(zone[order], np.arange(len(self.zones) + 1))
        return edge, first, np.append(0.0, np.cumsum(self.roads.length_m[edge]))

    @cached_property
    def _nearest_street(self) -> NDArray[np.int64]:
        inhabited = self._inhabited
        _, place = cKDTree(self._middles_m[inhabited]).query(self._zone_centres_m)
        return inhabited[place]

    @cached_property
    def _inhabited(self) -> NDArray[np.int64]:
        """Street pieces along which people live."""
        return np.flatnonzero(self.roads.has_doors)

    @cached_property
    def _middles_m(self) -> NDArray[np.float64]:
        xy_m = self.roads.xy_m
        return (xy_m[self.roads.tail] + xy_m[self.roads.head]) / 2

    @cached_property
    def _zone_centres_m(self) -> NDArray[np.float64]:
        return np.column_stack(self.roads.to_metres(self.zones.x, self.zones.y))

    @cached_property
    def _zone_tree(self) -> cKDTree:
        return cKDTree(self._zone_centres_m)
