"""Queues that still grow when a run ends: their means tell how long the run was, and no more."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from experiments.batch.engine import Batch
from simulation.measures.catalogue import WAIT_TREND

ALONE = 0.6
"""Of ten values in random order, so high a correlation has a probability of 0.0083."""
DEVIATION = np.sqrt(2 * (2 * 10 + 5) / (9 * 10 * 9))
"""Standard deviation of the correlation of ten values in random order."""
TOGETHER = 3.1
"""Standard deviations, exceeded by chance with a probability of 0.001."""
SHOWN_ARMS = 5
NOTE = "waiting still grows at the end of the run: the mean says how long the run was"


def still_grows(trends: ArrayLike) -> bool:
    """Whether waits grow during runs beyond what chance does.

    Parameters
    ----------
    trends : (n,) array_like
        The measure ``wait_trend`` of each replication; those that are NaN are left out.

    Notes
    -----
    Kendall's test against a trend of the mean waits of ten batches of calls: exact for one run, by
    the normal law for the mean over several. Waits of neighbouring batches are alike, and so it
    gives somewhat more false alarms than independent values would: see
    ``docs/how-to/statistics.md``.
    """
    known = np.asarray(trends, dtype=float)
    known = known[~np.isnan(known)]
    if len(known) < 2:
        return bool((known > ALONE - 1e-9).any())
    return bool(known.mean() * np.sqrt(len(known)) / DEVIATION > TOGETHER)


def notes_on_growth(batch: Batch) -> Iterator[str]:
    """A note that names the arms whose waiting still grows."""
    if WAIT_TREND not in batch.summaries:
        return
    trends = batch.summaries.groupby("arm", sort=False)[WAIT_TREND]
    growing = [str(arm) for arm, own in trends if still_grows(own)]
    if growing:
        more = len(growing) - SHOWN_ARMS
        named = ", ".join(growing[:SHOWN_ARMS]) + (f" and {more} more" if more > 0 else "")
        yield f"{named}: {NOTE}" if len(batch.arms) > 1 else NOTE
