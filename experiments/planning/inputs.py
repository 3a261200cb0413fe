"""What a plan is made from: centres, needs, vehicles, limits and ways between places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from environment.roads.network import GEOGRAPHIC
from policies.ordering.fit import Candidate
from policies.ordering.laws import DemandLaw

Objective = Literal["distance", "time", "cost", "sum_of_arrivals", "latest_arrival"]
Distances = Literal["straight line", "grid", "given", "roads"]
LoadUnit = Literal["units", "kg", "litres"]
LimitKind = Literal["money", "units", "kg", "litres"]

PLAIN_PRODUCT = "units"
"""What is ordered where no sheet names items."""


@dataclass(frozen=True)
class Place:
    """A depot or a centre: its name, and where it is.

    Attributes
    ----------
    name : str
    x, y : float
        Degrees of longitude and latitude, or metres in a plane; NaN where distances are given and
        nothing is drawn.
    """

    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Centre(Place):
    """Who is to be supplied.

    Attributes
    ----------
    urgency : float
        Weight of an hour of waiting, where arrival times are what counts.
    window_s : (float, float)
        When it can be reached, in seconds from midnight.
    service_s : float
        Seconds of unloading.
    prize : float or None
        What serving it is worth, in the units of the objective; None if it must be served.
    """

    urgency: float = 1.0
    window_s: tuple[float, float] = (0.0, float("inf"))
    service_s: float = 0.0
    prize: float | None = None


@dataclass(frozen=True)
class Product:
    """An item that is ordered.

    Attributes
    ----------
    name : str
    pack : float
        It is ordered in multiples of so many units; 0 if in any quantity.
    minimum_order : float
        A centre orders nothing or at least so many units.
    least_service : float
        Probability with which all demand is to be met at least.
    shelf_life_periods : float
        Times between two deliveries in which a unit can be used.
    leftover_value : float or None
        Money that a unit is worth that can be used later; None for its cost.
    waste_cost : float
        Money for doing away with a unit.
    weight_kg, volume_l : float
        Of one unit.
    """

    name: str
    pack: float = 1.0
    minimum_order: float = 0.0
    least_service: float = 0.0
    shelf_life_periods: float = 1.0
    leftover_value: float | None = None
    waste_cost: float = 0.0
    weight_kg: float = 1.0
    volume_l: float = 1.0


@dataclass(frozen=True)
class Need:
    """One item at one centre.

    Attributes
    ----------
    centre, product : int
        Rows of ``PlanningInput.centres`` and ``products``.
    law : DemandLaw
    law_name : str
        One of the laws that a workbook may name.
    mean, sd : float
        Of the demand, units.
    unit_cost, holding_cost, shortage_cost : float
        Money a unit.
    stock : float
        Units that are there already.
    history : tuple of float
        Past demand; empty where the law is given.
    fits : tuple of Candidate
        The laws that were fitted to it; empty where the law was told.
    """

    centre: int
    product: int
    law: DemandLaw
    law_name: str
    mean: float
    sd: float
    unit_cost: float
    holding_cost: float
    shortage_cost: float
    stock: float = 0.0
    history: tuple[float, ...] = ()
    fits: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Truck:
    """A vehicle.

    Attributes
    ----------
    name : str
    capacity : float
        In the load unit of the settings.
    depot, end_depot : int
        Rows of ``PlanningInput.depots``.
    shift_s : (float, float)
        Seconds from midnight.
    trips : int
        At most.
    cost, cost_per_km, cost_per_h : float
        Money: if it is used at all, for each kilometre, and for each hour on the way.
    reload_s : float
        Seconds of loading before every trip but the first.
    """

    name: str
    capacity: float
    depot: int = 0
    end_depot: int = 0
    shift_s: tuple[float, float] = (0.0, float("inf"))
    trips: int = 1
    cost: float = 0.0
    cost_per_km: float = 0.0
    cost_per_h: float = 0.0
    reload_s: float = 0.0


@dataclass(frozen=True)
class SharedLimit:
    """What all orders together may use.

    Attributes
    ----------
    name : str
    kind : {"money", "units", "kg", "litres"}
    amount : float
    product : int or None
        The item that counts; all, where it is None.
    """

    name: str
    kind: LimitKind
    amount: float
    product: int | None = None


@dataclass(frozen=True)
class Link:
    """A way between two places that is known, slow or closed.

    Attributes
    ----------
    origin, destination : int
        Numbers of places: depots first, then centres.
    km, minutes : float or None
        What is not given is worked out from the rest.
    both_ways, is_closed : bool
    """

    origin: int
    destination: int
    km: float | None = None
    minutes: float | None = None
    both_ways: bool = True
    is_closed: bool = False


@dataclass(frozen=True)
class Settings:
    """How it is planned.

    Attributes
    ----------
    objective : Objective
    distances : Distances
    speed_kph : float
        Where no map tells it.
    detour : float
        Length of a way over that of the straight line.
    departure_s : float
        The hour whose traffic counts on roads, and when shifts begin that have no beginning.
    load_unit : LoadUnit
        What vehicles' capacities are counted in.
    whole : bool
        Whether only whole units are ordered.
    search_s : float
        Seconds for the search for routes; 0 lets the size decide.
    currency : str
    """

    objective: Objective = "distance"
    distances: Distances = "straight line"
    speed_kph: float = 40.0
    detour: float = 1.3
    departure_s: float = 8 * 3600.0
    load_unit: LoadUnit = "units"
    whole: bool = True
    search_s: float = 0.0
    currency: str = "money"


@dataclass(frozen=True)
class PlanningInput:
    """All that a workbook tells.

    Attributes
    ----------
    crs : str
        What ``x`` and ``y`` of places are, as `environment.roads.network.RoadNetwork` has it.
    notes : tuple of str
        What was read otherwise than one might think, a line each.
    """

    centres: tuple[Centre, ...]
    products: tuple[Product, ...]
    needs: tuple[Need, ...]
    trucks: tuple[Truck, ...]
    depots: tuple[Place, ...]
    limits: tuple[SharedLimit, ...] = ()
    links: tuple[Link, ...] = ()
    settings: Settings = field(default_factory=Settings)
    crs: str = GEOGRAPHIC
    notes: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[Place, ...]:
        """Depots first, then centres: the order of all tables of ways."""
        return (*self.depots, *self.centres)
