"""OSMnx graphs in, OSMnx graphs out."""

import networkx as nx
import numpy as np
import osmnx as ox
import pytest
import shapely

from environment.errors import RoadNetworkError
from environment.maps.graphml import GraphMlFile
from environment.maps.place import Place
from environment.maps.plane_grid import PlaneGrid
from environment.roads.graph import from_graph, to_graph
from environment.roads.speed_limits import speed_limit
from environment.roads.speeds import SpeedParameters, highest_class

GRAPHML = (
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed">'
    "%s</graph></graphml>"
)


@pytest.fixture
def avenue():
    """An avenue of four blocks of 0.002° with a cross street, unsimplified, as OSMnx reads it."""
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for node in range(5):
        graph.add_node(node, x=0.002 * node, y=0.0)
    graph.add_node(5, x=0.004, y=0.002)
    graph.nodes[1]["highway"] = "traffic_signals"
    graph.nodes[3]["highway"] = "crossing"
    for tail, head in ((0, 1), (1, 2), (2, 3), (3, 4)):
        for ends in ((tail, head), (head, tail)):
            graph.add_edge(*ends, osmid=1, highway="secondary", maxspeed="30 mph")
    for ends in ((2, 5), (5, 2)):
        graph.add_edge(*ends, osmid=2, highway="residential")
    return graph


def speed_between(roads, tail, head):
    index = {node: i for i, node in enumerate(roads.node_id.tolist())}
    edge = np.flatnonzero((roads.tail == index[tail]) & (roads.head == index[head]))
    return float(roads.speed_kph[edge].item())


def test_a_light_in_mid_block_outlives_simplification_and_a_crossing_does_not(avenue):
    roads = from_graph(avenue, name="avenue")
    assert sorted(roads.node_id.tolist()) == [0, 1, 2, 4, 5]
    assert roads.node_id[roads.has_signal].tolist() == [1]


def test_the_graph_given_is_left_as_it_is(avenue):
    before = nx.node_link_data(avenue)
    from_graph(avenue, name="avenue", speeds=SpeedParameters(residential=5))
    assert nx.node_link_data(avenue) == before


def test_order_of_speeds(avenue):
    avenue[2][5][0]["speed_kph"] = 17.0
    roads = from_graph(avenue, name="avenue", speeds=SpeedParameters(secondary=40))
    assert speed_between(roads, 2, 4) == 40  # the scenario's before the tag
    assert speed_between(roads, 2, 5) == 17  # the graph's own
    assert speed_between(roads, 5, 2) == 25  # the class's default
    assert speed_between(from_graph(avenue, name="avenue"), 2, 4) == pytest.approx(48.28032)
    assert roads.notes == (
        (
            "speeds of street segments: 8 as the scenario gives them, 1 as the graph has them, "
            "1 by the default of their class"
        ),
    )


def test_a_street_of_two_speeds_takes_the_time_of_both(avenue):
    for ends in ((3, 4), (4, 3)):
        avenue.edges[*ends, 0]["maxspeed"] = "60 mph"
    assert speed_between(from_graph(avenue, name="avenue"), 2, 4) == pytest.approx(
        2 / (1 / 48.28032 + 1 / 96.56064)
    )


@pytest.mark.parametrize("simplified", [False, True])
def test_graphml_as_osmnx_saves_it(avenue, tmp_path, simplified):
    graph = ox.simplify_graph(ox.distance.add_edge_lengths(avenue)) if simplified else avenue
    ox.save_graphml(graph, tmp_path / "avenue.graphml")
    roads = GraphMlFile(file="avenue.graphml").load(tmp_path).roads
    assert roads.name == "avenue"
    assert roads.node_count == (4 if simplified else 5)  # OSMnx itself loses the light
    assert roads.length_m.sum() == pytest.approx(2 * 5 * 0.002 * 111_195, rel=1e-4)
    assert set(roads.road_classes) == {"residential", "secondary"}


def test_a_simplified_graph_without_lengths_is_measured_along_its_lines(avenue):
    graph = ox.simplify_graph(ox.distance.add_edge_lengths(avenue))
    for _, _, data in graph.edges(data=True):
        del data["length"]
    assert from_graph(graph, name="avenue").length_m.sum() == pytest.approx(2223.9, rel=1e-4)


def test_a_projected_graph_comes_back_to_degrees(avenue):
    projected = ox.project_graph(ox.distance.add_edge_lengths(avenue))
    roads, plain = from_graph(projected, name="avenue"), from_graph(avenue, name="avenue")
    assert roads.crs == "epsg:4326"
    assert dict(zip(roads.node_id, roads.x, strict=True)) == pytest.approx(
        dict(zip(plain.node_id, plain.x, strict=True)), abs=1e-9
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("hello", r"town\.graphml: not a GraphML file that OSMnx saved"),
        ("<graphml/>", r"town\.graphml: not a GraphML file that OSMnx saved"),
        (
            GRAPHML % '<node id="1"/>',
            "town: there is no drivable road in it",
        ),
        (
            GRAPHML % '<node id="1"/><node id="2"/><edge source="1" target="2"/>',
            "town: 2 of 2 nodes have no numbers x and y, the first of them node 1",
        ),
    ],
)
def test_what_is_no_street_graph_is_told(tmp_path, content, message):
    (tmp_path / "town.graphml").write_text(content)
    with pytest.raises(RoadNetworkError, match=message):
        GraphMlFile(file="town.graphml").load(tmp_path)


