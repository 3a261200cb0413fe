"""A distributor: gives supplies to the people, crews and hospitals of a district."""

from __future__ import annotations

import heapq
from collections.abc import Generator
from itertools import count
from math import inf

import mesa
import numpy as np
import simpy
from numpy.typing import NDArray

from agents.supply.context import SupplyContext
from agents.supply.messages import Need, Receipt
from agents.supply.orders import Consignment, Place
from agents.supply.records import Claim
from agents.supply.stock import Change, Stock, spoils_at
from environment.supply.needs import Who
from environment.supply.sites import DistributorParameters
from environment.units import DAY_S, HOUR_S
from policies.ordering import ORDERING

Life = Generator[simpy.Event, None, None]


class Distributor(mesa.Agent):
    """A demand point with its stock and its staff.

    Attributes
    ----------
    number : int
        Also the row of its district.
    place : Place
    stock : Stock
    on_order : (i,) int64
        Units asked for and not yet here.
    on_way : (i,) int64
        Those among them that an office has given it already.
    needs_by_day : list of (i,) float64
        Units that were needed on each day so far, by everybody.
    staff : int
        Who gives out supplies today, but for those who are ill.
    """

    def __init__(
        self,
        model: mesa.Model,
        number: int,
        place: Place,
        parameters: DistributorParameters,
        supply: SupplyContext,
    ) -> None:
        super().__init__(model)
        self.number = number
        self.place = place
        self.staff = self.own_staff = parameters.staff
        self._units_per_staff_s = parameters.units_per_staff_hour / HOUR_S
        self._supply = supply
        self._env = supply.env
        items = supply.item_names
        self.stock = Stock(
            self._env,
            supply.log,
            place.site,
            [parameters.stock.get(name, 0) for name in items],
            [spoils_at(0.0, supply.shelf_life_s(item)) for item in range(len(items))],
        )
        self.on_order = np.zeros(len(items), dtype=np.int64)
        self.on_way = np.zeros(len(items), dtype=np.int64)
        self.needs_by_day: list[NDArray[np.float64]] = []
        self._waiting: list[list[tuple[float, float, int, Claim]]] = [[] for _ in items]
        self._patience_s = supply.parameters.times.patience_h * HOUR_S
        self._nobody_leaves_until_s = inf
        self._numbers = count()
        self._at_work: simpy.Process | None = None
        self._doses_given = 0
        self._protects = [item.protects for item in supply.parameters.items]
        self._env.process(self._ask_again())

    @property
    def name(self) -> str:
        """As in messages."""
        return self.place.name

    # Needs

    def begin_day(self) -> None:
        """Begin another day."""
        self.needs_by_day.append(np.zeros(len(self._waiting)))

    def need(self, item: int, units: int, who: Who) -> None:
        """Hear that people need units of an item: they are served in turn."""
        claim = self._note(item, units, who)
        rank = self._supply.mechanisms.rules.rank(who)
        entry = (rank, claim.since_s, next(self._numbers), claim)
        heapq.heappush(self._waiting[item], entry)
        leaves_s = claim.since_s + self._patience_s
        self._nobody_leaves_until_s = min(self._nobody_leaves_until_s, leaves_s)
        self._go_to_work()

    def draw(self, item: int, units: int, who: Who) -> bool:
        """Give units to a crew or a hospital, which does without what is not there."""
        claim = self._note(item, units, who)
        given = sum(lot.units for lot in self.stock.take(item, units, Change.USED))
        claim.at_once = claim.given = given
        claim.ended_s = self._env.now
        return given == units

    def _note(self, item: int, units: int, who: Who) -> Claim:
        if self.needs_by_day:
            self.needs_by_day[-1][item] += units
        claim = Claim(item, units, who, self._env.now)
        self._supply.log.need_arose(self.number, claim)
        return claim

    @property
    def waiting_units(self) -> NDArray[np.int64]:
        """Units of each item that people wait for, (i,)."""
        return np.array(self.units_waited_for(), dtype=np.int64)

    def units_waited_for(self) -> list[int]:
        """Units of each item that people wait for, as plain numbers."""
        return [
            sum(entry[-1].left for entry in own if not self._has_lost_patience(entry[-1]))
            for own in self._waiting
        ]

    def _has_lost_patience(self, claim: Claim) -> bool:
        return claim.since_s + self._patience_s < self._env.now

    def take_doses_given(self) -> int:
        """Doses given to people since this was asked last."""
        given, self._doses_given = self._doses_given, 0
        return given

    # Giving out

    def _go_to_work(self) -> None:
        if self._at_work is None:
            self._at_work = self._env.process(self._give_out())

    def _give_out(self) -> Life:
        """Serve claims in turn, as long as there are any and stock for them."""
        yield self._env.timeout(0)
        claim = self._next_claim()
        while claim is not None:
            units_per_s = self._units_per_staff_s * self._present_staff
            most = max(1, round(units_per_s * HOUR_S))
            lots = self.stock.take(claim.item, min(claim.left, most), Change.USED)
            units = sum(lot.units for lot in lots)
            self._give(claim, units)
            yield self._env.timeout(units / units_per_s)
            claim = self._next_claim()
        self._at_work = None

    @property
    def _present_staff(self) -> float:
        if not self._supply.parameters.couplings.staff_fall_ill:
            return float(self.staff)
        # Somebody always keeps the door open.
        return max(0.5, self.staff * (1.0 - float(self._supply.ill_share[self.number])))

    def _next_claim(self) -> Claim | None:
        """The first claim in turn, among items that there are."""
        self.give_up()
        heads = [own[0] for item, own in enumerate(self._waiting) if own and self.stock.units(item)]
        return min(heads)[-1] if heads else None

    def _give(self, claim: Claim, units: int) -> None:
        waited_s = self._env.now - claim.since_s
        claim.given += units
        claim.waited_unit_s += waited_s * units
        self._supply.log.given_out(self._env.now, self.number, claim.item, units, waited_s * units)
        if waited_s <= HOUR_S:
            claim.at_once += units
        if self._protects[claim.item]:
            self._doses_given += units
        if not claim.left:
            heapq.heappop(self._waiting[claim.item])
            claim.ended_s = self._env.now

    def give_up(self) -> None:
        """Let those go who have lost patience, at the moment at which they did."""
        if self._env.now <= self._nobody_leaves_until_s:
            return
        for item, own in enumerate(self._waiting):
            for *_, claim in own:
                if self._has_lost_patience(claim):
                    claim.ended_s = claim.since_s + self._patience_s
            self._waiting[item] = [e for e in own if not self._has_lost_patience(e[-1])]
            heapq.heapify(self._waiting[item])
        began_s = (entry[1] for own in self._waiting for entry in own)
        self._nobody_leaves_until_s = min(began_s, default=inf) + self._patience_s

    # Asking

    def _ask_again(self) -> Life:
        """Ask the government for supplies, again and again."""
        every_s = self._supply.parameters.times.request_every_h * HOUR_S
        yield self._env.timeout(every_s)
        while not self._supply.is_over:
            view = self._supply.mechanisms.information.request_view(self)
            units = self._supply.gate.ask(ORDERING, view)
            if units.any():
                self.on_order += units
                self._write_need(units)
            yield self._env.timeout(every_s)

    def _write_need(self, units: NDArray[np.int64]) -> None:
        severity = float(self._supply.severity[self.number])
        need = Need(units, self.number, severity, self.urgency)
        self._supply.post.send(need, self.name, self._supply.government)

    @property
    def urgency(self) -> NDArray[np.float64]:
        """Days of need that wait, (i,): units waited for over the mean need of a day."""
        days = self._finished_days[-7:] or self.needs_by_day
        mean = np.mean(days, axis=0) if days else np.zeros(len(self._waiting))
        return self.waiting_units / np.maximum(mean, 1.0)

    # Receiving

    def receive(self, load: Consignment) -> None:
        """Take in what a truck has brought."""
        units = load.units
        for item, lots in enumerate(load.lots):
            if lots:
                self.stock.put(item, lots, Change.RECEIVED)
        self.on_order -= units
        self.on_way -= units
        receipt = Receipt(units, self.place.site)
        self._supply.post.inform(receipt, self.name, self._supply.government.name)
        self._go_to_work()

    @property
    def _finished_days(self) -> list[NDArray[np.float64]]:
        return self.needs_by_day[: int(self._env.now // DAY_S)]

    @property
    def history(self) -> NDArray[np.float64]:
        """Units needed on each finished day, (i, t)."""
        days = self._finished_days
        return np.array(days, dtype=float).reshape(len(days), len(self._waiting)).T
