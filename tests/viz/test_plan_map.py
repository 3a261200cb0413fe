"""The map of a plan."""

from types import SimpleNamespace

from environment.roads.network import GEOGRAPHIC
from viz.plans.map import places_xy


def test_places_on_both_sides_of_the_date_line_lie_side_by_side():
    places = [SimpleNamespace(x=x, y=-17.0) for x in (179.99, -179.9, -179.8)]
    plan = SimpleNamespace(asked=SimpleNamespace(crs=GEOGRAPHIC, places=places))
    assert places_xy(plan)[:, 0].round(6).tolist() == [179.99, 180.1, 180.2]