def test_a_missing_graphml_file_is_told(tmp_path):
    with pytest.raises(RoadNetworkError, match=r"nowhere\.graphml: no such file"):
        GraphMlFile(file="nowhere.graphml").load(tmp_path)


def test_there_and_back(avenue):
    roads = from_graph(avenue, name="avenue")
    graph = to_graph(roads)
    assert graph.graph["crs"] == "epsg:4326"
    assert graph.nodes[1] == {"x": 0.002, "y": 0.0, "highway": "traffic_signals"}
    data = graph[2][4][0]
    assert data["travel_time"] == pytest.approx(data["length"] / data["speed_kph"] * 3.6)
    assert data["geometry"] == shapely.LineString([(0.004, 0), (0.006, 0), (0.008, 0)])
    assert data["highway"] == "secondary"
    assert from_graph(graph, name="avenue").content_hash == roads.content_hash


def test_osmnx_finds_a_route_on_what_we_give_back(avenue):
    assert ox.shortest_path(to_graph(from_graph(avenue, name="avenue")), 0, 5) == [0, 1, 2, 5]


def test_a_plane_goes_there_and_back(tmp_path):
    roads = PlaneGrid(rows=3, columns=4, signal_every=2).load(tmp_path).roads
    again = from_graph(to_graph(roads), name="grid")
    assert again.crs == "plane"
    assert again.edge_count == roads.edge_count == 34
    assert set(again.node_id[again.has_signal]) == set(roads.node_id[roads.has_signal])


def test_a_place_is_downloaded_whole_and_simplified_here(avenue, monkeypatch, tmp_path):
    class Found:
        def union_all(self):
            return "outline"

    asked: dict[str, object] = {}
    monkeypatch.setenv("CORRIDOR_CACHE", str(tmp_path))
    monkeypatch.setattr(ox, "geocode_to_gdf", lambda place: asked.update(place=place) or Found())
    monkeypatch.setattr(
        ox, "graph_from_polygon", lambda area, **how: asked.update(area=area, **how) or avenue
    )
    before = ox.settings.cache_folder
    roads = Place(place="Avenue, Nowhere").load(tmp_path).roads
    assert asked == {
        "place": "Avenue, Nowhere",
        "area": "outline",
        "network_type": "drive",
        "simplify": False,
        "retain_all": True,
    }
    assert (roads.name, roads.node_count) == ("Avenue, Nowhere", 5)
    assert ox.settings.cache_folder == before


def test_offline_a_place_is_one_sentence(monkeypatch, tmp_path):
    import requests

    def refuse(*_, timeout, **__):
        assert timeout == 10
        raise requests.exceptions.ConnectionError

    monkeypatch.setenv("CORRIDOR_CACHE", str(tmp_path))
    monkeypatch.setattr(requests, "get", refuse)
    with pytest.raises(RoadNetworkError) as caught:
        Place(place="Delft, Netherlands").load(tmp_path)
    assert str(caught.value) == (
        "'Delft, Netherlands': looking a place up needs the internet, and "
        "nominatim.openstreetmap.org did not answer; offline, take an extract from "
        'https://download.geofabrik.de with source = "osm_file"'
    )


@pytest.mark.parametrize(
    ("tag", "kph"),
    [
        ("50", 50),
        ("50 km/h", 50),
        ("25 mph", 40.2336),
        (["30 mph", "25 mph"], 40.2336),
        ("80;60", 60),
        ("walk", None),
        ("DE:urban", 50),
        ("RU:urban", 60),
        ("ru:living_street", 20),
        ("XX:rural", 90),
        ("DE:zone:30", 30),
        ("zone30", 30),
        ("FR:zone30", 30),
        ("BE-VLG:rural", 70),
        ("UK:nsl_single", 96.56064),
        ("DE-BY:rural", 100),
        ("DE:motorway", None),
        ("none", None),
        ("signals", None),
        ("30mph", 48.28032),
        ("30 MPH; 50", 48.28032),
        ("50|70|90", 50),
        ("RU:urban;40", 40),
        (["RU:rural", "signals"], 90),
        (60, 60),
        (60.5, 60.5),
        ("0", None),
        ("1e9", None),
        ("99999", None),
        ("9" * 500, None),
        ([], None),
        (None, None),
    ],
)
def test_maxspeed_tags(tag, kph):
    assert speed_limit(tag).kph == (None if kph is None else pytest.approx(kph))


def test_limits_by_name_are_told_and_so_are_tags_without_a_speed(avenue):
    for ends, tag in (((2, 3), "RU:urban"), ((3, 4), "RU:urban"), ((4, 3), "signals")):
        avenue.edges[*ends, 0]["maxspeed"] = tag
    assert from_graph(avenue, name="avenue").notes[:3] == (
        "speeds of street segments: 7 by their maxspeed tag, 3 by the default of their class",
        "maxspeed tags that name a limit, used: 2 RU:urban",
        "maxspeed tags without a known speed, for which the default of the class stands: 1 signals",
    )


def test_of_several_classes_the_highest_counts():
    assert highest_class(["residential", "primary_link", "tertiary"]) == "primary_link"
    assert highest_class("busway") == "busway"
    assert highest_class(None) == "road"


def test_a_link_follows_its_parent_unless_it_is_given_itself():
    speeds = SpeedParameters(trunk=35, motorway=72, motorway_link=40)
    assert speeds.given_kph("trunk_link") == 35
    assert speeds.given_kph("motorway_link") == 40
    assert speeds.given_kph("primary_link") is None
