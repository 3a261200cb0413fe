"""Routing on cases solved by hand, and what holds in every case."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.base import InfeasibleError, PolicyError
from policies.routing.base import RoutingPolicy, RoutingView, Trip
from policies.routing.direct import Direct
from policies.routing.exact import Exact
from policies.routing.nearest_neighbour import NearestNeighbour
from policies.routing.savings import Savings, joined_routes
from policies.routing.schedule import (
    arrival_times_s,
    latest_arrival_s,
    sum_of_arrivals_s,
    total_length,
    total_travel_s,
    weighted_arrival_s,
)
from policies.routing.sharing_out import share_out

POLICIES: tuple[RoutingPolicy, ...] = (Direct(), NearestNeighbour(), Savings(), Exact())


def on_a_line(
    places_s: list[float], demand: list[int], capacity: list[int], **more: Any
) -> RoutingView:
    """Places along a street, so many seconds from its beginning; the depot is the first."""
    place_s = np.array(places_s, dtype=float)
    view = RoutingView(
        travel_s=np.abs(place_s[:, None] - place_s),
        depot=0,
        demand=np.array(demand),
        capacity=np.array(capacity, dtype=np.int64),
        ready_s=np.zeros(len(capacity)),
        service_s=np.zeros(len(place_s)),
    )
    return view._replace(**more)


def random_view(seed: int, places: int, vehicles: int, *, symmetric: bool) -> RoutingView:
    """Times without a pattern, vehicles of several sizes, and any place as depot."""
    rng = np.random.default_rng(seed)
    travel_s = rng.uniform(10, 1000, (places, places))
    np.fill_diagonal(travel_s, 0)
    capacity = rng.integers(5, 21, vehicles)
    return RoutingView(
        travel_s=(travel_s + travel_s.T) / 2 if symmetric else travel_s,
        depot=int(rng.integers(places)),
        demand=rng.integers(0, capacity.max() + 1, places),
        capacity=capacity,
        ready_s=rng.uniform(0, 500, vehicles),
        service_s=rng.uniform(0, 60, places),
        urgency=rng.uniform(0, 3, places),
    )


views = st.builds(
    random_view,
    st.integers(0, 2**32),
    st.integers(1, 7),
    st.integers(1, 3),
    symmetric=st.booleans(),
)


# By hand


def test_arrivals_tell_loading_driving_and_unloading_over_two_trips():
    view = on_a_line(
        [0, 100, 150, 300],
        [0, 1, 1, 1],
        [2],
        ready_s=np.array([1000.0]),
        service_s=np.array([60.0, 10.0, 20.0, 30.0]),
        urgency=np.array([9.0, 1.0, 2.0, 4.0]),
    )
    trips = [Trip(0, (1, 2)), Trip(0, (3,))]
    # Loaded at 1060; 1 from 1160 to 1170, 2 from 1220 to 1240, back at 1390; loaded at 1450.
    arrival_s = arrival_times_s(view, trips)
    assert math.isnan(arrival_s[0])
    assert arrival_s[1:].tolist() == [1160.0, 1220.0, 1750.0]
    assert sum_of_arrivals_s(view, trips) == 4130.0
    assert latest_arrival_s(view, trips) == 1750.0
    assert weighted_arrival_s(view, trips) == 1160 + 2 * 1220 + 4 * 1750
    assert weighted_arrival_s(view._replace(urgency=None), trips) == 4130.0
    assert total_travel_s(view, trips) == 100 + 50 + 150 + 600


def test_length_is_in_the_unit_of_the_legs():
    metres = np.array([[0.0, 2.0, 5.0], [3.0, 0.0, 7.0], [11.0, 13.0, 0.0]])
    assert total_length(metres, 0, [(1, 2), (2,)]) == 2 + 7 + 11 + 5 + 11


def test_without_trips_nobody_arrives():
    view = on_a_line([0, 100], [0, 0], [1])
    assert all(policy.plan(view) == [] for policy in POLICIES)
    assert total_travel_s(view, []) == sum_of_arrivals_s(view, []) == 0
    assert math.isnan(latest_arrival_s(view, []))


def test_direct_drives_to_each_stop_and_back_the_nearest_first():
    view = on_a_line([0, 300, 100], [0, 1, 1], [5])
    assert Direct().plan(view) == [Trip(0, (2,)), Trip(0, (1,))]


def test_direct_puts_urgency_before_distance():
    view = on_a_line([0, 300, 100], [0, 1, 1], [5], urgency=np.array([0.0, 4.0, 1.0]))
    assert Direct().plan(view) == [Trip(0, (1,)), Trip(0, (2,))]


def test_a_route_goes_to_the_vehicle_that_is_free_first_and_can_carry_it():
    view = on_a_line([0, 100, 200], [0, 3, 9], [10, 3], ready_s=np.array([50.0, 0.0]))
    assert share_out(view, [(1,), (2,)]) == [Trip(1, (1,)), Trip(0, (2,))]


def test_of_vehicles_free_at_once_the_smallest_that_is_large_enough_goes():
    view = on_a_line([0, 100, 200], [0, 3, 9], [10, 3])
    assert share_out(view, [(1,), (2,)]) == [Trip(1, (1,)), Trip(0, (2,))]


def test_nearest_neighbour_passes_over_loads_that_do_not_fit():
    view = on_a_line([0, 100, 200, 300], [0, 4, 8, 5], [10])
    assert NearestNeighbour().plan(view) == [Trip(0, (1, 3)), Trip(0, (2,))]


def test_nearest_neighbour_goes_on_from_where_the_vehicle_is():
    view = on_a_line([0, 100, -110, 130], [0, 1, 1, 1], [3])
    assert NearestNeighbour().plan(view) == [Trip(0, (1, 3, 2))]


def test_savings_are_those_of_a_worked_example():
    # Seconds from the depot 10, 12, 8, 9; between stops as written. The savings are
    # 1-2: 10+12-6 = 16, 3-4: 8+9-5 = 12, 2-3: 12+8-11 = 9, 1-4: 10+9-15 = 4, 2-4: 12+9-18 = 3,
    # 1-3: 10+8-16 = 2. 1-2 carry 7 of 10 units and 3-4 carry 9: two trips, of 28 and 22 s.
    travel_s = np.array(
        [
            [0, 10, 12, 8, 9],
            [10, 0, 6, 16, 15],
            [12, 6, 0, 11, 18],
            [8, 16, 11, 0, 5],
            [9, 15, 18, 5, 0],
        ],
        dtype=float,
    )
    view = RoutingView(
        travel_s, 0, np.array([0, 3, 4, 4, 5]), np.array([10]), np.zeros(1), np.zeros(5)
    )
    trips = Savings().plan(view)
    assert trips == [Trip(0, (3, 4)), Trip(0, (1, 2))]  # 2 stops in 22 s before 2 in 28 s
    assert total_travel_s(view, trips) == 28 + 22
    # With room for 16 units, 2-3 joins both, saving 9 more: 10 + 6 + 11 + 5 + 9.
    larger = view._replace(capacity=np.array([16]))
    assert joined_routes(larger) == [[1, 2, 3, 4]]
    assert total_travel_s(larger, Savings().plan(larger)) == 41


def test_savings_turn_trips_round_only_where_both_ways_take_the_same():
    # One-way: on from 1 to 2 there is a fast way, and none back.
    travel_s = np.array([[0.0, 10.0, 10.0], [10.0, 0.0, 1.0], [10.0, np.inf, 0.0]])
    view = RoutingView(travel_s, 0, np.array([0, 1, 1]), np.array([2]), np.zeros(1), np.zeros(3))
    for policy in (NearestNeighbour(), Savings(), Exact()):
        assert policy.plan(view) == [Trip(0, (1, 2))]


# In every case


@settings(max_examples=60, deadline=None)
@given(views)
def test_every_stop_is_served_once_and_no_vehicle_carries_too_much(view):
    stops = [place for place in range(len(view.demand)) if view.demand[place] > 0]
    stops = [place for place in stops if place != view.depot]
    for policy in POLICIES:
        trips = policy.plan(view)
        assert sorted(stop for trip in trips for stop in trip.stops) == stops
        for vehicle, on_trip in trips:
            assert on_trip
            assert view.demand[list(on_trip)].sum() <= view.capacity[vehicle]
        assert np.isfinite(arrival_times_s(view, trips)[stops]).all()


@settings(max_examples=40, deadline=None)
@given(views)
def test_exact_drives_least_and_savings_never_more_than_direct_trips(view):
    direct, nearest, savings, exact = (total_travel_s(view, p.plan(view)) for p in POLICIES)
    assert exact <= min(direct, nearest, savings) + 1e-6
    assert savings <= direct + 1e-6


@settings(max_examples=30, deadline=None)
@given(views)
def test_one_more_vehicle_like_the_first_is_never_later_for_direct_trips_of_one_size(view):
    largest = view.capacity.max()
    same = view._replace(capacity=np.full(len(view.capacity), largest))
    more = same._replace(
        capacity=np.append(same.capacity, largest), ready_s=np.append(view.ready_s, 0.0)
    )
    arrival_s = arrival_times_s(same, Direct().plan(same))
    sooner_s = arrival_times_s(more, Direct().plan(more))
    assert (np.nan_to_num(sooner_s) <= np.nan_to_num(arrival_s) + 1e-6).all()


# Bad input


def test_every_mistake_of_a_view_is_told_at_once():
    view = on_a_line([0, 100], [0, -1], [2], service_s=np.zeros(3), depot=2)._replace(
        capacity=np.array([2.5]), ready_s=np.array([np.inf])
    )
    with pytest.raises(PolicyError) as caught:
        Direct().plan(view)
    assert str(caught.value).split("; ") == [
        "depot must be one of the 2 places, got 2",
        "demand must be >= 0, got -1",
        "capacity must hold whole units, got float64",
        "ready_s must be finite, got inf",
        "service_s must have the shape (2,), got (3,)",
    ]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: type(policy).__name__)
def test_what_one_visit_cannot_serve_is_told_for_every_stop(policy):
    view = on_a_line([0, 100, 200], [0, 12, 5], [10, 4])
    view.travel_s[2, 0] = np.inf
    with pytest.raises(InfeasibleError) as caught:
        policy.plan(view)
    assert str(caught.value).split("; ") == [
        "stop 1 needs 12 units and the largest vehicle carries 10, 2 too few",
        "there is no way from depot 0 to stop 2 and back",
    ]


def test_without_vehicles_nothing_can_be_carried():
    with pytest.raises(InfeasibleError, match="the largest vehicle carries 0, 3 too few"):
        Savings().plan(on_a_line([0, 100], [0, 3], []))
