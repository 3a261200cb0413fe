"""Risk: whom one may ask, and whom one may serve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agents.coordination.protocols import Other, S
from agents.supply.context import SupplyContext
from agents.supply.roles import (
    Carrier,
    DistributorRole,
    OfficeRole,
    StoreRole,
    SupplierRole,
    TruckRole,
)
from environment.apportionment import apportion
from environment.units import HOUR_S
from policies.coordination import RiskPrice


class OwnResources:
    """One's own store, customers, contracts, trucks and staff."""

    agreement_s = 0.0

    def __init__(self, supply: SupplyContext) -> None:
        self._supply = supply

    def may_serve(
        self, stores: Sequence[StoreRole], sites: Sequence[DistributorRole]
    ) -> NDArray[np.bool_]:
        """A store serves those whose own it is."""
        own = np.array([self._supply.government.own_store[site.number] for site in sites])
        return np.array([store.number for store in stores])[:, None] == own[None, :]

    def pools(self, stores: Sequence[S]) -> list[list[S]]:
        """Each store by itself: what lies in one is of no use to the customers of another."""
        return [[store] for store in stores]

    def may_ask(
        self, suppliers: Sequence[SupplierRole], contract: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """The supplier of the contract."""
        return np.arange(len(suppliers))[:, None] == contract[None, :]

    def helpers(self, office: OfficeRole, offices: Sequence[Other]) -> list[Other]:  # noqa: ARG002
        """Nobody."""
        return []

    def trucks_for(self, transporter: Carrier) -> Sequence[TruckRole]:
        """Its own."""
        return transporter.trucks

    def share_staff(self) -> None:
        """Everybody stays where he is."""


class MutualAid:
    """Stores, suppliers, trucks and staff of others may be asked, after they have agreed."""

    def __init__(self, price: RiskPrice, supply: SupplyContext) -> None:
        self.agreement_s = price.agreement_h * HOUR_S
        self._supply = supply

    def may_serve(
        self, stores: Sequence[StoreRole], sites: Sequence[DistributorRole]
    ) -> NDArray[np.bool_]:
        """Every store serves everybody."""
        return np.ones((len(stores), len(sites)), dtype=bool)

    def pools(self, stores: Sequence[S]) -> list[list[S]]:
        """All together."""
        return [list(stores)]

    def may_ask(
        self, suppliers: Sequence[SupplierRole], contract: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Every supplier that makes the item."""
        items = range(len(contract))
        return np.array([[supplier.makes(item) for item in items] for supplier in suppliers])

    def helpers(self, office: OfficeRole, offices: Sequence[Other]) -> list[Other]:
        """All others, by the drive from their first store."""
        others = [other for other in offices if other is not office]
        if not others or not office.distributors:
            return []
        origins = [other.stores[0].place for other in others]
        drive_s = self._supply.drive_s(origins, [office.distributors[0].place])[:, 0]
        return [others[row] for row in np.argsort(drive_s, kind="stable")]

    def trucks_for(self, transporter: Carrier) -> Sequence[TruckRole]:
        """Its own and those of all stores; those of a supplier are its own."""
        stores = [store.transporter for store in self._supply.stores]
        if transporter not in stores:
            return transporter.trucks
        return [truck for one in stores for truck in one.trucks]

    def share_staff(self) -> None:
        """Spread all staff by the units that people wait for and need in a day; one stays."""
        sites = self._supply.distributors
        work = [float(site.waiting_units.sum()) + _last_needs(site) + 1.0 for site in sites]
        total = sum(site.own_staff for site in sites) - len(sites)
        for site, more in zip(sites, apportion(total, np.array(work)), strict=True):
            site.staff = 1 + int(more)


def _last_needs(site: DistributorRole) -> float:
    days = site.needs_by_day[-2:-1]
    return float(days[0].sum()) if days else 0.0
