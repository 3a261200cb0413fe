"""The mechanism of risk in the ambulance service: whose ambulances may be sent to a call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from agents.coordination.expected_demand import ExpectedDemandByDistrict
from agents.service.context import ServiceContext
from agents.service.dispatch_view import CentreView, DistrictCentreView
from agents.service.fleet import Fleet
from agents.service.mutual_aid import Agreement, MutualAidView
from environment.districts import Districts


@dataclass(frozen=True)
class ServiceRisk:
    """Whose ambulances may be sent to a call.

    Attributes
    ----------
    view : callable
        Makes what the dispatch centre sees.
    counts_on_all : bool
        Whether one counts on the ambulances of all districts when one plans; else on one's own.
    leaves_alone : bool
        Whether a district must have by itself whatever its calls may need.
    """

    view: Callable[[ServiceContext, Fleet, Districts, ExpectedDemandByDistrict], CentreView]
    counts_on_all: bool = False
    leaves_alone: bool = False

    def stations_for(self, districts: Districts, name: str) -> NDArray[np.bool_]:
        """Stations on whose ambulances a district counts when it plans, (s,)."""
        own: NDArray[np.bool_] = np.array(districts.of_station) == name
        return np.ones_like(own) if self.counts_on_all else own


ONE_FLEET = ServiceRisk(CentreView, counts_on_all=True)
"""Those of all districts, as if there were no borders."""

OWN_FLEET = ServiceRisk(DistrictCentreView, leaves_alone=True)
"""Those of the call's own district; while none of them is free the call waits."""


def own_fleet_first(agreement: Agreement) -> ServiceRisk:
    """Those of the call's own district, else of a neighbour that can spare one."""
    return ServiceRisk(partial(MutualAidView, agreement=agreement))
