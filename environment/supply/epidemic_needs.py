"""What an epidemic asks for: ambulances, hospital beds and supplies, by district and day."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from environment.epidemic.days import EpidemicDay, EpidemicParameters
from environment.epidemic.spir import I
from environment.epidemic.stochastic import binomial_quantile, poisson_quantile
from environment.supply.items import Item


def callers_of_day(
    parameters: EpidemicParameters, day: EpidemicDay, marks: NDArray[np.float64]
) -> NDArray[np.int64]:
    """How many of a day's new cases call an ambulance.

    The number inverts a uniform, so that runs stay paired: it is binomial where cases are whole
    persons, and else Poisson about the expected number.

    Parameters
    ----------
    parameters : EpidemicParameters
    day : EpidemicDay
        Of whole persons, if `parameters.stochastic`.
    marks : (d,) float64
        Uniforms fixed for district and day.

    Returns
    -------
    (d,) int64
    """
    cases, share = day.new_cases, parameters.ambulance_share
    if parameters.stochastic:
        callers = binomial_quantile(marks, cases, np.full_like(cases, share))
    else:
        callers = poisson_quantile(marks, share * cases)
    return callers.astype(np.int64)


def patients_of_day(day: EpidemicDay) -> NDArray[np.float64]:
    """Active cases at the end of a day, so that those confirmed in the course of it count, (d,)."""
    return day.next_morning.persons[:, I]


def needs_of_day(
    items: Sequence[Item],
    persons: NDArray[np.float64],
    suspects: NDArray[np.float64],
    cases: NDArray[np.float64],
    patients: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Units of each item that people need on a day, true or forecast; not rounded.

    Parameters
    ----------
    items : sequence of Item
    persons : (d,) float64
        Inhabitants of each district.
    suspects, cases, patients : (d,) float64
        Who falls under suspicion, is confirmed, and is ill.

    Returns
    -------
    (d, i) float64
    """
    rates = [[i.per_1000_day / 1000, i.per_suspect, i.per_case, i.per_patient_day] for i in items]
    per_head = np.array(rates, dtype=float).reshape(len(items), 4)
    return np.column_stack([persons, suspects, cases, patients]) @ per_head.T
