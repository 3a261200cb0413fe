"""Planning, rules, information and risk on a small supply line, to the hour.

A distributor asks for 4 units at 6 h; every message takes an hour.
"""

import pytest

from environment.units import HOUR_S
from tests.agents.supply.conftest import TRUCKS, distributor, line, sites, store, supplier

__all__ = ["line"]

TWO = {
    "suppliers": (supplier("works"), supplier("other_works", x=200, y=200)),
    "distributors": (distributor("shop", 400), distributor("far_shop", 800, 800)),
}
PRICES = {
    "information": {"delay_h": 2.0},
    "planning": {"cycle_h": 5.0, "latency_h": 1.5},
    "rules": {"assessment_h": 0.5},
    "risk": {"agreement_h": 2.0},
}


@pytest.fixture
def sent_h(line):
    """Hour of the first shipment to the shop, and the site from which it comes."""

    def run(near, far, mechanisms, **changes):
        model = line(
            days=1.5,
            supplies__sites=sites(stores=(near, far), **TWO),
            coordination={"mechanisms": mechanisms, "systems": ("supplies",), **PRICES},
            **changes,
        )
        tables = model.run().supplies
        number = tables.sites.set_index("name")["site"]
        own = tables.shipments[tables.shipments["destination"] == number["shop"]]
        if own.empty:
            return None
        first = own.iloc[0]
        return tables.sites["name"][first["origin"]], round(first["sent_s"] / HOUR_S, 6)

    return run


@pytest.mark.parametrize(
    ("mechanisms", "expected"),
    [
        ((), ("near", 8)),  # heard at 7 h, read by the store at 8 h
        (("information",), ("near", 8)),
        (("rules",), ("near", 8.5)),  # assessed for half an hour
        (("planning",), ("near", 12.5)),  # the plan of 10 h takes an hour and a half
        (("risk",), ("near", 8)),  # nobody else is asked for what is there
        (("planning", "rules"), ("near", 12.5)),  # assessed before the plan is made
    ],
)
def test_when_stock_is_there(sent_h, mechanisms, expected):
    assert sent_h(store("near", units=10), store("far", 800, 800, 10), mechanisms) == expected


@pytest.mark.parametrize(
    ("mechanisms", "expected"),
    [
        ((), None),  # the order of 12 h reaches the store after the run
        # Asked for help at 7 h; a letter and two hours later the other office releases at once.
        (("risk",), ("far", 11)),
        (("planning",), None),
        # The plan of 10 h takes an hour and a half; the other store agrees in two more.
        (("planning", "risk"), ("far", 14.5)),
    ],
)
def test_when_only_another_store_has_it(sent_h, mechanisms, expected):
    changes = {"policies__ordering": {"use": "fixed", "quantity": 1}}
    far = store("far", 800, 800, 10)
    times = {"request_every_h": 6.0, "order_every_h": 36.0}
    assert sent_h(store("near"), far, mechanisms, times=times, **changes) == expected


@pytest.mark.parametrize(
    ("mechanisms", "expected"),
    [
        ((), ("near", 15)),  # wanted at 7 h, known at 8 h, released at 14 h, read at 15 h
        (("information",), ("near", 14)),  # known at once
        # Wanted by the plan of 10 h, known at 11 h, free at 17 h, planned at 20 h.
        (("planning",), ("near", 22.5)),
    ],
)
def test_when_only_a_reserve_is_left(sent_h, mechanisms, expected):
    near = store("near", reserve={"masks": 10})
    times = {"request_every_h": 6.0, "order_every_h": 36.0}
    assert sent_h(near, store("far", 800, 800), mechanisms, times=times) == expected


def test_a_plan_asks_for_the_reserves_of_all_stores_that_could_serve(line):
    """Bug: only the first store with a reserve was asked, though it could not serve the other's."""
    both = (store("near", reserve={"masks": 2}), store("far", 800, 800, reserve={"masks": 9}))

    def asked(*mechanisms):
        model = line(
            days=0.6,
            supplies__sites=sites(stores=both, **TWO),
            coordination={"mechanisms": mechanisms, "systems": ("supplies",), **PRICES},
        )
        messages = model.run().supplies.messages
        return messages[messages["kind"] == "ReserveRequest"]["units"].tolist()[:2]

    assert asked("planning") == [2, 4]  # each for its own customer, who wants 4
    assert asked("planning", "risk") == [2, 6]  # what the first has not, the second may have


