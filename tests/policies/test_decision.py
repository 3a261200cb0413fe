"""A decision is one object: whoever adds one adds it to a list, and the rest reads it there."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from policies import registry
from policies.base import InfeasibleError, PolicyError
from policies.check import check_policy
from policies.decision import Decision
from policies.gate import Gate
from policies.registry import DECISIONS, taken_during_run
from policies.small_city import Situation, SmallCity
from policies.watch import Watch
from scenarios.scenario import Scenario


class ParkingView(NamedTuple):
    """Free places of each car park, (p,)."""

    free: NDArray[np.int64]


def checked_park(name: str, answer: Any, view: ParkingView) -> int:
    if answer not in range(len(view.free)) or not view.free[answer]:
        raise PolicyError(f"{name} chose car park {answer!r}, which is full")
    return int(answer)


def parking_situations(
    city: SmallCity, rng: np.random.Generator, count: int
) -> Iterator[Situation]:
    for number in range(count):
        free = rng.integers(0, 5, 2 + len(city.hospital_node))
        free[number % 2] = 1
        yield Situation(None, ParkingView(free), f"{free.sum()} places")


def require_a_place(view: ParkingView) -> None:
    if not view.free.any():
        raise InfeasibleError("all car parks are full: 1 place too few")


PARKING = Decision(
    name="parking",
    description="which car park takes a car",
    method="park",
    asked_with=("view",),
    view=ParkingView,
    taken_by="service",
    built_in={"emptiest": "no_module:Emptiest"},
    default="emptiest",
    checked=checked_park,
    situations=parking_situations,
    require_solvable=require_a_place,
)

EMPTIEST = """\
class Emptiest:
    def park(self, view):
        return int(view.free.argmax())


class FirstOne:
    def park(self, view):
        return 0


class Vandal:
    def park(self, view):
        view.free[:] = 9
"""


@pytest.fixture
def _with_parking(monkeypatch) -> None:
    monkeypatch.setattr(registry, "DECISIONS", MappingProxyType({**DECISIONS, "parking": PARKING}))


@pytest.mark.usefixtures("_with_parking")
def test_a_tenth_decision_is_known_by_its_method_and_checked(write, tmp_path) -> None:
    write("cars.py", EMPTIEST)
    report = check_policy(None, "cars:Emptiest", {}, [tmp_path])
    assert (report.decision, report.problems) == ("parking", ())
    assert report.facts["decisions"] == 576  # 24 in each of 12 cities, twice
    (problem,) = check_policy("parking", "cars:FirstOne", {}, [tmp_path]).problems
    assert problem.startswith("FirstOne chose car park 0, which is full (asked with ")
    (problem,) = check_policy(None, "cars:Vandal", {}, [tmp_path]).problems
    assert "Vandal raised ValueError: assignment destination is read-only (cars.py, li" in problem


@pytest.mark.usefixtures("_with_parking")
def test_a_tenth_decision_is_named_where_all_are(write, tmp_path) -> None:
    write("cars.py", "class Nothing:\n    pass\n")
    (problem,) = check_policy(None, "cars:Nothing", {}, [tmp_path]).problems
    assert problem.endswith("split(view) for sourcing, park(view) for parking")
    (problem,) = check_policy("parkin", "emptiest", {}, []).problems
    assert problem.endswith("sourcing, parking, got 'parkin'")
    assert [decision.name for decision in taken_during_run("service")] == [
        "dispatch", "hospital", "relocation", "signals", "parking",
    ]  # fmt: skip


def test_the_gate_asks_the_planner_that_is_named_until_it_is_replaced() -> None:
    gate = Gate({PARKING: [Always(0), Always(1)]}, Watch())
    view = ParkingView(np.array([1, 1, 1]))
    assert [gate.ask(PARKING, view, planner=planner) for planner in (0, 1)] == [0, 1]
    gate.replace(PARKING, [Always(2)])
    assert gate.ask(PARKING, view) == 2


class Always:
    """Drives to the same place."""

    def __init__(self, place: int) -> None:
        self.place = place

    def park(self, view: ParkingView) -> int:
        return self.place


def test_what_nobody_could_answer_is_not_the_policys_fault() -> None:
    with pytest.raises(InfeasibleError, match=r"^all car parks are full: 1 place too few$"):
        Gate({PARKING: [Always(0)]}, Watch()).ask(PARKING, ParkingView(np.zeros(2, int)))


def test_who_takes_what() -> None:
    told = [(d.name, d.taken_by, d.per_planner, d.is_taken_once) for d in DECISIONS.values()]
    assert told == [
        ("dispatch", "service", True, False),
        ("hospital", "service", False, False),
        ("location", "service", True, True),
        ("relocation", "service", True, False),
        ("signals", "service", False, False),
        ("ordering", "supply", False, False),
        ("allocation", "supply", False, False),
        ("routing", "supply", False, False),
        ("sourcing", "supply", False, False),
    ]


def test_every_decision_is_a_key_whose_default_is_built_in():
    chosen = Scenario().policies
    assert list(type(chosen).model_fields) == list(DECISIONS)
    for name, decision in DECISIONS.items():
        assert getattr(chosen, name).use == decision.default
        assert decision.default in decision.built_in
        assert type(chosen).model_fields[name].description == decision.description
