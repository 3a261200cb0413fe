"""The fleet: types, skills and shifts of its vehicles, by hand and for any fleet."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from environment.apportionment import apportion, spread_evenly
from environment.errors import DataError
from environment.fleet.shifts import Shift
from environment.fleet.vehicle_types import VehicleType, call_needs, skill_bits
from environment.fleet.vehicles import ALWAYS, FleetParameters, read_vehicles, settle_vehicles

ADVANCED = VehicleType(name="ALS", share=0.5, skills=("advanced", "basic"))
BASIC = VehicleType(name="BLS", share=0.5, skills=("basic",))
CAR = VehicleType(name="car", share=0.0, skills=("first_responder",), transports=False)
TYPES = (ADVANCED, BASIC, CAR)
TRANSPORT, ADVANCED_BIT, BASIC_BIT, FIRST_BIT = 1, 2, 4, 8

DAY = Shift(name="day", share=0.5, start_hour=7, hours=12)
NIGHT = Shift(name="night", share=0.5, start_hour=19, hours=12)

STATIONS = np.array(["S1", "S2", "S3"])


def settled(placed, **fleet):
    names = np.array([f"S{k}" for k in range(1, len(placed) + 1)])
    return settle_vehicles(FleetParameters(**fleet), np.array(placed), names)


# Skills


def test_each_skill_has_a_bit_in_the_order_of_names():
    assert skill_bits(TYPES) == {
        "advanced": ADVANCED_BIT,
        "basic": BASIC_BIT,
        "first_responder": FIRST_BIT,
    }


def test_what_each_vehicle_of_a_call_must_be_able_to_do():
    assert call_needs((), 1, TYPES) == (TRANSPORT,)
    assert call_needs(("advanced",), 1, TYPES) == (ADVANCED_BIT | TRANSPORT,)
    # Cars have the skill of first responders, so whoever comes for it need not transport.
    assert call_needs(("first_responder", "basic"), 1, TYPES) == (FIRST_BIT, BASIC_BIT | TRANSPORT)
    assert call_needs(("advanced", "advanced"), 3, TYPES) == (
        ADVANCED_BIT | TRANSPORT,
        ADVANCED_BIT | TRANSPORT,
        TRANSPORT,
    )


def test_a_first_responder_goes_only_where_its_skill_is_asked_for():
    *_, car = settled([3], types=[{**dict(one), "share": 1 / 3} for one in TYPES]).skills.tolist()
    asked = [call_needs(needs, 3, TYPES) for needs in ((), ("basic",), ("basic", "advanced"))]
    assert not any(car & mask == mask for needs in asked for mask in needs)
    first, second = call_needs(("first_responder", "basic"), 2, TYPES)
    assert car & first == first
    assert car & second != second


# Vehicles from shares


def test_without_types_and_shifts_all_are_ambulances_always_on_duty():
    vehicles = settled([2, 0, 1])
    assert vehicles.vehicle_id.tolist() == ["S1-1", "S1-2", "S3-1"]
    assert vehicles.station.tolist() == [0, 0, 2]
    assert vehicles.type.tolist() == [0, 0, 0]
    assert vehicles.skills.tolist() == [TRANSPORT] * 3
    assert vehicles.shift.tolist() == [ALWAYS] * 3


def test_four_vehicles_a_station_get_every_type_in_every_shift():
    vehicles = settled([4, 4], types=[ADVANCED, BASIC], shifts=[DAY, NIGHT])
    for station in (0, 1):
        own = vehicles.station == station
        pairs = zip(vehicles.type[own].tolist(), vehicles.shift[own].tolist(), strict=True)
        assert sorted(pairs) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_two_vehicles_a_station_are_of_both_types_and_in_both_shifts():
    vehicles = settled([2] * 10, types=[ADVANCED, BASIC], shifts=[DAY, NIGHT])
    for labels in (vehicles.type, vehicles.shift):
        assert (np.sort(labels.reshape(10, 2), axis=1) == [0, 1]).all()
    assert np.bincount(2 * vehicles.type + vehicles.shift).tolist() == [5, 5, 5, 5]


def test_one_vehicle_a_station_takes_turns():
    vehicles = settled([1] * 8, types=[ADVANCED, BASIC], shifts=[DAY, NIGHT])
    assert np.bincount(2 * vehicles.type + vehicles.shift).tolist() == [2, 2, 2, 2]


shares = (
    st.lists(st.integers(0, 20), min_size=1, max_size=4)
    .filter(any)
    .map(lambda parts: [part / sum(parts) for part in parts])
)
fleets = st.lists(st.integers(0, 7), min_size=1, max_size=25).filter(any)


@given(placed=fleets, type_shares=shares, shift_shares=shares)
def test_any_fleet_is_spread_evenly(placed, type_shares, shift_shares):
    types = [VehicleType(name=f"T{k}", share=share) for k, share in enumerate(type_shares)]
    shifts = [Shift(name=f"W{k}", share=share) for k, share in enumerate(shift_shares)]
    vehicles = settled(placed, types=types, shifts=shifts)
    size = sum(placed)
    assert np.bincount(vehicles.station, minlength=len(placed)).tolist() == placed
    for labels, parts, groupings in [
        (vehicles.type, type_shares, [vehicles.station]),
        (vehicles.shift, shift_shares, [vehicles.station, vehicles.type]),
    ]:
        counts = np.bincount(labels, minlength=len(parts))
        assert counts.tolist() == apportion(size, parts).tolist()
        for groups in groupings:
            table = np.zeros((groups.max() + 1, len(parts)))
            np.add.at(table, (groups, labels), 1)
            fair = np.outer(table.sum(axis=1), counts / size)
            assert np.abs(table - fair).max() < 3


def test_spreading_is_within_one_vehicle_nearly_everywhere():
    """A figure of the documentation; the fleets are drawn once and for all."""
    rng, off = np.random.default_rng(1), []
    for _ in range(300):
        placed = np.append(rng.integers(0, 8, rng.integers(1, 30)), 1)
        station = np.repeat(np.arange(len(placed)), placed)
        size = len(station)
        types = spread_evenly(apportion(size, rng.dirichlet(np.ones(3))), [station])
        shifts = spread_evenly(apportion(size, rng.dirichlet(np.ones(3))), [station, types])
        pairs = [(types, station), (shifts, station), (shifts, types)]
        off.append([share_beyond_rounding(labels, groups) for labels, groups in pairs])
    assert (np.mean(off, axis=0) < [0.002, 0.01, 0.05]).all()


def share_beyond_rounding(labels, groups):
    """Share of the counts that are neither the fair share rounded down nor rounded up."""
    table = np.zeros((groups.max() + 1, labels.max() + 1))
    np.add.at(table, (groups, labels), 1)
    fair = np.outer(table.sum(axis=1), table.sum(axis=0) / len(labels))
    return (np.abs(table - fair) >= 1 - 1e-9).mean()


# Vehicles from a table

CREWS = """\
vehicle,station,type,shift
A1,S2,ALS,
A2,S1,BLS,night
B7,S2,car,day
"""


def table(tmp_path, text, **fleet):
    path = tmp_path / "vehicles.csv"
    path.write_text(text)
    parameters = FleetParameters(**{"types": TYPES, "shifts": (DAY, NIGHT), **fleet})
    return read_vehicles(path, parameters, STATIONS)


def test_a_table_of_vehicles(tmp_path):
    vehicles = table(tmp_path, CREWS)
    assert vehicles.vehicle_id.tolist() == ["A1", "A2", "B7"]
    assert vehicles.station.tolist() == [1, 0, 1]
    assert vehicles.type.tolist() == [0, 1, 2]
    assert vehicles.shift.tolist() == [ALWAYS, 1, 0]
    assert vehicles.skills.tolist() == [
        TRANSPORT | ADVANCED_BIT | BASIC_BIT,
        TRANSPORT | BASIC_BIT,
        FIRST_BIT,
    ]


def test_a_table_needs_no_types_where_there_is_one(tmp_path):
    vehicles = table(tmp_path, "vehicle,station\nA1,S3\nA2,S3\n", types=(VehicleType(name="van"),))
    assert vehicles.type.tolist() == [0, 0]
    assert vehicles.shift.tolist() == [ALWAYS, ALWAYS]


def test_every_mistake_of_a_table_at_once(tmp_path):
    text = "vehicle,station,type,shift\nA1,S11,ALS,day\nA1,S1,BSL,nigth\nA2,S1,,\n"
    with pytest.raises(DataError) as caught:
        table(tmp_path, text)
    assert [line.partition("vehicles.csv: ")[2] for line in str(caught.value).splitlines()] == [
        "row 4: type must be a text, got nothing"
    ]
    with pytest.raises(DataError) as caught:
        table(tmp_path, text.replace("A2,S1,,\n", ""))
    assert [line.partition("vehicles.csv: ")[2] for line in str(caught.value).splitlines()] == [
        "row 3: vehicle 'A1' stands in an earlier row already",
        "row 2: station must be one of S1, S2, S3, got 'S11' (did you mean 'S1'?)",
        "row 3: type must be one of ALS, BLS, car, got 'BSL' (did you mean 'BLS'?)",
        "row 3: shift must be one of nothing, day, night, got 'nigth' (did you mean 'night'?)",
    ]


# Parameters


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"types": [{"name": "a", "share": 0.4}]}, "the shares of types must sum to 1, got 0.4"),
        ({"shifts": [DAY]}, "the shares of shifts must sum to 1, got 0.5"),
        ({"types": [BASIC, BASIC]}, "the names of types must differ, got BLS, BLS"),
        ({"shifts": [DAY, DAY]}, "the names of shifts must differ, got day, day"),
        ({"vehicles": "v.csv", "ambulances": 3}, r"leave out ambulances \(3\) or vehicles"),
        (
            {"types": [{"name": "all", "skills": [f"s{k}" for k in range(53)]}]},
            "types have 53 skills together, allowed are 52",
        ),
    ],
)
def test_fleets_that_contradict_themselves(wrong, told):
    with pytest.raises(ValidationError, match=told):
        FleetParameters(**wrong)


def test_shares_do_not_matter_where_a_table_names_the_vehicles():
    fleet = FleetParameters(vehicles="v.csv", types=(BASIC,), shifts=(DAY,))
    assert fleet.vehicles == Path("v.csv")


def test_the_page_about_fleets_shows_one(tmp_path):
    page = (Path(__file__).parents[3] / "docs/models/fleet.md").read_text(encoding="utf-8")
    shown = tomllib.loads(page.partition("```toml\n")[2].partition("```")[0])
    fleet = FleetParameters(**shown["fleet"])
    vehicles = settle_vehicles(fleet, np.full(8, 2), np.arange(8).astype(str))
    named = [fleet.types[row].name for row in vehicles.type]
    assert {name: named.count(name) for name in ("ALS", "BLS", "car")} == {
        "ALS": 5,
        "BLS": 8,
        "car": 3,
    }
    rows = page.partition("```csv\n")[2].partition("```")[0]
    (tmp_path / "vehicles.csv").write_text(rows)
    read = read_vehicles(tmp_path / "vehicles.csv", fleet, STATIONS)
    assert read.vehicle_id.tolist() == ["Medic 1", "Ambulance 11", "Ambulance 21", "Car 31"]
    assert read.shift.tolist() == [ALWAYS, 0, 1, 0]
