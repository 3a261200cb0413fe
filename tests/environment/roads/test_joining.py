"""Places are joined to streets on which one can stop."""

from dataclasses import replace

import numpy as np
import pytest

from environment.maps.plane_grid import PlaneGrid
from environment.places.city import PlaceParameters, join_to_streets
from environment.roads.network import RoadNetwork


@pytest.fixture
def grid() -> RoadNetwork:
    """Three by three junctions 100 m apart; junction 0 is at the origin, 4 in the middle."""
    roads = PlaneGrid(rows=3, columns=3, spacing_m=100).load(None).roads  # type: ignore[arg-type]
    return replace(roads, road_classes=("residential", "motorway", "trunk_link"))


def with_class(roads: RoadNetwork, road_class: int, junction: int) -> RoadNetwork:
    """Every street piece at a junction is of this class."""
    touches = (roads.tail == junction) | (roads.head == junction)
    classes = np.where(touches, road_class, 0).astype(np.int16)
    return replace(roads, road_class=classes)


def join(roads: RoadNetwork, x: float, y: float) -> tuple[int, float]:
    node, access_s = join_to_streets(
        "station", np.array(["S"]), np.array([x]), np.array([y]), roads,
        PlaceParameters(access_kph=36), [],
    )  # fmt: skip
    return int(node[0]), float(access_s[0])


@pytest.mark.parametrize("road_class", [1, 2])
def test_nobody_stops_on_a_motorway_or_ramp(grid: RoadNetwork, road_class: int) -> None:
    """On Manhattan a station below an urban motorway was joined to it: +40 s mean response."""
    motorway = with_class(grid, road_class, junction=4)
    on_street, access_s = join(grid, 110, 95)
    np.testing.assert_allclose(np.column_stack(grid.stop_xy(on_street)), [[110, 100]], atol=1e-4)
    assert access_s == 0.5
    # 110 m east, 95 m north: the street at 200 m east is 90 m away, and nothing is nearer.
    beyond, access_s = join(motorway, 110, 95)
    np.testing.assert_allclose(np.column_stack(grid.stop_xy(beyond)), [[200, 95]], atol=1e-4)
    assert access_s == 9.0


def test_where_all_are_trunk_roads_one_stops_at_their_junctions(grid: RoadNetwork) -> None:
    towns = replace(grid, road_classes=("trunk",), road_class=np.zeros_like(grid.road_class))
    assert towns.has_doors.all()
    assert towns.is_between_towns
    assert join(towns, 110, 100) == (4, 1.0)
