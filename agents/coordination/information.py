"""Information: what one sees of others, and how old it is."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from agents.supply.context import SupplyContext
from agents.supply.messages import Post, Report
from agents.supply.roles import DistributorRole, OfficeRole, StockPool
from environment.demand.drawn_calls import Streams
from environment.demand.durations import lognormal_factors
from environment.epidemic.forecast import forecast_by_growth
from environment.units import DAY_S, HOUR_S
from policies.coordination import InformationPrice
from policies.ordering.base import OrderingView

DAYS_A_WEEK = 7
Array = NDArray[np.float64]


class LocalInformation:
    """Everybody knows his own stock, and what his own customers have asked for."""

    def __init__(self, supply: SupplyContext) -> None:
        self._supply = supply

    def request_view(self, distributor: DistributorRole) -> OrderingView:
        """Its own stock and needs."""
        times = self._supply.parameters.times
        view = self._view(
            distributor.stock.on_hand(),
            distributor.on_order,
            distributor.waiting_units,
            distributor.history,
            times.expected_delivery_days,
            times.request_every_h / 24,
        )
        return self._with_forecast(view)

    def ordering_view(self, pool: StockPool) -> OrderingView:
        """The stock of the stores, and the requests of their distributors."""
        return self._with_forecast(self._own_view(pool))

    def _own_view(self, pool: StockPool) -> OrderingView:
        times = self._supply.parameters.times
        on_hand = np.sum([store.free() for store in pool.stores], axis=0)
        finished = int(self._supply.env.now // DAY_S)
        asked = [day[pool.rows].sum(axis=0) for day in pool.asked_by_day[:finished]]
        history = np.array(asked, dtype=float).reshape(len(asked), len(on_hand)).T
        return self._view(
            on_hand,
            pool.on_order.sum(axis=0),
            pool.outstanding[pool.rows].sum(axis=0),
            history,
            times.expected_supplier_days,
            times.order_every_h / 24,
            budget=pool.money,
        )

    def known_demand(self, office: OfficeRole) -> Array:
        """What they have asked for; before that, by inhabitants."""
        by_persons = np.repeat(self._supply.persons[:, None], len(self._supply.item_names), axis=1)
        asked = np.sum(office.asked_by_day[-DAYS_A_WEEK:], axis=0)
        return np.where(asked.sum(axis=0) > 0, asked, by_persons)

    def severity(self, office: OfficeRole) -> Array:
        """As the last requests told it."""
        return office.severity

    def urgency(self, office: OfficeRole) -> Array:
        """As the last requests told it."""
        return office.urgency

    def reserve_delay_s(self, post: Post) -> float:
        """A message's time."""
        return post.delay_s

    def report(self) -> None:
        """Nobody reports."""

    def _view(
        self,
        on_hand: NDArray[np.int64],
        on_order: NDArray[np.int64],
        backorders: NDArray[np.int64],
        history: Array,
        lead_days: float,
        review_days: float,
        *,
        budget: float = np.inf,
    ) -> OrderingView:
        return OrderingView(
            items=self._supply.item_names,
            on_hand=on_hand.astype(float),
            on_order=on_order.astype(float),
            backorders=backorders.astype(float),
            demand_history=history,
            lead_time_periods=np.full(len(on_hand), lead_days),
            review_periods=review_days,
            unit_cost=self._supply.unit_cost,
            holding_cost=self._supply.holding_cost,
            shortage_cost=self._supply.shortage_cost,
            budget=budget,
        )

    def _with_forecast(self, view: OrderingView) -> OrderingView:
        """Add the forecast that can be made of what is known, by the same method for everybody."""
        if self._supply.parameters.government.forecast == "growth":
            return _with_growth(view)
        return view


