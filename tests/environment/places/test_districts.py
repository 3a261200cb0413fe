"""Districts of a city's tables, and around demand points; how many people live in each."""

import numpy as np
import pytest

from environment.districts import Districts, inhabitants
from environment.errors import DataError
from simulation.preparation import prepare

WITH_DISTRICTS = """\
site_id,kind,x,y,ambulances,district
S1,station,0,0,1,west
S2,station,800,600,1,east
H1,hospital,800,0,0,west
H2,hospital,0,800,0,moor
"""


def supplies(*points):
    """A supply side with distributors at some places."""
    here = {"x": 0, "y": 0}
    return {
        "items": [{"name": "masks"}],
        "sites": {
            "suppliers": [{"site_id": "P", **here, "rate_per_day": {"masks": 10}}],
            "stores": [{"site_id": "W", **here}],
            "distributors": [
                {"site_id": f"D{number}", "x": x, "y": y} for number, (x, y) in enumerate(points)
            ],
        },
    }


def test_each_station_has_its_own_district(grid_scenario):
    districts = prepare(grid_scenario()).districts
    assert districts.names == districts.of_station == ("S1", "S2")
    # Zones A to D; S1 and S2 are as far from B, and of equals the first is taken.
    assert districts.of_zone == ("S1", "S2", "S2", "S2")
    assert districts.of_hospital == ("S2", "S1")
    assert districts.rows_of_zones.tolist() == [0, 1, 1, 1]


def test_hospitals_have_the_district_of_the_table_if_a_station_serves_it(grid_scenario):
    districts = prepare(grid_scenario({"sites.csv": WITH_DISTRICTS})).districts
    assert districts.names == ("west", "east")
    assert districts.of_hospital == ("west", "west")  # H2 is reached first from S1


def test_everything_belongs_to_the_demand_point_reached_first(grid_scenario):
    # S1 is 2 grid steps from D0 and 6 from D1; C is 2 from D1.
    districts = prepare(grid_scenario(supplies=supplies((400, 0), (600, 800)))).districts
    assert districts.names == ("D0", "D1")
    assert districts.of_zone == ("D0", "D0", "D1", "D1")
    assert districts.of_station == ("D0", "D1")
    assert districts.of_hospital == ("D0", "D1")


def test_a_district_without_station_is_named(grid_scenario):
    scenario = grid_scenario(supplies=supplies((0, 0), (800, 600), (800, 0)))
    with pytest.raises(DataError) as told:
        prepare(scenario)
    assert str(told.value) == (
        "supplies.sites.distributors: no station is nearest to 'D2', and its district needs one; "
        "those of the others: D0, D1"
    )


def test_a_distributor_off_the_map(grid_scenario):
    with pytest.raises(DataError, match=r"distributors: D1 at \(9000, 0\) lies 8.2 km from"):
        prepare(grid_scenario(supplies=supplies((0, 0), (9000, 0))))


SHARES = np.array([0.3, 0.5, 0.2])
DISTRICTS = Districts(("a", "b", "a"), ("a", "b", "c"), (), ("a", "b", "c"))


def test_people_live_where_calls_come_from():
    assert inhabitants(DISTRICTS, SHARES, 1001, {}) == {"a": 501, "b": 500, "c": 0}


def test_what_is_given_goes_first():
    assert inhabitants(DISTRICTS, SHARES, 1000, {"b": 7}) == {"a": 500, "b": 7, "c": 0}
    given = {"a": 1, "b": 2, "c": 3}
    assert inhabitants(DISTRICTS, SHARES, None, given) == given


def test_nobody_says_how_many():
    with pytest.raises(DataError, match=r"epidemic.persons must be given \(>= 1\)"):
        inhabitants(DISTRICTS, SHARES, None, {"a": 5})
