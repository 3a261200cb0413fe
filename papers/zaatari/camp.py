"""Za'atari camp on a virtual grid: what the paper says of it, and stand-ins for what it does not.

Stated by the paper: a grid of 100 x 100 cells, twelve districts, 200 demand points distributed by
inhabitants, 30 candidate sites of which four are the clinics and the others random, the nearest
servers sent, and that the upper left is densely inhabited. Lost, and put in place before anything
was compared: inhabitants by district, where districts and clinics lie, and all coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from environment.apportionment import apportion
from papers.zaatari.paper import BaseRow
from policies.hypercube import HypercubeAnswer, HypercubeSystem, PlacementProblem
from policies.hypercube.system import Line, ServiceMode

GRID = 100.0
"""Cells along either side."""
CELL_M = 23.0
"""The camp covers 5.3 square kilometres (UNHCR, fact sheet of Zaatari camp, May 2017)."""
COLUMNS, ROWS = 4, 3
DISTRICTS = COLUMNS * ROWS
POINTS, SITES = 200, 30
CLINICS = np.array([(25.0, 25.0), (75.0, 25.0), (25.0, 75.0), (75.0, 75.0)])
"""One in the middle of each quarter."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Camp:
    """Where people live and ambulances may stand, in cells from the lower left.

    Attributes
    ----------
    points : (J, 2) float64
    district : (J,) int64
        Of each point, numbered from the upper left.
    sites : (I, 2) float64
        The first four are the clinics.
    inhabitants : (12,) float64
        Share of each district.
    """

    points: Array
    district: NDArray[np.int64]
    sites: Array
    inhabitants: Array

    @property
    def share(self) -> Array:
        """Share of the calls of each point, (J,): all alike, as points follow inhabitants."""
        return np.full(len(self.points), 1 / len(self.points))

    def travel_s(self, speed_kph: float) -> Array:
        """Seconds from each site to each point in a straight line, (I, J)."""
        return _apart(self.sites, self.points) * CELL_M / (speed_kph / 3.6)

    def service_s(self, speed_kph: float, scene_min: float) -> Array:
        """Mean seconds that a call of a point keeps a server of a site busy, (I, J).

        The way there, the time on the scene, the way to the clinic nearest to the point, and back.
        """
        s_per_cell = CELL_M / (speed_kph / 3.6)
        clinics = self.sites[: len(CLINICS)]
        to_clinic = _apart(self.points, clinics)
        clinic = to_clinic.argmin(axis=1)
        back = _apart(self.sites, clinics)[:, clinic]
        after = (to_clinic.min(axis=1) + back) * s_per_cell
        return self.travel_s(speed_kph) + 60 * scene_min + after


def draw_camp(rng: np.random.Generator, steepness: float = 1.0) -> Camp:
    """Lay out points and sites at random.

    Parameters
    ----------
    rng : numpy.random.Generator
    steepness : float
        How unequally districts are inhabited: the k-th of the twelve has inhabitants in proportion
        to (13 - k) to this power. At 1 the upper left has 12 times as many as the lower right.
    """
    centres = district_centres()
    inhabitants = np.arange(DISTRICTS, 0, -1.0) ** steepness
    inhabitants /= inhabitants.sum()
    district = np.repeat(np.arange(DISTRICTS), apportion(POINTS, inhabitants))
    size = np.array([GRID / COLUMNS, GRID / ROWS])
    points = centres[district] + rng.uniform(-0.5, 0.5, size=(POINTS, 2)) * size
    others = rng.uniform(0, GRID, size=(SITES - len(CLINICS), 2))
    return Camp(points, district, np.concatenate([CLINICS, others]), inhabitants)


def district_centres() -> Array:
    """Equal blocks, numbered by how far they are from the upper left corner, (12, 2)."""
    x = (np.arange(COLUMNS) + 0.5) * GRID / COLUMNS
    y = (np.arange(ROWS) + 0.5) * GRID / ROWS
    centres = np.array([(a, b) for b in y[::-1] for a in x])
    return centres[np.argsort(_apart(centres, np.array([(0.0, GRID)]))[:, 0], kind="stable")]


def _apart(here: Array, there: Array) -> Array:
    """Cells between places, (a, b)."""
    return np.asarray(np.linalg.norm(here[:, None] - there[None], axis=2))


SERVERS, ADDED = 5, 2


@dataclass(frozen=True)
class Setting:
    """What was fitted.

    Attributes
    ----------
    speed_kph, scene_min : float
    level : int
        Districting level, D.
    sites : tuple of int
        Of the five servers, by local search.
    misfit : float
        Root of the mean squared logarithm of our four figures over the paper's.
    """

    speed_kph: float
    scene_min: float
    level: int
    sites: tuple[int, ...]
    misfit: float


@dataclass(frozen=True, eq=False)
class FittedCamp:
    """A camp with its times, ready for questions."""

    camp: Camp
    setting: Setting

    def problem(self, servers: int, calls_per_hour: float) -> PlacementProblem:
        """Where to place so many servers for the least mean response time."""
        own = self.setting
        return PlacementProblem(
            self.camp.share * calls_per_hour,
            self.camp.travel_s(own.speed_kph),
            self.camp.service_s(own.speed_kph, own.scene_min),
            servers,
            own.level,
            service_mode="paper",
        )

    def system(
        self,
        sites: tuple[int, ...],
        calls_per_hour: float,
        *,
        level: int | None = None,
        line: Line = "loss",
        service_mode: ServiceMode = "paper",
    ) -> HypercubeSystem:
        """Servers at some sites, the nearest first; the districting level is that fitted or given.

        The calls are those of the camp without outbreaks.
        """
        own, chosen = self.setting, list(sites)
        travel_s = self.camp.travel_s(own.speed_kph)[chosen]
        service_s = self.camp.service_s(own.speed_kph, own.scene_min)[chosen]
        nearest = np.argsort(travel_s, axis=0, kind="stable")[: level or own.level].T
        calls = self.camp.share * calls_per_hour
        return HypercubeSystem(calls, travel_s, nearest, service_s, line, service_mode)

    @property
    def seven(self) -> tuple[int, ...]:
        """The five sites, and the two others nearest to the middle of the upper left district."""
        centre = district_centres()[0]
        near = np.argsort(np.linalg.norm(self.camp.sites - centre, axis=1), kind="stable")
        free = [site for site in near.tolist() if site not in self.setting.sites]
        return (*self.setting.sites, *free[:ADDED])

    def sites(self, servers: int) -> tuple[int, ...]:
        """Those of five servers, or of seven."""
        return self.setting.sites if servers == SERVERS else self.seven


def base_row(answer: HypercubeAnswer) -> BaseRow:
    """What a system is to expect, as in Table 2."""
    return BaseRow(
        round(answer.system.total_calls_per_hour, 9),
        answer.first_server_available,
        answer.longest_response_s / 60,
        answer.mean_response_s / 60,
        answer.mean_loss,
    )
