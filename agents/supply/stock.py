"""Stock: lots of each item at one site, the soonest to spoil used first."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence
from enum import IntEnum
from math import inf
from typing import NamedTuple, Protocol

import numpy as np
import simpy
from numpy.typing import NDArray


class Change(IntEnum):
    """Why a site's stock is no longer what it was; arrivals come first."""

    OPENING = 0
    PRODUCED = 1
    RECEIVED = 2
    SENT = 3
    USED = 4
    SPOILT = 5


class Lot(NamedTuple):
    """Units of one item that were made together.

    Attributes
    ----------
    spoils_s : float
        When they spoil; infinite if never.
    units : int
    """

    spoils_s: float
    units: int


class StockLog(Protocol):
    """Where every change of a stock is written down."""

    def stock_changed(
        self, time_s: float, site: int, item: int, change: Change, units: int
    ) -> None:
        """Note units of an item that came to a site or left it."""


class Stock:
    """What lies at one site.

    Spoiling is noticed when somebody looks, and noted for the moment at which it happened; what has
    spoilt on its way is thrown away as it comes in.

    Parameters
    ----------
    env : simpy.Environment
    log : StockLog
    site : int
        Number of the site in the event log.
    opening : (i,) sequence of int
        Units of each item at the start.
    spoils_s : (i,) sequence of float
        When they spoil.

    Attributes
    ----------
    opening : (i,) tuple of int
    """

    def __init__(
        self,
        env: simpy.Environment,
        log: StockLog,
        site: int,
        opening: Sequence[int],
        spoils_s: Sequence[float],
    ) -> None:
        self.site = site
        self.opening = tuple(opening)
        self._env = env
        self._log = log
        self._lots: list[list[Lot]] = [[] for _ in opening]
        self._units = [0] * len(opening)
        for item, (units, at_s) in enumerate(zip(opening, spoils_s, strict=True)):
            self.put(item, [Lot(at_s, units)] if units else [], Change.OPENING)

    def units(self, item: int) -> int:
        """Units of an item that are good now."""
        lots = self._lots[item]
        if lots and lots[0].spoils_s <= self._env.now:
            self._throw_away(item)
        return self._units[item]

    def on_hand(self) -> NDArray[np.int64]:
        """Units of each item that are good now, (i,); what has spoilt is noted."""
        return np.array([self.units(item) for item in range(len(self._lots))], dtype=np.int64)

    def seen(self) -> list[int]:
        """Units of each item that are good now, for who looks on: nothing is noted."""
        now_s = self._env.now
        return [sum(lot.units for lot in own if lot.spoils_s > now_s) for own in self._lots]

    def look(self) -> None:
        """Note whatever has spoilt until now."""
        for item in range(len(self._lots)):
            self.units(item)

    def put(self, item: int, lots: Iterable[Lot], change: Change) -> None:
        """Add lots of an item."""
        own, now_s = self._lots[item], self._env.now
        for keeps_until_s, units in lots:
            spoils_s = max(keeps_until_s, now_s)
            if own and own[-1].spoils_s == spoils_s:
                own[-1] = Lot(spoils_s, own[-1].units + units)
            else:
                insort(own, Lot(spoils_s, units))
            self._units[item] += units
            self._log.stock_changed(now_s, self.site, item, change, units)

    def take(self, item: int, units: int, change: Change) -> list[Lot]:
        """Take out up to so many units, those that spoil first before others."""
        left = taken = min(units, self.units(item))
        own, out = self._lots[item], []
        while left:
            lot = own[0]
            part = min(lot.units, left)
            out.append(Lot(lot.spoils_s, part))
            if part == lot.units:
                del own[0]
            else:
                own[0] = Lot(lot.spoils_s, lot.units - part)
            left -= part
        if taken:
            self._units[item] -= taken
            self._log.stock_changed(self._env.now, self.site, item, change, taken)
        return out

    def _throw_away(self, item: int) -> None:
        lots, now_s = self._lots[item], self._env.now
        while lots and lots[0].spoils_s <= now_s:
            spoilt = lots.pop(0)
            self._units[item] -= spoilt.units
            self._log.stock_changed(spoilt.spoils_s, self.site, item, Change.SPOILT, spoilt.units)


def spoils_at(now_s: float, shelf_life_s: float | None) -> float:
    """When what is made now spoils."""
    return inf if shelf_life_s is None else now_s + shelf_life_s
