"""An epidemic day by day: outbreaks are seeded, doses protect, and the SPIR model does the rest.

The caller goes from morning to morning and says each time how many doses were really given, which
may depend on what the epidemic has brought so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from environment.epidemic.contacts import (
    ContactChange,
    Contacts,
    contact_factors,
    repeated_changes,
)
from environment.epidemic.movement import Movement, presence_mistakes
from environment.epidemic.spir import COMPARTMENTS, I, P, R, S, SpirParameters, shares_after_a_day
from environment.epidemic.stochastic import TRANSITIONS, draw_moves
from environment.errors import DataError
from environment.parameters import Parameters, PlacedMistakesError, Share


class Outbreak(Parameters):
    """Susceptible persons of a district who are infectious all at once in the morning of a day."""

    district: Annotated[
        str, Field(min_length=1, description="of a station, or site_id of a distributor")
    ]
    day: Annotated[int, Field(ge=0, description="the first day of the run is 0")] = 0
    cases: Annotated[int, Field(ge=1, description="fewer, where fewer persons are susceptible")] = (
        10
    )


class EpidemicParameters(Parameters):
    """An epidemic: how it spreads, where it begins, and what the ill ask for.

    The shares have no source in the paper: they are to be set by who knows the disease.
    """

    spir: SpirParameters = SpirParameters()
    outbreaks: Annotated[
        tuple[Outbreak, ...], Field(description="where it begins; without any, there is none")
    ] = ()
    interventions: Annotated[
        tuple[ContactChange, ...],
        Field(description="contacts that are changed from a day on; without any, never"),
    ] = ()
    movement: Movement = Movement()
    persons: Annotated[
        int | None,
        Field(ge=1, le=10**10, description="inhabitants of all zones; else those of the map"),
    ] = None
    stochastic: Annotated[
        bool, Field(description="whole persons by chance, or expected numbers")
    ] = True
    ambulance_share: Annotated[
        Share, Field(description="share of the new cases who call an ambulance")
    ] = 0.2
    bed_share: Annotated[
        Share, Field(description="share of the active cases who are in a hospital bed")
    ] = 0.2
    doses_protect: Annotated[
        bool,
        Field(description="each dose given makes one susceptible person removed (our extension)"),
    ] = True

    @property
    def is_there(self) -> bool:
        """Whether the scenario has an epidemic."""
        return bool(self.outbreaks)

    @model_validator(mode="after")
    def _one_change_a_day(self) -> Self:
        mistakes = list(repeated_changes(self.interventions))
        if mistakes:
            raise PlacedMistakesError(mistakes)
        return self


@dataclass(frozen=True, eq=False)
class EpidemicState:
    """Where an epidemic stands in the morning of a day.

    Attributes
    ----------
    day : int
        Days since the run began.
    persons : (d, 4) float64
        S, P, I and R of each district; whole numbers in a stochastic epidemic.
    """

    day: int
    persons: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EpidemicDay:
    """What a day has brought, from morning to morning.

    Attributes
    ----------
    day : int
    seeded, vaccinated : (d,) float64
        Susceptible persons who became infectious by an outbreak, or removed by a dose.
    moves : (d, 4, 4) float64
        Persons by where they are at the end of the day (rows) and were at its beginning (columns),
        after seeding and doses.
    """

    day: int
    seeded: NDArray[np.float64]
    vaccinated: NDArray[np.float64]
    moves: NDArray[np.float64]

    @property
    def next_morning(self) -> EpidemicState:
        """The state after this day."""
        return EpidemicState(self.day + 1, self.moves.sum(axis=2))

    @property
    def new_suspected(self) -> NDArray[np.float64]:
        """Susceptible at the beginning and no longer at the end of the day, (d,).

        Those who are ruled out on the day on which they fell under suspicion are not seen.
        """
        return self.moves[:, [P, I, R], S].sum(axis=1)

    @property
    def new_cases(self) -> NDArray[np.float64]:
        """Confirmed in the course of the day, those of an outbreak included, (d,)."""
        return self.seeded + self.moves[:, [I, R]][:, :, [S, P]].sum(axis=(1, 2))

    @property
    def new_removed(self) -> NDArray[np.float64]:
        """Recovered or dead in the course of the day, (d,); doses are not counted."""
        return self.moves[:, R, :R].sum(axis=1)


class Epidemic:
    """An epidemic in the districts of a city or region.

    With marks, whole persons are drawn by them; without, it is the mean-field model. It keeps no
    state: the same morning and doses give the same day, as often as one asks.

    Parameters
    ----------
    parameters : EpidemicParameters
    population : mapping of str to int
        Persons of each district by name; districts are numbered in this order.
    marks : (days, d, `TRANSITIONS`) float64, optional
        See `environment.epidemic.stochastic.draw_marks`.
    presence : (d, d) float64, optional
        Share of the day that people of each district (rows) spend in each (columns), such as
        `environment.epidemic.movement.gravity_presence` has it. Nobody leaves his district without.

    Raises
    ------
    DataError
        If there is no district, one has nobody in it, or an outbreak or an intervention is in none
        of them.
    ValueError
        If the marks are not those of these districts, or rows of `presence` are no shares.
    """

    def __init__(
        self,
        parameters: EpidemicParameters,
        population: Mapping[str, int],
        marks: NDArray[np.float64] | None = None,
        presence: NDArray[np.float64] | None = None,
    ) -> None:
        _refuse(_mistakes(parameters, population))
        self.districts = tuple(population)
        self._spir = parameters.spir
        self._doses_protect = parameters.doses_protect
        self._outbreaks = parameters.outbreaks
        self._interventions = parameters.interventions
        self._population = np.array(list(population.values()), dtype=float)
        if marks is not None and marks.shape[1:] != (len(self.districts), TRANSITIONS):
            raise ValueError(
                f"marks must be (days, {len(self.districts)}, {TRANSITIONS}), got {marks.shape}"
            )
        wrong = [] if presence is None else presence_mistakes(presence, len(self.districts))
        if wrong:
            raise ValueError("; ".join(wrong))
        self._marks = marks
        self._presence = presence

    def start(self) -> EpidemicState:
        """The first morning, before any outbreak: everybody is susceptible."""
        persons = np.zeros((len(self.districts), COMPARTMENTS))
        persons[:, S] = self._population
        return EpidemicState(0, persons)

    def add_outbreak(self, outbreak: Outbreak) -> None:
        """Have one more outbreak, in a district that is known, on a day that has not come."""
        self._outbreaks = (*self._outbreaks, outbreak)

    def next_day(self, state: EpidemicState, doses_given: ArrayLike | None = None) -> EpidemicDay:
        """Let a day pass.

        In its morning outbreaks come first, so that doses do not change how large they are; then
        the doses protect, one susceptible person each, as far as there are any.

        Parameters
        ----------
        state : EpidemicState
            Of the morning.
        doses_given : (d,) array-like, optional
            Doses given in each district since the morning before; none without it. Whole numbers
            in a stochastic epidemic.

        Raises
        ------
        ValueError
            If persons or doses do not have the shape that the districts ask for, or one of them is
            negative or, in a stochastic epidemic, not whole; or if the day has no marks.
        """
        doses = self._checked_doses(doses_given)
        persons = self._checked_persons(state)
        seeded = _move(persons, self._seeds(state.day), I)
        vaccinated = _move(persons, doses if self._doses_protect else np.zeros_like(doses), R)
        return EpidemicDay(state.day, seeded, vaccinated, self._moves(persons, state.day))

    def _moves(self, persons: NDArray[np.float64], day: int) -> NDArray[np.float64]:
        factor = contact_factors(self._interventions, day, self.districts)
        shares = shares_after_a_day(self._spir, persons, contacts=Contacts(factor, self._presence))
        if self._marks is None:
            return shares * persons[:, None, :]
        if not 0 <= day < len(self._marks):
            raise ValueError(f"marks are there for days 0 to {len(self._marks) - 1}, got {day}")
        return draw_moves(shares, persons, self._marks[day])

    def _seeds(self, day: int) -> NDArray[np.float64]:
        seeds = np.zeros(len(self.districts))
        for outbreak in self._outbreaks:
            if outbreak.day == day:
                seeds[self.districts.index(outbreak.district)] += outbreak.cases
        return seeds

    def _checked_persons(self, state: EpidemicState) -> NDArray[np.float64]:
        """A copy of the state's table of persons, if it is one."""
        persons = np.array(state.persons, dtype=float)
        if persons.shape != (len(self.districts), COMPARTMENTS):
            raise ValueError(
                f"persons must be ({len(self.districts)}, {COMPARTMENTS}), got {persons.shape}"
            )
        self._refuse_bad_counts("persons", persons)
        return persons

    def _checked_doses(self, doses_given: ArrayLike | None) -> NDArray[np.float64]:
        if doses_given is None:
            return np.zeros(len(self.districts))
        doses = np.asarray(doses_given, dtype=float)
        if doses.shape != (len(self.districts),):
            raise ValueError(
                f"doses must be one number for each of {len(self.districts)} districts, "
                f"got shape {doses.shape}"
            )
        self._refuse_bad_counts("doses", doses)
        return doses

    def _refuse_bad_counts(self, name: str, counts: NDArray[np.float64]) -> None:
        fine = np.isfinite(counts) & (counts >= 0)
        if self._marks is not None:
            fine &= counts == np.floor(counts)
        if not fine.all():
            wanted = "finite and >= 0" if self._marks is None else "whole numbers >= 0"
            raise ValueError(f"{name} must be {wanted}, got {counts[~fine].tolist()}")


def _move(
    persons: NDArray[np.float64], wanted: NDArray[np.float64], to: int
) -> NDArray[np.float64]:
    """Move susceptible persons elsewhere, at most all of them; returns how many, (d,)."""
    moved = np.minimum(wanted, persons[:, S])
    persons[:, S] -= moved
    persons[:, to] += moved
    return moved


def _mistakes(parameters: EpidemicParameters, population: Mapping[str, int]) -> list[str]:
    mistakes = [
        f"district {name!r} must have a whole number of inhabitants >= 1, got {persons}"
        for name, persons in population.items()
        if not (persons >= 1 and float(persons).is_integer())
    ]
    if not population:
        mistakes.append("an epidemic needs at least one district, got none")
    known = ", ".join(population)
    placed: dict[str, tuple[Outbreak | ContactChange, ...]] = {
        "outbreaks": parameters.outbreaks,
        "interventions": parameters.interventions,
    }
    mistakes += [
        f"{name}[{row}] must be in one of {known}, got {one.district!r}"
        for name, entries in placed.items()
        for row, one in enumerate(entries)
        if one.district is not None and one.district not in population
    ]
    return mistakes


def _refuse(mistakes: list[str]) -> None:
    if mistakes:
        raise DataError("\n".join(mistakes))
