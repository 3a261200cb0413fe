"""The four mechanisms in whole runs with supplies: off is off, and what they leave untouched."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.coordination import MECHANISMS
from simulation.model import EmergencyModel, simulate
from tests.all_combinations import all_combinations
from tests.simulation.supply.random_supplies import POLICIES, PRICES, SITES, supply_systems
from tests.simulation.supply.test_supplies_conservation import check_tables, some_systems

DEAR = {
    "information": {"delay_h": 20.0, "error_cv": 1.5, "cost_per_report": 1e4},
    "planning": {"cycle_h": 17.0, "latency_h": 9.0, "cost_per_plan": 1e4},
    "rules": {"assessment_h": 11.0, "grades": 1},
    "risk": {"agreement_h": 13.0},
}
ARMS = [arm.names for arm in all_combinations()]
TRUCKS = {"count": 2, "capacity_l": 200.0, "docks": 1, "load_s": 600.0, "unload_s": 300.0}


def supplier(number, x, **more):
    return {
        "site_id": f"supplier_{number}", "x": x, "y": 400, "trucks": TRUCKS,
        "rate_per_day": {"masks": 700, "doses": 250}, "lead_time_days": 0.3, **more,
    }  # fmt: skip


def store(number, x, stock, **more):
    return {
        "site_id": f"store_{number}",
        "x": x,
        "y": 200,
        "trucks": TRUCKS,
        "stock": stock,
        **more,
    }


def distributor(number, x, y, stock, **more):
    return {"site_id": f"distributor_{number}", "x": x, "y": y, "stock": stock, **more}


SOME = {"masks": 150, "doses": 100}
BASE = {
    "run__days": 4.0,
    "demand__calls_per_day": 40,
    "demand__trip_noise_cv": 0.2,
    "epidemic__outbreaks": ({"district": "distributor_1", "cases": 80},),
    "supplies__items": (
        {"name": "masks", "per_1000_day": 10.0, "per_mission": 3.0, "per_handover": 2.0},
        {"name": "doses", "per_1000_day": 4.0, "shelf_life_days": 2.0, "volume_l": 0.5},
    ),
    "supplies__sites": {
        "suppliers": (supplier(0, 100), supplier(1, 700, premium=0.2)),
        "stores": (store(0, 100, SOME, reserve={"masks": 60}), store(1, 700, SOME)),
        "distributors": (
            distributor(0, 50, 50, SOME, persons=30_000),
            distributor(1, 750, 600, SOME, persons=50_000),
            distributor(2, 50, 800, SOME, persons=20_000),
        ),
    },
    "disruptions": (
        {"kind": "supplier_disrupted", "supplier": "supplier_0", "from_hour": 30, "until_hour": 50},
    ),
}

APART = {
    "supplies__couplings": {
        "crews_use_supplies": False,
        "hospitals_use_supplies": False,
        "staff_fall_ill": False,
        "trucks_share_streets": False,
    }
}


@pytest.fixture
def supplies_in(grid_scenario):
    """A scenario with two items, two suppliers, two stores, three districts and an outbreak."""

    def make(**changes):
        return grid_scenario({"sites.csv": SITES}, **{**BASE, **changes})

    return make


def coordinated(names, **more):
    return {"coordination": {"mechanisms": names, **PRICES, **more}}


def same(one, other):
    return all(a.equals(b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_the_price_of_what_is_off_does_not_matter(supplies_in, mechanism):
    others = tuple(name for name in MECHANISMS if name != mechanism)
    plain = simulate(supplies_in(**coordinated(others)))
    dear = simulate(supplies_in(**coordinated(others, **{mechanism: DEAR[mechanism]})))
    assert same(plain.supplies, dear.supplies)
    assert plain.calls.equals(dear.calls)
    on = [
        simulate(supplies_in(**coordinated(MECHANISMS, **{mechanism: price})))
        for price in (PRICES[mechanism], DEAR[mechanism])
    ]
    assert not same(on[0].supplies, on[1].supplies), "the price is felt where it is on"


def test_all_off_is_as_if_nobody_had_heard_of_coordination(supplies_in):
    unnamed = simulate(supplies_in(**APART))
    for names, system in (((), "supplies"), ("off", "supplies"), (MECHANISMS, "ambulances")):
        other = simulate(supplies_in(**APART, **coordinated(names, systems=(system,))))
        assert same(other.supplies, unnamed.supplies)


def test_every_mechanism_changes_something(supplies_in):
    """Else the other tests of this file would hold for a switch that is not connected."""
    runs = [simulate(supplies_in(**coordinated(names))).supplies for names in ARMS]
    for row, one in enumerate(runs):
        assert not any(same(one, other) for other in runs[:row]), ARMS[row]


def test_patients_do_not_feel_supplies_that_are_not_coupled(supplies_in):
    """Couplings off and no dose that protects: calls and missions are the same in all 16 arms."""
    runs = [
        simulate(supplies_in(**APART, **coordinated(names, systems=("supplies",))))
        for names in ARMS
    ]
    for other in runs[1:]:
        for table in ("calls", "missions", "moves", "hours"):
            pd.testing.assert_frame_equal(getattr(runs[0], table), getattr(other, table))
    coupled = simulate(supplies_in(**coordinated((), systems=("supplies",))))
    assert not coupled.missions.equals(runs[0].missions)


AMPLE = 10**6


def test_where_there_is_plenty_every_need_is_met_in_all_arms(supplies_in):
    """Fill rates are exactly 1, and nobody waits for longer than it takes to be served.

    What differs all the same: distributors order up to other levels (a forecast beside a moving
    average), so that orders, shipments and messages differ; planning writes fewer plans; with
    rules the ill are served before the public, so that waits within a batch differ; and where
    risk is shared staff go elsewhere. What is needed is the same in all arms: the epidemic and
    the patients are.
    """
    rich = {"masks": AMPLE, "doses": AMPLE}
    sites = {
        "suppliers": BASE["supplies__sites"]["suppliers"],
        "stores": (store(0, 100, rich), store(1, 700, rich)),
        "distributors": tuple({**one, "stock": rich, "staff": 500}
                              for one in BASE["supplies__sites"]["distributors"]),
    }  # fmt: skip
    items = tuple({**item, "shelf_life_days": None} for item in BASE["supplies__items"])
    needed = set()
    for names in ARMS:
        arm = coordinated(names, systems=("supplies",))
        scenario = supplies_in(supplies__sites=sites, supplies__items=items, **arm)
        needs = simulate(scenario).supplies.needs
        assert (needs["given"] == needs["units"]).all(), names
        assert (needs["at_once"] == needs["units"]).all(), names
        needed.add(needs[["since_s", "distributor", "units"]].to_string())
    assert len(needed) == 1
    assert len(needs) > 300


@given(supply_systems(), st.data())
@settings(some_systems, max_examples=15)
def test_any_policies_in_any_arm(grid_scenario, features, data):
    changes = {f"policies__{name}": data.draw(st.sampled_from(of)) for name, of in POLICIES.items()}
    arm = coordinated(data.draw(st.sampled_from(ARMS)))
    model = EmergencyModel(grid_scenario({"sites.csv": SITES}, **{**features, **changes, **arm}))
    check_tables(model.run().supplies, model)


@pytest.mark.slow
@pytest.mark.parametrize("names", ARMS)
@pytest.mark.parametrize("ordering", POLICIES["ordering"], ids=str)
def test_every_ordering_in_every_arm(supplies_in, names, ordering):
    for allocation in POLICIES["allocation"]:
        arm = coordinated(names)
        scenario = supplies_in(policies__ordering=ordering, policies__allocation=allocation, **arm)
        model = EmergencyModel(scenario)
        check_tables(model.run().supplies, model)
