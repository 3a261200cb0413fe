"""Covering models and k-means asked for a city."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.location.candidates import Candidates, at_junctions
from experiments.location.located import LocatedPlan, Search
from experiments.location.question import K_MEANS, QuestionError
from experiments.location.surveyor import Surveyor
from policies.base import InfeasibleError
from policies.siting.covering.models import COVERING_MODELS
from policies.siting.k_means import k_means
from policies.siting.sites import Siting, staffed
from simulation.streams import stream

STREAM = "location.k_means"
CHOICES = {choice.asked_as: choice for choice in COVERING_MODELS}

SHOWN_ZONES = 5


def solve_covering(surveyor: Surveyor) -> LocatedPlan:
    """Ask a covering model.

    Raises
    ------
    QuestionError, InfeasibleError
        If the model asks for more than there is, or zones are out of reach.
    """
    question = surveyor.question
    ambulances = fleet_of(surveyor)
    choice = CHOICES[question.model]
    values = _values(surveyor, stations_of(surveyor, ambulances), ambulances)
    if choice.reaches_all_within:
        require_reach(surveyor, values[choice.reaches_all_within])
    siting = choice.make(values).solve(surveyor.places, question.limits)
    units = siting.units
    if not choice.sizes_fleet:
        units = staff(surveyor, units > 0, ambulances)
    return surveyor.look(question.model, units, surveyor.nearest(units), search_of(siting))


def clusters(surveyor: Surveyor) -> Candidates:
    """The junctions nearest to the middles of clusters of demand."""
    city = surveyor.candidates.city
    zones = city.zones
    stations = stations_of(surveyor, fleet_of(surveyor))
    if stations > len(zones):
        raise QuestionError(f"stations must be at most {len(zones)}, the zones, got {stations}")
    points_m = np.column_stack(city.roads.to_metres(zones.x, zones.y))
    found = k_means(points_m, stations, stream(surveyor.seed, 0, STREAM), zones.demand_share)
    centre = np.stack([_mean(zones.x, found.label, zones.demand_share, stations),
                       _mean(zones.y, found.label, zones.demand_share, stations)])  # fmt: skip
    node, _ = city.roads.nearest_stop_junction(*centre)
    return at_junctions(city, surveyor.candidates.driving, np.unique(node))


def solve_k_means(surveyor: Surveyor) -> LocatedPlan:
    """Open all candidates, which are the middles of clusters."""
    begin_s = perf_counter()
    is_open = np.ones(len(surveyor.candidates), dtype=bool)
    units = staff(surveyor, is_open, fleet_of(surveyor))
    search = Search("not proven", np.nan, np.nan, np.nan, perf_counter() - begin_s)
    return surveyor.look(K_MEANS, units, surveyor.nearest(units), search)


def fleet_of(surveyor: Surveyor) -> int:
    """Ambulances to place: those asked for, or the city's."""
    asked = surveyor.question.ambulances
    return int(surveyor.learned.fleet.sum()) if asked is None else asked


def stations_of(surveyor: Surveyor, ambulances: int) -> int:
    """Stations to choose: those asked for, or as many as the city has."""
    asked = surveyor.question.stations
    return min(len(surveyor.learned.fleet), ambulances) if asked is None else asked


def staff(surveyor: Surveyor, is_open: NDArray[np.bool_], ambulances: int) -> NDArray[np.int64]:
    """One ambulance for each open station, and the rest where the calls are."""
    places = surveyor.places
    units = staffed(is_open, places, ambulances)
    return np.array(units, dtype=np.int64)


def search_of(siting: Siting) -> Search:
    """How a siting was found."""
    return Search(siting.status, siting.objective, siting.bound, siting.gap, siting.seconds)


def require_reach(surveyor: Surveyor, limit_s: float) -> None:
    """Raise if a zone is beyond a limit of every candidate, and name it.

    Raises
    ------
    InfeasibleError
    """
    nearest_s = surveyor.candidates.travel_s.min(axis=0)
    missed = np.flatnonzero(nearest_s > limit_s)
    if not len(missed):
        return
    names = surveyor.candidates.city.zones.zone_id[missed].tolist()
    more = f" and {len(names) - SHOWN_ZONES} more" if len(names) > SHOWN_ZONES else ""
    raise InfeasibleError(
        f"no candidate reaches zone{'s' if len(names) > 1 else ''} "
        f"{', '.join(names[:SHOWN_ZONES])}{more} within {limit_s:.4g} s; all could be reached "
        f"within {np.ceil(nearest_s.max()):.4g} s, or from more candidates (--sites)"
    )


def _values(surveyor: Surveyor, stations: int, ambulances: int) -> dict[str, Any]:
    """What covering models are made with, by the names of their parameters.

    Raises
    ------
    QuestionError
        If the wider limit of the drive is the shorter one.
    """
    question, target_s, busy = surveyor.question, surveyor.target_s, surveyor.question.busy_fraction
    outer_s = question.outer_target_s or 2 * target_s
    if outer_s < target_s:
        raise QuestionError(
            f"outer_target_s must be at least target_s, {target_s:g}, got {outer_s:g}"
        )
    return {
        "sites": stations,
        "ambulances": ambulances,
        "target_s": target_s,
        "outer_target_s": outer_s,
        "covered_share": question.covered_share,
        "busy_fraction": surveyor.learned.busy_fraction() if busy is None else busy,
    }


def _mean(
    values: NDArray[np.float64], label: NDArray[np.int64], weight: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Weighted mean of each cluster, in the units of the map."""
    total = np.bincount(label, weight, minlength=count)
    return np.bincount(label, weight * values, minlength=count) / np.where(total > 0, total, 1)
