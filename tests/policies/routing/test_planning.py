"""Plans of deliveries on cases solved by hand, and every mistake in a line."""

from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest

from policies.base import InfeasibleError, PolicyError
from policies.routing import hybrid_search
from policies.routing.base import Trip
from policies.routing.hybrid_search import PyVRP
from policies.routing.planning import (
    Deliveries,
    Stop,
    Vehicle,
    check_plan,
    measures_of,
    plan_deliveries,
    pyvrp_search,
    timed_trips,
)


def on_a_line(at_m, stops, vehicles, depots=1, **more) -> Deliveries:
    """Places along a road at 10 m/s, depots first."""
    place = np.array(at_m, dtype=float)
    distance_m = np.abs(place[:, None] - place)
    names = tuple("ABC"[:depots])
    return Deliveries(names, stops, vehicles, distance_m / 10, distance_m, **more)


def stop(name, demand=1, **more) -> Stop:
    return Stop(name, demand, **more)


# Times and measures, by hand


def test_times_of_two_trips():
    """To P 1,000 m away and back with unloading and reloading, then to Q on the other side."""
    deliveries = on_a_line(
        [0, 1000, -500],
        (stop("P", 3, service_s=60, urgency=2), stop("Q", 4)),
        (
            Vehicle(
                "van", 5, max_trips=2, reload_s=300, shift_s=(100, inf),
                fixed_cost=7, cost_per_km=2, cost_per_h=36,
            ),
        ),
    )  # fmt: skip
    trips = timed_trips(deliveries, [Trip(0, (0,)), Trip(0, (1,))])
    assert [trip.start_s for trip in trips] == [100, 660]
    assert [trip.arrival_s for trip in trips] == [(200,), (710,)]
    assert [trip.back_s for trip in trips] == [360, 760]
    assert [trip.load for trip in trips] == [3, 4]
    assert measures_of(deliveries, trips) == (3000, 300, 7 + 6 + 6.6, 2 * 200 + 710, 710)
    assert check_plan(deliveries, trips) == []


def test_a_vehicle_sets_out_so_that_it_does_not_wait():
    late = (stop("P", window_s=(900, 1000)), stop("Q"))
    deliveries = on_a_line([0, 1000, 2000], late, (Vehicle("van", 5),))
    (trip,) = timed_trips(deliveries, [Trip(0, (0, 1))])
    assert (trip.start_s, trip.arrival_s, trip.back_s) == (800, (900, 1000), 1200)
    # Q is served first: only where hours cost money does it wait for the vehicle.
    (trip,) = timed_trips(deliveries, [Trip(0, (1, 0))])
    assert (trip.start_s, trip.arrival_s) == (0, (200, 900))
    (trip,) = timed_trips(replace(deliveries, objective="cost"), [Trip(0, (1, 0))])
    assert (trip.start_s, trip.arrival_s) == (600, (800, 900))


# Plans


def test_few_stops_are_planned_exactly():
    plan = plan_deliveries(
        on_a_line(
            [0, 100, 200, -50],
            tuple(map(stop, "PQR")),
            (Vehicle("a", 2), Vehicle("b", 2)),
        )
    )
    assert plan.method == "exact"
    assert plan.objective == plan.bound == 500
    assert sorted(tuple(sorted(trip.stops)) for trip in plan.trips) == [(0, 1), (2,)]
    assert plan.notes == ()


def test_exact_keeps_to_the_fleet():
    """Loads of 2 on vehicles of 3: three trips, but two vehicles."""
    deliveries = on_a_line(
        [0, 1, 2, 3], tuple(stop(n, 2) for n in "PQR"), (Vehicle("a", 3), Vehicle("b", 3))
    )
    with pytest.raises(InfeasibleError, match="however loads are shared out, 2 trips of 3 units"):
        plan_deliveries(deliveries)
    twice = replace(
        deliveries, vehicles=tuple(replace(v, max_trips=2) for v in deliveries.vehicles)
    )
    assert len(plan_deliveries(twice).trips) == 3


