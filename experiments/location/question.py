"""What is asked of a location model, checked as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import inf
from typing import Any

from environment.errors import CorridorError, suggest
from policies.siting.costs import (
    AMBULANCE_COST_PER_DAY,
    LIGHT_COST_PER_DAY,
    STATION_COST_PER_DAY,
    TRANSPORT_COST_PER_KM,
    UNMET_COST,
)
from policies.siting.covering.models import COVERING_MODELS
from policies.siting.limits import SearchLimits

K_MEANS, ROBUST = "k_means", "robust"
PROTECTIONS = ("nominal", "box", "budgeted", "ellipsoid")

MODELS: Mapping[str, tuple[str, ...]] = {
    **{model.asked_as: model.asks for model in COVERING_MODELS},
    K_MEANS: ("stations",),
    ROBUST: ("protection", "probability", "weight", "unmet_cost", "lights", "light_cost_per_day",
             "front"),
}  # fmt: skip
"""Every model, and what it asks beside what all of them do."""

MODEL_NAMES: Mapping[str, str] = {
    **{model.asked_as: model.looks_for for model in COVERING_MODELS},
    K_MEANS: "clusters of demand",
    ROBUST: "robust against demand",
}
"""What each of them looks for, in a few words."""

WHOLE = "a whole number "
SOME_DAYS = 10
"""Fewer simulated days say nothing of how demand varies."""


class QuestionError(CorridorError):
    """A model that cannot be asked so."""


@dataclass(frozen=True)
class LocationQuestion:
    """Which model is asked, and with what.

    Costs are by default those of the paper on robust location, as those of the location policy
    `robust` are; what a plan is depends on them.

    Parameters
    ----------
    model : str
        A name of `MODELS`.
    sites : int
        How many junctions stand as candidates beside the city's own stations.
    days : int
        Simulated days from which demand is estimated, and as many others on which plans are tried.
    stations : int, optional
        How many are chosen; by default as many as the city has.
    ambulances : int, optional
        How many there are to place, where the model does not size the fleet; by default the city's.
    target_s : float, optional
        Longest drive in time; by default what the most urgent calls leave for it.
    outer_target_s : float, optional
        The wider limit of `double_standard`; by default twice `target_s`.
    covered_share : float
        Of demand within `target_s` of an ambulance, for `double_standard`.
    busy_fraction : float, optional
        Share of the time that an ambulance is busy, for `mexclp`; by default that of the simulated
        days.
    protection : str
        Set of demands that a robust plan stands.
    probability : float
        With which a limit of a robust plan holds if demand is normal.
    weight : float
        Of cost against calls served too late, from 0 to 1.
    station_cost_per_day, ambulance_cost_per_day, transport_cost_per_km, unmet_cost : float
        Of an open station, an ambulance, a kilometre to a call, and a call that is
        farther than `target_s` from its station.
    lights : bool
        Whether lights to equip are decided, too.
    light_cost_per_day : float
        Of an equipped light.
    front : int
        Weights of cost against service, from all cost to all service, for which a robust plan is
        looked for beside its own; none for 0.
    gap : float
        Share of the objective at which a search may stop.
    time_limit_s : float
        Seconds after which it takes the best plan so far.

    Raises
    ------
    QuestionError
        That tells everything that is wrong.
    """

    model: str
    sites: int = 0
    days: int = 200
    stations: int | None = None
    ambulances: int | None = None
    target_s: float | None = None
    outer_target_s: float | None = None
    covered_share: float = 0.9
    busy_fraction: float | None = None
    protection: str = "ellipsoid"
    probability: float = 0.95
    weight: float = 0.5
    station_cost_per_day: float = STATION_COST_PER_DAY
    ambulance_cost_per_day: float = AMBULANCE_COST_PER_DAY
    transport_cost_per_km: float = TRANSPORT_COST_PER_KM
    unmet_cost: float = UNMET_COST
    lights: bool = False
    light_cost_per_day: float = LIGHT_COST_PER_DAY
    front: int = 0
    gap: float = 0.005
    time_limit_s: float = 60.0

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            known = list(MODELS)
            raise QuestionError(
                f"model must be one of {', '.join(known)}, got {self.model!r} "
                f"({suggest(self.model, known)})"
            )
        mistakes = [*self._foreign(), *self._wrong()]
        if mistakes:
            raise QuestionError("\n".join(mistakes))

    @property
    def limits(self) -> SearchLimits:
        """When a search may stop."""
        return SearchLimits(self.gap, self.time_limit_s)

    @property
    def is_robust(self) -> bool:
        """Whether stations and fleet are sized for demand at its worst."""
        return self.model == ROBUST

    def _foreign(self) -> list[str]:
        """What is set for another model."""
        owned = {name for asked in MODELS.values() for name in asked}
        own = MODELS[self.model]
        if self.is_robust:
            owned.add("ambulances")
        return [
            f"{field.name}: {self.model} does not ask for it"
            + (f"; it asks for {', '.join(own)}" if own else "")
            for field in fields(self)
            if field.name in owned
            and field.name not in own
            and getattr(self, field.name) != field.default
        ]

    def _wrong(self) -> list[str]:
        mistakes = [
            f"{name} must be {wanted}, got {getattr(self, name)!r}"
            for name, (least, most, wanted) in LIMITS.items()
            if getattr(self, name) is not None
            and not _lies(getattr(self, name), least, most, whole=wanted.startswith(WHOLE))
        ]
        for name in ("station_cost_per_day", "ambulance_cost_per_day", "transport_cost_per_km",
                     "unmet_cost", "light_cost_per_day"):  # fmt: skip
            if not _lies(getattr(self, name), 0, inf):
                mistakes.append(f"{name} must be >= 0, got {getattr(self, name)!r}")
        if self.protection not in PROTECTIONS:
            mistakes.append(
                f"protection must be one of {', '.join(PROTECTIONS)}, got {self.protection!r} "
                f"({suggest(str(self.protection), PROTECTIONS)})"
            )
        lights: object = self.lights
        if not isinstance(lights, bool):
            mistakes.append(f"lights must be true or false, got {lights!r}")
        return mistakes


LIMITS: Mapping[str, tuple[float, float, str]] = {
    "sites": (0, 10_000, WHOLE + "from 0 to 10,000"),
    "days": (SOME_DAYS, 10_000, WHOLE + f"from {SOME_DAYS} to 10,000"),
    "stations": (1, inf, WHOLE + ">= 1"),
    "ambulances": (1, inf, WHOLE + ">= 1"),
    "target_s": (1e-9, inf, "above 0"),
    "outer_target_s": (1e-9, inf, "above 0"),
    "covered_share": (0, 1, "from 0 to 1"),
    "busy_fraction": (0, 1 - 1e-9, "from 0 to below 1"),
    "probability": (0.5, 1 - 1e-9, "from 0.5 to below 1"),
    "weight": (0, 1, "from 0 to 1"),
    "front": (0, 100, WHOLE + "from 0 to 100"),
    "gap": (0, 1 - 1e-9, "from 0 to below 1"),
    "time_limit_s": (1e-9, inf, "above 0"),
}
"""Least and most of a number, and how that is told."""


def make_question(model: str, given: Mapping[str, Any]) -> LocationQuestion:
    """Ask a model with values by name.

    Raises
    ------
    QuestionError
        If a name is none of the question's, or a value is not allowed.
    """
    known = [field.name for field in fields(LocationQuestion) if field.name != "model"]
    unknown = [name for name in given if name not in known]
    if unknown:
        raise QuestionError(
            "\n".join(f"unknown parameter {name!r} ({suggest(name, known)})" for name in unknown)
        )
    return LocationQuestion(model, **given)


def _lies(value: object, least: float, most: float, *, whole: bool = False) -> bool:
    """Whether a value is a finite number within limits."""
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        return False
    return least <= value <= most and value < inf
