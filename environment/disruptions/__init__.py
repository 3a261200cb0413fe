"""What goes wrong in a city, and when: ``[[disruptions]]`` in a scenario file, one file a kind.

A kind has its parameters here, checks them against a city and draws the calls that it adds; what
it does in a run is in `simulation.interventions`. It knows no clock, no agents and no run.
"""

from typing import Annotated

from pydantic import Field

from environment.disruptions.base import (
    CallSource,
    ClosedSite,
    DisruptionParameters,
    Lasting,
    Surroundings,
    with_extra_calls,
)
from environment.disruptions.hospital_closure import HospitalClosed
from environment.disruptions.mass_casualty import MassCasualty
from environment.disruptions.road_closure import RoadClosure, closure_changes, closures_in
from environment.disruptions.station_closure import StationClosed
from environment.disruptions.supplier_failure import SupplierDisrupted
from environment.disruptions.surge import Surge
from environment.units import HOUR_S

Disruption = Annotated[
    RoadClosure | Surge | StationClosed | HospitalClosed | SupplierDisrupted | MassCasualty,
    Field(discriminator="kind"),
]

__all__ = [
    "HOUR_S",
    "CallSource",
    "ClosedSite",
    "Disruption",
    "DisruptionParameters",
    "HospitalClosed",
    "Lasting",
    "MassCasualty",
    "RoadClosure",
    "StationClosed",
    "SupplierDisrupted",
    "Surge",
    "Surroundings",
    "closure_changes",
    "closures_in",
    "with_extra_calls",
]
