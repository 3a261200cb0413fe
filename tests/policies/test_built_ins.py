"""Whom the built-in policies send and where they station ambulances, in towns easy to see."""

import numpy as np
import pytest

from environment.apportionment import apportion
from environment.demand.calls import Call
from policies.base import Assignment, LocationView, PolicyError
from policies.dispatch.decision import SmallDispatchView
from policies.dispatch.district_only import DistrictOnly
from policies.dispatch.nearest import Nearest
from policies.dispatch.preference_list import PreferenceList
from policies.location.demand_share import DemandShare
from policies.location.given import Given
from policies.small_city import SmallCity

# One street of ten junctions, a minute apart: A at its west end, B in the west, C at the east end.
STREET = SmallCity(1, 10, 60.0, (0, 3, 9), (0, 4, 9), home=(0, 1, 2, 2))
EVERYONE = tuple(STREET.ambulance(number) for number in range(4))


def call_at(node: int, units: int = 1, priority: int = 1) -> Call:
    return Call(0, 0.0, node, 0.0, STREET.zone(node), priority, units, 0.0, 0.0, 0.0, True)


def view(*numbers: int) -> SmallDispatchView:
    return SmallDispatchView(STREET, 0.0, tuple(EVERYONE[number] for number in numbers))


def sent(*numbers: int) -> list[Assignment]:
    return [Assignment(number) for number in numbers]


def test_nearest_sends_who_is_there_first() -> None:
    assert Nearest().choose(call_at(4), view(0, 1, 2, 3)) == sent(1)
    assert Nearest().choose(call_at(4, units=3), view(0, 1, 2, 3)) == sent(1, 0, 2)
    assert Nearest().choose(call_at(4, units=3), view(2)) == sent(2)


def test_nearest_counts_the_time_to_set_out() -> None:
    passing = STREET.ambulance(0, node=2, ready_in_s=10.0)  # 190 s away; 1 at B needs 180 s
    near = SmallDispatchView(STREET, 0.0, (passing, EVERYONE[1]))
    assert near.arrival_in_s(passing, call_at(5)) == pytest.approx(190)
    assert Nearest().choose(call_at(5), near) == sent(1)
    assert Nearest().choose(call_at(4, priority=0), near) == sent(0)  # 100 s against 105 s


def test_district_only_keeps_to_its_district() -> None:
    west, east = call_at(4, units=3), call_at(5, units=3)
    assert DistrictOnly().choose(west, view(0, 1, 2, 3)) == sent(1, 0)
    assert DistrictOnly().choose(east, view(0, 1, 2, 3)) == sent(2, 3)
    assert DistrictOnly().choose(east, view(0, 1)) == []


def test_preference_list_goes_down_the_list() -> None:
    policy = PreferenceList({"default": ["C", "A"], "north-west": ["B"]})
    assert policy.choose(call_at(4, units=4), view(0, 1, 2, 3)) == sent(1)
    assert policy.choose(call_at(4), view(0, 2, 3)) == []
    assert policy.choose(call_at(5, units=4), view(0, 1, 2, 3)) == sent(2, 3, 0)
    assert policy.choose(call_at(5), view(0, 1)) == sent(0)


@pytest.mark.parametrize(
    ("lists", "message"),
    [
        ({"default": ["D"]}, r"lists.default: no station 'D' \(known: A, B, C\)"),
        ({"north-wst": ["A"]}, r"lists: no zone 'north-wst' \(did you mean 'north-west'\?\)"),
        (
            {"south-east": ["A"]},
            r"lists: no stations for 3 of 4 zones, such as 'north-west', and none",
        ),
        ({"default": []}, r"lists: no stations for 4 of 4 zones"),
    ],
)
def test_preference_list_refuses_names_that_are_not_there(lists, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        PreferenceList(lists).choose(call_at(4), view(0))


def test_preference_list_tells_all_names_that_are_not_there_at_once() -> None:
    policy = PreferenceList({"east": ["A", "E", "E"], "south-east": ["D"]})
    assert policy.unknown_names(["A", "B"], ["south-east", "south-west"]) == [
        "lists: no zone 'east' (known: south-east, south-west, default)",
        "lists.east: no station 'E' (known: A, B)",
        "lists.south-east: no station 'D' (known: A, B)",
        "lists: no stations for 1 of 2 zones, such as 'south-west', and none under 'default'",
    ]


@pytest.mark.parametrize(
    ("lists", "message"),
    [
        ("A", 'lists must be like { default = ["A", "B"] }, got \'A\''),
        ({}, 'lists must be like { default = ["A", "B"] }, got {}'),
        (
            {"default": "AB", "north": 3, "south": ["A", 1]},
            (
                "lists.default must be a list of stations, got 'AB'; "
                "lists.north must be a list of stations, got 3; "
                "lists.south must be a list of stations' names, got ['A', 1]"
            ),
        ),
    ],
)
def test_preference_list_refuses_what_are_no_lists(lists, message: str) -> None:
    with pytest.raises(PolicyError) as error:
        PreferenceList(lists)
    assert str(error.value) == message


def test_apportionment_by_largest_remainders() -> None:
    # Hamilton's method on 10 seats: quotas 4.16, 2.98, 2.86; the two largest fractions go up.
    assert apportion(10, [416, 298, 286]).tolist() == [4, 3, 3]
    assert apportion(3, [1, 1]).tolist() == [2, 1]
    assert apportion(12, [4, 0, 8]).tolist() == [4, 0, 8]


def test_given_scales_the_table_to_the_fleet() -> None:
    places = LocationView(
        6, np.array([1, 2]), np.array([1.0]), np.zeros((2, 1)), 1.0, np.ones((2, 1))
    )
    assert Given().place(places) == [2, 4]
    with pytest.raises(PolicyError, match=r"no station has ambulances in the table of sites"):
        Given().place(places._replace(given=np.array([0, 0])))


def test_demand_share_follows_the_nearest_station() -> None:
    travel_s = np.array([[10.0, 50.0, 50.0], [50.0, 10.0, 20.0]])
    places = LocationView(
        10, np.array([5, 5]), np.array([0.2, 0.3, 0.5]), travel_s, 1.0, 600 + travel_s
    )
    assert DemandShare().place(places) == [2, 8]
