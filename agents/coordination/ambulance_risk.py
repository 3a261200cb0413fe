"""The mechanism of risk in the ambulance service: whose ambulances may be sent to a call."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agents.coordination.expected_demand import ExpectedDemandByDistrict
from agents.service.context import ServiceContext
from agents.service.dispatch_view import CentreView, DistrictCentreView
from agents.service.fleet import Fleet
from agents.service.mutual_aid import Agreement, MutualAidView
from environment.districts import Districts


class ServiceRisk(Protocol):
    """Whose ambulances may be sent to a call.

    Attributes
    ----------
    leaves_alone : bool
        Whether a district must have by itself whatever its calls may need.
    """

    leaves_alone: bool

    def stations_for(self, districts: Districts, name: str) -> NDArray[np.bool_]:
        """Stations on whose ambulances a district counts when it plans, (s,)."""

    def view(
        self,
        context: ServiceContext,
        fleet: Fleet,
        districts: Districts,
        expected: ExpectedDemandByDistrict,
    ) -> CentreView:
        """What the dispatch centre sees."""


class OneFleet:
    """Those of all districts, as if there were no borders."""

    leaves_alone = False

    def stations_for(self, districts: Districts, name: str) -> NDArray[np.bool_]:  # noqa: ARG002
        """All of them."""
        return np.ones(len(districts.of_station), dtype=np.bool_)

    def view(
        self,
        context: ServiceContext,
        fleet: Fleet,
        districts: Districts,
        expected: ExpectedDemandByDistrict,
    ) -> CentreView:
        """The whole fleet."""
        return CentreView(context, fleet, districts.of_zone, expected)


class OwnFleet:
    """Those of the call's own district; while none of them is free the call waits."""

    leaves_alone = True

    def stations_for(self, districts: Districts, name: str) -> NDArray[np.bool_]:
        """Its own."""
        return np.array(districts.of_station) == name

    def view(
        self,
        context: ServiceContext,
        fleet: Fleet,
        districts: Districts,
        expected: ExpectedDemandByDistrict,
    ) -> CentreView:
        """The fleet of the call's district."""
        return DistrictCentreView(context, fleet, districts.of_zone, expected)


class OwnFleetFirst(OwnFleet):
    """Those of the call's own district, else of a neighbour that can spare one.

    Parameters
    ----------
    agreement : Agreement
    """

    leaves_alone = False

    def __init__(self, agreement: Agreement) -> None:
        self._agreement = agreement

    def view(
        self,
        context: ServiceContext,
        fleet: Fleet,
        districts: Districts,
        expected: ExpectedDemandByDistrict,
    ) -> CentreView:
        """The fleet of the call's district, and after a while what neighbours lend."""
        return MutualAidView(context, fleet, districts, expected, self._agreement)
