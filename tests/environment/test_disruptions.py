"""Parameters of disruptions: what is a closure, a surge, an event with many casualties."""

import pytest
from pydantic import TypeAdapter, ValidationError

from environment.disruptions import Disruption, MassCasualty, RoadClosure, Surge

read = TypeAdapter(Disruption).validate_python

HOURS = {"from_hour": 1, "until_hour": 2.5}
EVENT = {
    "kind": "mass_casualty", "at_hour": 3, "x": 1, "y": 2, "casualties": 9,
    "triage": {"red": 0.3, "green": 0.7}, "reported_as": "red",
}  # fmt: skip


def mistake(data):
    with pytest.raises(ValidationError) as caught:
        read(data)
    (error,) = caught.value.errors()
    return error["msg"]


def test_hours_are_told_in_seconds_too():
    surge = read({"kind": "surge", "factor": 2, **HOURS})
    assert isinstance(surge, Surge)
    assert (surge.from_s, surge.until_s) == (3_600.0, 9_000.0)
    event = read(EVENT)
    assert isinstance(event, MassCasualty)
    assert event.at_s == 10_800.0


@pytest.mark.parametrize("until", [1, 0.5])
def test_what_ends_before_it_begins_is_refused(until):
    said = mistake({"kind": "surge", "factor": 2, "from_hour": 1, "until_hour": until})
    assert said.endswith(f"until_hour must be > from_hour, got {until:g} and 1")


@pytest.mark.parametrize(
    ("form", "got"),
    [
        ({}, "none of them"),
        ({"x": 1, "y": 2}, "x, y"),
        ({"x": 1, "radius_m": 2}, "x, radius_m"),
        ({"x": 1, "y": 2, "radius_m": 3, "streets": [[1, 2]]}, "x, y, radius_m, streets"),
        ({"y": 2, "streets": [[1, 2]]}, "y, streets"),
    ],
)
def test_a_closure_is_a_circle_or_a_list_of_streets(form, got):
    said = mistake({"kind": "road_closure", **HOURS, **form})
    assert said.endswith(f"must have either x, y and radius_m, or streets; got {got}")


def test_both_forms_of_a_closure():
    circle = read({"kind": "road_closure", **HOURS, "x": 0, "y": 2, "radius_m": 3})
    assert isinstance(circle, RoadClosure)
    assert circle.circle == (0, 2, 3)
    streets = read({"kind": "road_closure", **HOURS, "streets": [[1, 2], [2, 3]], "one_way": True})
    assert isinstance(streets, RoadClosure)
    assert streets.circle is None
    assert streets.streets == ((1, 2), (2, 3))


def test_a_circle_is_not_one_way():
    form = {"x": 0, "y": 2, "radius_m": 3, "one_way": True}
    assert "one_way is for streets" in mistake({"kind": "road_closure", **HOURS, **form})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"triage": {"red": 0.3, "green": 0.6}}, "the shares of triage must sum to 1, got 0.9"),
        ({"triage": {}}, "at least 1 item"),
        ({"casualties": 0}, "greater than or equal to 1"),
        ({"x": float("nan")}, "finite number"),
        ({"transported_share": 1.1}, "less than or equal to 1"),
    ],
)
def test_an_event_that_cannot_be_is_refused(change, said):
    assert said in mistake({**EVENT, **change})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"kind": "surge", "factor": 0.9, **HOURS}, "greater than or equal to 1"),
        ({"kind": "surge", "factor": 2, "zones": [], **HOURS}, "at least 1 item"),
        ({"kind": "surge", "factor": 2, "zone": ["A"], **HOURS}, "Extra inputs"),
        ({"kind": "surge", "factor": 2, "from_hour": -1, "until_hour": 1}, "equal to 0"),
        ({"kind": "station_closed", **HOURS}, "Field required"),
        ({"kind": "hospital_closed", "hospital": 7, **HOURS}, "valid string"),
        ({"kind": "flood"}, "does not match any of the expected tags"),
    ],
)
def test_other_mistakes(data, said):
    assert said in mistake(data)
