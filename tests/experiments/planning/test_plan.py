"""Plans: orders within limits, loads that fit, routes that can be driven, and what would change."""

from dataclasses import replace

import numpy as np
import pytest

from environment.roads.network import EARTH_RADIUS_M
from experiments.planning.drops import drops_of
from experiments.planning.errors import WorkbookError
from experiments.planning.inputs import Link, Product
from experiments.planning.plan import FLEET, plan
from experiments.planning.travel import ways_of
from experiments.planning.what_if import what_if
from policies.base import InfeasibleError
from policies.routing.planning import check_plan


@pytest.fixture(scope="module")
def planned(example):
    return plan(example)


def test_the_example_keeps_its_budget_and_every_rule_of_its_routes(planned):
    orders, routes = planned.orders, planned.routes
    assert (orders.used <= [limit.amount for limit in planned.limits]).all()
    assert orders.price[0] > 0  # the budget is tight: it is the last that a unit costs
    assert orders.price[1] == 0
    assert check_plan(planned.deliveries, routes.trips) == []
    brought = {planned.drops[stop].centre for trip in routes.trips for stop in trip.stops}
    assert brought == set(range(6))
    assert sum(trip.load for trip in routes.trips) == orders.quantity.sum() == 700
    assert planned.total_cost == orders.cost + routes.measures.cost


def test_the_budget_is_shared_as_the_oracle_has_it(example):
    """c = 1, v = 0.5, p = 9: without a limit 750.47 units, within 650 z = 1/3 at every centre."""
    asked = [(120, 30), (80, 20), (100, 25), (60, 15), (150, 40), (90, 20)]
    assert [(need.mean, need.sd) for need in example.needs] == asked
    free = replace(example, limits=(), settings=replace(example.settings, whole=False),
                   products=(replace(example.products[0], pack=0.0),))  # fmt: skip
    assert plan(free).orders.quantity.sum() == pytest.approx(750.472195, abs=1e-6)
    limit = replace(example.limits[0], amount=650.0)
    found = plan(replace(free, limits=(limit,))).orders
    z = (found.quantity - [mean for mean, _ in asked]) / [sd for _, sd in asked]
    assert z == pytest.approx(np.full(6, 1 / 3), abs=1e-6)
    assert found.price[0] == pytest.approx(2.009693, rel=1e-4)


def test_an_order_too_large_for_any_vehicle_is_brought_in_several_visits(example):
    trucks = tuple(replace(truck, capacity=70.0, trips=20) for truck in example.trucks)
    product = replace(example.products[0], pack=12.0)
    asked = replace(example, trucks=trucks, products=(product,))
    drops = drops_of(asked, np.array([144.0, 60, 12, 0, 72, 24]))
    assert [(drop.name, drop.load) for drop in drops] == [
        ("North clinic (1 of 3)", 60),
        ("North clinic (2 of 3)", 60),
        ("North clinic (3 of 3)", 24),
        ("River camp", 60),
        ("East clinic", 12),
        ("South hospital (1 of 2)", 60),
        ("South hospital (2 of 2)", 12),
        ("West clinic", 24),
    ]
    with pytest.raises(InfeasibleError) as error:
        drops_of(replace(asked, products=(replace(product, pack=80.0),)), np.full(6, 80.0))
    assert str(error.value) == (
        "Vehicles: a pack of units takes 80 units and the largest vehicle carries 70, 10 too few"
    )


@pytest.mark.slow
def test_what_all_vehicles_carry_is_a_limit_of_the_orders(example):
    trucks = (replace(example.trucks[0], capacity=100.0, trips=5),)
    found = plan(replace(example, trucks=trucks, limits=()))
    assert found.limits[-1].name == FLEET
    assert found.orders.quantity.sum() <= 500
    assert check_plan(found.deliveries, found.routes.trips) == []
    # North and south get more than a trip carries; lowered orders say so.
    if found.limits[-1].amount < 500:
        assert any(note.startswith("Orders are kept to ") for note in found.notes)


