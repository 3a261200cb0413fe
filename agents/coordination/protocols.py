"""What each mechanism of coordination decides, on or off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
import simpy
from numpy.typing import NDArray

from agents.supply.messages import Post
from agents.supply.roles import (
    Carrier,
    DistributorRole,
    OfficeRole,
    StockPool,
    StoreRole,
    SupplierRole,
    TruckRole,
)
from environment.supply.needs import Who
from policies.ordering.base import OrderingView

Array = NDArray[np.float64]
S = TypeVar("S", bound=StoreRole)
Other = TypeVar("Other", bound=OfficeRole)


class RunClock(Protocol):
    """What tells how far a run is."""

    @property
    def env(self) -> simpy.Environment:
        """The clock."""

    @property
    def is_over(self) -> bool:
        """Whether the run's time is up."""


class Information(Protocol):
    """What deciders know."""

    def request_view(self, distributor: DistributorRole) -> OrderingView:
        """What a distributor knows when it asks for supplies."""

    def ordering_view(self, pool: StockPool) -> OrderingView:
        """What an office knows when it orders for some stores."""

    def known_demand(self, office: OfficeRole) -> Array:
        """Units a week of each distributor and item, as far as an office knows, (d, i)."""

    def severity(self, office: OfficeRole) -> Array:
        """How bad it is in each district, (d,), as far as an office knows."""

    def urgency(self, office: OfficeRole) -> Array:
        """How badly each district lacks each item, (d, i), as far as an office knows."""

    def reserve_delay_s(self, post: Post) -> float:
        """Seconds until the government hears that a reserve is wanted."""

    def report(self) -> None:
        """Have distributors report a finished day."""


class Planning(Protocol):
    """How stores and distributors are divided among offices, and when these decide."""

    def parts(self, stores: Sequence[S], own_store: Sequence[int]) -> list[list[S]]:
        """The stores of each office."""

    def react(self, office: OfficeRole) -> None:
        """Have an office act on what it has just heard, or let it wait for its time."""

    def begin(self, supply: RunClock, offices: Sequence[OfficeRole]) -> None:
        """Start what happens again and again."""


class Rules(Protocol):
    """How claims are ranked."""

    assessment_s: float

    def rank(self, who: Who) -> float:
        """Who is served first by a distributor; less comes first."""

    def graded(
        self, severity: NDArray[np.float64], urgency: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Severity, (s,), and urgency, (s, i), as an allocation policy sees them."""

    def order_rank(self, severity: NDArray[np.float64]) -> float:
        """In which order suppliers serve orders for some districts; less comes first."""

    def weights_of_places(self, sites: Sequence[int]) -> NDArray[np.float64] | None:
        """Weight of waiting at each place of a router's, (n,); None where all weigh alike."""


class Risk(Protocol):
    """What others may be asked for."""

    agreement_s: float

    def may_serve(
        self, stores: Sequence[StoreRole], sites: Sequence[DistributorRole]
    ) -> NDArray[np.bool_]:
        """Whether a store may send supplies to a distributor, (a, s)."""

    def pools(self, stores: Sequence[S]) -> list[list[S]]:
        """Stores whose stocks stand in for each other, together."""

    def may_ask(
        self, suppliers: Sequence[SupplierRole], contract: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Whether a supplier may be asked for an item, (p, i)."""

    def helpers(self, office: OfficeRole, offices: Sequence[Other]) -> list[Other]:
        """Offices that may be asked for help, the nearest first."""

    def trucks_for(self, transporter: Carrier) -> Sequence[TruckRole]:
        """Trucks that may carry its loads."""

    def share_staff(self) -> None:
        """Send staff of the distributors where they are needed for the day."""


@dataclass(frozen=True)
class Mechanisms:
    """What agents of the supply side know, over whom they decide, in which order, with whom."""

    information: Information
    planning: Planning
    rules: Rules
    risk: Risk
