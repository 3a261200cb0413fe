"""The real extract of Manhattan, clipped at its border as published."""

import os
import subprocess
import sys
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from environment.maps.load import load_map
from environment.maps.osm_file import OsmFile
from environment.roads.graph import from_graph, to_graph
from environment.roads.lights import enters_light, light_of_node

HERE = Path(__file__).resolve()
MANHATTAN = HERE.parents[4] / "shared" / "data" / "manhattan"
SPEEDS = {
    "motorway": 72,
    "trunk": 35,
    "primary": 25,
    "secondary": 22,
    "tertiary": 11,
    "unclassified": 11,
    "residential": 11,
}
CROSSINGS = (
    "signalised pedestrian crossings belong to the lights beside them and get none of their own"
)
KEPT = "kept: a point inside is a junction"
LEFT_OUT = "they cannot be reached from the rest, or not left for it"

pytestmark = pytest.mark.skipif(
    not (MANHATTAN / "manhattan.osm.zip").exists(),
    reason="the extract ../shared/data/manhattan/manhattan.osm.zip is not here",
)


@pytest.fixture(scope="module")
def source():
    return OsmFile(file="manhattan.osm.zip", speeds=SPEEDS)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def roads(source, cache):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CORRIDOR_CACHE", str(cache))
        return load_map(source, MANHATTAN).roads


def test_size(roads):
    assert (roads.node_count, roads.edge_count) == (16_278, 37_961)


def test_strongly_connected_and_without_parallels(roads):
    graph = to_graph(roads)
    assert nx.is_strongly_connected(graph)
    assert nx.DiGraph(graph).number_of_edges() == roads.edge_count
    assert (roads.tail != roads.head).all()
    assert (np.lexsort((roads.head, roads.tail)) == np.arange(roads.edge_count)).all()


def test_every_street_takes_some_time(roads):
    assert np.isfinite(roads.free_flow_s).all()
    assert roads.free_flow_s.min() > 0
    assert (roads.speed_kph.min(), roads.speed_kph.max()) == (11, 72)


def test_no_street_is_shorter_than_the_straight_line_between_its_ends(roads):
    straight_m = np.hypot(*(roads.xy_m[roads.head] - roads.xy_m[roads.tail]).T)
    assert (roads.length_m >= 0.998 * straight_m - 0.1).all()


def test_lights_one_for_each_junction(roads):
    assert roads.has_signal.sum() == 5_081
    assert light_of_node(roads).max() + 1 == 4_425
    assert enters_light(roads).sum() == 11_792


def test_every_mend_is_told(roads):
    assert roads.notes == (
        (
            "closed to cars and left out: 78 ways (9.8 km; 30 access=private, 25 access=no, "
            "14 motor_vehicle=no, 4 service=alley, 5 by other tags)"
        ),
        "closed to cars, but used by ambulances: 4 ways (0.2 km; 4 emergency=yes)",
        "kept, though open to some cars only: 9 ways (0.8 km; 9 motor_vehicle=private)",
        (
            "driven both ways, though their direction changes with the hour: 7 ways (2.7 km; "
            "7 oneway=reversible)"
        ),
        "limits at some hours only not used: 1 way (0.3 km; 1 maxspeed:conditional)",
        (
            "barriers that end streets: 10 (3 access=private, 2 access=no, 2 barrier=bollard, "
            "1 barrier=fence, 2 by other tags)"
        ),
        "3,255 references to nodes outside the file dropped",
        "5,136 nodes are tagged as traffic signals, 5,135 of them on streets that are kept",
        f"1,157 {CROSSINGS}",
        "speeds of street segments: 96,771 as the scenario gives them",
        f"54 street pieces (4.0 km) that end where they begin {KEPT}",
        f"83 street pieces (11.6 km) that have a parallel {KEPT}",
        "26 street pieces (0.5 km) that lie on a faster one dropped",
        f"401 of 16,679 junctions (4 of them with signals; 105.7 km of street) dropped: {LEFT_OUT}",
        "5,131 signal nodes merged into 4,425 traffic lights, one for each junction",
    )


def test_neighbours_on_the_map_are_neighbours_in_memory(roads):
    apart = np.abs(roads.tail.astype(int) - roads.head.astype(int))
    assert np.median(apart) <= 12
    assert np.quantile(apart, 0.9) < roads.node_count / 30


def test_there_and_back_as_an_osmnx_graph(roads):
    assert from_graph(to_graph(roads), name="again").content_hash == roads.content_hash


SECOND_START = """
import sys
from pathlib import Path
from environment.maps.load import load_map
from environment.maps.osm_file import OsmFile
source = OsmFile.model_validate_json(sys.argv[1])
print(load_map(source, Path(sys.argv[2])).roads.content_hash, *sys.modules)
"""


def test_a_second_start_needs_no_map_library(source, roads, cache):
    answer = subprocess.run(
        [sys.executable, "-c", SECOND_START, source.model_dump_json(), str(MANHATTAN)],
        env={**os.environ, "CORRIDOR_CACHE": str(cache)},
        cwd=HERE.parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    content_hash, *modules = answer.stdout.split()
    assert content_hash == roads.content_hash
    assert not {"osmnx", "matplotlib", "osmium", "networkx", "geopandas"} & set(modules)
