"""The demand of the present: what was known before, and what has come since."""

from __future__ import annotations

from math import exp

import numpy as np
from numpy.typing import NDArray

from environment.units import HOUR_S


class PresentDemand:
    r"""Calls an hour by zone, learnt from those that came, the older the less.

    A call that came :math:`t` ago counts :math:`e^{-t/m}`. What was known beforehand counts like
    calls of :math:`m` hours:

    .. math:: \lambda_z = \frac{m \lambda_z^0 + \sum_i e^{-t_i/m}}{m + m (1 - e^{-T/m})}

    after :math:`T` hours of the run.

    Parameters
    ----------
    known_per_hour : (z,) float64
        :math:`\lambda^0`.
    memory_h : float
        :math:`m`.
    """

    def __init__(self, known_per_hour: NDArray[np.float64], memory_h: float) -> None:
        self._known = known_per_hour
        self._memory_h = memory_h
        self._count = np.zeros(len(known_per_hour))
        self._counted_h = 0.0
        self._seen: set[int] = set()

    def note(self, number: int, zone: int, units: int, now_s: float) -> None:
        """Count a call of a zone, the first time that it is asked for."""
        if number not in self._seen:
            self._seen.add(number)
            self._forget(now_s)
            self._count[zone] += units

    def per_hour(self, now_s: float) -> NDArray[np.float64]:
        """Ambulances that calls of each zone ask for in an hour, (z,)."""
        self._forget(now_s)
        observed_h = self._memory_h * (1 - exp(-self._counted_h / self._memory_h))
        return (self._memory_h * self._known + self._count) / (self._memory_h + observed_h)

    def _forget(self, now_s: float) -> None:
        now_h = now_s / HOUR_S
        self._count *= exp((self._counted_h - now_h) / self._memory_h)
        self._counted_h = now_h