@pytest.mark.parametrize(
    ("mechanisms", "supplier_of_order", "begun_h"),
    [
        ((), "works", 20 + 10),  # its contract, down until 30 h
        # The other one agrees in two hours beside the letter's one, and begins six hours later.
        (("risk",), "other_works", 12 + 1 + 2 + 6),
    ],
)
def test_a_second_source_when_the_contract_is_down(line, mechanisms, supplier_of_order, begun_h):
    down = {"kind": "supplier_disrupted", "supplier": "works", "from_hour": 1, "until_hour": 30}
    model = line(
        supplies__sites=sites(suppliers=TWO["suppliers"]),
        coordination={"mechanisms": mechanisms, "systems": ("supplies",), **PRICES},
        disruptions=(down,),
    )
    tables = model.run().supplies
    first = tables.orders.iloc[0]
    assert tables.sites["name"][first["supplier"]] == supplier_of_order
    made = tables.stock_changes[tables.stock_changes["change"] == "produced"].iloc[0]
    assert made["time_s"] / HOUR_S == pytest.approx(begun_h + 4)


@pytest.mark.parametrize(
    ("mechanisms", "ordered"),
    [((), [("near", 8)]), (("planning",), [("near", 8)]), (("planning", "risk"), [])],
)
def test_a_plan_counts_on_other_stores_only_if_they_may_serve(line, mechanisms, ordered):
    """Bug: a plan held what lay in the far store against what the near one lacked for its customer.

    Each shop has asked for 4. The near store has none and owes them: 8 are missing to its 4. The
    far one has 50, which is enough for both together.
    """
    model = line(
        days=0.6,
        supplies__sites=sites(stores=(store("near"), store("far", 800, 800, 50)), **TWO),
        policies__ordering={"use": "reorder_point", "reorder_point": 0, "order_up_to": 4},
        coordination={"mechanisms": mechanisms, "systems": ("supplies",), **PRICES},
    )
    tables = model.run().supplies
    orders = zip(tables.orders["store"], tables.orders["units"], strict=True)
    assert [(tables.sites["name"][site], units) for site, units in orders] == ordered


def test_each_order_of_a_plan_has_the_rank_of_those_it_is_for(line):
    """Bug: all orders of a plan had the rank of the worst district of all."""
    stores = (store("near"), store("far", 800, 800))
    model = line(
        supplies__sites=sites(stores=stores, **TWO),
        coordination={"mechanisms": ("planning", "rules"), "systems": ("supplies",)},
    )
    government = model.supply_side.supply.government
    government.offices[0].severity[:] = [0.0, 7.0]  # of the shop, and of the far shop
    government.offices[0].procure()
    ranks = {order.store.name: order.rank for order in government.orders}
    assert ranks == {"near": 0, "far": -2}


def test_planning_latency_delays_orders(line):
    """Bug: it was swallowed by the lead time, which counted from the order and not its reading."""

    def produced_h(*mechanisms):
        model = line(coordination={"mechanisms": mechanisms, **PRICES, "systems": ("supplies",)})
        changes = model.run().supplies.stock_changes
        return changes[changes["change"] == "produced"]["time_s"].iloc[0] / HOUR_S

    assert produced_h("planning") == pytest.approx(produced_h() + 1.5)


def test_staff_go_where_people_wait(line):
    """Two sites with 10 each: one stays at each, 18 are spread as 31 to 1."""
    two = tuple({**one, "staff": 10} for one in TWO["distributors"])
    for mechanisms, staff in (((), [10, 10]), (("risk",), [18, 2])):
        model = line(
            days=1.0,
            supplies__sites={**sites(), "distributors": two},
            coordination={"mechanisms": mechanisms, "systems": ("supplies",)},
        )
        shops = model.supply_side.supply.distributors
        shops[0].need(0, 30, 3)
        model.env.run(until=1.0)
        assert [shop.staff for shop in shops] == staff


def test_trucks_of_other_stores_come_once_it_is_agreed(line):
    """20 loads of half an hour each from 8 h on; the other store's truck sets out at 10 h."""
    small = {**TRUCKS, "capacity_l": 1.0}
    stores = (store("near", units=20, trucks=small), store("far", 800, 800, trucks=small))

    def borrowed(mechanisms):
        model = line(
            days=0.6,
            quantity=20,
            supplies__sites=sites(stores=stores),
            coordination={"mechanisms": mechanisms, "systems": ("supplies",), **PRICES},
        )
        trips = model.run().supplies.trips
        return trips[trips["home"] != trips["depot"]]

    assert borrowed(()).empty
    trips = borrowed(("risk",))
    assert trips["began_s"].min() == 10 * HOUR_S
    # Seven blocks to the depot, one to the shop, six home again.
    assert (trips["metres"] == 1400 + 200 + 1200).all()
