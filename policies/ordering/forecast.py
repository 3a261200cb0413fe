"""What demand is expected until the order after this one arrives."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.mistakes import number_mistakes
from policies.ordering.base import OrderingView


class Forecast(NamedTuple):
    """Demand of each of n items over some time.

    Attributes
    ----------
    mean, sd : (n,) float64
        Units.
    """

    mean: NDArray[np.float64]
    sd: NDArray[np.float64]


def protection_forecast(view: OrderingView, periods: int) -> Forecast:
    r"""Demand over lead time and review together, by the shared forecast or a moving average.

    A shared forecast is used where the view holds one. Else :math:`\hat\mu` and
    :math:`\hat\sigma` of a period are the mean and the standard deviation of the last `periods`
    ones, or of as many as there are; before the first period both are 0, and after one the
    deviation is. With demands of different periods taken as independent, :math:`T` periods have
    the mean :math:`T\hat\mu` and the standard deviation :math:`\sqrt T\,\hat\sigma`.

    Parameters
    ----------
    view : OrderingView
    periods : int
        :math:`p` of the moving average, >= 1.
    """
    mean, sd = _of_one_period(view, periods)
    time = view.protection_periods
    return Forecast(time * mean, np.sqrt(time) * sd)


def window_mistakes(periods: object) -> list[str]:
    """What is wrong with the number of periods of a moving average, if anything."""
    whole = "a whole number >= 1"
    return number_mistakes("periods", periods, lambda p: 1 <= p < math.inf and p % 1 == 0, whole)


def _of_one_period(view: OrderingView, periods: int) -> Forecast:
    if view.forecast_mean is not None and view.forecast_sd is not None:
        return Forecast(view.forecast_mean, view.forecast_sd)
    seen = view.demand_history[:, -periods:]
    nothing = np.zeros(len(view.items))
    return Forecast(
        seen.mean(axis=1) if seen.shape[1] else nothing,
        seen.std(axis=1, ddof=1) if seen.shape[1] > 1 else nothing,
    )
