"""An office of the government: decides over some stores and the distributors they serve.

How many offices there are, and over what each decides, is what planning as a mechanism changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import simpy
from numpy.typing import NDArray

from agents.supply.context import SupplyContext
from agents.supply.messages import HelpRequest, Need, Procurement, Release, ReserveRequest
from agents.supply.orders import Debts, Order
from agents.supply.roles import DistributorRole, GovernmentRole, StockPool, StoreRole
from environment.apportionment import apportion
from environment.epidemic import forecast_by_growth
from environment.units import DAY_S, HOUR_S
from policies.allocation import ALLOCATION, AllocationView
from policies.allocation.shipments import cheapest_shipments
from policies.ordering import ORDERING
from policies.sourcing import SOURCING, SourcingView

FORESEEN_DAYS = 7
"""For so many days an office forecasts what it will be asked for."""


class Headquarters(GovernmentRole, Protocol):
    """The government, as its offices see it."""

    @property
    def offices(self) -> Sequence[Office]:
        """All of them."""


class Office:
    """Keeps track of requests and orders, and puts decisions to the policies.

    Attributes
    ----------
    number : int
    name : str
    stores : list of StoreRole
    distributors : list of DistributorRole
    rows : list of int
        Their numbers.
    debts : Debts
        Units that each distributor of the run has asked this office for, and not been given.
    severity : (d,) float64
        As the distributors' last requests told it.
    urgency : (d, i) float64
    asked_by_day : list of (d, i) float64
        Units that each distributor has asked it for on each day so far.
    on_order : (a, i) int64
        Units ordered for each of its stores, and not yet there.
    """

    def __init__(
        self,
        government: Headquarters,
        number: int,
        stores: Sequence[StoreRole],
        distributors: Sequence[DistributorRole],
        supply: SupplyContext,
    ) -> None:
        self.number = number
        self.name = f"office of {', '.join(store.name for store in stores)}"
        self.stores = list(stores)
        self.distributors = list(distributors)
        self.rows = [distributor.number for distributor in distributors]
        self._government = government
        self._supply = supply
        shape = (len(supply.distributors), len(supply.item_names))
        self.debts = Debts(*shape)
        self.severity = np.zeros(shape[0])
        self.urgency = np.zeros(shape)
        self.asked_by_day: list[NDArray[np.float64]] = []
        self.on_order = np.zeros((len(self.stores), shape[1]), dtype=np.int64)
        self._spent = 0.0
        self._waits_for_reserve = np.zeros(shape[1], dtype=bool)
        self._waits_for_help = False
        self._helpers_asked = 0

    @property
    def outstanding(self) -> NDArray[np.int64]:
        """Units that each distributor of the run has asked for and not been given, (d, i)."""
        return self.debts.units

    @property
    def demand_share(self) -> float:
        """Share of all inhabitants whom it serves."""
        return float(self._supply.persons[self.rows].sum() / self._supply.persons.sum())

    @property
    def money(self) -> float:
        """What its orders may cost now; infinite where no budget limits them.

        Orders are weighed by prices without premiums; a premium is paid from what comes in later.
        """
        per_day = self._supply.parameters.government.budget_per_day
        if per_day is None:
            return np.inf
        days = self._supply.env.now / DAY_S + 1
        return max(0.0, per_day * self.demand_share * days - self._spent)

    # Requests

    def hear(self, need: Need) -> None:
        """Take a distributor's request in, once it has been assessed."""
        delay_s = self._supply.mechanisms.rules.assessment_s
        if delay_s > 0:
            assessed = simpy.Timeout(self._supply.env, delay_s)
            assessed.callbacks.append(lambda _: self._take_in(need))
        else:
            self._take_in(need)

    def _take_in(self, need: Need) -> None:
        row = need.distributor
        self.debts.ask(row, need.units, self._supply.env.now)
        self.severity[row] = need.severity
        self.urgency[row] = need.urgency
        if self.asked_by_day:
            self.asked_by_day[-1][row] += need.units
        self._supply.mechanisms.planning.react(self)

    # Allocation

    def allocate(self, latency_s: float = 0.0) -> None:
        """Give what there is to those who asked; ask others for the rest, if one may."""
        if not self.outstanding[self.rows].any():
            return
        self._give(self.distributors, self, latency_s)
        if self.outstanding[self.rows].any():
            self._ask_for_more()

    def help(self, other: Office) -> None:
        """Serve another office's distributors beside its own, now that it has agreed."""
        other.helped()
        if other.outstanding[other.rows].any():
            self._give([*self.distributors, *other.distributors], other, 0.0)

    def helped(self) -> None:
        """Hear that another office has answered."""
        self._waits_for_help = False

    def _give(self, sites: Sequence[DistributorRole], guest: Office, latency_s: float) -> None:
        """Allocate to some distributors: its own, and those of a guest."""
        rows = [site.number for site in sites]
        view = self._view(sites, guest)
        if not (view.demand.any(axis=0) & view.available.any(axis=0)).any():
            return
        self._supply.log.plan_made(
            self._supply.env.now, self.number, "allocation", len(self.stores) + len(sites)
        )
        given = self._supply.gate.ask(ALLOCATION, view)
        if not given.any():
            return
        alone = len(self.stores) == 1
        shipments = given[None] if alone else cheapest_shipments(view, given)
        for site, units in zip(sites, given, strict=True):
            owner = self if site.number in self.rows else guest
            owner.debts.give(site.number, units)
            site.on_way += units
        whole = np.zeros((len(self.stores), *self.outstanding.shape), dtype=np.int64)
        whole[:, rows] = shipments
        for store, units in zip(self.stores, whole, strict=True):
            self._release(store, units, latency_s, has_agreed=guest is not self)

    def _release(
        self, store: StoreRole, units: NDArray[np.int64], latency_s: float, *, has_agreed: bool
    ) -> None:
        """Have a store send units, (d, i); to others' customers once its owner has agreed."""
        store.promised += units.sum(axis=0)
        is_customer = np.isin(np.arange(len(units)), self._customers(store))[:, None]
        agreement_s = 0.0 if has_agreed else self._supply.mechanisms.risk.agreement_s
        for part, wait_s in ((is_customer, 0.0), (~is_customer, agreement_s)):
            release = Release(np.where(part, units, 0))
            if release.units.any():
                delay_s = self._supply.post.delay_s + latency_s + wait_s
                self._supply.post.send(release, self.name, store, delay_s)

    def _view(self, sites: Sequence[DistributorRole], guest: Office) -> AllocationView:
        rows = [site.number for site in sites]
        own = np.array([row in self.rows for row in rows])[:, None]
        severity, urgency = self._priorities(rows)
        expected = self._expected(rows)
        if guest is not self:
            expected = np.where(own, expected, guest._expected(rows))
            of_guest = guest._priorities(rows)
            severity = np.where(own[:, 0], severity, of_guest[0])
            urgency = np.where(own, urgency, of_guest[1])
        graded = self._supply.mechanisms.rules.graded(severity, urgency)
        return AllocationView(
            demand=np.where(own, self.outstanding[rows], guest.outstanding[rows]),
            available=np.array([store.free() for store in self.stores]),
            requested_s=np.where(own, self.debts.since_s[rows], guest.debts.since_s[rows]),
            severity=graded[0],
            urgency=graded[1],
            now_s=self._supply.env.now,
            transport_cost=None if len(self.stores) == 1 else self._costs(sites),
            expected=expected,
        )

    def _expected(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """What some districts will ask it for in the days to come, by what they asked so far."""
        *finished, today = self.asked_by_day or [np.zeros(self.outstanding.shape)]
        past = np.array(finished).reshape(len(finished), today.size)
        days = forecast_by_growth(past, FORESEEN_DAYS).reshape(-1, *today.shape)
        days[0] = np.maximum(days[0] - today, 0.0)
        return days[:, rows]

    def _priorities(self, rows: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Severity and urgency of some districts, as far as it knows."""
        information = self._supply.mechanisms.information
        return information.severity(self)[rows], information.urgency(self)[rows]

    def _costs(self, sites: Sequence[DistributorRole]) -> NDArray[np.float64]:
        """Seconds of driving from its stores to some sites; infinite where it may not, (a, s)."""
        drive_s = self._supply.drive_s([s.place for s in self.stores], [d.place for d in sites])
        allowed = self._supply.mechanisms.risk.may_serve(self.stores, sites)
        return np.where(allowed, drive_s, np.inf)

    # What is missing

    def _ask_for_more(self) -> None:
        self._ask_for_reserve()
        helpers = self._supply.mechanisms.risk.helpers(self, self._government.offices)
        if helpers and not self._waits_for_help:
            helper = helpers[self._helpers_asked % len(helpers)]
            self._helpers_asked += 1
            self._waits_for_help = True
            units = self.outstanding[self.rows].sum(axis=0)
            delay_s = self._supply.post.delay_s + self._supply.mechanisms.risk.agreement_s
            self._supply.post.send(HelpRequest(units, self.number), self.name, helper, delay_s)

    def _ask_for_reserve(self) -> None:
        """Ask for the reserves of stores that may serve those for whom something is missing."""
        missing = np.where(self._waits_for_reserve, 0, self.outstanding[self.rows])
        may_serve = self._supply.mechanisms.risk.may_serve(self.stores, self.distributors)
        for store, served in zip(self.stores, may_serve, strict=True):
            wanted = missing[served]
            units = np.minimum(store.reserve, wanted.sum(axis=0))
            before = wanted.cumsum(axis=0) - wanted
            missing[served] -= np.clip(units - before, 0, wanted)
            if units.any():
                self._waits_for_reserve |= units > 0
                delay_s = self._supply.mechanisms.information.reserve_delay_s(self._supply.post)
                request = ReserveRequest(units, store.number)
                self._supply.post.send(request, self.name, self._government, delay_s)

    def reserve_released(self, units: NDArray[np.int64]) -> None:
        """Hear that a store may give units of its reserve."""
        self._waits_for_reserve &= units == 0
        self._supply.mechanisms.planning.react(self)

    def read(self, message: HelpRequest) -> None:
        """Help another office."""
        self.help(self._government.offices[message.office])

    # Orders

    def begin_day(self) -> None:
        """Begin another day."""
        self.asked_by_day.append(np.zeros(self.outstanding.shape))

    def procure(self, latency_s: float = 0.0) -> None:
        """Order what its stores need, from the suppliers that the policy names."""
        supply = self._supply
        supply.log.plan_made(supply.env.now, self.number, "procurement", len(self.stores))
        for pool in self._pools():
            view = supply.mechanisms.information.ordering_view(pool)
            wanted = supply.gate.ask(ORDERING, view)
            if not wanted.any():
                continue
            for store, units in zip(pool.stores, self._split(pool, wanted), strict=True):
                if units.any():
                    self._order_for(store, units, latency_s)

    def _pools(self) -> list[StockPool]:
        """Its stores and customers, apart where one store's stock is of no use to another's."""
        every = self._supply.distributors
        total = self._supply.persons[self.rows].sum()
        pools = []
        for stores in self._supply.mechanisms.risk.pools(self.stores):
            rows = sorted(row for store in stores for row in self._customers(store))
            if rows:
                pools.append(
                    StockPool(
                        stores, [every[row] for row in rows], rows,
                        self.on_order[[self.stores.index(store) for store in stores]],
                        self.outstanding, self.asked_by_day,
                        self.money * float(self._supply.persons[rows].sum() / total),
                    )
                )  # fmt: skip
        return pools

    def _split(self, pool: StockPool, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
        """Units for each store, (a, i): those that have least for their share get most."""
        if len(pool.stores) == 1:
            return wanted[None]
        share = self._demand_shares(pool.stores)
        owed = np.array([self.outstanding[self._customers(s)].sum(axis=0) for s in pool.stores])
        position = np.array([store.free() for store in pool.stores]) + pool.on_order - owed
        total = position.sum(axis=0) + wanted
        short = np.maximum(share * total - position, 0)
        split = np.zeros_like(position)
        for item in np.flatnonzero(wanted):
            weights = short[:, item] if short[:, item].any() else share[:, item]
            split[:, item] = apportion(int(wanted[item]), weights)
        return split

    def _demand_shares(self, stores: Sequence[StoreRole]) -> NDArray[np.float64]:
        """Share of each store's customers in the demand that is known, (a, i)."""
        known = self._supply.mechanisms.information.known_demand(self)
        own = np.array([known[self._customers(store)].sum(axis=0) for store in stores])
        return own / own.sum(axis=0)

    def _customers(self, store: StoreRole) -> list[int]:
        return self._government.customers(store)

    def _order_for(self, store: StoreRole, units: NDArray[np.int64], latency_s: float) -> None:
        split = self._supply.gate.ask(SOURCING, self._sourcing_view(store, units))
        for supplier, item in np.argwhere(split > 0).tolist():
            self._place(store, supplier, item, int(split[supplier, item]), latency_s)

    def _sourcing_view(self, store: StoreRole, units: NDArray[np.int64]) -> SourcingView:
        suppliers, supply = self._supply.suppliers, self._supply
        drive_s = supply.drive_s([s.place for s in suppliers], [store.place])
        premium = np.array([supplier.parameters.premium for supplier in suppliers])
        contract = self._government.contracts[store.number]
        return SourcingView(
            items=supply.item_names,
            quantity=units,
            may_ask=supply.mechanisms.risk.may_ask(suppliers, contract),
            contract=contract,
            wait_s=np.array([supplier.making_s(units) for supplier in suppliers]) + drive_s,
            most=np.array([supplier.room for supplier in suppliers]),
            price=supply.unit_cost * (1 + premium[:, None]),
        )

    def _place(
        self, store: StoreRole, supplier: int, item: int, units: int, latency_s: float
    ) -> None:
        maker = self._supply.suppliers[supplier]
        maker.keep_room(item, units)
        price = float(self._supply.unit_cost[item]) * (1 + maker.parameters.premium)
        order = self._government.new_order(
            Order(
                len(self._government.orders), self.number, supplier, store.place, item, units,
                price, self._rank(store), self._supply.env.now,
            )
        )  # fmt: skip
        self._spent += price * units
        self.on_order[self.stores.index(store), item] += units
        whole = np.zeros(len(self._supply.item_names), dtype=np.int64)
        whole[item] = units
        message = Procurement(whole, store.number, order.number)
        has_contract = self._government.contracts[store.number, item] == supplier
        agreement_s = 0.0 if has_contract else self._supply.mechanisms.risk.agreement_s
        delay_s = self._supply.post.delay_s + latency_s + agreement_s
        self._supply.post.send(message, self.name, maker, delay_s)

    def _rank(self, store: StoreRole) -> float:
        """In which order suppliers serve an order: by those for whom the store keeps stock."""
        severity, _ = self._priorities(self._customers(store))
        return self._supply.mechanisms.rules.order_rank(severity)

    def received(self, store: StoreRole, units: NDArray[np.int64]) -> None:
        """Hear that goods ordered for a store are there."""
        self.on_order[self.stores.index(store)] -= units
        self._supply.mechanisms.planning.react(self)

    def order_cut(self, store: StoreRole, item: int, units: int) -> None:
        """Hear that units ordered for a store will not come."""
        self.on_order[self.stores.index(store), item] -= units

    def owe_again(self, distributor: int, units: NDArray[np.int64]) -> None:
        """Hear that units given to a distributor, (i,), were not there to be sent."""
        self.debts.owe_again(distributor, units, self._supply.env.now)

    @property
    def every_s(self) -> float:
        """Seconds between two orders."""
        return self._supply.parameters.times.order_every_h * HOUR_S
