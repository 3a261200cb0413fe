"""Maps without a map: inter-city tables and plane grids."""

import networkx as nx
import pytest
from pydantic import ValidationError

from environment.errors import DataError, RoadNetworkError
from environment.maps.inter_city import InterCityTable
from environment.maps.plane_grid import PlaneGrid
from environment.roads.graph import to_graph

NODES = "node_id,lon,lat\nWuhan,114.316,30.581\nHuanggang,114.872,30.453\nXiaogan,113.926,30.926\n"
LINKS = (
    "from,to,time_min,length_km,two_way\n"
    "Wuhan,Huanggang,75,78,yes\nWuhan,Xiaogan,60,,yes\nXiaogan,Huanggang,120,140,no\n"
)


def load(folder, nodes=NODES, links=LINKS):
    (folder / "nodes.csv").write_text(nodes)
    (folder / "links.csv").write_text(links)
    return InterCityTable(nodes="nodes.csv", links="links.csv").load(folder).roads


def test_links_take_the_time_given(tmp_path):
    roads = load(tmp_path)
    graph = to_graph(roads)
    wuhan, huanggang, xiaogan = 0, 1, 2
    assert roads.crs == "epsg:4326"
    assert set(graph.edges()) == {
        (wuhan, huanggang),
        (huanggang, wuhan),
        (wuhan, xiaogan),
        (xiaogan, wuhan),
        (xiaogan, huanggang),
    }
    assert graph[wuhan][huanggang][0]["travel_time"] == pytest.approx(75 * 60)
    assert graph[wuhan][huanggang][0]["length"] == 78_000
    assert graph[wuhan][huanggang][0]["speed_kph"] == pytest.approx(62.4)
    assert graph[xiaogan][huanggang][0]["travel_time"] == pytest.approx(7200)


def test_a_link_without_a_length_is_as_long_as_the_straight_line(tmp_path):
    # Haversine by hand: 53.4 km between (114.316, 30.581) and (113.926, 30.926).
    assert to_graph(load(tmp_path))[0][2][0]["length"] == pytest.approx(53_460, rel=2e-3)


@pytest.mark.parametrize(("column", "value"), [("time_s", 3600), ("time_h", 1)])
def test_units_of_time_and_a_plane(tmp_path, column, value):
    roads = load(
        tmp_path,
        nodes="node_id,x,y\n7,0,0\n8,3000,4000\n",
        links=f"from,to,{column},two_way\n7,8,{value},yes\n",
    )
    assert roads.crs == "plane"
    assert sorted(roads.node_id.tolist()) == [7, 8]
    assert roads.length_m.tolist() == [5000, 5000]
    assert roads.free_flow_s == pytest.approx([3600, 3600])


def test_of_a_link_and_its_slower_double_the_faster_is_kept(tmp_path):
    roads = load(tmp_path, links=LINKS + "Wuhan,Huanggang,50,78,no\n")
    graph = to_graph(roads)
    assert graph[0][1][0]["travel_time"] == pytest.approx(3000)
    assert graph[1][0][0]["travel_time"] == pytest.approx(4500)
    assert roads.notes[0] == "1 street pieces (78.0 km) that lie on a faster one dropped"


def mistakes(folder, **tables):
    with pytest.raises(DataError) as caught:
        load(folder, **tables)
    return [line.removeprefix(f"{folder}/") for line in str(caught.value).splitlines()]


def test_wrong_columns_of_both_tables_are_told_at_once_with_the_nearest(tmp_path):
    assert mistakes(
        tmp_path,
        nodes=NODES.replace("node_id", "nodeid"),
        links=LINKS.replace("from,to", "form,to").replace("two_way", "tow_way"),
    ) == [
        "nodes.csv: no column 'node_id' (did you mean 'nodeid'?)",
        "links.csv: no column 'from' (did you mean 'form'?)",
        "links.csv: unknown column 'tow_way' (did you mean 'two_way'?)",
    ]


