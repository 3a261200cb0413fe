"""From the supplier to the store to the distributor: every moment of it worked out by hand."""

import numpy as np
import pytest

from environment.units import HOUR_S
from tests.agents.supply.conftest import (
    BLOCK_S,
    LOAD_S,
    TRUCKS,
    UNLOAD_S,
    distributor,
    sites,
    store,
    supplier,
)


def hours(seconds):
    return (seconds / HOUR_S).round(9).tolist()


def shipments(tables, origin):
    """Rows of the shipments of a site, the first first."""
    number = tables.sites.set_index("name")["site"][origin]
    return tables.shipments[tables.shipments["origin"] == number]


def changes(tables, site, change):
    """Hours and units of the changes of one kind at a site."""
    number = tables.sites.set_index("name")["site"][site]
    rows = tables.stock_changes
    rows = rows[(rows["site"] == number) & (rows["change"] == change)]
    return list(zip(hours(rows["time_s"]), rows["units"].tolist(), strict=True))


STOCKED = sites(stores=(store(units=100),))


def test_a_request_is_served_from_stock(run_line):
    """Asked at 6 h, heard at 7 h, released at once, read by the store at 8 h, and driven."""
    tables = run_line(supplies__sites=STOCKED)
    first = shipments(tables, "depot").iloc[0]
    assert (first["sent_s"], first["units"]) == (8 * HOUR_S, 4)
    assert first["left_s"] == 8 * HOUR_S + LOAD_S
    assert first["arrived_s"] == pytest.approx(8 * HOUR_S + LOAD_S + BLOCK_S + UNLOAD_S)
    trip = tables.trips.iloc[0]
    assert trip["back_s"] == pytest.approx(first["arrived_s"] + BLOCK_S)
    assert (trip["metres"], trip["stops"], trip["load_l"]) == (400, 1, 4)


def test_an_order_is_made_and_sent(run_line):
    """Ordered at 12 h, read at 13 h, begun at 19 h, made at one an hour by 23 h."""
    tables = run_line()
    assert changes(tables, "works", "produced")[0] == (23, 4)
    first = shipments(tables, "works").iloc[0]
    assert first["sent_s"] == 23 * HOUR_S
    assert first["arrived_s"] == pytest.approx(23 * HOUR_S + LOAD_S + BLOCK_S + UNLOAD_S)
    order = tables.orders.iloc[0]
    assert (order["ordered_s"], order["received"]) == (12 * HOUR_S, 4)
    assert order["completed_s"] == first["arrived_s"]


def test_messages_of_the_five_stages_in_their_order(run_line):
    tables = run_line(days=1.0, supplies__sites=STOCKED)
    first = tables.messages.drop_duplicates("kind")
    log = list(zip(hours(first["sent_s"]), hours(first["read_s"]), first["kind"], first["sender"],
                   first["receiver"], strict=True))  # fmt: skip
    delivered = round((8 * HOUR_S + LOAD_S + BLOCK_S + UNLOAD_S) / HOUR_S, 9)
    assert log == [
        (6, 7, "Need", "shop", "government"),
        (7, 8, "Release", "office of depot", "depot"),
        (8, 8, "Shipment", "depot", "depot transporter"),
        (delivered, delivered, "Delivery", "depot transporter", "shop"),
        (delivered, delivered + 1, "Receipt", "shop", "government"),
        (12, 13, "Procurement", "office of depot", "works"),
    ]


@pytest.mark.parametrize(
    ("output_share", "until", "produced"),
    [
        # Lots of six hours: 19 to 25 h and 25 to 31 h; the one in work is finished.
        (1.0, 40, [(25, 6), (31, 6)]),
        (0.0, 40, [(25, 6), (46, 6)]),
        (0.5, 40, [(25, 6), (31, 3), (37, 3)]),
        (0.5, 30, [(25, 6), (31, 3), (34, 3)]),
    ],
)
def test_a_disruption_is_felt_from_the_next_lot_on(run_line, output_share, until, produced):
    down = {
        "kind": "supplier_disrupted", "supplier": "works", "from_hour": 20, "until_hour": until,
        "output_share": output_share,
    }  # fmt: skip
    tables = run_line(quantity=12, times={"order_every_h": 12.0}, disruptions=(down,))
    assert changes(tables, "works", "produced")[: len(produced)] == produced


def test_the_end_of_one_disruption_does_not_end_another(run_line):
    """Bug: with the first of two that overlap, both were over."""
    down = {"kind": "supplier_disrupted", "supplier": "works", "from_hour": 20}
    both = ({**down, "until_hour": 30}, {**down, "until_hour": 40})
    tables = run_line(quantity=12, disruptions=both)
    assert changes(tables, "works", "produced")[:2] == [(25, 6), (46, 6)]


def test_a_supplier_takes_no_more_than_it_says(line):
    """Bug: orders that were still in the post did not count, so two stores got room for one."""
    both = sites(
        suppliers=(supplier(most_on_order={"masks": 10}),),
        stores=(store("near", 200), store("far", 800, 800)),
        distributors=(distributor("east", 400), distributor("north", 800, 800)),
    )
    tables = line(days=0.6, quantity=7, supplies__sites=both).run().supplies
    assert tables.orders["units"].tolist() == [7, 3]


def test_stock_spoils_after_its_life(run_line):
    """The opening stock is new at the start; what is made at 23 h lives from then on."""
    stocked = sites(stores=(store(units=100),))
    tables = run_line(item={"shelf_life_days": 1.0}, supplies__sites=stocked, quantity=1)
    assert changes(tables, "depot", "spoilt")[0] == (24, 100 - 3)  # asked at 6, 12 and 18 h