class SharedInformation(LocalInformation):
    """Everybody sees stocks and true needs: what is reported, some time later.

    Reports are off by a factor of mean 1, drawn for each district, day and item; stocks are seen
    as they are.

    Parameters
    ----------
    price : InformationPrice
    supply : SupplyContext
    streams : callable
        Of the run; ``policy.information.NAME`` is used.
    days : int
        At most so many are reported.
    """

    def __init__(
        self, price: InformationPrice, supply: SupplyContext, streams: Streams, days: int
    ) -> None:
        super().__init__(supply)
        self._delay_s = price.delay_h * HOUR_S
        self._error_cv = price.error_cv
        self._streams = streams
        self._days = days
        self._errors: dict[int, Array] = {}

    def ordering_view(self, pool: StockPool) -> OrderingView:
        """Stocks and true needs of the stores and their distributors together.

        Until the first reports are in, what was asked for tells the needs, as it does without.
        """
        own, sites = self._own_view(pool), pool.distributors
        reported = self._reported(sites)
        times = self._supply.parameters.times
        at_sites = np.sum([site.stock.on_hand() + site.on_way for site in sites], axis=0)
        lead = own.lead_time_periods + times.expected_delivery_days + times.request_every_h / 24
        view = own._replace(
            on_hand=own.on_hand + at_sites,
            backorders=np.sum([site.waiting_units for site in sites], axis=0).astype(float),
            demand_history=reported.T if len(reported) else own.demand_history,
            lead_time_periods=lead,
        )
        return self._with_forecast(view)

    def known_demand(self, office: OfficeRole) -> Array:  # noqa: ARG002
        """What they have needed; before that, by inhabitants."""
        sites = self._supply.distributors
        needed = np.array([self._reported([s])[-DAYS_A_WEEK:].sum(axis=0) for s in sites])
        by_persons = np.repeat(self._supply.persons[:, None], needed.shape[1], axis=1)
        return np.where(needed.sum(axis=0) > 0, needed, by_persons)

    def severity(self, office: OfficeRole) -> Array:  # noqa: ARG002
        """As it is today."""
        return self._supply.severity

    def urgency(self, office: OfficeRole) -> Array:  # noqa: ARG002
        """As things stand."""
        return np.array([site.urgency for site in self._supply.distributors])

    def reserve_delay_s(self, post: Post) -> float:  # noqa: ARG002
        """The government sees it by itself."""
        return 0.0

    def report(self) -> None:
        """Each distributor reports the needs of the day that is over."""
        for site in self._supply.distributors:
            if len(site.needs_by_day) > 1:
                needs = site.needs_by_day[-2].astype(np.int64)
                message = Report(needs, site.number)
                receiver = self._supply.government.name
                self._supply.post.inform(message, site.name, receiver, self._delay_s)

    def _reported(self, sites: Sequence[DistributorRole]) -> Array:
        """Needs of some districts together on each day that is known by now, (t, i)."""
        known = max(0, int((self._supply.env.now - self._delay_s) // DAY_S))
        shape = (known, len(self._supply.item_names))
        needs = np.zeros(shape)
        for site in sites:
            own = np.array(site.needs_by_day[:known]).reshape(shape)
            needs += own * self._errors_of(site)[:known]
        return needs

    def _errors_of(self, site: DistributorRole) -> Array:
        if site.number not in self._errors:
            rng = self._streams(f"policy.information.{site.name}")
            size = (self._days, len(self._supply.item_names))
            self._errors[site.number] = lognormal_factors(rng, self._error_cv, size)
        return self._errors[site.number]


def _with_growth(view: OrderingView) -> OrderingView:
    """Add mean and standard deviation of a coming day's needs, over the time to be covered."""
    known = view.demand_history.T
    ahead = max(1, ceil(float(view.protection_periods.max())))
    mean = forecast_by_growth(known, ahead).mean(axis=0)
    steps = np.diff(known[-8:], axis=0)
    # Of independent days, differences vary twice as much as the days; growth does not disturb.
    sd = steps.std(axis=0) / np.sqrt(2) if len(steps) > 1 else np.zeros_like(mean)
    return view._replace(forecast_mean=mean, forecast_sd=sd)
