"""The SPIR model: who falls under suspicion, is confirmed and is removed, district by district.

Persons are susceptible (S), probable (P: under suspicion, not yet ruled out or confirmed),
infectious (I: confirmed and active) or removed (R: recovered, dead or protected by a dose)::

    dS/dt = -λ S I + a P
    dP/dt =  λ S I - (a + b) P
    dI/dt =  b P - h I
    dR/dt =  h I

Source: the Hubei paper of the model page `hubei-delivery` (1), with its hypothesis H5: a district
is closed off once the outbreak is there, so that nothing passes between districts. Each has its
own N persons, and λ N is the same in all. Doses (S → R) are our extension, see
`environment.epidemic.days`.
"""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from environment.epidemic.contacts import Contacts
from environment.parameters import Parameters

COMPARTMENTS = 4
S, P, I, R = range(COMPARTMENTS)  # noqa: E741
"""Columns of every table of persons: susceptible, probable, infectious, removed."""

MOST_PER_STEP = 0.08
"""Bound on rate times step, in days. No rate exceeds those of the parameters, as I is at most N, so
the step is known before the run. Halving it changes less than 1e-6 of a district's persons in a
day at any rates that are allowed: `step_error`."""

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
    def steps_per_day(self) -> int:
        """Runge-Kutta steps in a day; no rate times step exceeds `MOST_PER_STEP`."""
        return self.steps_with_contacts(1.0)

    def steps_with_contacts(self, factor: float) -> int:
        """Steps in a day where people have `factor` times as many contacts."""
        leave_probable = self.ruled_out_per_day + self.confirmed_per_day
        fastest = max(self.infections_per_day * factor, leave_probable, self.removed_per_day)
        return math.ceil(fastest / MOST_PER_STEP)


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
        Steps in the day; without it, `SpirParameters.steps_with_contacts`.
    contacts : Contacts, optional
        Of the day; as the parameters say without it.

    Returns
    -------
    (d, 4, 4) float64
        In row j and column i the share of those in i now that are in j then; columns sum to 1.
    """
    contacts = contacts or Contacts(np.ones(len(persons)))
    step_count = spir.steps_with_contacts(contacts.factor.max()) if steps is None else steps
    step = 1.0 / step_count
    force_per_infectious = contacts.force_per_infectious(spir.infections_per_day, persons)
    shares = np.broadcast_to(np.eye(COMPARTMENTS), (len(persons), COMPARTMENTS, COMPARTMENTS))

    def slope(at: NDArray[np.float64]) -> NDArray[np.float64]:
        infectious = np.einsum("di,di->d", at[:, I], persons)
        return _slope(spir, at, force_per_infectious * infectious)

    for _ in range(step_count):
        k1 = slope(shares)
        k2 = slope(shares + step / 2 * k1)
        k3 = slope(shares + step / 2 * k2)
        k4 = slope(shares + step * k3)
        shares = shares + step / 6 * (k1 + 2 * (k2 + k3) + k4)
    return shares


def _slope(
    spir: SpirParameters, shares: NDArray[np.float64], force: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Change per day of each start's shares, given the force of infection λ I, (d,)."""
    suspected = force[:, None] * shares[:, S]
    ruled_out = spir.ruled_out_per_day * shares[:, P]
    confirmed = spir.confirmed_per_day * shares[:, P]
    removed = spir.removed_per_day * shares[:, I]
    change = np.empty_like(shares)
    change[:, S] = ruled_out - suspected
    change[:, P] = suspected - ruled_out - confirmed
    change[:, I] = confirmed - removed
    change[:, R] = removed
    return change


def step_error(spir: SpirParameters, persons: NDArray[np.float64]) -> float:
    """What halving the step would change in a day, as the largest share of a district's persons.

    Parameters
    ----------
    spir : SpirParameters
    persons : (d, 4) float64
    """
    now, halved = (
        np.einsum("dji,di->dj", shares_after_a_day(spir, persons, steps), persons)
        for steps in (spir.steps_per_day, 2 * spir.steps_per_day)
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