def test_pyvrp_serves_by_windows_sizes_and_depots():
    """The small van stands near P; Q needs the lorry, and P is open early only."""
    deliveries = on_a_line(
        [0, 10_000, 9_000, 8_000],
        (stop("P", 1, window_s=(0, 150)), stop("Q", 9)),
        (Vehicle("lorry", 10), Vehicle("van", 2, depot=1)),
        depots=2,
    )
    plan = plan_deliveries(deliveries, iterations=200)
    assert plan.method == "pyvrp"
    assert {(trip.vehicle, trip.stops) for trip in plan.trips} == {(0, (1,)), (1, (0,))}
    assert plan.objective == 2 * 8_000 + 2 * 1_000


def test_who_goes_without_and_why():
    deliveries = on_a_line(
        [0, 100, 200, 300, 400, 90_000],
        (
            stop("near", 3, prize=1e6),
            stop("poor", 1, prize=10.0),
            stop("huge", 50, prize=1e6),
            stop("soon", 1, prize=1e6, window_s=(0, 10)),
            stop("far", 1, prize=1e6),
        ),
        (Vehicle("van", 4, shift_s=(0, 3600)),),
    )
    plan = plan_deliveries(deliveries, iterations=200)
    assert [trip.stops for trip in plan.trips] == [(0,)]
    assert plan.why == {
        1: "to serve it adds 200.0 to the objective, and its prize is 10.0",
        2: "needs 50 units and the largest vehicle that can drive there carries 4, 46 too few",
        3: "no vehicle that can carry it is there before 0:00:40, 30 s after its window closes "
        "at 0:00:10",
        4: "no vehicle is back from it in its shift, 240 min too short at best",
    }
    assert plan.notes == ("4 of 5 stops go without, 53 of 56 units",)
    assert plan.objective == 200 + 10 + 3e6


def test_capacity_that_is_short_leaves_out_what_is_worth_least():
    deliveries = on_a_line(
        [0, 100, 100, 100],
        tuple(stop(name, 4, prize=1000.0 + 10 * k) for k, name in enumerate("PQR")),
        (Vehicle("van", 9),),
    )
    plan = plan_deliveries(deliveries, iterations=200)
    assert plan.unserved == (0,)
    assert plan.why[0] == (
        "capacity is short by 3 units: it needs 4, and the most room left on a vehicle is 1"
    )


def test_what_cannot_be_is_told_with_its_amount():
    stops = (stop("P", 9), stop("Q", 4), stop("R", 3))
    deliveries = on_a_line([0, 1, 2, 3], stops, (Vehicle("a", 5), Vehicle("b", 6)))
    deliveries.travel_s[0, 2] = inf
    with pytest.raises(InfeasibleError) as refused:
        plan_deliveries(deliveries)
    huge, cut_off, total = str(refused.value).splitlines()
    assert huge == (
        "P: needs 9 units and the largest vehicle that can drive there carries 6, 3 too few"
    )
    assert cut_off == "Q: there is no way to it and back from any depot with a vehicle"
    assert total == (
        "the vehicles carry 11 units in all their trips and the stops that must be served need "
        "16, 5 too many"
    )


# Falling back


def test_without_pyvrp_savings_plan_and_it_is_told(monkeypatch):
    monkeypatch.setattr(pyvrp_search, "has_pyvrp", lambda: False)
    monkeypatch.setattr("policies.routing.planning.plan.has_pyvrp", lambda: False)
    deliveries = on_a_line([0, 1, 2], (stop("P"), stop("Q", window_s=(0, 99))), (Vehicle("a", 5),))
    with pytest.raises(PolicyError, match="PyVRP is not installed: pip install pyvrp"):
        plan_deliveries(deliveries, "pyvrp")
    from policies.routing.planning import plan as plans

    monkeypatch.setattr(plans, "_searched", lambda _deliveries, starts, _effort: starts[0])
    plan = plan_deliveries(deliveries)
    (note,) = plan.notes
    assert note == (
        "savings and local search planned this. PyVRP is not installed: pip install pyvrp (or "
        "corridor-sim[routing])"
    )


