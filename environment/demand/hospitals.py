"""What hospitals can do: bays, beds and specialties, of all alike or of each its own."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from environment.demand.conditions import Condition, Specialty, specialties_of
from environment.demand.durations import Duration
from environment.parameters import Parameters, Share
from environment.places.sites import Sites


class HospitalParameters(Parameters):
    """Bays, beds and specialties; what the table of sites says of a hospital goes before them."""

    bays: Annotated[
        int | None,
        Field(ge=1, le=10_000, description="crews that can hand over at once; without it, all"),
    ] = None
    beds: Annotated[
        int | None,
        Field(ge=1, le=1_000_000, description="patients that can stay; without it, all"),
    ] = None
    admitted_share: Annotated[
        Share, Field(description="share of the patients taken to a hospital who stay there")
    ] = 0.5
    stay: Annotated[Duration, Field(description="how long an admitted patient keeps a bed")] = (
        Duration(distribution="lognormal", mean_s=172_800.0, cv=1.0)
    )
    divert_when_waiting: Annotated[
        int | None,
        Field(ge=1, le=10_000, description="crews waiting for a bay at which others are diverted"),
    ] = None
    specialties: Annotated[
        tuple[Specialty, ...] | None,
        Field(description="of hospitals to which the table of sites gives none"),
    ] = None


DEFAULT_HOSPITALS = HospitalParameters()


@dataclass(frozen=True, eq=False)
class HospitalMeans:
    """What each hospital can do.

    Attributes
    ----------
    bays, beds : (h,) float64
        Crews that can hand over at once, and patients that can stay; infinite where all can.
    has_specialty : (h, k) bool
        Whether each has each of the specialties that conditions name.
    """

    bays: NDArray[np.float64]
    beds: NDArray[np.float64]
    has_specialty: NDArray[np.bool_]


def hospital_means(
    parameters: HospitalParameters, hospitals: Sites, conditions: Sequence[Condition]
) -> HospitalMeans:
    """What each hospital can do, by the table of sites and else by the scenario.

    A hospital without specialties of its own has those of the scenario. If neither the scenario
    nor any row of the table names one, every hospital has all; if only other rows do, it has none.
    """
    own = _own_specialties(parameters, hospitals)
    wanted = specialties_of(conditions)
    if own is None:
        has_specialty = np.ones((len(hospitals), len(wanted)), dtype=bool)
    else:
        rows = [[specialty in names for specialty in wanted] for names in own]
        has_specialty = np.array(rows, dtype=bool).reshape(len(hospitals), len(wanted))
    return HospitalMeans(
        bays=_own_or(hospitals.bays, parameters.bays, len(hospitals)),
        beds=_own_or(hospitals.beds, parameters.beds, len(hospitals)),
        has_specialty=has_specialty,
    )


def missing_specialties(
    parameters: HospitalParameters, hospitals: Sites, conditions: Sequence[Condition]
) -> list[str]:
    """A line for each specialty that a condition needs and no hospital has."""
    own = _own_specialties(parameters, hospitals)
    if own is None:
        return []
    known = sorted({name for names in own for name in names})
    return [
        f"condition {condition.name!r} needs the specialty {condition.specialty!r}, which no "
        f"hospital has{_hint(condition.specialty, known)}"
        for condition in conditions
        if condition.specialty is not None and condition.specialty not in known
    ]


def _hint(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    if close:
        return f" (did you mean {close[0]!r}?)"
    return f"; there are: {', '.join(known)}" if known else "; none has any"


def _own_or(own: NDArray[np.float64] | None, shared: int | None, size: int) -> NDArray[np.float64]:
    """Each hospital's own number, else the scenario's, else no limit."""
    default = np.full(size, np.inf if shared is None else float(shared))
    return default if own is None else np.where(np.isnan(own), default, own)


def _own_specialties(
    parameters: HospitalParameters, hospitals: Sites
) -> list[tuple[str, ...]] | None:
    """The specialties of each hospital; None where nobody names any."""
    texts = hospitals.specialties
    if parameters.specialties is None and (texts is None or not texts.any()):
        return None
    shared = parameters.specialties or ()
    if texts is None:
        return [shared] * len(hospitals)
    return [tuple(text.split()) or shared for text in texts.tolist()]
