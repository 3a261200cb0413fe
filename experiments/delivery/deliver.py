"""A delivery plan of a country, with what is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.delivery.question import DeliveryQuestion
from experiments.delivery.tables import Country
from policies.delivery import DeliveryAnswer, DeliveryPlan, DeliveryProblem, find_front, find_plan
from policies.delivery.problem import PERSONS_PER_GROUP

STAFF = "groups"
"""The column of groups of staff, beside those of items."""


@dataclass(frozen=True, eq=False)
class Delivery:
    """A plan with the country and the question it is an answer to.

    Attributes
    ----------
    country : Country
    question : DeliveryQuestion
    answer : DeliveryAnswer
    front : list of DeliveryAnswer
        From least cost to least delay; empty where none was asked for.
    """

    country: Country
    question: DeliveryQuestion
    answer: DeliveryAnswer
    front: list[DeliveryAnswer]

    @property
    def plan(self) -> DeliveryPlan:
        """The plan that was asked for."""
        return self.answer.plan

    def deliveries(self) -> pd.DataFrame:
        """A row for every way that is used: who gets what from where, and when.

        Returns
        -------
        DataFrame
            ``district``, ``site``, units of each item, ``groups``, ``km``, ``making_days``,
            ``arrival_days``, ``late_days``.
        """
        country, plan = self.country, self.plan
        rows = []
        for j, i in np.argwhere(plan.is_used.T).tolist():
            units = dict(zip(country.items, plan.units[i, j].tolist(), strict=True))
            rows.append(
                {"district": country.districts[j], "site": country.sites[i]}
                | units
                | {
                    STAFF: int(plan.groups[i, j]),
                    "km": float(country.distance_km[i, j]),
                    "making_days": float(plan.making_days[i]),
                    "arrival_days": float(plan.arrival_days[i, j]),
                    "late_days": float(plan.late_days[i, j]),
                }
            )
        columns = ["district", "site", *country.items, STAFF, "km", "making_days",
                   "arrival_days", "late_days"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def unmet(self) -> pd.DataFrame:
        """Units of each item, and groups, that districts go without; those alone that do."""
        country, plan = self.country, self.plan
        table = pd.DataFrame(
            np.column_stack([plan.unmet, plan.unmet_groups]),
            index=pd.Index(country.districts, name="district"),
            columns=[*country.items, STAFF],
        )
        return table[table.any(axis=1)]

    def shortages(self) -> list[str]:
        """What is short, by how much, and by which rule it is shared out, a line each."""
        country, plan = self.country, self.plan
        asked = np.append(country.need.sum(axis=0), country.groups.sum())
        there = np.append(country.supply.sum(axis=0), country.staff_groups.sum())
        unmet = np.append(plan.unmet.sum(axis=0), plan.unmet_groups.sum())
        names = [*country.items, "groups of staff"]
        return [
            f"{name}: {asked[k]:,} asked for, {there[k]:,} there; {unmet[k]:,} unmet, "
            f"shared out by {self.question.short!r}"
            for k, name in enumerate(names)
            if unmet[k]
        ]

    def binding(self) -> list[str]:
        """What limits the plan, a line each: sites that give all, and what makes arrivals late."""
        return [*self._exhausted(), *self._late()]

    def _exhausted(self) -> Iterator[str]:
        country, plan = self.country, self.plan
        sent = plan.sent.sum(axis=1)
        there = np.column_stack([country.supply, country.staff_groups])
        for i, site in enumerate(country.sites):
            used_up = [
                name
                for k, name in enumerate([*country.items, "groups"])
                if there[i, k] and sent[i, k] == there[i, k]
            ]
            if used_up:
                yield f"{site} gives all that it has of {', '.join(used_up)}"

    def _late(self) -> Iterator[str]:
        country, plan = self.country, self.plan
        is_late = plan.late_days > 0
        for i, site in enumerate(country.sites):
            if not is_late[i].any():
                continue
            making = plan.making_days[i]
            item = _slowest_item(plan, i, country.items)
            made = f"making {item} takes {making:.1f} days of it" if making else "by the drive"
            yield (
                f"{is_late[i].sum()} of {plan.is_used[i].sum()} ways from {site} are late, by up "
                f"to {plan.late_days[i].max():.1f} days: {made}"
            )

    def to_dict(self) -> dict[str, Any]:
        """All figures, as JSON takes them."""
        return {
            "question": self.question.model_dump(),
            "plan": _figures(self.answer),
            "deliveries": self.deliveries().to_dict("records"),
            "unmet": self.unmet().reset_index().to_dict("records"),
            "shortages": self.shortages(),
            "binding": self.binding(),
            "front": [_figures(answer) for answer in self.front],
        }


def deliver(country: Country, question: DeliveryQuestion) -> Delivery:
    """Plan deliveries.

    Raises
    ------
    PolicyError
        If the penalty grows too fast to be weighed.
    """
    problem = problem_of(country, question)
    answer = find_plan(problem, question.delay_weight, question.limits)
    front = find_front(problem, question.front, question.limits) if question.front else []
    return Delivery(country, question, answer, front)


def problem_of(country: Country, question: DeliveryQuestion) -> DeliveryProblem:
    """The problem that the tables and the question make."""
    threshold = country.threshold_days
    return DeliveryProblem(
        need=country.need,
        groups=country.groups,
        supply=country.supply,
        ready=country.ready,
        production_per_day=country.production_per_day,
        staff_groups=country.staff_groups,
        distance_km=country.distance_km,
        region=country.region,
        fixed_cost=country.fixed_cost,
        threshold_days=np.where(np.isnan(threshold), question.threshold_days, threshold),
        infected_share=country.infected / country.population,
        cost_per_unit_km=np.full(len(country.items), question.cost_per_unit_km),
        subsidy_per_person=question.subsidy_per_person,
        speed_km_per_day=question.speed_km_per_day,
        response_days=question.response_days,
        delay_growth_per_day=question.delay_growth_per_day,
        help=question.help,
        short=question.short,
    )


def _figures(answer: DeliveryAnswer) -> dict[str, float | int]:
    plan, (delay, cost) = answer.plan, answer.extremes.normalised(answer.plan)
    return {
        "delay_weight": answer.delay_weight,
        "delay": plan.delay,
        "cost": plan.cost,
        "fixed_cost": plan.fixed_cost,
        "staff_cost": plan.staff_cost,
        "transport_cost": plan.transport_cost,
        "normalised_delay": delay,
        "normalised_cost": cost,
        "objective": answer.objective,
        "bound": answer.bound,
        "gap": answer.gap,
        "open_sites": int(plan.is_open.sum()),
        "groups": int(plan.groups.sum()),
        "persons": PERSONS_PER_GROUP * int(plan.groups.sum()),
    }


def _slowest_item(plan: DeliveryPlan, site: int, items: tuple[str, ...]) -> str:
    """The item whose making takes a site longest."""
    problem, sent = plan.problem, plan.units[site].sum(axis=0)
    made = np.maximum(sent - problem.ready[site], 0)
    per_day = problem.production_per_day[site]
    days = np.divide(made, per_day, out=np.zeros(len(items)), where=made > 0)
    return items[int(days.argmax())]
