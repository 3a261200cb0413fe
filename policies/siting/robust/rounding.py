"""Whole plans near a relaxed one: which stations, how many ambulances, and whose calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.siting.robust.plan import Layout
from policies.siting.robust.share_optimiser import ShareOptimiser

MOST_WORK, WORK_OF_A_SET = 1e9, 100.0
"""Products of numbers in one search for stations, and matrices of one set: about a second."""

MORE_AMBULANCES = 2
"""Fleets tried beyond the least that could do."""

SIZED, MOST_SIZED = 4, 12
"""Sets of stations that are given whole ambulances, and how many where no plan is found so."""

MOST_MOVES = 3
"""Ambulances moved, one at a time, from where one is worth least to where it is worth most."""

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

MakeOptimiser = Callable[[Bools], ShareOptimiser]
Offer = Callable[[Layout], float]
"""Takes a layout, and says what it truly costs; infinite where it breaks a limit."""


class BestShares(NamedTuple):
    """The best shares of a set of stations, with ambulances in parts."""

    cost: float
    optimiser: ShareOptimiser
    share: Floats


def settle(
    starts: list[Bools],
    likely: Bools,
    make: MakeOptimiser,
    is_equipped: Bools,
    offer: Offer,
    least: float = np.inf,
) -> None:
    """Improve sets of stations one station at a time, and offer whole plans of the best.

    Parameters
    ----------
    starts : list of (s,) bool
    likely : (s,) bool
        Stations that may be added to them.
    make : callable
        Gives the share optimiser of a set.
    is_equipped : (l,) bool
    offer : callable
    least : float
        Cost of the best plan so far; sets that cost more with ambulances in parts are left out.
    """
    tried = TriedSets(make, likely)
    begun = [one for one in map(tried.share, starts) if one is not None]
    if not begun:
        return
    for one in sorted(begun, key=lambda one: one.cost):
        best: BestShares | None = one
        while best is not None:
            best = tried.better(best)
    for rank, one in enumerate(tried.by_cost()):
        if one.cost >= least or rank >= (SIZED if np.isfinite(least) else MOST_SIZED):
            return
        least = min(least, _size(one, is_equipped, offer))
        if one.optimiser.is_over:
            return


class TriedSets:
    """Sets of stations that have been looked at, each once."""

    def __init__(self, make: MakeOptimiser, likely: Bools) -> None:
        self._make, self._likely = make, likely
        self._known: dict[bytes, BestShares | None] = {}

    def share(self, is_open: Bools, near: BestShares | None = None) -> BestShares | None:
        """Shares of a set that is new, if it reaches every point; near those of another."""
        if is_open.tobytes() in self._known:
            return None
        optimiser = self._make(is_open)
        found = None
        if optimiser.serves_all:
            begin = None if near is None else near.optimiser.everywhere(near.share)
            share = optimiser.best(optimiser.begin(begin))
            found = BestShares(optimiser.cost(share), optimiser, share)
        self._known[is_open.tobytes()] = found
        return found

    def better(self, best: BestShares) -> BestShares | None:
        """The first new set beside a set that costs less."""
        most = MOST_WORK / (WORK_OF_A_SET * best.optimiser.products)
        for is_open in neighbours(best.optimiser.is_open, self._likely):
            if len(self._known) >= most or best.optimiser.is_over:
                return None
            one = self.share(is_open, best)
            if one is not None and one.cost < best.cost:
                return one
        return None

    def by_cost(self) -> list[BestShares]:
        """All that reach every point, the cheapest first."""
        found = [one for one in self._known.values() if one is not None]
        return sorted(found, key=lambda one: one.cost)


def neighbours(is_open: Bools, likely: Bools) -> Iterator[Bools]:
    """Sets with a station less, a likely one more, or a likely one instead."""
    opened, closed = np.flatnonzero(is_open).tolist(), np.flatnonzero(likely & ~is_open).tolist()
    for j in (*opened, *closed):
        yield _changed(is_open, j)
    for j, k in product(opened, closed):
        yield _changed(is_open, j, k)


def _changed(is_open: Bools, *stations: int) -> Bools:
    changed = is_open.copy()
    changed[list(stations)] ^= True
    return changed


def _size(one: BestShares, is_equipped: Bools, offer: Offer) -> float:
    """Give the stations whole ambulances, and share calls so that these are enough; the cost."""
    needed = one.optimiser.needed(one.share)
    least = _offer_shares(one, one.share, is_equipped, offer)
    for more in range(MORE_AMBULANCES + 1):
        whole = whole_parts(needed, more)
        share, cost = one.share, np.inf
        for _ in range(MOST_MOVES):
            share, worth = one.optimiser.within(share, whole)
            before, cost = cost, _offer_shares(one, share, is_equipped, offer)
            least = min(least, cost)
            if cost >= before < np.inf:
                break
            whole = _moved(whole, worth)
        if (more and np.isfinite(least)) or one.optimiser.is_over:
            break
    return least


def _moved(whole: Floats, worth: Floats) -> Floats:
    """An ambulance less where one is worth least, and one more where it is worth most."""
    if not whole.any():
        return whole
    moved = whole.copy()
    least = int(np.where(whole > 0, worth, np.inf).argmin())
    moved[least] -= 1
    moved[int(worth.argmax())] += 1
    return moved


def whole_parts(needed: Floats, more: int = 0) -> Floats:
    """Whole numbers with the sum of the needed ones rounded up, by largest remainders."""
    whole = np.floor(needed + 1e-9)
    left = int(np.ceil(needed.sum() - whole.sum() - 1e-9)) + more
    largest_first = np.argsort(-(needed - whole), kind="stable")
    np.add.at(whole, np.resize(largest_first, left), 1)
    return whole


def _offer_shares(one: BestShares, share: Floats, is_equipped: Bools, offer: Offer) -> float:
    every = one.optimiser.everywhere(share)
    is_open = np.asarray((every > 0).any(axis=1), dtype=bool)
    return offer(Layout(is_open, every, is_equipped))
