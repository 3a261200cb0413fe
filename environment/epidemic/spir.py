"""The SPIR model: who falls under suspicion, is confirmed and is removed, district by district.

Persons are susceptible (S), probable (P: under suspicion, not yet ruled out or confirmed),
infectious (I: confirmed and active) or removed (R: recovered, dead or protected by a dose)::

    dS/dt = -λ S I + a P
    dP/dt =  λ S I - (a + b) P
    dI/dt =  b P - h I
    dR/dt =  h I

Source: the Hubei paper of the model page `hubei-delivery` (1), with its hypothesis H5: a district
is closed off once the outbreak is there, so that nothing passes between districts. Each has its
own N persons, and λ N is the same in all. Movement between districts and contact rates that change
are ours, see `environment.epidemic.contacts`. Doses (S → R) are our extension, see
`environment.epidemic.days`.
"""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from environment.epidemic.contacts import Contacts
from environment.epidemic.integration import FEW_STEPS, MOST_PER_STEP, chances_after_a_day, courses
from environment.parameters import Parameters

COMPARTMENTS = 4
S, P, I, R = range(COMPARTMENTS)  # noqa: E741
"""Columns of every table of persons: susceptible, probable, infectious, removed."""

STABLE_STEP = 0.5
"""Bound on rate times step once those who leave fast have left; Runge-Kutta is stable to 2.78."""
GROWTH = 1.05
"""Of one step over the one before, where steps grow in the course of a day. With both a halving of
the steps changes less than 4e-7 of a district's persons in a day."""

RatePerDay = Annotated[
    float, Field(ge=0, le=24, allow_inf_nan=False, json_schema_extra={"unit": "1/d"})
]


class SpirParameters(Parameters):
    """Rates of the SPIR model. The defaults have a basic reproduction number of 2."""

    infections_per_day: Annotated[
        RatePerDay,
        Field(description="persons whom an infectious one brings under suspicion, all susceptible"),
    ] = 0.4
    ruled_out_per_day: Annotated[
        RatePerDay, Field(description="rate at which a probable case is ruled out")
    ] = 0.2
    confirmed_per_day: Annotated[
        RatePerDay, Field(gt=0, description="rate at which a probable case is confirmed")
    ] = 0.2
    removed_per_day: Annotated[
        RatePerDay, Field(gt=0, description="rate at which an infectious one recovers or dies")
    ] = 0.1

    @property
    def reproduction_number(self) -> float:
        """Confirmed cases that one causes where everybody is susceptible, λ N / h · b / (a + b)."""
        confirmed = self.confirmed_per_day / (self.ruled_out_per_day + self.confirmed_per_day)
        return self.infections_per_day / self.removed_per_day * confirmed

    @property
    def rates(self) -> NDArray[np.float64]:
        """λ N, a, b and h (1/d), (4,)."""
        return np.array(
            [
                self.infections_per_day,
                self.ruled_out_per_day,
                self.confirmed_per_day,
                self.removed_per_day,
            ]
        )

    def step_lengths(self, contact_factor: float = 1.0) -> NDArray[np.float64]:
        """Runge-Kutta steps of a day where people have so many times as many contacts, in days.

        No rate times step exceeds `MOST_PER_STEP`. Where a rate is so large that there would be
        more than `FEW_STEPS`, only those at the beginning of the day are as short, when people
        leave P or I that fast; then they grow, as far as the contacts allow and the method is
        stable.
        """
        leave_probable = self.ruled_out_per_day + self.confirmed_per_day
        infections = self.infections_per_day * contact_factor
        fastest = max(infections, leave_probable, self.removed_per_day)
        count = math.ceil(fastest / MOST_PER_STEP)
        if count <= FEW_STEPS:
            return np.full(count, 1.0 / count)
        longest = min(MOST_PER_STEP / max(infections, 1e-9), STABLE_STEP / fastest)
        lengths = [1.0 / count]
        while sum(lengths) < 1:
            lengths.append(min(lengths[-1] * GROWTH, longest))
        return np.array(lengths) / sum(lengths)


