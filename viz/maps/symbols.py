"""Symbols of sites on a map, each with its name beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from environment.places.city import CityMap
from viz.maps.labels import place_labels, spread_symbols
from viz.pictures.style import HALO, HOSPITAL, SMALL_PT, STATION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SYMBOL_PT = 13.0
NARROWED = {"D": 0.8}  # a square on its corner is wider than others


@dataclass(frozen=True, eq=False)
class Symbols:
    """Sites of one kind.

    Attributes
    ----------
    kind : str
        As in the legend.
    x, y : (k,) float64
        In the units of the map.
    names : sequence of str
        Stand beside them.
    texts : sequence of str
        Stand in them: a letter, or a number of two digits.
    colour, marker : str
        As matplotlib has them.
    """

    kind: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    names: Sequence[str]
    texts: Sequence[str]
    colour: str
    marker: str


def station_symbols(city_map: CityMap) -> list[Symbols]:
    """The stations of a map with their ambulances, if it has any."""
    sites = city_map.stations
    if sites is None or not len(sites):
        return []
    texts, kind = sites.ambulances.astype(str).tolist(), "station, with its ambulances"
    return [Symbols(kind, sites.x, sites.y, sites.name.tolist(), texts, STATION, "o")]


def hospital_symbols(city_map: CityMap) -> list[Symbols]:
    """The hospitals of a map, if it has any."""
    sites = city_map.hospitals
    if sites is None or not len(sites):
        return []
    texts = ["H"] * len(sites)
    return [Symbols("hospital", sites.x, sites.y, sites.name.tolist(), texts, HOSPITAL, "s")]


def draw_symbols(ax: Axes, kinds: Sequence[Symbols]) -> None:
    """Draw sites so that none covers another; where names lack room, the first kinds come first.

    Parameters
    ----------
    ax : Axes
        With its limits set.
    kinds : sequence of Symbols
    """
    if not kinds:
        return
    places = np.concatenate([np.column_stack((own.x, own.y)) for own in kinds])
    places = spread_symbols(ax, places, symbol_pt=SYMBOL_PT)
    labels = []
    for own in kinds:
        xy, places = places[: len(own.x)], places[len(own.x) :]
        size_pt = SYMBOL_PT * NARROWED.get(own.marker, 1.0)
        ax.plot(
            xy[:, 0], xy[:, 1], own.marker, color=own.colour, markersize=size_pt,
            markeredgecolor=HALO, markeredgewidth=1.2, zorder=7, label=own.kind,
        )  # fmt: skip
        for (x, y), name, text in zip(xy.tolist(), own.names, own.texts, strict=True):
            _write_in_symbol(ax, x, y, text)
            labels.append((x, y, name, own.colour))
    place_labels(ax, labels, symbol_pt=SYMBOL_PT / 2)


def _write_in_symbol(ax: Axes, x: float, y: float, text: str) -> None:
    ax.annotate(
        text, (x, y), ha="center", va="center_baseline", color="white",
        fontsize=SMALL_PT, fontweight="bold", zorder=8,
    )  # fmt: skip
