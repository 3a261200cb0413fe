"""Calls that come up while a run goes on: of an epidemic day by day, or of an incident."""

from __future__ import annotations

import numpy as np

from agents.service.context import ServiceContext
from agents.service.dispatch_centre import DispatchCentre
from environment.demand.calls import Calls
from simulation.tables.recorder import Recorder


class LateCalls:
    """Numbers calls that come up, and tells all who have to know of them.

    Parameters
    ----------
    exogenous : Calls
    context : ServiceContext
    centre : DispatchCentre
    log : Recorder

    Attributes
    ----------
    calls : list of Calls
        In the order of their numbers.
    """

    def __init__(
        self, exogenous: Calls, context: ServiceContext, centre: DispatchCentre, log: Recorder
    ) -> None:
        self.calls: list[Calls] = []
        self._exogenous = exogenous
        self._context = context
        self._centre = centre
        self._log = log

    @property
    def all(self) -> Calls:
        """All calls that are known: after the exogenous ones those that came up."""
        return self._exogenous.followed_by(*self.calls) if self.calls else self._exogenous

    @property
    def next_number(self) -> int:
        """The number of the next call that comes up."""
        return len(self._log.states)

    @property
    def next_incident(self) -> int:
        """The number of the next mass-casualty incident."""
        known = (self._exogenous, *self.calls)
        return 1 + int(np.nanmax([-1, *(calls.table["incident"].max() for calls in known)]))

    def bring(self, calls: Calls) -> None:
        """Have calls come in, each when it is ready; they are numbered from `next_number` on."""
        self.calls.append(calls)
        self._log.calls_came(calls.table["priority"].to_numpy())
        self._context.calls_came(calls.trip_noise)
        self._centre.take_calls(calls.by_readiness())
