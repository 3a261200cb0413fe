"""What every kind of intervention can do: be scheduled, applied now, undone and described."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import simpy

from agents.service.context import ServiceContext
from agents.service.dispatch_centre import DispatchCentre
from agents.service.fleet import Fleet
from environment.disruptions import Lasting
from environment.fleet.vehicles import Vehicles
from environment.parameters import Parameters
from environment.units import HOUR_S
from policies.gate import Gate
from scenarios.errors import ScenarioError
from scenarios.scenario import Scenario
from simulation.interventions.streets import StreetClosures
from simulation.late_calls import LateCalls
from simulation.outbreak import CityOutbreak
from simulation.setup import RunSetup
from simulation.supply_side import SupplySide

HOURS = 2.0
"""How long a disruption lasts that is applied now, where nobody says."""
MOST_HOURS = 24 * 366

Life = Generator[simpy.Event, None, None]
"""What goes on by itself, as a SimPy process."""
P = TypeVar("P", bound=Parameters)
L = TypeVar("L", bound=Lasting)


@dataclass(frozen=True, eq=False)
class RunParts:
    """What interventions act on: the parts of one run.

    Attributes
    ----------
    env : simpy.Environment
    setup : RunSetup
    vehicles : Vehicles
    gate : Gate
        The policies of the ambulance service.
    context : ServiceContext
    fleet : Fleet
    centre : DispatchCentre
    late_calls : LateCalls
    closures : StreetClosures
    outbreak : CityOutbreak or None
        None where there is no epidemic.
    supply_side : SupplySide or None
        None where there are no supplies.
    """

    env: simpy.Environment
    setup: RunSetup
    vehicles: Vehicles
    gate: Gate
    context: ServiceContext
    fleet: Fleet
    centre: DispatchCentre
    late_calls: LateCalls
    closures: StreetClosures
    outbreak: CityOutbreak | None
    supply_side: SupplySide | None


@dataclass(frozen=True)
class Offer:
    """How a kind is offered to who looks on.

    Attributes
    ----------
    label : str
    how : str
        What to click on the map.
    site : str
        The kind of site that must be clicked; empty if anywhere will do.
    asks : tuple of str
        What its entry reads from the request beside the site: ``"hours"``, ``"place"`` (which is
        ``x_m`` and ``y_m``), ``"radius_m"``, ``"district"``, ``"cases"``.
    """

    label: str
    how: str
    site: str = ""
    asks: tuple[str, ...] = ("hours",)


class Intervention(ABC, Generic[P]):
    """Something that happens to a run; a kind is a subclass.

    Parameters
    ----------
    parameters : Parameters
        As the scenario has them.
    number : int
        Its place in the scenario's list.
    parts : RunParts

    Attributes
    ----------
    kind : str
        As in the scenario's file.
    key : str
        Where the scenario lists it.
    offer : Offer or None
        None where the page does not offer it.
    is_of_supplies : bool
        Whether it is set going after the supplies: what is due at one moment happens in the order
        in which it was set going.
    """

    kind: ClassVar[str]
    key: ClassVar[str] = "disruptions"
    offer: ClassVar[Offer | None] = None
    is_of_supplies: ClassVar[bool] = False

    def __init__(self, parameters: P, number: int, parts: RunParts) -> None:
        self.parameters = parameters
        self.number = number
        self.parts = parts

    @classmethod
    def can_befall(cls, scenario: Scenario) -> bool:  # noqa: ARG003 - all that are not limited
        """Whether a scenario has what it needs."""
        return True

    @classmethod
    @abstractmethod
    def entry(cls, request: Mapping[str, Any], parts: RunParts) -> dict[str, Any]:
        """Return its entry in the scenario's list, were it to begin now.

        Parameters
        ----------
        request : mapping
            Its own keys, but ``hours`` in place of its times and ``x_m``, ``y_m`` (metres on the
            map) in place of ``x``, ``y``.
        parts : RunParts

        Raises
        ------
        ScenarioError
            If it cannot begin now.
        """

    @abstractmethod
    def schedule(self) -> None:
        """Have it happen when the scenario says."""

    @abstractmethod
    def apply(self) -> None:
        """Have it begin now."""

    @abstractmethod
    def undo(self) -> None:
        """Have it end now."""

    @abstractmethod
    def describe(self) -> str:
        """Say what it is in a few words."""

    def apply_now(self) -> None:
        """Have it begin now, and end when it is over."""
        self.apply()


class LastingIntervention(Intervention[L]):
    """Something that begins and ends."""

    @classmethod
    def entry(cls, request: Mapping[str, Any], parts: RunParts) -> dict[str, Any]:
        """Begin now, and end after some hours."""
        asked, now_hour = dict(request), parts.env.now / HOUR_S
        hours = asked.pop("hours", HOURS)
        if not isinstance(hours, int | float) or not 0 < hours <= MOST_HOURS:
            raise ScenarioError(f"hours must be > 0 and <= {MOST_HOURS:,}, got {hours!r}")
        return {**asked, "from_hour": now_hour, "until_hour": now_hour + hours}

    def schedule(self) -> None:
        """Apply it when it begins, and undo it when it is over."""
        self.parts.env.process(self._begin_and_end())

    def apply_now(self) -> None:
        """Apply it, and undo it when it is over."""
        self.apply()
        self.parts.env.process(self._end())

    def _begin_and_end(self) -> Life:
        yield self.parts.env.timeout(self.parameters.from_s - self.parts.env.now)
        self.apply()
        yield from self._end()

    def _end(self) -> Life:
        yield self.parts.env.timeout(self.parameters.until_s - self.parts.env.now)
        self.undo()
