"""What does not fit together in a supply side, told by its place in the file."""

import copy
from contextlib import suppress
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from environment.errors import CorridorError
from scenarios.errors import ScenarioError
from simulation.measures.catalogue import summary
from simulation.model import simulate
from tests.scenarios.small_supplies import EPIDEMIC, SUPPLIES


@pytest.fixture
def told(grid_scenario):
    """What is told of a supply side with other values under dotted places; None takes one away."""

    def told(changes):
        with pytest.raises(ScenarioError) as caught:
            grid_scenario(supplies=with_changes(changes))
        return [line.removeprefix("unnamed: ") for line in str(caught.value).splitlines()]

    return told


def with_changes(changes):
    """The small supply side with other values under dotted places."""
    supplies = copy.deepcopy(SUPPLIES)
    for place, value in changes.items():
        steps = place.split(".")
        put(supplies, [int(step) if step.isdecimal() else step for step in steps], value)
    return supplies


def put(data, place, value):
    """Put a value at a place in nested tables and lists; None takes away what is there."""
    *way, last = place
    for step in way:
        data = data[step]
    if value is None:
        del data[last]
    else:
        data[last] = value


@pytest.mark.parametrize(
    ("place", "value", "line"),
    [
        (
            "sites.suppliers.0.rate_per_day.doses",
            None,
            "items.1: nobody produces 'doses'; name it in rate_per_day of a supplier",
        ),
        (
            "sites.stores.1.reserve",
            {"mask": 3},
            "sites.stores.1.reserve: no item 'mask' (did you mean 'masks'?)",
        ),
        (
            "sites.stores.0.suppliers",
            {"masks": "R"},
            "sites.stores.0.suppliers.masks: no supplier 'R' (known: P, Q)",
        ),
        (
            "sites.stores.0.suppliers",
            {"doses": "Q"},
            "sites.stores.0.suppliers.doses: supplier 'Q' does not make 'doses'",
        ),
        (
            "sites.distributors.0.store",
            "w",
            "sites.distributors.0.store: no store 'w' (known: W, V)",
        ),
        (
            "sites.stores.0.stock.masks",
            -1,
            "sites.stores.0.stock.masks must be >= 0, got -1",
        ),
        ("sites.stores", None, "sites.stores must hold at least one where there are items"),
        ("items", [], "items must name at least one item where there are sites"),
        ("items.1.name", "masks", "items: 'masks' is there more than once"),
        (
            "times.patience_h",
            2.9,
            "times.patience_h must be >= 3, since needs come up every 3 hours, got 2.9",
        ),
        (
            "sites.distributors.0.site_id",
            "W",
            "sites: site_id 'W' stands at more than one site",
        ),
    ],
)
def test_a_mistake_is_told_by_its_place(told, place, value, line):
    assert f"supplies.{line}" in told({place: value})


@pytest.mark.parametrize(("capacity_l", "volume_l"), [(0.9, 0.6), (2.9, 2.5), (499.0, 500.0)])
def test_trucks_below_a_unit(told, capacity_l, volume_l):
    """Bug: loads are whole litres, and a truck of 0.9 l was filled with nothing for ever."""
    line = (
        "supplies.sites.stores.1.trucks.capacity_l must hold at least one unit of every item in "
        f"whole litres, got {capacity_l:g}; one of 'doses' takes {volume_l:g} l"
    )
    small = {"sites.stores.1.trucks.capacity_l": capacity_l, "items.1.volume_l": volume_l}
    assert line in told({**small, "sites.suppliers.0.trucks.capacity_l": capacity_l})


def test_trucks_of_a_supplier_carry_what_it_makes(grid_scenario):
    small = {"sites.suppliers.1.trucks.capacity_l": 5.0, "items.1.volume_l": 20.0}
    grid_scenario(supplies=with_changes(small))


def test_all_mistakes_at_once(told):
    renamed = {"items.0.name": "Masks", "times.patience_h": 1, "sites.distributors.1.store": "VV"}
    assert [line.split(": ")[0] for line in told(renamed)] == [
        "supplies.sites.suppliers.0.rate_per_day",
        "supplies.sites.suppliers.1.rate_per_day",
        "supplies.sites.stores.0.stock",
        "supplies.sites.stores.0.suppliers",
        "supplies.sites.stores.1.reserve",
        "supplies.sites.distributors.1.stock",
        "supplies.items.0",
        "supplies.sites.distributors.1.store",
        "supplies.times.patience_h must be >= 3, since needs come up every 3 hours, got 1",
    ]


WHOLE = {
    "supplies": SUPPLIES,
    "epidemic": EPIDEMIC,
    "coordination": {"mechanisms": ["planning", "risk"], "systems": ["ambulances", "supplies"]},
    "policies": {"ordering": "order_up_to", "allocation": "priority", "routing": "savings"},
}


def places_in(data, place=()):
    """Every place in nested tables and lists."""
    keys = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    for key in keys:
        yield (*place, key)
        yield from places_in(data[key], (*place, key))


ODD = st.one_of(
    st.none(),
    st.sampled_from([-1, 0, 0.5, 1, 7, 1e5, 10**9, 1e300, 10**20, nan, inf, True]),
    st.sampled_from(["", "x", "masks", "P", "W", "D1", "on", "risk,rules", "ambulances"]),
    st.sampled_from(["fixed", "newsvendor", "optimised", "exact", "nearest"]),
    st.sampled_from([[], {}, ["risk"], [1], {"masks": 3}, {"mask": 3}, {"use": "fixed"}]),
)


@settings(deadline=None, max_examples=80)
@given(
    st.lists(st.tuples(st.sampled_from([*places_in(WHOLE)]), ODD), min_size=1, max_size=3),
)
def test_whatever_a_file_says_a_mistake_is_told(grid_scenario, changes):
    """A scenario with some odd values runs, or ends with a message of ours."""
    data = copy.deepcopy(WHOLE)
    for place, value in changes:
        with suppress(LookupError, TypeError):  # an earlier change has taken the place away
            put(data, place, copy.deepcopy(value))  # never one table inside itself
    with suppress(CorridorError):
        measures = summary(simulate(grid_scenario(**data, demand__calls_per_day=10)))
        assert not np.isinf(list(measures.values())).any()
