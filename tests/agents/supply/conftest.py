"""A supply line along one street, in which every time can be worked out by hand."""

import pytest

from simulation.model import EmergencyModel

LOAD_S, BLOCK_S, UNLOAD_S = 1200.0, 20.0, 900.0
TRUCKS = {"count": 1, "capacity_l": 1000.0, "docks": 1, "load_s": LOAD_S, "unload_s": UNLOAD_S}
SITES = """\
site_id,kind,x,y,ambulances
S1,station,400,0,1
S2,station,800,800,1
H1,hospital,800,0,0
"""
MASKS = {"name": "masks", "volume_l": 1.0}


def supplier(name="works", x=0, **more):
    """One unit an hour, six hours after it has read the order."""
    rate = {"masks": 24}
    return {"site_id": name, "x": x, "y": 0, "rate_per_day": rate, "lead_time_days": 0.25,
            "trucks": TRUCKS, **more}  # fmt: skip


def store(name="depot", x=200, y=0, units=0, **more):
    """One block east of the works."""
    own = {"site_id": name, "x": x, "y": y, "stock": {"masks": units}, "trucks": TRUCKS}
    return {**own, **more}


def distributor(name="shop", x=400, y=0, units=0, **more):
    """One block east of the store, for 8,000 inhabitants."""
    own = {"site_id": name, "x": x, "y": y, "persons": 8_000, "stock": {"masks": units}}
    return {**own, **more}


def sites(suppliers=(), stores=(), distributors=()):
    """A system, of one of each where nothing else is said."""
    return {
        "suppliers": suppliers or (supplier(),),
        "stores": stores or (store(),),
        "distributors": distributors or (distributor(),),
    }


@pytest.fixture
def line(grid_scenario):
    """A model of a run of three days without patients; fixed orders of 4, messages of an hour.

    Distributors ask every 6 hours and offices order every 12, unless something else is said.
    """

    def make(days=3.0, item=None, times=None, quantity=4, mechanisms=(), **changes):
        base = {
            "run__days": days,
            "demand__calls_per_day": 0,
            "supplies__items": ({**MASKS, **(item or {})},),
            "supplies__sites": sites(),
            "supplies__times": {"request_every_h": 6.0, "order_every_h": 12.0, **(times or {})},
            "policies__ordering": {"use": "fixed", "quantity": quantity},
            "coordination__mechanisms": mechanisms,
        }
        return EmergencyModel(grid_scenario({"sites.csv": SITES}, **{**base, **changes}))

    return make


@pytest.fixture
def run_line(line):
    """The tables of such a run."""
    return lambda **changes: line(**changes).run().supplies
