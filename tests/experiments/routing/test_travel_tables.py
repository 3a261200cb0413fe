"""Travel by air, along a grid, as given and on streets, by hand."""

import numpy as np
import pytest

from environment.disruptions import RoadClosure
from environment.errors import DataError
from environment.roads.network import EARTH_RADIUS_M
from experiments.routing import along_grid, as_given, on_roads, straight_line


def test_a_degree_on_the_equator_and_a_quarter_of_the_globe():
    table = straight_line([0, 0, 90], [0, 1, 0], kph=36, detour=1.5)
    degree_m = EARTH_RADIUS_M * np.pi / 180
    assert table.distance_m[0] == pytest.approx(np.array([0, 1, 90]) * 1.5 * degree_m)
    assert table.travel_s == pytest.approx(table.distance_m / 10)
    assert (table.distance_m == table.distance_m.T).all()


def test_a_grid_is_driven_round_its_corners():
    table = along_grid([0, 300], [0, 400], kph=36)
    assert table.distance_m.tolist() == [[0, 700], [700, 0]]
    assert table.travel_s.tolist() == [[0, 70], [70, 0]]


def test_ways_that_are_closed_or_slow():
    table = as_given([[0, 100, np.nan], [200, 0, 300], [50, 50, 0]], kph=36)
    assert table.travel_s.tolist() == [[0, 10, np.inf], [20, 0, 30], [5, 5, 0]]
    changed = table.changed(closed=[(1, 0)], slower={(2, 1): 3.0})
    assert changed.travel_s.tolist() == [[0, 10, np.inf], [np.inf, 0, 30], [5, 15, 0]]
    assert changed.distance_m[1, 0] == np.inf
    assert table.distance_m[1, 0] == 200
    with pytest.raises(DataError) as refused:
        table.changed(closed=[(0, 7)], slower={(0, 1): 0.5})
    assert str(refused.value).splitlines() == [
        "there is no way from 0 to 7: places are numbered 0 to 2",
        "way 0 to 1: the factor on its time must be >= 1, got 0.5",
    ]


def test_what_is_no_place_or_speed_is_told():
    with pytest.raises(DataError) as refused:
        straight_line([91, np.nan], [0, 400], kph=0, detour=0.5)
    assert str(refused.value).splitlines() == [
        "lat of place 0 must be -90 to 90, got 91",
        "lat of place 1 must be -90 to 90, got nan",
        "lon of place 1 must be -180 to 180, got 400",
        "kph must be above 0, got 0",
        "detour must be >= 1, got 0.5",
    ]


# On the grid of 5 × 5 streets, 200 m apart, at 10 m/s


def test_on_streets_by_the_hour(grid_scenario):
    half = [1.0] * 8 + [0.5] * 16
    scenario = grid_scenario(travel__hourly_speed_factors=half)
    table = on_roads(scenario, [0, 400, 400], [0, 0, 200])
    assert table.distance_m == pytest.approx(
        np.array([[0, 400, 600], [400, 0, 200], [600, 200, 0]])
    )
    assert table.travel_s == pytest.approx(table.distance_m / 10)
    later = on_roads(scenario, [0, 400, 400], [0, 0, 200], depart_s=9 * 3600)
    assert later.travel_s == pytest.approx(table.travel_s * 2)


def test_closed_streets_are_driven_round_and_slow_ones_if_it_is_worth_it(grid_scenario):
    """Between junctions 1 and 2 of the lowest street; round the block it is 600 m."""
    scenario, between = grid_scenario(), RoadClosure(streets=((0, 1),), from_hour=0, until_hour=1)
    places = ([0, 200], [0, 0])
    assert on_roads(scenario, *places).distance_m[0, 1] == pytest.approx(200)
    assert on_roads(scenario, *places, closed=[between]).distance_m[0, 1] == pytest.approx(600)
    slow = on_roads(scenario, *places, slower=[(between, 2.0)])
    assert slow.travel_s[0, 1] == pytest.approx(40)
    slow = on_roads(scenario, *places, slower=[(between, 9.0)])
    assert slow.travel_s[0, 1] == pytest.approx(60)


def test_what_closed_streets_cut_off_has_no_way(grid_scenario):
    corner = RoadClosure(streets=((0, 1), (0, 5)), from_hour=0, until_hour=1)
    table = on_roads(grid_scenario(), [0, 400], [0, 0], closed=[corner])
    assert np.isinf(table.travel_s[[0, 1], [1, 0]]).all()


def test_places_off_the_map_are_told(grid_scenario):
    with pytest.raises(
        DataError, match=r"place 1 at .* is .* m from the nearest street; allowed are"
    ):
        on_roads(grid_scenario(), [0, 9000], [0, 9000])
