"""The calls of one run, with everything that belongs to them from birth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
        Junction nearest to the address.
    access_s : float
        Seconds between that junction and the address.
    zone : int
        Row in `Zones`.
    priority : int
        Row in the scenario's priorities; 0 is the most urgent.
    units : int
        Ambulances that it needs.
    mobilisation_s, scene_s, handover_s : float
    transported : bool
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


@dataclass(frozen=True, eq=False)
class Calls:
    """Exogenous demand: what every policy meets alike.

    Attributes
    ----------
    table : DataFrame
        One row per call: ``onset_s``, ``called_s``, ``ready_s``, ``x``, ``y``, ``node``,
        ``access_s``, ``zone``, ``priority``, ``units``, ``mobilisation_s``, ``scene_s``,
        ``handover_s``, ``transported``.
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
        columns += [ordered[name].tolist() for name in Call._fields[1:]]
        return map(Call._make, zip(*columns, strict=True))
