"""A camp with its speed, time on the scene and districting level, ready for questions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from papers.zaatari.camp import Camp, district_centres
from papers.zaatari.paper import BaseRow
from policies.hypercube import HypercubeAnswer, HypercubeSystem, PlacementProblem
from policies.hypercube.system import Line, ServiceMode

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
