"""Who spends the day in whose district: a gravity model."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from environment.parameters import Parameters, Share

NEAREST_SHARE = 0.1
"""Districts count as no nearer to each other than this share of their mean distance, so that none
with the same middle draws everybody."""


class Movement(Parameters):
    """How people move between districts in the course of a day, and are home again in the evening.

    Off by default, as the paper has it: its districts are closed off (hypothesis H5).
    """

    away_share: Annotated[
        Share, Field(description="share of the day that people spend in other districts")
    ] = 0.0
    distance_exponent: Annotated[
        float,
        Field(
            ge=0,
            le=10,
            allow_inf_nan=False,
            description="other districts draw by persons over distance to this power",
        ),
    ] = 2.0

    @property
    def is_there(self) -> bool:
        """Whether anybody leaves his district."""
        return self.away_share > 0


def gravity_presence(
    movement: Movement, persons: ArrayLike, distance: ArrayLike
) -> NDArray[np.float64]:
    r"""Share of the day that people of each district (rows) spend in each (columns).

    :math:`m_{ij}=\varepsilon\,N_jd_{ij}^{-\gamma}/\sum_{k\ne i}N_kd_{ik}^{-\gamma}` and
    :math:`m_{ii}=1-\varepsilon`: the singly constrained gravity model (Wilson, Transportation
    Research 1, 1967), with a given share of those who go.

    Parameters
    ----------
    movement : Movement
        :math:`\varepsilon` and :math:`\gamma`.
    persons : (d,) array-like
    distance : (d, d) array-like
        Between the middles of the districts, in any unit; its diagonal is not looked at.

    Returns
    -------
    (d, d) float64
        Rows sum to 1.
    """
    count = len(np.asarray(persons))
    if count == 1:
        return np.ones((1, 1))
    apart = np.array(distance, dtype=float)
    others = ~np.eye(count, dtype=bool)
    mean = apart[others].mean()
    apart = np.maximum(apart, NEAREST_SHARE * mean if mean > 0 else 1.0)
    draw = np.where(
        others, np.asarray(persons, dtype=float) * apart**-movement.distance_exponent, 0
    )
    away = movement.away_share * draw / draw.sum(axis=1, keepdims=True)
    return away + np.diag(1 - away.sum(axis=1))


def presence_mistakes(presence: NDArray[np.float64], districts: int) -> list[str]:
    """What is wrong with a matrix of who spends the day where, one line each."""
    if presence.shape != (districts, districts):
        return [f"presence must be ({districts}, {districts}), got {presence.shape}"]
    if not (presence >= 0).all():
        return [f"presence must be >= 0, got {presence[~(presence >= 0)][0]:g}"]
    off = np.flatnonzero(np.abs(presence.sum(axis=1) - 1) > 1e-9)
    return [f"rows of presence must sum to 1, row {k} sums to {presence[k].sum():g}" for k in off]
