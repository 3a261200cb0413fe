"""What shared information shows: how old it is, how wrong, and the forecast it comes with."""

from types import SimpleNamespace

import numpy as np
import pytest

from agents.coordination.information import LocalInformation, SharedInformation
from environment.units import DAY_S, HOUR_S
from policies.coordination import InformationPrice
from simulation.streams import streams

ITEMS = ("masks", "gowns")


def supply_at(now_s, forecast="moving_average"):
    each = np.ones(len(ITEMS))
    return SimpleNamespace(
        env=SimpleNamespace(now=now_s),
        item_names=ITEMS,
        parameters=SimpleNamespace(
            times=SimpleNamespace(
                request_every_h=12.0, order_every_h=24.0, expected_delivery_days=0.5,
                expected_supplier_days=2.0,
            ),
            government=SimpleNamespace(forecast=forecast),
        ),
        unit_cost=each, holding_cost=each, shortage_cost=each,
        persons=np.array([3000.0, 1000.0]),
        severity=np.array([5.0, 0.0]),
    )  # fmt: skip


def site(number, needs, name="shop", **more):
    """A distributor with some needs (days, items), ten units of each item and five on the way."""
    ones = np.ones(len(ITEMS), dtype=np.int64)
    own = {
        "number": number, "name": name, "needs_by_day": list(np.array(needs, dtype=float)),
        "stock": SimpleNamespace(on_hand=lambda: 10 * ones),
        "on_order": 9 * ones, "on_way": 5 * ones,
        "waiting_units": 2 * ones,
    }  # fmt: skip
    return SimpleNamespace(**{**own, **more})


def shared(supply, delay_h=0.0, error_cv=0.0, days=30):
    price = InformationPrice(delay_h=delay_h, error_cv=error_cv)
    return SharedInformation(price, supply, streams(1, 0), days)


def office(*sites):
    """Their office, with one store that may give 100 of each item and has ordered 40."""
    shape = (2, len(ITEMS))
    return SimpleNamespace(
        distributors=list(sites), rows=[one.number for one in sites], money=np.inf,
        stores=[SimpleNamespace(free=lambda: np.full(len(ITEMS), 100))],
        on_order=np.full((1, len(ITEMS)), 40), outstanding=np.full(shape, 4),
        asked_by_day=[np.full(shape, 7.0), np.full(shape, 9.0), np.full(shape, 11.0)],
    )  # fmt: skip


NEEDS = [[8, 1], [9, 2], [10, 3]]


def test_one_own_books_hold_requests_of_finished_days():
    """Bug: at midnight, before the new day had begun, a finished day was left out."""
    one, other = site(0, NEEDS), site(1, NEEDS)
    for now_s in (2 * DAY_S, 2.5 * DAY_S):
        view = LocalInformation(supply_at(now_s)).ordering_view(office(one, other))
        assert view.demand_history.tolist() == [[14, 18], [14, 18]]
        assert (view.on_hand[0], view.on_order[0], view.backorders[0]) == (100, 40, 8)
        assert view.protection_periods.tolist() == [3, 3]
        assert view.forecast_mean is None


def test_shared_books_hold_what_the_whole_chain_has_and_truly_needs():
    """100 at the store, 10 at each site and 5 on the way to each; 2 are waited for at each."""
    view = shared(supply_at(3 * DAY_S)).ordering_view(office(site(0, NEEDS), site(1, NEEDS)))
    assert (view.on_hand[0], view.on_order[0], view.backorders[0]) == (130, 40, 4)
    assert view.demand_history.tolist() == [[16, 18, 20], [2, 4, 6]]
    assert view.protection_periods.tolist() == [2 + 1 + 0.5 + 0.5] * 2


@pytest.mark.parametrize(
    ("now_h", "delay_h", "days"), [(48, 0, 2), (48, 2, 1), (49.9, 2, 1), (50, 2, 2), (10, 20, 0)]
)
def test_reports_are_seen_late(now_h, delay_h, days):
    view = shared(supply_at(now_h * HOUR_S), delay_h).ordering_view(office(site(0, NEEDS)))
    assert view.demand_history.shape == (2, days)
    assert view.demand_history.T.tolist() == NEEDS[:days]


def test_reports_are_off_by_a_factor_of_mean_one():
    """400 days of 100 units: mean and deviation of what is read, within four standard errors."""
    days, cv = 400, 0.3
    needs = np.full((days, 2), 100.0)
    view = shared(supply_at(days * DAY_S), 0.0, cv, days).ordering_view(office(site(0, needs)))
    read = view.demand_history[0]
    assert read.mean() == pytest.approx(100, abs=4 * 100 * cv / np.sqrt(days))
    assert read.std() == pytest.approx(100 * cv, rel=4 * 1.2 / np.sqrt(2 * days))
    assert not np.allclose(view.demand_history[0], view.demand_history[1])


