"""Orders, the consignments that carry goods, and what an office still owes."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.supply.stock import Lot


@dataclass(frozen=True)
class Place:
    """A site of the supply system on the streets.

    Attributes
    ----------
    site : int
        Its number in the event log: suppliers first, then stores, then distributors.
    name : str
    node : int
    access_s : float
        Seconds between its junction and its gate.
    """

    site: int
    name: str
    node: int
    access_s: float


@dataclass(eq=False)
class Order:
    """Units of one item, ordered for a store.

    Attributes
    ----------
    number, office, supplier, item, units : int
    store : Place
    price : float
        Money a unit.
    rank : float
        Less is served first.
    ordered_s : float
    made, shipped, received : int
        Units so far.
    begins_s : float
        When the supplier can begin with it; NaN until it has read it.
    completed_s : float
        When the last unit came in; NaN until then.
    """

    number: int
    office: int
    supplier: int
    store: Place
    item: int
    units: int
    price: float
    rank: float
    ordered_s: float
    made: int = 0
    shipped: int = 0
    received: int = 0
    begins_s: float = math.nan
    completed_s: float = math.nan


@dataclass(eq=False)
class Consignment:
    """Lots of each item on their way.

    Attributes
    ----------
    origin, destination : Place
    lots : (i,) list of lists of Lot
    load_l : int
        Litres that it takes on a truck.
    order : int
        Of the order that it is a part of; -1 where a store serves a distributor.
    number : int
        In the log; -1 until it is written down.
    sent_s, left_s, arrived_s : float
        Handed to the transporter, gone from the origin, unloaded; NaN until then.
    not_before_s : float
        When it may be unloaded.
    unload_s : float or None
        Unloading; None for what its trucks take everywhere.
    """

    origin: Place
    destination: Place
    lots: list[list[Lot]]
    load_l: int
    order: int
    sent_s: float
    number: int = -1
    left_s: float = field(default=math.nan)
    arrived_s: float = field(default=math.nan)
    not_before_s: float = 0.0
    unload_s: float | None = None

    @cached_property
    def units(self) -> NDArray[np.int64]:
        """Units of each item, (i,)."""
        return np.array([sum(lot.units for lot in lots) for lots in self.lots], dtype=np.int64)


def truckloads(
    lots: Sequence[Sequence[Lot]], volume_l: NDArray[np.float64], capacity_l: float
) -> list[tuple[list[list[Lot]], int]]:
    """Split lots of each item into loads that a truck carries, filled one after the other.

    Returns
    -------
    list of (lots by item, litres)
        Litres are whole, so that a router can add them up; none is above the whole capacity.
    """
    most_l = math.floor(capacity_l)
    loads: list[tuple[list[list[Lot]], int]] = []
    current: list[list[Lot]] = [[] for _ in lots]
    room_l = float(most_l)
    for item, own in enumerate(lots):
        each_l = float(volume_l[item])
        for lot in own:
            left = lot.units
            while left:
                fits = min(left, math.floor(room_l / each_l + 1e-9))
                if fits == 0:
                    loads.append((current, _whole_l(most_l - room_l)))
                    current, room_l = [[] for _ in lots], float(most_l)
                    continue
                current[item].append(Lot(lot.spoils_s, fits))
                room_l -= fits * each_l
                left -= fits
    if any(current):
        loads.append((current, _whole_l(most_l - room_l)))
    return loads


def _whole_l(load_l: float) -> int:
    """Litres as a router counts them: whole ones, and at least one."""
    return max(1, math.ceil(load_l - 1e-9))


Units = NDArray[np.int64]


class Asked(NamedTuple):
    """Units of one item that were asked for at the same moment and are not all given.

    Attributes
    ----------
    since_s : float
    units : int
    """

    since_s: float
    units: int


class Debts:
    """Units that each distributor has asked for and not been given; the oldest are given first.

    Parameters
    ----------
    distributors, items : int
        How many there are.

    Attributes
    ----------
    units : (d, i) int64
    since_s : (d, i) float64
        When the oldest unit that is owed was asked for; where nothing is owed, it has no meaning.
    """

    def __init__(self, distributors: int, items: int) -> None:
        self.units = np.zeros((distributors, items), dtype=np.int64)
        self.since_s = np.zeros((distributors, items))
        self._asked: list[list[deque[Asked]]] = [
            [deque() for _ in range(items)] for _ in range(distributors)
        ]

    def ask(self, distributor: int, units: Units, now_s: float) -> None:
        """Note what a distributor asks for now, (i,)."""
        for item in np.flatnonzero(units).tolist():
            self._asked[distributor][item].append(Asked(now_s, int(units[item])))
        self._changed(distributor, units)

    def give(self, distributor: int, units: Units) -> None:
        """Note what a distributor is given, (i,): no more than it is owed."""
        for item in np.flatnonzero(units).tolist():
            asked, left = self._asked[distributor][item], int(units[item])
            while left:
                oldest = asked.popleft()
                if oldest.units > left:
                    asked.appendleft(oldest._replace(units=oldest.units - left))
                left -= min(left, oldest.units)
        self._changed(distributor, -units)

    def owe_again(self, distributor: int, units: Units, now_s: float) -> None:
        """Note what was given and could not be sent, (i,): as old as the oldest that is owed."""
        for item in np.flatnonzero(units).tolist():
            asked = self._asked[distributor][item]
            asked.appendleft(Asked(asked[0].since_s if asked else now_s, int(units[item])))
        self._changed(distributor, units)

    def _changed(self, distributor: int, units: Units) -> None:
        self.units[distributor] += units
        for item in np.flatnonzero(units).tolist():
            asked = self._asked[distributor][item]
            if asked:
                self.since_s[distributor, item] = asked[0].since_s
