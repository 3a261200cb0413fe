"""The calls of one run, with everything that belongs to them from birth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray


class Call(NamedTuple):
    """One emergency call as the simulation handles it.

    Attributes
    ----------
    number : int
        Row in `Calls`.
    ready_s : float
        When the call has been taken and can be dispatched.
    node : int
        Stop on the street nearest to the address (`environment.roads.stops`).
    access_s : float
        Seconds between that stop and the address.
    zone : int
        Row in `Zones`.
    priority : int
        Row in the scenario's priorities; 0 is the most urgent.
    units : int
        Ambulances that it needs.
    mobilisation_s, scene_s, handover_s : float
    transported : bool
    skill : int
        Bit mask of the skills that the vehicle at hand must have; the dispatch centre fills it.
    specialty : int
        Row in the list of specialties that a hospital must have; -1 if any will do.
    stay_s : float
        How long a patient who is taken to a hospital keeps a bed; 0 if not admitted.
    patience_s : float
        Seconds after the call at which the patient gives up waiting; infinite if never.
    worsens_s : float
        Seconds after the call at which the patient, if still untreated, becomes one class more
        urgent; infinite if never.
    incident : int
        Row of the mass-casualty incident; -1 for all other calls.
    called_s : float
        When the call came in.
    """

    number: int
    ready_s: float
    node: int
    access_s: float
    zone: int
    priority: int
    units: int
    mobilisation_s: float
    scene_s: float
    handover_s: float
    transported: bool
    skill: int = 0
    specialty: int = -1
    stay_s: float = 0.0
    patience_s: float = inf
    worsens_s: float = inf
    incident: int = -1
    called_s: float = 0.0


@dataclass(frozen=True, eq=False)
class Calls:
    """Exogenous demand: what every policy meets alike.

    Attributes
    ----------
    table : DataFrame
        One row per call, its number the index: ``onset_s``, ``called_s``, ``ready_s``, ``x``,
        ``y``, ``node``, ``access_s``, ``zone``, ``priority``, ``units``, ``mobilisation_s``,
        ``scene_s``, ``handover_s``, ``transported``, ``specialty``, ``stay_s``, ``patience_s``,
        ``worsens_s``, ``incident``; ``epidemic``, whether it comes from one; ``condition``, its
        row in the list of conditions, -1 for none; and ``triage_priority``, the true class of a
        casualty, and of all others theirs.
    trip_noise : (n, legs) float64 or None
        Factors on the time of each call's trips; None where trips take what is expected.
    """

    table: pd.DataFrame
    trip_noise: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.table)

    def by_readiness(self) -> Iterator[Call]:
        """The calls in the order in which they can be dispatched, made one by one."""
        ordered = self.table.sort_values("ready_s", kind="stable")
        columns = [ordered.index.tolist()]
        for name in Call._fields[1:]:
            known = name in ordered  # no call knows the skill of the vehicle at hand
            columns.append(ordered[name].tolist() if known else [0] * len(ordered))
        return map(Call._make, zip(*columns, strict=True))

    def rows(self, rows: NDArray[np.int64]) -> Calls:
        """Some of these calls, in the order asked for and numbered anew."""
        noise = None if self.trip_noise is None else self.trip_noise[rows]
        return Calls(self.table.iloc[rows].reset_index(drop=True), noise)

    def followed_by(self, *more: Calls) -> Calls:
        """These calls, and others numbered after them whenever they come.

        Trips of `more` for which it has no noise take what is expected.
        """
        columns = list(self.table)
        tables = [self.table, *(calls.table[columns] for calls in more)]
        noise = self.trip_noise
        for calls in more:
            noise = longer_noise(noise, calls.trip_noise)
        return Calls(pd.concat(tables, ignore_index=True), noise)


def longer_noise(
    noise: NDArray[np.float64] | None, more: NDArray[np.float64] | None
) -> NDArray[np.float64] | None:
    """The noise of trips with that of more calls below it; legs that these lack have none."""
    if noise is None or more is None:
        return noise
    missing = noise.shape[1] - more.shape[1]
    wide = np.pad(more, ((0, 0), (0, missing)), constant_values=1.0)
    return np.concatenate([noise, wide])