def test_loads_count_in_kilograms(example):
    product = Product("kits", weight_kg=2.5)
    settings = replace(example.settings, load_unit="kg")
    found = plan(replace(example, products=(product,), settings=settings, limits=()))
    loads = sum(trip.load for trip in found.routes.trips) / 1000
    assert loads == pytest.approx(2.5 * found.orders.quantity.sum(), abs=0.01)


def test_who_cannot_be_reached_in_time_is_told(example):
    late = replace(example.centres[0], window_s=(0.0, 5 * 3600.0))
    with pytest.raises(InfeasibleError, match="North clinic"):
        plan(replace(example, centres=(late, *example.centres[1:])))


@pytest.mark.slow
def test_more_of_anything_never_costs_more(planned):
    rows = {row.change: row for row in what_if(planned)}
    base = rows["as planned"]
    costs = [rows[f"Budget {share:+.0%}"].order_cost for share in (-0.2, -0.1, 0.1, 0.2)]
    assert costs == sorted(costs, reverse=True)
    assert costs[1] >= base.order_cost >= costs[2]
    more = rows["one more vehicle like Truck 1"]
    assert more.distance_km <= base.distance_km + 1e-9
    assert rows["demand +20%"].fill_rate < base.fill_rate


def test_ways_by_air_and_along_a_grid(example):
    def metres(**settings):
        return ways_of(replace(example, settings=replace(example.settings, **settings)))

    air, grid = metres(detour=1.0, speed_kph=36.0), metres(distances="grid")
    assert air.distance_m[0, 4] == pytest.approx(EARTH_RADIUS_M * np.hypot(
        np.radians(0.07), np.radians(0.10) * np.cos(np.radians(8.995))), rel=1e-4)  # fmt: skip
    assert air.travel_s == pytest.approx(air.distance_m / 10)
    assert (grid.distance_m >= air.distance_m - 1e-6).all()
    assert (grid.distance_m <= air.distance_m * 2**0.5 + 1e-6).all()


def test_links_take_the_place_of_other_ways(example):
    closed, slow = Link(0, 1, is_closed=True), Link(2, 3, km=10.0, minutes=30.0, both_ways=False)
    ways = ways_of(replace(example, links=(closed, slow)))
    assert np.isinf(ways.travel_s[[0, 1], [1, 0]]).all()
    assert (ways.distance_m[2, 3], ways.travel_s[2, 3]) == (10_000, 1800)
    assert ways.distance_m[3, 2] == ways_of(example).distance_m[3, 2]
    given = replace(example.settings, distances="given")
    ways = ways_of(replace(example, links=(slow,), settings=given))
    assert np.isfinite(ways.travel_s).sum() == 7 + 1


def test_roads_need_a_map(example):
    roads = replace(example.settings, distances="roads")
    with pytest.raises(WorkbookError, match="name a map with --map CITY"):
        ways_of(replace(example, settings=roads))


def test_what_nobody_brings_is_not_ordered_and_counts_as_short(example):
    optional = replace(example.centres[2], prize=5.0)
    asked = replace(example, centres=(*example.centres[:2], optional, *example.centres[3:]))
    found = plan(asked)
    assert [found.drops[k].name for k in found.routes.unserved] == ["East clinic"]
    assert found.orders.quantity[2] == 0
    assert found.orders.outcomes[2].shortage == pytest.approx(100, rel=1e-3)
    assert found.orders.used[0] == found.orders.quantity.sum() < 700
    assert found.orders.cost == sum(one.cost for one in found.orders.outcomes)


def test_a_limit_that_cannot_be_kept_is_named_with_how_much_is_missing(example):
    product = replace(example.products[0], least_service=0.99)
    limit = replace(example.limits[0], amount=500.0)
    with pytest.raises(InfeasibleError, match="Budget") as error:
        plan(replace(example, products=(product,), limits=(limit,)))
    # Of the means and 2.326 deviations, each rounded up to whole units.
    needed = sum(int(np.ceil(n.mean + 2.3263479 * n.sd)) for n in example.needs)
    assert f"{needed - 500:g}" in str(error.value)
