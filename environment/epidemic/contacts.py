"""Who meets whom: contact rates that change from a day on, and people who move by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from environment.parameters import Parameters

MOST_FACTOR = 10.0
"""Bound on a change of contacts."""


class ContactChange(Parameters):
    """An intervention: from a day on people meet more or fewer others than in the beginning.

    It holds until the next one for the same district. One that names a district goes before one of
    the same day that names none.
    """

    day: Annotated[int, Field(ge=0, description="from its midnight on; the first day is 0")]
    contact_factor: Annotated[
        float,
        Field(
            ge=0,
            le=MOST_FACTOR,
            allow_inf_nan=False,
            description="times spir.infections_per_day; 1 lifts an earlier one",
        ),
    ]
    district: Annotated[
        str | None, Field(min_length=1, description="as of an outbreak; all without it")
    ] = None


@dataclass(frozen=True, eq=False)
class Contacts:
    """Who meets whom on a day.

    Attributes
    ----------
    factor : (d,) float64
        Contacts in each district, relative to the parameters' rate.
    presence : (d, d) float64, optional
        Share of the day that people of each district (rows) spend in each (columns); rows sum to
        1. Everybody stays at home without it.
    """

    factor: NDArray[np.float64]
    presence: NDArray[np.float64] | None = None

    def force_per_infectious(
        self, infections_per_day: float, persons: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        r"""Force of infection (1/d) on each district for one infectious person.

        Without movement it is :math:`\beta c_i/N_i` for one of the same district. Else those who
        are in district k at one time meet each other there, wherever they live:
        :math:`\beta\sum_k m_{ik} c_k m_{jk}/\sum_l m_{lk}N_l` for one of district j. Districts
        keep their people: one who falls ill elsewhere is counted at home.

        Parameters
        ----------
        infections_per_day : float
        persons : (d, 4) float64
            S, P, I and R of each district.

        Returns
        -------
        (d,) float64 or empty, (0, 0) or (d, d) float64
            Within each district; and of all (columns) on all (rows), where people move.
        """
        everybody = persons.sum(axis=1)
        if self.presence is None:
            return infections_per_day * self.factor / everybody, np.empty((0, 0))
        there = np.maximum(self.presence.T @ everybody, 1e-300)
        of_all = (self.presence * (infections_per_day * self.factor / there)) @ self.presence.T
        return np.empty(0), np.ascontiguousarray(of_all)


def contact_factors(
    changes: Sequence[ContactChange], day: int, districts: Sequence[str]
) -> NDArray[np.float64]:
    """The factor of each district on a day, (d,): that of the last change which has begun."""
    begun = [change for change in changes if change.day <= day]
    factor = np.ones(len(districts))
    row = {name: number for number, name in enumerate(districts)}
    for change in sorted(begun, key=lambda change: (change.day, change.district is not None)):
        factor[... if change.district is None else row[change.district]] = change.contact_factor
    return factor


def repeated_changes(changes: Sequence[ContactChange]) -> Iterator[str]:
    """Changes of one day for the same district, one line each."""
    first: dict[tuple[int, str | None], int] = {}
    for row, change in enumerate(changes):
        earlier = first.setdefault((change.day, change.district), row)
        if earlier != row:
            where = "all districts" if change.district is None else repr(change.district)
            yield (
                f"interventions.{row}: there must be one a day for {where}, "
                f"got day {change.day} again (see interventions.{earlier})"
            )
