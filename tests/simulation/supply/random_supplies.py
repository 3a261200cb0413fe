"""Random small supply systems on the tests' grid, of two or three items and a few sites."""

from typing import Any

from hypothesis import strategies as st

from policies.coordination import MECHANISMS

SITES = """\
site_id,kind,x,y,ambulances
S1,station,0,0,1
S2,station,800,600,1
S3,station,0,800,1
H1,hospital,800,0,0
"""
NEAR_STATIONS = (((0, 40), (0, 0)), ((760, 800), (600, 600)), ((160, 200), (800, 800)))
"""Bounds of x and y of each distributor: a station and a zone are nearest to each."""

ITEMS = ("masks", "gowns", "doses")
CLOSED_STREETS = ({"streets": ((6, 7), (7, 12))}, {"streets": ((10, 11),), "one_way": True})
POLICIES = {
    "ordering": (
        "order_up_to",
        "newsvendor",
        {"use": "reorder_point", "reorder_point": 60, "order_up_to": 200},
        {"use": "fixed", "quantity": 25},
    ),
    "allocation": ("first_come", "proportional", "priority", "optimised"),
    "routing": (
        "direct",
        "nearest_neighbour",
        "savings",
        {"use": "exact", "beyond": "savings"},
        {"use": "pyvrp", "objective": "time", "iterations": 20},
    ),
    "sourcing": ("contract", "soonest", "cheapest"),
}
PRICES = {
    "information": {"delay_h": 3.0, "error_cv": 0.3},
    "planning": {"cycle_h": 2.5, "latency_h": 0.7},
    "rules": {"assessment_h": 0.4, "grades": 2},
    "risk": {"agreement_h": 0.6},
}

units = st.integers(0, 300)
mechanisms = st.lists(st.sampled_from(MECHANISMS), unique=True).map(tuple)


@st.composite
def trucks(draw):
    """One to three trucks, of which some carry little, with fewer drivers or docks."""
    count = draw(st.integers(1, 3))
    return {
        "count": count,
        "drivers": draw(st.one_of(st.none(), st.integers(1, count))),
        "capacity_l": draw(st.sampled_from([30.0, 60.0, 1000.0])),
        "docks": draw(st.integers(1, 2)),
        "load_s": draw(st.sampled_from([0.0, 1200.0])),
        "unload_s": draw(st.sampled_from([0.0, 900.0])),
    }


@st.composite
def items(draw):
    """Two or three, of different sizes; some spoil, the last one protects."""
    count = draw(st.integers(2, 3))
    life = st.sampled_from([None, 0.05, 0.4, 1.5])
    return tuple(
        {
            "name": name,
            "volume_l": volume_l,
            "shelf_life_days": draw(life),
            "per_1000_day": draw(st.sampled_from([0.0, 1.5, 4.0])),
            "per_patient_day": draw(st.sampled_from([0.0, 2.0])),
            "per_mission": draw(st.sampled_from([0.0, 0.7, 3.0])),
            "per_handover": draw(st.sampled_from([0.0, 2.0])),
            "protects": name == "doses",
        }
        for name, volume_l in zip(ITEMS[:count], (0.3, 2.5, 7.0), strict=False)
    )


@st.composite
def sites(draw, names):
    """One or two suppliers, one to three stores, two or three distributors, anywhere."""

    def place(kind, number, bounds=((0, 800), (0, 800)), **more):
        x, y = (draw(st.integers(*bound)) for bound in bounds)
        return {"site_id": f"{kind}_{number}", "x": x, "y": y, **more}

    def some(most=units):
        return {name: draw(most) for name in names}

    suppliers = tuple(
        place(
            "supplier", number,
            rate_per_day={name: draw(st.sampled_from([40, 500, 20_000])) for name in names},
            lead_time_days=draw(st.sampled_from([0.0, 0.2, 0.5])),
            premium=draw(st.sampled_from([0.0, 0.3])),
            most_on_order=draw(st.sampled_from([{}, {names[0]: 150}])),
            trucks=draw(trucks()),
        )
        for number in range(draw(st.integers(1, 2)))
    )  # fmt: skip
    stores = tuple(
        place(
            "store", number, stock=some(), reserve=some(st.integers(0, 80)), trucks=draw(trucks())
        )
        for number in range(draw(st.integers(1, 3)))
    )
    distributors = tuple(
        place(
            "distributor", number, NEAR_STATIONS[number],
            persons=draw(st.sampled_from([10_000, 40_000])), stock=some(),
            staff=draw(st.integers(1, 4)),
            units_per_staff_hour=draw(st.sampled_from([5.0, 200.0])),
        )
        for number in range(draw(st.integers(2, 3)))
    )  # fmt: skip
    return {"suppliers": suppliers, "stores": stores, "distributors": distributors}


@st.composite
def disruptions(draw):
    """A supplier that is down or slow, twice at a time perhaps, and streets that are closed."""

    def lasting(kind, **more):
        begin = draw(st.floats(0, 30))
        hours = {"from_hour": begin, "until_hour": begin + draw(st.floats(1, 15))}
        return {"kind": kind, **hours, **more}

    def slow():
        share = draw(st.sampled_from([0.0, 0.3]))
        return lasting("supplier_disrupted", supplier="supplier_0", output_share=share)

    every = (slow, slow, lambda: lasting("road_closure", **draw(st.sampled_from(CLOSED_STREETS))))
    return tuple(make() for make in every if draw(st.booleans()))


@st.composite
def supply_systems(draw) -> Any:
    """Everything that a run with supplies may hold, as dotted keys of `grid_scenario`."""
    own_items = draw(items())
    outbreak = {"district": "distributor_0", "cases": 60}
    chosen = {
        "seed": draw(st.integers(0, 2**63 - 1)),
        "run__days": draw(st.sampled_from([1.6, 2.0])),
        "demand__calls_per_day": draw(st.sampled_from([10, 60])),
        "roads__signal_every": draw(st.sampled_from([None, 2])),
        "signals__active": True,
        "disruptions": draw(disruptions()),
        "epidemic__outbreaks": draw(st.sampled_from([(), (outbreak,)])),
        "coordination": {"mechanisms": draw(mechanisms), **PRICES},
        "supplies__items": own_items,
        "supplies__sites": draw(sites([item["name"] for item in own_items])),
        "supplies__times": {
            "request_every_h": draw(st.sampled_from([2.0, 5.0, 12.0])),
            "order_every_h": draw(st.sampled_from([4.0, 12.0])),
            "message_delay_s": draw(st.sampled_from([0.0, 1800.0])),
            "release_h": draw(st.sampled_from([0.0, 3.0])),
            "patience_h": draw(st.sampled_from([4.0, 48.0])),
            "expected_supplier_days": draw(st.sampled_from([0.3, 1.0])),
        },
        "supplies__government__budget_per_day": draw(st.sampled_from([None, 0.0, 150.0])),
    }
    policies = {f"policies__{name}": draw(st.sampled_from(of)) for name, of in POLICIES.items()}
    return {**chosen, **policies}
