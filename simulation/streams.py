"""Random streams: one for each name and replication, so that runs can be paired."""

from __future__ import annotations

import functools
from collections.abc import Callable
from zlib import crc32

import numpy as np


def stream(seed: int, replication: int, name: str) -> np.random.Generator:
    """Return the random stream of a name.

    What is drawn from one stream never depends on what is drawn from another: a policy that
    draws from ``policy.*`` leaves ``demand.*`` untouched.
    """
    return np.random.default_rng([crc32(name.encode()), replication, seed])


def streams(seed: int, replication: int) -> Callable[[str], np.random.Generator]:
    """Return the function that gives the streams of one run by name."""
    return functools.partial(stream, seed, replication)
