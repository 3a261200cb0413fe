"""Whether all runs of a batch are in one city, on which what they say is conditional."""

from __future__ import annotations

from collections.abc import Iterator

from experiments.batch import Batch

ONE_CITY = "all runs are in one city, so what they say is conditional on it"


def one_city_note(batch: Batch) -> Iterator[str]:
    """A sentence where no arm has streets that others have not, and there are several runs."""
    first, *others = batch.arms.values()
    if batch.replications > 1 and all(other.roads == first.roads for other in others):
        yield ONE_CITY
