"""Mutual aid by agreement: neighbours lend an ambulance where a district has none left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agents.coordination.expected_demand import ExpectedDemandByDistrict
from agents.service.context import ServiceContext
from agents.service.dispatch_view import CentreView, DistrictCentreView
from agents.service.fleet import Fleet
from environment.demand.calls import Call
from environment.districts import Districts


class Agreement:
    """On what terms districts lend each other ambulances.

    Parameters
    ----------
    request_s : float
        From a call that no own ambulance can answer until neighbours may send one.
    reserve : int
        Free ambulances that a neighbour keeps for itself.
    refusal_share : float
        Of the requests that a neighbour refuses, whatever it has.
    rng : numpy.random.Generator
        For refusals: one number for each call and neighbour, whoever is asked.
    """

    def __init__(
        self, request_s: float, reserve: int, refusal_share: float, rng: np.random.Generator
    ) -> None:
        self.request_s = request_s
        self.reserve = reserve
        self._refusal_share = refusal_share
        self._rng = rng
        self._marks: list[NDArray[np.float64]] = []

    def refuses(self, call: int, neighbour: int, neighbours: int) -> bool:
        """Whether a neighbour, by its row, would refuse its help for a call."""
        if not self._refusal_share:
            return False
        while len(self._marks) <= call:
            self._marks.append(self._rng.random(neighbours))
        return bool(self._marks[call][neighbour] < self._refusal_share)


class MutualAidView(DistrictCentreView):
    """What the centre knows where districts help each other by agreement.

    It sees the ambulances of the call's own district; once a request has had its time and own ones
    are too few, also those that neighbours can spare: each keeps its reserve of free ambulances,
    and nobody calls a crew off for another district. Own ambulances come first in `nearest`.
    """

    __slots__ = ("_agreement", "_districts", "_lent")

    def __init__(
        self,
        context: ServiceContext,
        fleet: Fleet,
        districts: Districts,
        expected: ExpectedDemandByDistrict,
        agreement: Agreement,
    ) -> None:
        super().__init__(context, fleet, districts, expected)
        self._districts = districts.names
        self._agreement = agreement
        self._lent: tuple[int, ...] = ()

    def others_from_s(self, call: Call) -> float:
        """When neighbours may answer a call, if its own district still cannot."""
        return call.ready_s + self._agreement.request_s

    def look_at(self, call: Call) -> None:
        """Take a call in hand: its district's ambulances are available, and what is lent."""
        super().look_at(call)
        free = sum(self.is_available(number) for number in self._own)
        self._lent = self._lent_for(call) if free < call.units else ()
        self._seen = self._own + self._lent

    def can_answer(self, call: Call, skill: int) -> bool:
        """Whether anybody can be sent, of the call's district or lent, who has a skill."""
        return super().can_answer(call, skill) or bool(self._lent_for(call._replace(skill=skill)))

    def nearest(
        self, call: Call, count: int = 1, among: Sequence[int] | None = None
    ) -> Sequence[int]:
        """The ambulances of the district that are expected first, then lent ones."""
        own = super().nearest(call, count, among)
        if len(own) >= count or not self._lent:
            return own
        lent = self._lent if among is None else [n for n in self._lent if n in among]
        return [*own, *CentreView.nearest(self, call, count - len(own), lent)]

    def _lent_for(self, call: Call) -> tuple[int, ...]:
        """Ambulances that neighbours can spare for a call."""
        if self.others_from_s(call) > self.now_s:
            return ()
        own, names = self.district_of(call), self._districts
        spared: list[int] = []
        for row, name in enumerate(names):
            if name != own and not self._agreement.refuses(call.number, row, len(names)):
                spared += self._spared_by(name, call)
        return tuple(spared)

    def _spared_by(self, district: str, call: Call) -> Sequence[int]:
        """Those nearest to a call of the ambulances that a district has beyond its reserve."""
        stationed = self._fleet.stationed_in(district)
        free = [number for number in stationed if self._fleet.is_free(number)]
        spare = len(free) - self._agreement.reserve
        return CentreView.nearest(self, call, spare, free) if spare > 0 else ()
