"""Traffic lights that may be equipped to make way for ambulances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class RouteLights:
    r"""Lights on the routes from stations to points; an equipped one holds no ambulance up.

    A drive then takes :math:`t_{ij}(u) = t_{ij} + \sum_l w_l (1 - u_l)` over the lights of its
    route, where :math:`t_{ij}` is the drive without any red light.

    Parameters
    ----------
    delay_s : (l,) float64
        :math:`w_l`, the expected wait at each light that is not equipped.
    on_route : (l, s, z) bool
        Whether a light is on the route from a station to a point.
    cost_per_day : float
        Of one equipped light.
    """

    delay_s: NDArray[np.float64]
    on_route: NDArray[np.bool_]
    cost_per_day: float

    def waits_s(self, is_equipped: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Expected wait on each route, (s, z), if these lights are equipped, (l,)."""
        waits_s = np.where(is_equipped, 0.0, self.delay_s)
        return np.tensordot(waits_s, self.on_route.astype(np.float64), axes=1)

    def mistakes(self, stations: int, points: int) -> list[str]:
        """What is wrong with it, a line each."""
        mistakes = []
        shape = (len(self.delay_s), stations, points)
        if self.on_route.shape != shape:
            mistakes.append(f"lights.on_route must have shape {shape}, got {self.on_route.shape}")
        if not (np.isfinite(self.delay_s) & (self.delay_s >= 0)).all():
            mistakes.append(f"lights.delay_s must be >= 0, got {self.delay_s.min():g}")
        if not 0 <= self.cost_per_day < np.inf:
            mistakes.append(f"lights.cost_per_day must be >= 0, got {self.cost_per_day!r}")
        return mistakes


@dataclass(frozen=True, eq=False)
class DistanceLights:
    r"""Lights as the paper has them: green for an ambulance nearer than a standard distance.

    Its constraints bind :math:`z_{lr}` (far) and :math:`s_{lr}` (green) to what is built,
    :math:`s_{lr} = u_l (1 - z_{lr})`, and no travel time to either. So lights cost money and
    change nothing, and the least cost is that of none.

    Parameters
    ----------
    distance_m : (l, r) float64
        From each ambulance to each light.
    standard_m : float
        Below this distance the light turns green.
    cost_per_day : float
        Of one equipped light.
    """

    distance_m: NDArray[np.float64]
    standard_m: float
    cost_per_day: float

    def greens(self, is_equipped: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether each light is green for each ambulance, (l, r), if these are equipped, (l,)."""
        return is_equipped[:, None] & (self.distance_m <= self.standard_m)

    def mistakes(self, stations: int, points: int) -> list[str]:  # noqa: ARG002
        """What is wrong with it, a line each."""
        mistakes = []
        if not (self.distance_m >= 0).all():
            mistakes.append(f"lights.distance_m must be >= 0, got {np.min(self.distance_m):g}")
        if not 0 <= self.standard_m < np.inf:
            mistakes.append(f"lights.standard_m must be >= 0, got {self.standard_m!r}")
        if not 0 <= self.cost_per_day < np.inf:
            mistakes.append(f"lights.cost_per_day must be >= 0, got {self.cost_per_day!r}")
        return mistakes
