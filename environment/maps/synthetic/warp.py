"""A gentle bending of the whole plan, so that nothing in the city is drawn with a ruler."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from environment.maps.synthetic.land import Land
from environment.maps.synthetic.planar_map import Point

# (amplitude in metres, wavelength in metres): hills and old field boundaries.
WAVES = ((110.0, 5_200.0), (45.0, 2_900.0), (10.0, 1_300.0))
OLD_TOWN_WAVE = (12.0, 330.0)
FADE_M = 1_600.0  # within this distance of the frame the bending fades out


@dataclass(frozen=True)
class Warp:
    """Displacement of every point by sums of plane waves; crooked lanes in the old town."""

    land: Land
    waves: tuple[tuple[float, float, float, float], ...]
    """Amplitude in metres, two wave numbers per metre and a phase, of each wave."""

    def __call__(self, x: float, y: float) -> Point:
        """Where a point of the plan comes to lie."""
        dx, dy = self._displacement(x, y)
        return round(x + dx, 2), round(y + dy, 2)

    def back(self, x: float, y: float) -> Point:
        """The point of the plan that comes to lie here, to a few metres."""
        dx, dy = self._displacement(x, y)
        dx, dy = self._displacement(x - dx, y - dy)
        return x - dx, y - dy

    def line(self, points: Iterable[Iterable[float]]) -> list[Point]:
        """A whole line."""
        return [self(x, y) for x, y in points]

    def _displacement(self, x: float, y: float) -> Point:
        fade = self._fade(x, y)
        if fade == 0.0:
            return 0.0, 0.0
        moves = [a * math.sin(kx * x + ky * y + phase) for a, kx, ky, phase in self.waves]
        old_town = self._old_town(x, y)
        dx, dy = sum(moves[:-2:2]), sum(moves[1:-2:2])
        return fade * (dx + old_town * moves[-2]), fade * (dy + old_town * moves[-1])

    def _fade(self, x: float, y: float) -> float:
        edge_m = min(x, y, self.land.width_m - x, self.land.height_m - y)
        share = min(max(edge_m / FADE_M, 0.0), 1.0)
        return share * share * (3 - 2 * share)

    def _old_town(self, x: float, y: float) -> float:
        c = self.land.centre
        return math.exp(-((x - c.x) ** 2 + (y - c.y) ** 2) / (0.4 * self.land.half_m) ** 2)


def choose_warp(land: Land, rng: np.random.Generator) -> Warp:
    """Draw directions and phases of the waves, two (east and north) of each length."""
    waves = []
    for amplitude_m, wavelength_m in (*WAVES, OLD_TOWN_WAVE):
        for _ in ("east", "north"):
            angle, phase = (round(float(v), 4) for v in rng.uniform(0, 2 * math.pi, 2))
            k = 2 * math.pi / wavelength_m
            waves.append((amplitude_m, k * math.cos(angle), k * math.sin(angle), phase))
    return Warp(land, tuple(waves))
