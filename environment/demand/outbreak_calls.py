"""Callers of an epidemic: in each district and day always the same ones, as many as there are.

How many call depends on the course of the epidemic, and so on what anybody decides. Who the k-th
caller of a district and day is does not: candidates are drawn in layers, each with streams of its
own, and as many of them as needed are taken in their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.demand.calls import Calls
from environment.demand.drawn_calls import DemandParameters, Streams, complete_calls, streams_of
from environment.demand.hospitals import HospitalParameters
from environment.units import DAY_S, HOUR_S

if TYPE_CHECKING:
    from environment.districts import Districts
    from environment.places.addresses import AddressBook

FIRST_LAYER = 32
"""Candidates of a district and day in the first layer; each other layer doubles their number."""

PERIOD_DAYS = 28
"""Candidates of so many days are drawn together, which takes hardly longer than those of one."""


class Candidates(NamedTuple):
    """One layer of a district and period, day by day."""

    columns: dict[str, NDArray[Any]]
    trip_noise: NDArray[np.float64] | None


class EpidemicCallers:
    """Draws the calls of an epidemic's days.

    Parameters
    ----------
    demand : DemandParameters
        What callers have in common with all others.
    addresses : AddressBook
    districts : Districts
    streams : Streams
        Those used are ``demand.epidemic_calls.DISTRICT.PERIOD.LAYER.…``.
    hospitals : HospitalParameters
    """

    def __init__(
        self,
        demand: DemandParameters,
        addresses: AddressBook,
        districts: Districts,
        streams: Streams,
        hospitals: HospitalParameters,
    ) -> None:
        self._demand = demand
        self._addresses = addresses
        self._zones = np.array(districts.of_zone)
        self._streams = streams
        self._hospitals = hospitals
        self._period = 0
        self._drawn: dict[tuple[str, int], Candidates] = {}

    def of_day(self, day: int, callers: Mapping[str, int], first: int, until_s: float) -> Calls:
        """The calls of a day with onset before `until_s`, numbered from `first` on.

        Parameters
        ----------
        day : int
        callers : mapping of str to int
            How many there are in each district, at least one in all.
        first : int
        until_s : float
        """
        taken = [
            (self._candidates(name, day // PERIOD_DAYS, layer), rows)
            for name, count in callers.items()
            for layer, rows in _layers(day, count)
        ]
        columns = {
            column: np.concatenate([layer.columns[column][rows] for layer, rows in taken])
            for column in taken[0][0].columns
        }
        noise = [layer.trip_noise[rows] for layer, rows in taken if layer.trip_noise is not None]
        kept = columns["onset_s"] < until_s
        table = pd.DataFrame({column: values[kept] for column, values in columns.items()})
        table.index += first
        return Calls(table, np.concatenate(noise)[kept] if noise else None)

    def _candidates(self, district: str, period: int, layer: int) -> Candidates:
        if period != self._period:
            self._period, self._drawn = period, {}
        if (district, layer) not in self._drawn:
            self._drawn[district, layer] = self._draw(district, layer)
        return self._drawn[district, layer]

    def _draw(self, district: str, layer: int) -> Candidates:
        """Everything that the candidates of a district, period and layer will ever need."""
        name = f"demand.epidemic_calls.{district}.{self._period}.{layer}"
        own = streams_of(name, self._streams)
        width = _width(layer)
        zones = np.flatnonzero(self._zones == district)
        kind, size = self._demand.address, PERIOD_DAYS * width
        day = self._period * PERIOD_DAYS + np.arange(size) // width
        known = pd.DataFrame(
            {
                "onset_s": DAY_S * day + self._moments_s(own("demand.arrivals").random(size)),
                **self._addresses.draw(size, kind, own("demand.places"), among=zones),
                "epidemic": True,
            }
        )
        calls = complete_calls(self._demand, known, own, self._hospitals)
        columns = {str(column): values.to_numpy() for column, values in calls.table.items()}
        return Candidates(columns, calls.trip_noise)

    def _moments_s(self, marks: NDArray[np.float64]) -> NDArray[np.float64]:
        """Seconds since midnight, by the hourly weights of all demand."""
        weights = np.array(self._demand.hourly_weights or [1.0] * 24)
        expected = np.append(0.0, np.cumsum(weights))
        return np.interp(marks * expected[-1], expected, HOUR_S * np.arange(25))


def _width(layer: int) -> int:
    """Candidates of one day in a layer."""
    return FIRST_LAYER if layer == 0 else FIRST_LAYER * 2 ** (layer - 1)


def _layers(day: int, count: int) -> Iterator[tuple[int, slice]]:
    """Layers with the first `count` candidates of a day, and their rows there."""
    layer = 0
    while count > 0:
        start = day % PERIOD_DAYS * _width(layer)
        yield layer, slice(start, start + min(count, _width(layer)))
        count -= _width(layer)
        layer += 1
