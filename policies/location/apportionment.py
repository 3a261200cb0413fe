"""Whole units in proportion to weights."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def apportion(total: int, weights: ArrayLike) -> NDArray[np.int64]:
    """Split `total` whole units in proportion to `weights` by the largest remainders.

    The method of Hamilton: each gets its quota rounded down, and the largest fractions one more;
    of equal fractions, the first.
    """
    share = np.asarray(weights, dtype=float)
    quota = total * share / share.sum()
    whole = np.floor(quota).astype(np.int64)
    by_remainder = np.argsort(whole - quota, kind="stable")
    whole[by_remainder[: total - whole.sum()]] += 1
    return whole