def test_policy_needs_pyvrp_and_its_own_objectives(monkeypatch):
    with pytest.raises(PolicyError, match="objective must be one of sum_of_arrivals, latest_arriv"):
        PyVRP(objective="distance")
    monkeypatch.setattr(hybrid_search, "has_pyvrp", lambda: False)
    with pytest.raises(PolicyError, match="PyVRP is not installed: pip install pyvrp"):
        PyVRP()


def test_exact_tells_what_it_does_not_know():
    stops = (stop("P", window_s=(0, 99)), stop("Q", prize=4.0))
    deliveries = on_a_line([0, 1, 2], stops, (Vehicle("a", 5), Vehicle("b", 4)))
    with pytest.raises(PolicyError, match="exact planning does not know vehicles of different siz"):
        plan_deliveries(deliveries, "exact")
    with pytest.raises(PolicyError, match="no method 'exakt'; did you mean 'exact'"):
        plan_deliveries(deliveries, "exakt")


# Plans edited by hand


def test_every_broken_rule_is_told():
    deliveries = on_a_line(
        [0, 1000, 2000, 3000],
        (stop("P", 3), stop("Q", 4, window_s=(0, 100)), stop("R", 2)),
        (Vehicle("van", 5, shift_s=(0, 300)), Vehicle("lorry", 9)),
    )
    deliveries.travel_s[1, 3] = inf
    assert check_plan(deliveries, [Trip(0, (0, 1)), Trip(1, (1,)), Trip(1, (0, 2))]) == [
        "P is served 2 times, by van, lorry",
        "Q is served 2 times, by van, lorry",
        "van carries 7 units, 2 more than 5",
        "van reaches Q at 0:03:20, 1.7 min after its window closes at 0:01:40",
        "van is back at 0:06:40, 1.7 min after its shift ends at 0:05",
        "lorry makes 2 trips; allowed 1",
        "lorry, trip 1, reaches Q at 0:03:20, 1.7 min after its window closes at 0:01:40",
        "lorry, trip 2, has no way from P to R",
    ]
    assert check_plan(deliveries, [Trip(2, (0,)), Trip(0, (5,))]) == [
        "there is no vehicle number 2; their numbers are 0 to 1",
        "there is no stop number 5; their numbers are 0 to 2",
    ]
    assert check_plan(deliveries, [Trip(1, (0, 1))])[0] == "R is not served"


# Mistakes


def test_every_mistake_is_told_at_once():
    with pytest.raises(PolicyError) as refused:
        Deliveries(
            ("A",),
            (Stop("A", -1), Stop("P", 2.5, window_s=(9, 3)), Stop("P", 1, urgency=nan)),
            (Vehicle("van", 5, depot=3, cost_per_km=-1),),
            np.full((4, 4), -1.0),
            np.zeros((3, 3)),
            "distanz",
        )
    assert str(refused.value).splitlines() == [
        "there is no objective 'distanz'; did you mean 'distance'?",
        "2 places have the name 'A'",
        "2 places have the name 'P'",
        "stop A: demand must be a whole number >= 0, got -1",
        "stop P: demand must be a whole number >= 0, got 2.5",
        "stop P: window_s must begin at 0 or later and not after its end, got (9, 3)",
        "stop P: urgency must be a number >= 0, got nan",
        "vehicle van: cost_per_km must be a number >= 0, got -1",
        "vehicle van: depot must be the number of a depot, 0 to 0, got 3",
        "vehicle van: end_depot must be the number of a depot, 0 to 0, got 3",
        "travel_s[0, 0] must be >= 0, got -1.0",
        "travel_s[0, 1] must be >= 0, got -1.0",
        "travel_s[0, 2] must be >= 0, got -1.0",
        "travel_s: 13 more entries are negative or no numbers",
        "distance_m must have the shape (4, 4), a row for each place, got (3, 3)",
    ]