def test_what_spoils_at_the_supplier_is_struck_from_the_order(line):
    """Bug: the office went on waiting for it.

    12 units are made in lots of 6, which keep for five hours; the first is gone at 30 h when the
    second is made at 31 h, and a truck carries them all. The 6 that are left spoil on arrival or
    later, but they come.
    """
    one_order = {"order_every_h": 48.0, "request_every_h": 72.0}
    model = line(
        item={"shelf_life_days": 5 / 24}, times=one_order, quantity=12,
        supplies__sites=sites(suppliers=(supplier(),)),
    )  # fmt: skip
    tables = model.run().supplies
    order = tables.orders.iloc[0]
    assert (order["units"], order["received"]) == (6, 6)
    assert np.isfinite(order["completed_s"])
    assert model.supply_side.supply.government.offices[0].on_order.tolist() == [[0]]


def test_a_reserve_takes_the_government_six_hours_and_a_letter(run_line):
    """Asked at 6 h, heard at 7 h; the reserve is wanted at 8 h, free at 14 h, sent at 15 h."""
    reserve = sites(stores=(store(reserve={"masks": 10}),))
    tables = run_line(supplies__sites=reserve)
    first = shipments(tables, "depot").iloc[0]
    assert (first["sent_s"], first["units"]) == (15 * HOUR_S, 4)


def test_a_budget_is_a_sum_that_grows_day_by_day(run_line):
    """Ten a day: 15 have come in at 12 h, 5 more every 12 hours; units cost 1."""
    tables = run_line(quantity=100, supplies__government__budget_per_day=10.0)
    assert tables.orders["units"].tolist()[:4] == [15, 5, 5, 5]


def test_offices_have_pots_by_inhabitants(run_line):
    """Three quarters and one quarter of 15, 20 and 25, in whole units."""
    two = sites(
        stores=(store("near"), store("far", 800, 800)),
        distributors=(
            distributor("east", persons=6_000),
            distributor("far_shop", 800, 800, persons=2_000),
        ),
    )
    tables = run_line(quantity=100, supplies__sites=two, supplies__government__budget_per_day=10.0)
    by_office = tables.orders.pivot_table(index="ordered_s", columns="office", values="units")
    assert by_office.iloc[:3].to_numpy().tolist() == [[11, 3], [4, 2], [3, 1]]


@pytest.mark.parametrize(
    ("trucks", "left_h"),
    [
        # Loads of 2 l: four units make two loads. One truck drives one after the other:
        # it is back at 8 h + 1200 + 20 + 900 + 20 s and is loaded again.
        ({"count": 1}, [8 + 1200 / 3600, 8 + (2 * 1200 + 2140 - 1200) / 3600]),
        # Two trucks at two docks leave together; at one dock one waits; so it does for a driver.
        ({"count": 2, "docks": 2}, [8 + 1200 / 3600] * 2),
        ({"count": 2, "docks": 1}, [8 + 1200 / 3600, 8 + 2400 / 3600]),
        ({"count": 2, "docks": 2, "drivers": 1}, [8 + 1200 / 3600, 8 + 3340 / 3600]),
    ],
)
def test_trucks_docks_and_drivers_are_waited_for(run_line, trucks, left_h):
    depot = store(units=4, trucks={**TRUCKS, "capacity_l": 2.0, **trucks})
    tables = run_line(days=0.5, supplies__sites=sites(stores=(depot,)), policies__routing="direct")
    left = shipments(tables, "depot")["left_s"] / HOUR_S
    assert sorted(left) == pytest.approx(sorted(left_h))


def test_a_truck_takes_another_way_where_a_street_is_closed(run_line):
    """Four blocks east; the third is closed 10 s after it left: two blocks more, there and back."""
    far = sites(stores=(store(x=0, units=4),), distributors=(distributor(x=800),))
    left_h = 8 + LOAD_S / HOUR_S
    closed = {
        "kind": "road_closure", "streets": ((2, 3),), "from_hour": left_h + 10 / HOUR_S,
        "until_hour": left_h + 3,
    }  # fmt: skip
    trips = {}
    for events, shared in (((), True), ((closed,), True), ((closed,), False)):
        tables = run_line(
            days=0.5,
            supplies__sites=far,
            supplies__couplings__trucks_share_streets=shared,
            disruptions=events,
        )
        first = shipments(tables, "depot").iloc[0]
        trips[len(events), shared] = (
            first["arrived_s"] - first["left_s"] - UNLOAD_S,
            tables.trips.iloc[0]["metres"],
        )
    assert trips[0, True] == pytest.approx((4 * BLOCK_S, 1600))
    assert trips[1, True] == pytest.approx((6 * BLOCK_S, 2400))
    assert trips[1, False] == trips[0, True]


def test_a_truck_waits_at_lights_as_an_ambulance_without_siren(line):
    lit = {"roads__signal_every": 1, "signals__active": True, "signals__green_share": 0.3}
    far = sites(stores=(store(x=0, units=4),), distributors=(distributor(x=800),))
    model = line(days=0.5, supplies__sites=far, **lit)
    driving = model.area.driving
    tables = model.run().supplies
    first = shipments(tables, "depot").iloc[0]
    driven_s = first["arrived_s"] - first["left_s"] - UNLOAD_S
    assert driven_s == pytest.approx(driving.trip(0, 4, first["left_s"], False, 1.0)[0])
    assert driven_s > 4 * BLOCK_S + 1
