"""Dispatch by the hypercube: prices, lists, learnt demand, and whose calls are decided together."""

import numpy as np
import pytest

from benchmarks.validation.hypercube import gains_of_lists, random_service
from environment.demand.calls import Call
from environment.units import HOUR_S
from policies.base import Assignment, PolicyError
from policies.dispatch.decision import SmallDispatchView
from policies.dispatch.hypercube import STEPS_S, Hypercube, PresentDemand, station_prices_s
from policies.expected_demand import ExpectedDemand
from policies.hypercube import solve
from policies.hypercube.service_cost import Service, service_cost_s, service_system
from policies.small_city import SmallCity
from simulation.model import simulate

STREET = SmallCity(1, 10, 60.0, (0, 3, 9), (0, 4, 9), home=(0, 1, 2, 2))


def busy_centre(load: float = 1.0) -> Service:
    """Two stations and two zones: most calls come from zone 0, which station 0 is nearer to.

    Zone 1 lies between the two, hardly nearer to station 0.
    """
    drive_s = np.array([[100.0, 300.0], [900.0, 320.0]])
    calls_per_hour = load * np.array([1.5, 0.5])
    return Service(np.array([1, 1]), calls_per_hour, drive_s, np.full((2, 2), 1800.0))


def call_at(node: int, number: int = 0, units: int = 1) -> Call:
    return Call(number, 0.0, node, 0.0, STREET.zone(node), 1, units, 0.0, 0.0, 0.0, True)


def test_the_busy_station_is_spared_for_those_who_have_no_other() -> None:
    # Whoever sends ambulance 0 to zone 1 gains 20 s there, and zone 0 may have to wait 800 s more.
    service = busy_centre()
    price_s = station_prices_s(service, 1800.0, np.zeros(2))
    assert price_s[0] > 20
    assert price_s[1] == 0
    before, after = (service_system(service, price) for price in (np.zeros(2), price_s))
    assert before.preferences[:, 0, 0].tolist() == [0, 0]
    assert after.preferences[:, 0, 0].tolist() == [0, 1]
    assert solve(after).mean_response_s < solve(before).mean_response_s - 1


def test_prices_are_the_best_of_all_lists_of_two_servers() -> None:
    """Brute force over every pair of lists."""
    service = busy_centre()
    found_s = service_cost_s(service, station_prices_s(service, 1800.0, np.zeros(2)), 1800.0)
    prices = [np.array([price, 0.0]) for price in (-1000.0, -50.0, 50.0, 1000.0)]
    assert found_s == pytest.approx(min(service_cost_s(service, p, 1800.0) for p in prices))


def test_without_much_demand_the_nearest_is_best() -> None:
    price_s = station_prices_s(busy_centre(load=1e-4), 1800.0, np.zeros(2))
    assert price_s.tolist() == [0, 0]


def test_prices_never_make_the_prediction_worse() -> None:
    rng = np.random.default_rng(5)
    for _ in range(10):
        stations, zones = int(rng.integers(2, 5)), int(rng.integers(2, 9))
        service = Service(
            rng.integers(0, 3, stations),
            rng.uniform(0, 1, zones),
            rng.uniform(60, 900, (stations, zones)),
            rng.uniform(1200, 3600, (stations, zones)),
        )
        price_s = station_prices_s(service, 1800.0, np.zeros(stations))
        assert (price_s >= 0).all()
        assert (price_s % STEPS_S[-1] == 0).all()
        if service.ambulances.any():
            found_s, nearest_s = (
                service_cost_s(service, price, 1800.0) for price in (price_s, np.zeros(stations))
            )
            assert found_s <= nearest_s + 1e-9


def test_lists_by_prices_are_nearly_as_good_as_any_lists() -> None:
    """Of what a search over all lists gains, they gain nine tenths."""
    rng = np.random.default_rng(11)
    costs_s = np.array([gains_of_lists(random_service(rng, zones=8)) for _ in range(4)])
    nearest_s, by_price_s, free_s = costs_s.sum(axis=0)
    assert nearest_s > free_s + 4
    assert nearest_s - by_price_s > 0.9 * (nearest_s - free_s)


@pytest.mark.parametrize("ambulances", [[0, 0], [0, 3]])
def test_one_station_or_none_has_no_prices(ambulances) -> None:
    service = busy_centre()._replace(ambulances=np.array(ambulances))
    assert station_prices_s(service, 1800.0, np.zeros(2)).tolist() == [0, 0]


def test_a_call_counts_less_as_it_grows_old() -> None:
    demand = PresentDemand(np.array([1.0, 0.0]), memory_h=10.0)
    assert demand.per_hour(0.0).tolist() == [1, 0]
    for number in range(20):
        demand.note(number, 1, 1, 0.0)
        demand.note(number, 1, 1, 0.0)  # asked for again, and not counted
    assert demand.per_hour(0.0).tolist() == [1, 2]
    later = demand.per_hour(10 * HOUR_S)
    faded = 20 * np.exp(-1)
    observed_h = 10 + 10 * (1 - np.exp(-1))
    assert later == pytest.approx([10 / observed_h, faded / observed_h])
    assert demand.per_hour(1e4 * HOUR_S) == pytest.approx([0.5, 0.0], abs=1e-6)


