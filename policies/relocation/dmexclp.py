"""Where the ambulance just freed adds most coverage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from policies.base import Move, RelocationView
from policies.mistakes import number_mistakes, refuse

TIE_SHARE = 1e-9
"""Gains that differ by less than this share are equal but for rounding."""


class Dmexclp:
    r"""Send an ambulance that comes free to the station where it adds most expected coverage.

    The dynamic maximum expected covering location problem: every ambulance is taken to be busy
    with probability :math:`q`, independently of the others. Zone :math:`z` with share
    :math:`d_z` of the demand, already reached by :math:`k_z` available ambulances within the
    target, then gains :math:`d_z (1 - q) q^{k_z}` from one more, and a station the sum over the
    zones that it reaches. Ambulances on their way to a station count as standing there, and
    others than the one just freed are not moved.

    Of stations that gain the same, the nearest is chosen; closed ones never are.

    Parameters
    ----------
    busy_fraction : float
        :math:`q`, above 0 and below 1.
    target_s : float
        Longest expected drive with siren from a station that reaches a zone, in free flow.

    References
    ----------
    Jagtenberg, Bhulai and van der Mei, An efficient heuristic for real-time ambulance
    redeployment, Operations Research for Health Care 4 (2015), 27-35. The defaults, one half and
    8 minutes, are those of the simulator JEMSS.
    """

    def __init__(self, busy_fraction: float = 0.5, target_s: float = 480.0) -> None:
        refuse(
            [
                *number_mistakes(
                    "busy_fraction", busy_fraction, lambda q: 0 < q < 1, "above 0 and below 1"
                ),
                *number_mistakes("target_s", target_s, lambda s: 0 < s < np.inf, "above 0 s"),
            ]
        )
        self._busy_fraction = busy_fraction
        self._target_s = target_s
        self._log_busy: NDArray[np.float64] | None = None
        self._weight = np.empty((0, 0))

    def move(self, view: RelocationView) -> Sequence[Move]:
        """Choose a station for the ambulance just freed; nobody moves where there is none."""
        if view.freed is None:
            return []
        gain = np.where(view.is_open, self.gains(view), -np.inf)
        most = gain.max()
        if most < 0:
            return []  # every station is closed
        best = (gain >= most * (1 - TIE_SHARE)).nonzero()[0]
        nearest = view.travel_to_station_s(view.freed)[best].argmin() if len(best) > 1 else 0
        return [Move(view.freed, view.stations[best[nearest]])]

    def gains(self, view: RelocationView) -> NDArray[np.float64]:
        """Share of demand that one more ambulance at each station would cover, (s,)."""
        if self._log_busy is None:
            self._log_busy = self._learn(view)
        unanswered = np.exp(view.standing @ self._log_busy)  # q to the power of k, by zone
        return self._weight @ unanswered

    def _learn(self, view: RelocationView) -> NDArray[np.float64]:
        """Keep what does not change in a run: which stations reach which zones."""
        reaches = (view.station_to_zone_s <= self._target_s).astype(np.float64)
        self._weight = reaches * (view.demand_share * (1 - self._busy_fraction))
        return reaches * np.log(self._busy_fraction)
