"""GraphML as others than OSMnx of today write it."""

import networkx as nx
import osmnx as ox
import pytest

from environment.errors import RoadNetworkError
from environment.maps.graphml import GraphMlFile

DEGREE_M = 111_195.08
"""Metres along a degree of longitude at the equator, with OSMnx's radius."""


def graphml(edges, *, default="directed", crs="epsg:4326", nodes=None, keys=(), graph=""):
    """A graph on the equator: nodes A, B, C a hundredth of a degree apart."""
    nodes = nodes or {"A": (0.0, 0.0), "B": (0.01, 0.0), "C": (0.02, 0.0)}
    names = ("x", "y", "highway", "length", "maxspeed", "speed_kph", "oneway", "from", "to",
             "geometry", "crs", "simplified", *keys)  # fmt: skip
    declared = "".join(
        f'<key id="{name}" for="all" attr.name="{name}" attr.type="boolean"/>' for name in names
    )
    points = "".join(
        f'<node id="{name}"><data key="x">{x}</data><data key="y">{y}</data></node>'
        for name, (x, y) in nodes.items()
    )
    lines = "".join(
        f'<edge source="{tail}" target="{head}"{more}>'
        + "".join(f'<data key="{key}">{value}</data>' for key, value in data.items())
        + "</edge>"
        for tail, head, more, data in edges
    )
    crs_text = f'<data key="crs">{crs}</data>' if crs else ""
    return (
        f'<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">{declared}'
        f'<graph edgedefault="{default}">{crs_text}<data key="simplified">yes</data>{graph}'
        f"{points}{lines}</graph></graphml>"
    )


def edge(tail, head, more="", **data):
    return (tail, head, more, {"highway": "residential", **data})


THERE_AND_BACK = [edge("A", "B"), edge("B", "A")]


@pytest.fixture
def load(tmp_path):
    def load(text, **speeds):
        (tmp_path / "town.graphml").write_text(text)
        return GraphMlFile(file="town.graphml", speeds=speeds).load(tmp_path).roads

    return load


def ends(roads):
    return sorted(zip(roads.x[roads.tail].tolist(), roads.x[roads.head].tolist(), strict=True))


@pytest.mark.parametrize(
    "crs",
    [
        "epsg:4326",
        "EPSG:4326 ",
        "{'init': 'epsg:4326'}",
        "+init=epsg:4326",
        "+init=epsg:4326 +type=crs",
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "WGS84",
        "+proj=longlat +datum=WGS84 +no_defs",
        "",
    ],
)
def test_every_name_of_degrees(load, crs):
    """Bug: a name of OSMnx before 0.13 was a traceback."""
    roads = load(graphml(THERE_AND_BACK, crs=crs))
    assert roads.crs == "epsg:4326"
    assert ends(roads) == [(0, 0.01), (0.01, 0)]


def test_metres_of_a_projection_come_to_degrees(load):
    metres = {"A": (0, 0), "B": (1113.1949, 0)}
    roads = load(graphml(THERE_AND_BACK, crs="epsg:3857", nodes=metres))
    assert sorted(roads.x.tolist()) == pytest.approx([0, 0.01], abs=1e-6)


@pytest.mark.parametrize(
    ("crs", "nodes", "message"),
    [
        ("epsg:999999", None, "town: unknown coordinate system 'epsg:999999'; name one as in"),
        ("{" * 500, None, "unknown coordinate system"),
        ("epsg:4326", {"A": (500_000, 0), "B": (1, 1)}, "x must be degrees within ±360, got"),
        ("", {"A": (0, 91), "B": (1, 1)}, "y must be degrees within ±90, got 91 at node A"),
        ("epsg:4326", {"A": ("nan", 0), "B": (1, 1)}, "1 of 2 nodes have no numbers x and y"),
        ("epsg:32633", {"A": (1e300, 1e300), "B": (0, 0)}, "nodes have no numbers x and y|degrees"),
    ],
)
def test_coordinates_that_cannot_be(load, crs, nodes, message):
    with pytest.raises(RoadNetworkError, match=message):
        load(graphml(THERE_AND_BACK, crs=crs, nodes=nodes))


def test_an_undirected_graph_is_driven_both_ways_but_for_oneway_streets(load):
    edges = [
        edge("A", "B", length="700"),
        edge("A", "C", oneway="yes", **{"from": "C", "to": "A"}),
        edge("B", "C", oneway="True"),
    ]
    roads = load(graphml(edges, default="undirected"))
    assert ends(roads) == [(0, 0.01), (0.01, 0), (0.01, 0.02), (0.02, 0)]
    assert roads.length_m.tolist().count(700) == 2
    assert "3 edges are not directed: driven both ways unless oneway" in roads.notes


