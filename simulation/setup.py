"""What a run starts from, before there is anybody to act in it."""

from __future__ import annotations

from dataclasses import dataclass

from agents.coordination.mechanisms import ServiceMechanisms
from environment.demand.calls import Calls
from environment.demand.drawn_calls import Streams
from environment.disruptions import CallSource
from environment.places.city import City
from scenarios.scenario import Scenario
from simulation.preparation import ServiceArea


@dataclass(frozen=True, eq=False)
class RunSetup:
    """The question, the city, and what comes whatever anybody decides.

    Attributes
    ----------
    config : Scenario
    area : ServiceArea
        The city and how one drives in it.
    draw : callable
        The run's random streams.
    calls : Calls
        Exogenous ones: drawn or recorded, with those that disruptions add.
    mechanisms : ServiceMechanisms
        How the ambulance service is coordinated.
    """

    config: Scenario
    area: ServiceArea
    draw: Streams
    calls: Calls
    mechanisms: ServiceMechanisms

    @property
    def call_source(self) -> CallSource:
        """From what more calls are drawn."""
        return call_source(self.config, self.area.city, self.draw)


def call_source(config: Scenario, city: City, draw: Streams) -> CallSource:
    """From what the calls of disruptions are drawn."""
    return CallSource(config.demand, city.addresses, config.places, draw, config.hospitals)
