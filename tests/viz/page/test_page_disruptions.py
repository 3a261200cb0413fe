"""What a run is asked for when a visitor has clicked on the map."""

import pytest

from scenarios.errors import ScenarioError
from viz.page.live.disruptions import kind_for, request_at, request_for

BASE_MAP = {"districts": [{"id": "north", "x": 0, "y": 900}, {"id": "south", "x": 0, "y": -900}]}
CLICK = {"id": "hospital-H 1", "kind": "hospital", "x": 3.0, "y": -4.0}


@pytest.mark.parametrize(
    ("wish", "request_"),
    [
        (
            {"what": "road_closure", "radius": "250", "hours": "3", "cases": ""},
            {"kind": "road_closure", "x_m": 3.0, "y_m": -4.0, "radius_m": 250.0, "hours": 3.0},
        ),
        (
            {"what": "hospital_closed", "hours": 2},
            {"kind": "hospital_closed", "hospital": "H 1", "hours": 2.0},
        ),
        (
            {"what": "outbreak", "cases": "40"},
            {"kind": "outbreak", "district": "south", "cases": 40},
        ),
    ],
)
def test_what_is_asked_for(wish, request_):
    assert request_at(wish, CLICK, BASE_MAP) == request_


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"what": "station_closed", "hours": 1}, "^Click the station: there is none where you"),
        ({"what": "hospital_closed", "hours": "x"}, "^hours must be a number, got 'x'"),
        ({"what": "road_closure", "hours": 1}, "^radius must be a number, got None"),
    ],
)
def test_what_cannot_be_asked_for(wish, said):
    with pytest.raises(ScenarioError, match=said):
        request_at(wish, CLICK, BASE_MAP)


def test_an_outbreak_needs_districts():
    with pytest.raises(ScenarioError, match="no districts"):
        request_at({"what": "outbreak", "cases": 1}, CLICK, {"districts": []})


def test_a_site_is_closed_by_its_id_on_the_map():
    assert kind_for("supplier-A-1") == "supplier_disrupted"
    assert kind_for("ambulance-3") == kind_for("") == ""
    assert request_for("supplier-A-1", "supplier_disrupted", 6.0) == {
        "kind": "supplier_disrupted", "supplier": "A-1", "hours": 6.0,
    }  # fmt: skip