def test_wrong_values_are_told_at_once(tmp_path):
    links = (
        "from,to,time_min,length_km,two_way\nWuhan,Huangang,75,78,yes\nWuhan,Xiaogan,0,-0.0,no\n"
    )
    nodes = NODES + "Wuhan,114,30\nMoon,400,30\n"
    assert mistakes(tmp_path, nodes=nodes, links=links) == [
        "nodes.csv: node_id 'Wuhan' is there twice",
        "nodes.csv: node 'Moon': lon must be within ±180 and lat within ±90 degrees, got 400, 30",
        "links.csv: row 2: to is the unknown node 'Huangang' (did you mean 'Huanggang'?)",
        "links.csv: row 3: time_min must be > 0, got 0",
        "links.csv: row 3: length_km must be > 0, got -0",
    ]


def test_a_negative_time_is_told(tmp_path):
    assert mistakes(tmp_path, links="from,to,time_min,two_way\nWuhan,Huanggang,-5,maybe\n") == [
        "links.csv: row 2: time_min must be a number >= 0, got '-5'",
        "links.csv: row 2: two_way must be one of yes, no, got 'maybe'",
    ]


def test_times_and_coordinates_must_be_there(tmp_path):
    assert mistakes(tmp_path, nodes="node_id,lon\nWuhan,114\n", links="from,to\nWuhan,Wuhan\n") == [
        "nodes.csv: needs the columns lon and lat (degrees), or x and y (metres)",
        "links.csv: needs exactly one of the columns time_s, time_min, time_h",
    ]


def test_a_missing_table_is_told(tmp_path):
    with pytest.raises(DataError, match=r"nowhere\.csv: no such file"):
        InterCityTable(nodes="nowhere.csv", links="nowhere.csv").load(tmp_path)


def test_links_that_all_lead_one_way_are_told(tmp_path):
    with pytest.raises(RoadNetworkError, match="links: no two junctions can be driven to"):
        load(tmp_path, links="from,to,time_min\nWuhan,Huanggang,75\n")


def test_grid(tmp_path):
    grid = PlaneGrid(rows=4, columns=5, spacing_m=150, speed_kph=30, signal_every=2)
    roads = grid.load(tmp_path).roads
    graph = to_graph(roads)
    assert (roads.node_count, roads.edge_count) == (20, 2 * (4 * 4 + 3 * 5))
    assert nx.is_isomorphic(nx.Graph(graph), nx.grid_2d_graph(4, 5))
    assert list(roads.bounds) == [0, 0, 600, 450]
    assert set(roads.free_flow_s.round(9)) == {18.0}
    lit = [data for _, data in graph.nodes(data=True) if "highway" in data]
    assert len(lit) == 6
    assert {(data["x"], data["y"]) for data in lit} == {
        (x, y) for x in (0, 300, 600) for y in (0, 300)
    }


def test_grid_without_lights(tmp_path):
    assert not PlaneGrid().load(tmp_path).roads.has_signal.any()


def test_places_beyond_the_earth_are_told(tmp_path):
    """Bug: they overflowed, and ended in a traceback."""
    nodes = "node_id,x,y\n7,0,0\n8,1e308,4000\n"
    links = "from,to,time_s,length_km,two_way\n7,8,60,1e300,yes\n"
    assert mistakes(tmp_path, nodes=nodes, links=links) == [
        "nodes.csv: row 3: x must be a number >= -100000000 and <= 100000000, got '1e308'",
        "links.csv: row 2: length_km must be a number >= 0 and <= 100000, got '1e300'",
    ]


@pytest.mark.parametrize(
    "wrong", [{"rows": 1}, {"spacing_m": 0}, {"spacing_m": 1e300}, {"signal_every": 0}, {"row": 3}]
)
def test_an_impossible_grid_is_refused(wrong):
    with pytest.raises(ValidationError):
        PlaneGrid(**wrong)
