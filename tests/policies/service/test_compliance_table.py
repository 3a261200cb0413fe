"""Who moves where by a compliance table: solved by hand, and against brute force."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.base import AmbulanceView, Move, PolicyError
from policies.relocation.compliance_table import ComplianceTable
from policies.relocation.decision import SmallRelocationView, relocation_situations
from policies.relocation.home import Home
from policies.small_city import SmallCity, small_city

# One street of ten junctions, a minute apart: A at its west end, B in the west, C at the east end.
STREET = SmallCity(1, 10, 60.0, (0, 3, 9), (0,), home=(0, 1, 2, 2))
TABLE = {"1": ["B"], "2": ["A", "C"], "3": ["A", "B", "C"]}


def standing_at(station: str, number: int) -> AmbulanceView:
    node = STREET.station_node[STREET.stations.index(station)]
    return STREET.ambulance(number)._replace(station=station, node=node)


def moves(
    *available: AmbulanceView | int,
    table: dict[str, list[str]] = TABLE,
    freed: int | None = None,
    closed: tuple[str, ...] = (),
) -> list[Move]:
    """What the table moves; ambulances given by their number stand at their own stations."""
    views = tuple(STREET.ambulance(a) if isinstance(a, int) else a for a in available)
    view = SmallRelocationView(STREET, 0.0, freed, views, (0.25,) * 4, closed)
    return list(ComplianceTable(table).move(view))


def test_nobody_moves_who_stands_where_it_is_wanted() -> None:
    assert moves(0, 1, 2) == []
    assert moves(0, 2) == []
    assert moves(1) == []
    assert moves() == []


def test_gap_is_filled_by_the_one_to_spare() -> None:
    assert moves(0, 1) == [Move(1, "C")]
    assert moves(0) == [Move(0, "B")]
    assert [station for _, station in moves(2, 3)] == ["A"]  # either of the two


def test_the_rest_goes_home() -> None:
    assert moves(0, 1, 2, 3) == []  # 3 wanted; the fourth stands at its own station
    assert moves(0, 1, 2, standing_at("A", 3)) == [Move(3, "C")]
    assert moves(0, standing_at("C", 1), table={"1": ["A"]}) == [Move(1, "B")]
    assert moves(standing_at("C", 1), table={"2": ["A", "C"]}) == [Move(1, "B")]


def test_missing_level_takes_the_nearest_lower_one() -> None:
    table = {"1": ["C"], "4": ["A", "B", "C", "C"]}
    assert moves(0, 1, table=table) == [Move(1, "C")]
    assert moves(0, 1, standing_at("A", 2), table=table) == [Move(1, "C"), Move(2, "C")]


def test_station_named_twice_gets_two() -> None:
    assert moves(0, 1, 2, table={"3": ["C", "C", "A"]}) == [Move(1, "C")]


def test_freed_ambulance_takes_the_place_that_is_open() -> None:
    freed = STREET.ambulance(3, node=4, ready_in_s=10.0)
    assert moves(0, 2, freed, freed=3) == [Move(3, "B")]
    assert moves(0, 1, freed, freed=3) == []  # C, its own station, whither it drives anyway
    assert moves(standing_at("C", 1), freed=1) == []  # B, wherever it drove before


def test_time_to_set_out_does_not_count() -> None:
    # 0 stands at A and needs 60 s to set out; 1 passes the junction of A in 5 s.
    assert moves(0, STREET.ambulance(1, node=0, ready_in_s=5.0), table={"1": ["A"]}) == []


def test_of_equally_quick_plans_the_one_with_fewest_moves() -> None:
    # A to B and B to C are as long as A to C.
    assert moves(0, 1, table={"2": ["B", "C"]}) == [Move(0, "C")]


def test_closed_stations_are_passed_over() -> None:
    assert moves(0, 1, closed=("C",)) == []
    assert moves(0, standing_at("C", 1), table={"1": ["A"]}, closed=("B",)) == []  # its own
    assert moves(0, 1, 2, closed=("A", "B", "C")) == []
    # Could 1 stay at B and man it, 2 would go to A; closed, B needs nobody, and 1 is nearer.
    assert moves(1, 2, table={"2": ["A", "B"]}, closed=("B",)) == [Move(1, "A")]


@given(seed=st.integers(0, 2**32 - 1))
def test_assignment_is_the_best_of_all(seed: int) -> None:
    """With a place for everybody, no plan is quicker, and none as quick moves fewer."""
    rng = np.random.default_rng(seed)
    city = small_city(rng)
    for _, view, _ in relocation_situations(city, rng, 8):
        state = replace(view, available=view.available[:5], freed=None, closed=())
        size = len(state.available)
        wanted = rng.choice(city.stations, size).tolist()
        table = {"9": ["A"], **({str(size): wanted} if size else {})}
        moved = dict(ComplianceTable(table).move(state))
        plan = [moved.get(a.number, a.station) for a in state.available]
        assert sorted(plan) == sorted(wanted)
        plans = set(permutations(wanted))
        least_s = min(travel_s(state, other) for other in plans)
        assert travel_s(state, plan) == pytest.approx(least_s, abs=1e-6)
        quickest = [other for other in plans if travel_s(state, other) < least_s + 1e-6]
        assert len(moved) == min(count_moves(state, other) for other in quickest)


def travel_s(view: SmallRelocationView, plan) -> float:
    rows = [view.stations.index(station) for station in plan]
    pairs = zip(view.available, rows, strict=True)
    return sum(view.travel_to_station_s(a.number)[row] - a.ready_in_s for a, row in pairs)


def count_moves(view: SmallRelocationView, plan) -> int:
    return sum(a.station != station for a, station in zip(view.available, plan, strict=True))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("A", 'table must be like { 1 = ["A"], 2 = ["A", "B"] }, got \'A\''),
        ({}, 'table must be like { 1 = ["A"], 2 = ["A", "B"] }, got {}'),
        (
            {"0": [], "two": ["A"], "2": "AB", "3": [1], "4": list("ABCAB"), "5": ["A"]},
            (
                "table.0: expected a number of ambulances >= 1, got '0'; "
                "table.two: expected a number of ambulances >= 1, got 'two'; "
                "table.2 must be a list of stations, got 'AB'; "
                "table.3 must be a list of stations' names, got [1]; "
                "table.4: 5 stations for 4 ambulances"
            ),
        ),
    ],
)
def test_wrong_tables_are_told_with_every_mistake(table, message: str) -> None:
    with pytest.raises(PolicyError) as error:
        ComplianceTable(table)
    assert str(error.value) == message


def test_unknown_stations_are_told_together() -> None:
    with pytest.raises(PolicyError) as error:
        moves(0, table={"2": ["a", "B"], "3": ["D", "D"]})
    assert str(error.value) == (
        "table.2: no station 'a' (known: A, B, C); table.3: no station 'D' (known: A, B, C)"
    )


def test_home_moves_nobody() -> None:
    view = SmallRelocationView(STREET, 0.0, 0, (STREET.ambulance(0, node=5),), (0.25,) * 4)
    assert Home().move(view) == []