def test_present_demand_finds_the_true_rates() -> None:
    """Halfway between what was expected and what comes, once it has come for long enough."""
    rng = np.random.default_rng(3)
    demand = PresentDemand(np.array([1.0, 1.0]), memory_h=500.0)
    now_h = np.cumsum(rng.exponential(1 / 4.0, 16_000))
    for number, moment_h in enumerate(now_h.tolist()):
        demand.note(number, int(rng.random() < 0.75), 1, HOUR_S * moment_h)
    assert demand.per_hour(HOUR_S * now_h[-1]) == pytest.approx([1.0, 2.0], rel=0.1)


class Service3:
    """As much of a `DispatchView` as the policy looks at, one ambulance at each of two stations."""

    stations = ("busy", "quiet")

    def __init__(self, expected_demand: ExpectedDemand, now_s: float = 0.0) -> None:
        self.expected_demand = expected_demand
        self.now_s = now_s
        self.available = tuple(
            STREET.ambulance(0)._replace(number=row, station=name)
            for row, name in enumerate(self.stations)
        )

    def arrival_in_s(self, ambulance, call) -> float:
        return float(self.expected_demand.drive_s[ambulance.number, call.zone])

    def nearest(self, call, count=1, among=None):
        return [a.number for a in sorted(self.available, key=lambda a: self.arrival_in_s(a, call))][
            :count
        ]


def expected_by(service: Service) -> ExpectedDemand:
    return ExpectedDemand(*service)


def test_it_sends_by_drive_plus_price() -> None:
    view = Service3(expected_by(busy_centre()))
    zone_1 = call_at(0)._replace(zone=1)
    assert view.nearest(zone_1) == [0]
    assert Hypercube().choose(zone_1, view) == [Assignment(1)]
    assert Hypercube().choose(zone_1._replace(zone=0), view) == [Assignment(0)]
    assert Hypercube().choose(zone_1._replace(units=2), view) == [Assignment(1), Assignment(0)]


def test_it_learns_that_an_outbreak_has_come() -> None:
    """Nobody was expected to call from zone 0; when they do, its station is spared."""
    quiet = busy_centre()._replace(calls_per_hour=np.array([0.0, 0.01]))
    policy, expected = Hypercube(review_h=12.0, memory_h=24.0), expected_by(quiet)
    zone_1 = call_at(0)._replace(zone=1)
    assert policy.choose(zone_1, Service3(expected)) == [Assignment(0)]
    for number in range(1, 90):
        moment_s = 1200.0 * number  # three an hour
        policy.choose(call_at(0, number)._replace(zone=0), Service3(expected, moment_s))
    assert policy.choose(zone_1._replace(number=100), Service3(expected, 1e5 + 3e4)) == [
        Assignment(1)
    ]


def test_lists_stay_between_two_reviews() -> None:
    quiet = busy_centre()._replace(calls_per_hour=np.array([0.0, 0.01]))
    policy, expected = Hypercube(review_h=1000.0), expected_by(quiet)
    for number in range(90):
        policy.choose(call_at(0, number)._replace(zone=0), Service3(expected, 1200.0 * number))
    assert policy.choose(call_at(0, 99)._replace(zone=1), Service3(expected, 1.1e5)) == [
        Assignment(0)
    ]


def test_where_nobody_is_expected_it_sends_the_nearest() -> None:
    nobody = busy_centre()._replace(calls_per_hour=np.zeros(2))
    assert Hypercube().choose(call_at(0)._replace(zone=1), Service3(expected_by(nobody))) == [
        Assignment(0)
    ]


def test_wrong_parameters_are_told_together() -> None:
    with pytest.raises(PolicyError) as error:
        Hypercube(review_h=0, memory_h=-1, lost_call_s=float("nan"))
    assert str(error.value) == (
        "review_h must be above 0 and finite, got 0; memory_h must be above 0 and finite, got -1; "
        "lost_call_s must be >= 0 and finite, got nan"
    )


def test_the_small_city_always_expects_the_same() -> None:
    views = [SmallDispatchView(STREET, now_s, ()) for now_s in (0.0, 1.0)]
    assert views[0].expected_demand is views[1].expected_demand
    assert views[0].expected_demand.ambulances.tolist() == [1, 1, 2]


@pytest.mark.parametrize("mechanisms", [[], ["planning"], ["risk"], ["planning", "risk"]])
def test_in_a_run_every_district_decides_over_what_it_may(grid_scenario, mechanisms) -> None:
    """It runs under every mechanism, and answers everybody."""
    changes = {"policies__dispatch": "hypercube", "coordination__mechanisms": mechanisms}
    result = simulate(grid_scenario(fleet__ambulances=4, demand__calls_per_day=60, **changes))
    assert (result.calls["state"] == "completed").all()
