"""What a delivery plan is asked for: districts, sites, ways, costs and delays."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.answers import MOST_UNITS
from policies.mistakes import number_mistakes, refuse

PERSONS_PER_GROUP, INFECTED_PER_GROUP = 8, 15

Help = Literal["own_region_first", "anywhere"]
Short = Literal["proportional", "most_infected", "least_fill_rate"]

MOST_GROWTH = 20.0
"""Of the exponent of the delay penalty; exp(20) is half a billion, and solvers lose digits."""


def groups_needed(infected: ArrayLike) -> NDArray[np.int64]:
    """Groups of eight medical staff: one for every fifteen infected, rounded up."""
    return np.ceil(np.asarray(infected, dtype=float) / INFECTED_PER_GROUP).astype(np.int64)


@dataclass(frozen=True, eq=False)
class DeliveryProblem:
    """What is there and what is needed, for m sites, n districts and k items.

    Source: the Hubei paper's section 5 as the model page `hubei-delivery` (3) rebuilds it. Ours
    are several items, what is ready before anything is made, and what is done in a shortage.

    Parameters
    ----------
    need : (n, k) int64
        Units.
    groups : (n,) int64
        Groups of staff that are asked for (see `groups_needed`).
    supply : (m, k) int64
        The most units that a site can send, those included that it makes for it.
    ready : (m, k) int64
        Of them, units that need not be made first.
    production_per_day : (m, k) float64
        Units of an item that a site makes in a day; items are made side by side.
    staff_groups : (m,) int64
        Groups that a site can send.
    distance_km : (m, n) float64
        Infinite where there is no way.
    region : (n,) int64
        Each district's own site.
    fixed_cost : (m,) float64
        Of a site that sends anything.
    threshold_days : (n,) float64
        Days after which an arrival is late.
    infected_share : (n,) float64
        Infected among the inhabitants, by which `most_infected` ranks.
    cost_per_unit_km : (k,) float64
    subsidy_per_person : float
    speed_km_per_day, response_days : float
    delay_growth_per_day : float
        κ of the penalty exp(κ · days late) - 1 of every way that is used.
    help : {"own_region_first", "anywhere"}
        With the first a site sends others only what its own region does not need, and others send
        its region only what it cannot, as the paper has it (section 4).
    short : {"proportional", "most_infected", "least_fill_rate"}
        Who goes without where supply falls short of need.

    Raises
    ------
    PolicyError
        With everything that is wrong.
    """

    need: NDArray[np.int64]
    groups: NDArray[np.int64]
    supply: NDArray[np.int64]
    ready: NDArray[np.int64]
    production_per_day: NDArray[np.float64]
    staff_groups: NDArray[np.int64]
    distance_km: NDArray[np.float64]
    region: NDArray[np.int64]
    fixed_cost: NDArray[np.float64]
    threshold_days: NDArray[np.float64]
    infected_share: NDArray[np.float64]
    cost_per_unit_km: NDArray[np.float64]
    subsidy_per_person: float = 0.0
    speed_km_per_day: float = 600.0
    response_days: float = 0.0
    delay_growth_per_day: float = 0.5
    help: Help = "own_region_first"
    short: Short = "proportional"

    def __post_init__(self) -> None:
        refuse([*_shape_mistakes(self), *_number_mistakes(self)])
        refuse([*_value_mistakes(self), *self._growth_mistakes()])

    @property
    def has_way(self) -> NDArray[np.bool_]:
        """Where a site reaches a district, (m, n)."""
        return np.isfinite(self.distance_km)

    @property
    def way_days(self) -> NDArray[np.float64]:
        """Response and drive of each way, without what is made first, (m, n)."""
        return self.response_days + self.distance_km / self.speed_km_per_day

    @property
    def most_making_days(self) -> NDArray[np.float64]:
        """Days in which a site has made all that it can be asked for, (m,)."""
        reached = np.where(self.has_way[:, :, None], self.need[None], 0).sum(axis=1)
        return self.making_days(np.minimum(self.supply, reached))

    def making_days(self, sent: NDArray[np.int64]) -> NDArray[np.float64]:
        """Days until a site has made what it sends of each item, (m, k), beyond what is ready."""
        made = np.maximum(sent - self.ready, 0)
        days = np.divide(made, self.production_per_day, out=np.zeros(made.shape), where=made > 0)
        return days.max(axis=1, initial=0.0)

    def penalty(self, late_days: NDArray[np.float64]) -> NDArray[np.float64]:
        """exp(κ · days late) - 1, 0 for what is in time; any shape."""
        return np.expm1(self.delay_growth_per_day * np.maximum(late_days, 0.0))

    def _growth_mistakes(self) -> list[str]:
        """A penalty that no solver can weigh."""
        slowest = (
            np.where(self.has_way, self.way_days, -inf)
            + self.most_making_days[:, None]
            - self.threshold_days
        )
        growth = self.delay_growth_per_day * max(float(slowest.max(initial=0.0)), 0.0)
        if growth <= MOST_GROWTH:
            return []
        most = self.delay_growth_per_day * MOST_GROWTH / growth
        late_days = growth / self.delay_growth_per_day
        told = f"where an arrival could be {late_days:.3g} days late"
        got = self.delay_growth_per_day
        return [f"delay_growth_per_day must be at most {most:.3g} here, {told}, got {got:g}"]


def _shape_mistakes(problem: DeliveryProblem) -> list[str]:
    sites, districts, items = (*problem.distance_km.shape, problem.need.shape[-1])
    shapes = {
        "need": (districts, items), "groups": (districts,), "supply": (sites, items),
        "ready": (sites, items), "production_per_day": (sites, items), "staff_groups": (sites,),
        "region": (districts,), "fixed_cost": (sites,), "threshold_days": (districts,),
        "infected_share": (districts,), "cost_per_unit_km": (items,),
    }  # fmt: skip
    return [
        f"{name} must have the shape {shape}, got {getattr(problem, name).shape}"
        for name, shape in shapes.items()
        if getattr(problem, name).shape != shape
    ]


def _number_mistakes(problem: DeliveryProblem) -> list[str]:
    limits = {"subsidy_per_person": (0.0, ">= 0"), "response_days": (0.0, ">= 0"),
              "speed_km_per_day": (1e-9, "above 0"),
              "delay_growth_per_day": (1e-9, "above 0")}  # fmt: skip
    mistakes = []
    for name, (least, wanted) in limits.items():
        value = getattr(problem, name)
        mistakes += number_mistakes(name, value, lambda v, low=least: low <= v < inf, wanted)  # type: ignore[misc]
    for name, rules in (("help", Help), ("short", Short)):
        rule, known = getattr(problem, name), get_args(rules)
        if rule not in known:
            mistakes.append(f"{name} must be one of {', '.join(known)}, got {rule!r}")
    return mistakes


def _value_mistakes(problem: DeliveryProblem) -> list[str]:
    mistakes = []
    for name in ("need", "groups", "supply", "ready", "production_per_day", "staff_groups",
                 "fixed_cost", "threshold_days", "infected_share", "cost_per_unit_km"):  # fmt: skip
        value = getattr(problem, name)
        if not (np.isfinite(value) & (value >= 0)).all():
            mistakes.append(f"{name} must be finite and >= 0")
    for name in ("need", "groups", "supply", "ready", "staff_groups"):
        value = getattr(problem, name)
        if value.dtype.kind not in "iu":
            mistakes.append(f"{name} must hold whole units, got {value.dtype}")
        elif value.sum() > MOST_UNITS:
            mistakes.append(f"{name} must be at most {MOST_UNITS:,} together")
    if np.isnan(problem.distance_km).any() or (problem.distance_km < 0).any():
        mistakes.append("distance_km must be >= 0, infinite where there is no way")
    if ((problem.region < 0) | (problem.region >= len(problem.supply))).any():
        mistakes.append(f"region must be a site's number below {len(problem.supply)}")
    stuck = (problem.supply > problem.ready) & (problem.production_per_day <= 0)
    if stuck.any():
        mistakes.append("production_per_day must be above 0 where supply is more than is ready")
    return mistakes