def test_errors_belong_to_a_district_and_day_and_not_to_who_looks():
    shared_view = shared(supply_at(3 * DAY_S), error_cv=0.3)
    one, other = site(0, NEEDS, "one"), site(1, NEEDS, "other")
    both = shared_view.ordering_view(office(one, other)).demand_history
    each = [shared_view.ordering_view(office(who)).demand_history for who in (other, one)]
    assert np.allclose(both, sum(each))
    again = shared(supply_at(3 * DAY_S), error_cv=0.3)
    assert (again.ordering_view(office(one, other)).demand_history == both).all()


def test_the_forecast_goes_on_growing_as_needs_did():
    """10 % a day for 14 days: the mean of the four days to come, and next to no deviation."""
    growing = 100 * 1.1 ** np.arange(14.0)
    needs = np.column_stack([growing, np.full(14, 50.0)])
    view = shared(supply_at(14 * DAY_S, "growth")).ordering_view(office(site(0, needs)))
    expected = np.mean(100 * 1.1 ** np.arange(14, 18))
    assert view.forecast_mean == pytest.approx([expected, 50])
    assert view.forecast_sd[1] == 0


@pytest.mark.parametrize("kind", [LocalInformation, shared])
def test_a_distributor_forecasts_from_its_own_needs_whatever_others_share(kind):
    history = np.array(NEEDS, dtype=float).T
    own = site(0, NEEDS, history=history)
    view = kind(supply_at(3 * DAY_S, "growth")).request_view(own)
    assert view.forecast_mean == pytest.approx([9, 2])
    # Differences of one a day, always: nothing varies.
    assert view.forecast_sd == pytest.approx([0, 0])
    assert (view.on_hand[0], view.on_order[0], view.backorders[0]) == (10, 9, 2)
    assert view.protection_periods.tolist() == [1, 1]
    assert kind(supply_at(3 * DAY_S)).request_view(own).forecast_mean is None


def test_an_office_forecasts_by_the_same_method_from_what_it_knows():
    """From what was asked of it on two days, 14 and 18 of each item, or from the needs of three."""
    sites = office(site(0, NEEDS), site(1, NEEDS))
    own = LocalInformation(supply_at(2 * DAY_S, "growth")).ordering_view(sites)
    assert own.forecast_mean.tolist() == own.demand_history.mean(axis=1).tolist() == [16, 16]
    known = shared(supply_at(3 * DAY_S, "growth")).ordering_view(sites)
    assert known.forecast_mean.tolist() == known.demand_history.mean(axis=1).tolist() == [18, 4]


def test_a_distributor_needs_no_report_of_its_own_needs():
    """Bug: it forgot what it needed until its report was in, and read that with its error."""
    history = np.array(NEEDS[:1], dtype=float).T
    own = site(0, NEEDS[:1], history=history)
    view = shared(supply_at(DAY_S, "growth"), delay_h=2.0, error_cv=0.5).request_view(own)
    assert view.demand_history.tolist() == [[8], [1]]
    assert view.forecast_mean.tolist() == [8, 1]


@pytest.mark.parametrize(("now_h", "mean"), [(24, [14, 14]), (26, [8, 1])])
def test_requests_tell_the_needs_until_reports_do(now_h, mean):
    """Bug: an office that waited for its first report ordered as if nothing were needed."""
    view = shared(supply_at(now_h * HOUR_S, "growth"), delay_h=2.0).ordering_view(
        office(site(0, NEEDS), site(1, [[0, 0]]))
    )
    assert view.forecast_mean.tolist() == mean


def test_demand_is_known_by_inhabitants_before_anybody_has_asked():
    nobody = office(site(0, []), site(1, []))
    nobody.asked_by_day = [np.zeros((2, 2))]
    assert LocalInformation(supply_at(0.0)).known_demand(nobody)[:, 0].tolist() == [3000, 1000]
    supply = supply_at(DAY_S)
    supply.distributors = [site(0, [[8, 0]]), site(1, [[4, 0]])]
    known = shared(supply).known_demand(office(*supply.distributors))
    assert known.tolist() == [[8, 3000], [4, 1000]]


def test_severity_is_as_last_told_or_as_it_is():
    seen = office(site(0, NEEDS))
    seen.severity, seen.urgency = np.array([1.0, 2.0]), np.zeros((2, 2))
    assert LocalInformation(supply_at(0.0)).severity(seen).tolist() == [1, 2]
    assert LocalInformation(supply_at(0.0)).urgency(seen).tolist() == [[0, 0], [0, 0]]
    supply = supply_at(0.0)
    supply.distributors = [site(n, NEEDS, urgency=np.full(2, 0.25)) for n in range(2)]
    assert shared(supply).severity(seen).tolist() == [5, 0]
    assert shared(supply).urgency(seen).tolist() == [[0.25, 0.25], [0.25, 0.25]]