def test_an_edge_may_be_undirected_in_a_directed_graph(load):
    roads = load(graphml([edge("A", "B", ' directed="false"')]))
    assert ends(roads) == [(0, 0.01), (0.01, 0)]


def test_the_line_of_an_undirected_edge_is_drawn_as_it_is_driven(load):
    line = "LINESTRING (0.01 0, 0.005 0.001, 0.002 0, 0 0)"
    roads = load(graphml([edge("A", "B", geometry=line)], default="undirected"))
    for piece in range(2):
        points = slice(roads.shape_start[piece], roads.shape_start[piece + 1])
        assert roads.shape_x[points][0] == roads.x[roads.tail[piece]]
        assert roads.shape_x[points][-1] == roads.x[roads.head[piece]]


def test_lists_of_values(load):
    there = edge("A", "B", length="[400, 300.5]", maxspeed="['50', '30 mph']")
    back = edge("B", "A", length="(700,)", speed_kph="[20, 18]")
    there[3]["highway"] = "['residential', 'secondary']"
    roads = load(graphml([there, back]))
    assert sorted(roads.length_m.tolist()) == [700, 700.5]
    assert sorted(roads.speed_kph.tolist()) == pytest.approx([18, 48.28032])
    assert set(roads.road_classes) == {"residential", "secondary"}


@pytest.mark.parametrize(
    ("value", "length_m"),
    [("soon", 1111.95), ("nan", 1111.95), ("-5", 1111.95), ("[" * 5000, 1111.95), ("12.5", 12.5)],
)
def test_a_length_that_is_none_is_measured(load, value, length_m):
    roads = load(graphml([edge("A", "B", length=value), edge("B", "A", length=value)]))
    assert roads.length_m.tolist() == pytest.approx([length_m] * 2, rel=1e-4)


@pytest.mark.parametrize(
    "line",
    ["LINESTRING (0 0", "POINT (1 1)", "LINESTRING EMPTY", "LINESTRING (0 0, nan 1)", "hello"],
)
def test_a_geometry_that_is_no_line_is_drawn_straight_and_told(load, line):
    roads = load(graphml([edge("A", "B", geometry=line), edge("B", "A")]))
    assert roads.length_m.tolist() == pytest.approx([0.01 * DEGREE_M] * 2, rel=1e-5)
    assert "1 edges with a geometry that is no line are drawn straight" in roads.notes


def test_nodes_with_numbers_keep_them_and_others_are_counted(load):
    nodes = {"17": (0, 0), "-4": (0.01, 0)}
    numbered = load(graphml([edge("17", "-4"), edge("-4", "17")], nodes=nodes))
    assert sorted(numbered.node_id.tolist()) == [-4, 17]
    assert sorted(load(graphml(THERE_AND_BACK)).node_id.tolist()) == [0, 1]
    huge = {str(2**63): (0, 0), str(10**40): (0.01, 0)}
    first, second = huge
    roads = load(graphml([edge(first, second), edge(second, first)], nodes=huge))
    assert sorted(roads.node_id.tolist()) == [0, 1]


def test_what_networkx_and_osmnx_write_undirected(load, tmp_path):
    graph = nx.MultiDiGraph(crs="epsg:4326")
    graph.add_nodes_from([(1, {"x": 0.0, "y": 0.0}), (2, {"x": 0.01, "y": 0.0})])
    graph.add_edges_from([(1, 2), (2, 1)], highway="residential", osmid=5, length=1200.0)
    ox.save_graphml(ox.convert.to_undirected(graph), tmp_path / "undirected.graphml")
    roads = load((tmp_path / "undirected.graphml").read_text())
    assert sorted(roads.node_id.tolist()) == [1, 2]
    assert roads.length_m.tolist() == [1200, 1200]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<graphml/>", "there is no graph in it, its outermost element is 'graphml'"),
        ("<osm><graph/></osm>", "there is no graph in it, its outermost element is 'osm'"),
        ("<graphml><graph/></graphml>", "no drivable road in it"),
        (graphml([edge("A", "Z")]), "1 ends of edges are nodes that the file does not have, .*'Z'"),
        ("<a>" * 50_000, "not a GraphML file that OSMnx saved"),
    ],
)
def test_what_is_no_graph_is_told(load, text, message):
    with pytest.raises(RoadNetworkError, match=message):
        load(text)
