"""All of the Hubei paper that can be tried on the rebuilt input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from papers.hubei.delivery import Deliveries, Partition, check_partition, least_deliveries
from papers.hubei.figure5 import READINGS, Searched, search
from papers.hubei.prefectures import Prefectures, load_prefectures


class Size(NamedTuple):
    """How much is tried.

    Attributes
    ----------
    tried : int
        Sets of rates for each reading of Figure 5, a power of 2.
    generations : int
        In which the nearest is looked for.
    starts : int
        Of k-means.
    """

    tried: int
    generations: int
    starts: int


QUICK, FULL = Size(2**11, 15, 50), Size(2**14, 60, 1_000)


@dataclass(frozen=True, eq=False)
class HubeiRuns:
    """What was tried.

    Attributes
    ----------
    prefectures : Prefectures
    partition : Partition
    deliveries : Deliveries
    figure5 : tuple of Searched
        One for each reading.
    size : Size
    """

    prefectures: Prefectures
    partition: Partition
    deliveries: Deliveries
    figure5: tuple[Searched, ...]
    size: Size


def run_hubei(size: Size, tell: Callable[[int, int, int], None] | None = None) -> HubeiRuns:
    """Try all of it; `tell` hears how many searches of how many are over, and that none failed."""
    prefectures = load_prefectures()
    searched = list[Searched]()
    for reading in READINGS:
        if tell is not None:
            tell(len(searched), len(READINGS), 0)
        searched.append(search(reading, size.tried, size.generations))
    if tell is not None:
        tell(len(searched), len(READINGS), 0)
    return HubeiRuns(
        prefectures,
        check_partition(prefectures, size.starts),
        least_deliveries(prefectures),
        tuple(searched),
        size,
    )