def shares_after_a_day(
    spir: SpirParameters,
    persons: NDArray[np.float64],
    steps: int | None = None,
    contacts: Contacts | None = None,
) -> NDArray[np.float64]:
    """Where those of each compartment are a day later, by classical Runge-Kutta.

    With λ I(t) given, everybody goes through the compartments for himself, and his chances solve
    the SPIR equations, which are then linear. So they are integrated for the four starts at once;
    λ I(t) comes from all of them, and ``shares @ persons`` is the solution of the model itself.
    The stochastic version draws by the same chances and thus has the same mean day by day.

    Parameters
    ----------
    spir : SpirParameters
    persons : (d, 4) float64
        S, P, I and R of each district, none negative and not all zero.
    steps : int, optional
        Steps in the day; without it, `SpirParameters.step_lengths`.
    contacts : Contacts, optional
        Of the day; as the parameters say without it.

    Returns
    -------
    (d, 4, 4) float64
        In row j and column i the share of those in i now that are in j then; columns sum to 1.
    """
    if steps is not None:
        return _chances(spir, persons, contacts, np.full(steps, 1.0 / steps))
    most = 1.0 if contacts is None else float(contacts.factor.max())
    return _chances(spir, persons, contacts, spir.step_lengths(most))


def _chances(
    spir: SpirParameters,
    persons: NDArray[np.float64],
    contacts: Contacts | None,
    steps: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Shares after a day of steps of these lengths."""
    contacts = contacts or Contacts(np.ones(len(persons)))
    shares: NDArray[np.float64] = chances_after_a_day(
        spir.rates,
        np.array(persons, dtype=float, order="C"),
        *contacts.force_per_infectious(spir.infections_per_day, persons),
        steps,
    )
    return shares


def courses_of(
    rates: ArrayLike, start: ArrayLike, days: int, factor: ArrayLike = 1.0
) -> NDArray[np.float64]:
    """Mornings of courses that do not touch each other, each with rates of its own.

    Where P is passed through fast, steps are as long as their error allows: b / h = 200 takes a
    tenth of the steps that `shares_after_a_day` needs for everybody's chances.

    Parameters
    ----------
    rates : (n, 4) or (4,) array-like
        λ N, a, b and h of each course, in 1/d.
    start : (n, 4) array-like
        Persons S, P, I and R of the first morning.
    days : int
    factor : (days, n) array-like, or what fits it
        Contacts of each day relative to the rate.

    Returns
    -------
    (days + 1, n, 4) float64
    """
    first = np.array(start, dtype=float, order="C")
    own = np.broadcast_to(np.asarray(rates, dtype=float), first.shape).copy()
    factors = np.broadcast_to(np.asarray(factor, dtype=float), (days, len(first))).copy()
    mornings: NDArray[np.float64] = courses(own, first, factors)
    return mornings


def step_error(spir: SpirParameters, persons: NDArray[np.float64]) -> float:
    """What halving the step would change in a day, as the largest share of a district's persons.

    Parameters
    ----------
    spir : SpirParameters
    persons : (d, 4) float64
    """
    lengths = spir.step_lengths()
    now, halved = (
        np.einsum("dji,di->dj", _chances(spir, persons, None, steps), persons)
        for steps in (lengths, np.repeat(lengths / 2, 2))
    )
    return float((np.abs(now - halved) / persons.sum(axis=1, keepdims=True)).max())


def estimated_rates(
    new_confirmed: ArrayLike, probable: ArrayLike, new_removed: ArrayLike, active: ArrayLike
) -> tuple[float, float]:
    """Estimate `confirmed_per_day` and `removed_per_day` from daily counts.

    As the paper does it for one day, b = Δ confirmed / P and h = Δ (cured + dead) / I; over
    several days both are summed up first. Being shares of a day, they fall short of the rates by
    about half their square where P and I do not change.

    Parameters
    ----------
    new_confirmed, probable : (n,) array-like
        Confirmed in the course of each day, and probable cases in its morning.
    new_removed, active : (n,) array-like
        Cured and dead in the course of each day, and active cases in its morning.

    Raises
    ------
    ValueError
        If there never was a probable case, or an active one.
    """
    exposed = {"probable": float(np.sum(probable)), "active": float(np.sum(active))}
    empty = [f"{name} cases sum to {total:g}" for name, total in exposed.items() if total <= 0]
    if empty:
        raise ValueError(f"rates need cases to be estimated from: {' and '.join(empty)}")
    confirmed_per_day = float(np.sum(new_confirmed)) / exposed["probable"]
    return confirmed_per_day, float(np.sum(new_removed)) / exposed["active"]
