"""An OpenStreetMap extract small enough to know every street of it."""

import bz2
import gzip
import zipfile
from dataclasses import fields

import numpy as np
import osmium
import pytest

from environment.errors import RoadNetworkError
from environment.maps.osm_file import OsmFile
from environment.maps.osm_tags import is_drivable
from environment.roads.lights import light_of_node

# A ring 1-2-3-4 with a bend (5) between 1 and 2, a one-way short cut 1 → 3, a dead end 8, a private
# road from 4, and a street that leaves the file (nodes 90 and 91) and comes back.
#
#     4 ------- 3
#     |       / |
#     |     /   6  <- light 11 m from junction 3
#     |   /     |
#     1 -- 5 -- 2 --- 8
#
EXTRACT = """<?xml version="1.0"?>
<osm version="0.6">
 <node id="1" lat="0.000" lon="0.000"/>
 <node id="2" lat="0.000" lon="0.010"/>
 <node id="3" lat="0.010" lon="0.010"/>
 <node id="4" lat="0.010" lon="0.000"><tag k="highway" v="crossing"/></node>
 <node id="5" lat="0.001" lon="0.005"/>
 <node id="6" lat="0.0099" lon="0.010"><tag k="highway" v="traffic_signals;crossing"/></node>
 <node id="7" lat="0.005" lon="0.000"><tag k="highway" v="traffic_signals"/></node>
 <node id="8" lat="0.020" lon="0.020"/>
 <node id="9" lat="0.0101" lon="0.000"><tag k="crossing" v="traffic_signals"/></node>
 <way id="1"><nd ref="1"/><nd ref="5"/><nd ref="5"/><nd ref="2"/>
  <tag k="highway" v="primary"/></way>
 <way id="2"><nd ref="2"/><nd ref="6"/><nd ref="3"/><nd ref="4"/>
  <tag k="highway" v="residential"/><tag k="maxspeed" v="20 mph"/></way>
 <way id="3"><nd ref="4"/><nd ref="7"/><nd ref="1"/><tag k="highway" v="residential"/></way>
 <way id="4"><nd ref="3"/><nd ref="1"/>
  <tag k="highway" v="tertiary_link"/><tag k="oneway" v="-1"/></way>
 <way id="5"><nd ref="2"/><nd ref="8"/><tag k="highway" v="service"/></way>
 <way id="6"><nd ref="4"/><nd ref="8"/>
  <tag k="highway" v="residential"/><tag k="access" v="private"/></way>
 <way id="7"><nd ref="3"/><nd ref="90"/><nd ref="91"/><nd ref="8"/>
  <tag k="highway" v="residential"/></way>
 <way id="8"><nd ref="2"/><nd ref="8"/><tag k="highway" v="residential"/></way>
</osm>
"""

CROSSINGS = (
    "signalised pedestrian crossings belong to the lights beside them and get none of their own"
)


@pytest.fixture
def extract(tmp_path):
    path = tmp_path / "town.osm"
    path.write_text(EXTRACT)
    return path


def load(path, **speeds):
    return OsmFile(file=path.name, speeds=speeds).load(path.parent).roads


def streets_of(roads):
    ends = zip(roads.node_id[roads.tail].tolist(), roads.node_id[roads.head].tolist(), strict=True)
    return {pair: edge for edge, pair in enumerate(ends)}


def test_streets_of_the_extract(extract):
    two_way = {(1, 2), (2, 6), (6, 3), (3, 7), (7, 1), (2, 8)}  # 4 is only a bend from 3 to 7
    there_and_back = two_way | {(head, tail) for tail, head in two_way}
    assert set(streets_of(load(extract))) == there_and_back | {(1, 3)}


def test_a_bend_counts_in_the_length_and_stays_in_the_drawing(extract):
    roads = load(extract)
    edge = streets_of(roads)[1, 2]
    assert roads.length_m[edge] == pytest.approx(2 * 111_194.9 * np.hypot(0.005, 0.001), rel=1e-4)
    points = slice(roads.shape_start[edge], roads.shape_start[edge + 1])
    assert roads.shape_x[points].tolist() == [0.0, 0.005, 0.010]
    assert roads.shape_y[points].tolist() == [0.0, 0.001, 0.0]


def test_speeds_by_scenario_then_maxspeed_then_class(extract):
    roads = load(extract, primary=50, tertiary=12)
    streets = streets_of(roads)
    assert roads.speed_kph[streets[1, 2]] == 50
    assert roads.speed_kph[streets[1, 3]] == 12  # a link follows its parent
    assert roads.speed_kph[streets[2, 6]] == pytest.approx(20 * 1.609344)
    assert roads.speed_kph[streets[7, 1]] == 25


def test_a_light_on_the_approach_moves_to_its_junction_and_one_in_mid_block_stays(extract):
    roads = load(extract)
    assert sorted(roads.node_id[roads.has_signal].tolist()) == [3, 7]
    assert light_of_node(roads).max() == 1


def test_every_mend_is_told(extract):
    assert load(extract).notes == (
        "closed to cars and left out: 1 way (2.5 km; 1 access=private)",
        (
            "service roads, bus roads and pedestrian streets left out: "
            "1 way (2.5 km; 1 highway=service)"
        ),
        "2 references to nodes outside the file dropped",
        "2 nodes are tagged as traffic signals, 2 of them on streets that are kept",
        f"1 {CROSSINGS}",
        "speeds of street segments: 11 by the default of their class, 6 by their maxspeed tag",
    )


def test_a_street_never_jumps_over_a_gap(tmp_path):
    path = tmp_path / "gap.osm"
    path.write_text(
        EXTRACT.replace('<nd ref="2"/><nd ref="6"/><nd ref="3"/>', '<nd ref="2"/><nd ref="6"/>'
                        '<nd ref="77"/><nd ref="3"/>')
    )  # fmt: skip
    streets = streets_of(load(path))
    assert (6, 3) not in streets
    assert (3, 7) in streets


def pack_bz2(path):
    target = path.with_suffix(".osm.bz2")
    target.write_bytes(bz2.compress(path.read_bytes()))
    return target


def pack_gz(path):
    target = path.with_suffix(".osm.gz")
    target.write_bytes(gzip.compress(path.read_bytes()))
    return target


def pack_zip(path):
    target = path.with_suffix(".zip")
    with zipfile.ZipFile(target, "w") as archive:
        archive.write(path, path.name)
        archive.writestr("README.txt", "streets")
    return target


def pack_pbf(path):
    target = path.with_suffix(".osm.pbf")
    with osmium.SimpleWriter(target) as writer:
        for item in osmium.FileProcessor(path):
            writer.add(item)
    return target


@pytest.mark.parametrize("pack", [pack_bz2, pack_gz, pack_zip, pack_pbf])
def test_every_packing_gives_the_same_streets(extract, pack):
    plain, packed = load(extract), load(pack(extract))
    assert packed.content_hash == plain.content_hash
    assert packed.notes == plain.notes
    assert {field.name for field in fields(plain)} == {field.name for field in fields(packed)}


def test_ways_may_stand_before_their_nodes(extract, tmp_path):
    """Bug: of a file as Overpass writes it, every node was told to be outside the file."""
    head, *lines = EXTRACT.partition('<osm version="0.6">\n')[2].split(" <way")
    overpass = tmp_path / "overpass.osm"
    ways = "".join(f" <way{line}" for line in lines).replace("</osm>", "")
    overpass.write_text(
        '<osm version="0.6"><note>ODbL</note><meta osm_base="2026-11-30T00:00:00Z"/>'
        f"{ways}{head}</osm>"
    )
    assert load(overpass).content_hash == load(extract).content_hash
    assert load(overpass).notes == load(extract).notes


def test_places_of_nodes_may_stand_in_the_ways(tmp_path):
    """As Overpass writes them with ``out geom``."""
    path = tmp_path / "geom.osm"
    path.write_text(
        '<osm version="0.6"><way id="1"><nd ref="1" lat="0" lon="0"/>'
        '<nd ref="2" lat="0" lon="0.01"/><tag k="highway" v="residential"/></way></osm>'
    )
    assert load(path).length_m.tolist() == pytest.approx([1111.95, 1111.95], rel=1e-5)


def test_what_an_editor_added_is_read_and_what_it_deleted_is_not(tmp_path):
    """Bug: new nodes, which have negative numbers, were told to be outside the file."""
    path = tmp_path / "josm.osm.xml"
    path.write_text(
        """<osm version="0.6" generator="JOSM">
        <node id="-1" action="modify" lat="0" lon="0"/> <node id="-2" lat="0" lon="0.01"/>
        <node id="3" lat="0" lon="0.02"/> <node id="4" action="delete" lat="1" lon="1"/>
        <node id="5" action='delete' lat="0" lon="0.02">
         <tag k="highway" v="traffic_signals"/></node>
        <way id="-1"><nd ref="-1"/><nd ref="-2"/><nd ref="3"/><tag k="highway" v="primary"/></way>
        <way id="2"><nd ref="3"/><nd ref="4"/><tag k="highway" v="residential"/></way>
        <way id="3" action="delete"><nd ref="3"/><nd ref="-1"/><tag k="highway" v="primary"/></way>
        </osm>"""
    )
    roads = load(path)
    assert sorted(roads.node_id.tolist()) == [-1, 3]
    assert roads.road_classes == ("primary",)
    assert roads.notes[:2] == (
        "3 nodes and ways left out that are marked as deleted",
        "1 references to nodes outside the file dropped",
    )


@pytest.mark.parametrize("tag", [("access", "no"), ("vehicle", "no"), ("motorcar", "no")])
def test_closed_streets_are_left_out_and_told(extract, tag):
    """Bug: ``access=no`` and ``vehicle=no`` were driven on without a word."""
    seventh = '<nd ref="7"/><nd ref="1"/>'
    extract.write_text(EXTRACT.replace(seventh, seventh + '<tag k="{}" v="{}"/>'.format(*tag)))
    roads = load(extract)
    assert (7, 1) not in streets_of(roads)
    assert roads.notes[0] == (
        f"closed to cars and left out: 2 ways (3.6 km; 1 access=private, 1 {'='.join(tag)})"
        if tag[0] != "access"
        else "closed to cars and left out: 2 ways (3.6 km; 1 access=no, 1 access=private)"
    )


def test_a_circular_junction_leads_one_way_and_reversible_lanes_lead_both(extract):
    text = EXTRACT.replace('v="primary"/>', 'v="primary"/><tag k="junction" v="circular"/>')
    extract.write_text(text.replace('v="-1"', 'v="reversible"'))
    streets = streets_of(load(extract))
    assert (1, 2) in streets
    assert (2, 1) not in streets
    assert {(1, 3), (3, 1)} <= streets.keys()
    assert load(extract).notes[2] == (
        "driven both ways, though their direction changes with the hour: "
        "1 way (1.6 km; 1 oneway=reversible)"
    )


def test_a_ring_road_that_hangs_on_one_junction_is_on_the_map(tmp_path):
    """Bug: it was dropped as a loop, and whoever called from it was 2 km off the map."""
    path = tmp_path / "ring.osm"
    corners = {3: (0, 0.03), 4: (0.02, 0.03), 5: (0.02, 0.01)}
    path.write_text(
        '<osm version="0.6"><node id="1" lat="0" lon="0"/><node id="2" lat="0" lon="0.01"/>'
        + "".join(f'<node id="{k}" lat="{y}" lon="{x}"/>' for k, (y, x) in corners.items())
        + '<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>'
        '<way id="2"><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="5"/><nd ref="2"/>'
        '<tag k="highway" v="secondary"/></way></osm>'
    )
    roads = load(path)
    assert len({3, 4, 5} & set(roads.node_id.tolist())) == 2
    assert roads.length_m.sum() / 2 == pytest.approx(9 * 1111.95, rel=1e-3)
    kept = "2 street pieces (8.9 km) that end where they begin kept: a point inside is a junction"
    assert kept in roads.notes


@pytest.mark.parametrize(
    ("tags", "drivable"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "motorway_link", "access": "destination"}, True),
        ({"highway": "living_street", "motor_vehicle": "permissive"}, True),
        ({"highway": "service"}, False),
        ({"highway": "footway"}, False),
        ({"highway": "residential", "access": "private"}, False),
        ({"highway": "residential", "motor_vehicle": "no"}, False),
        ({"highway": "residential", "access": "no"}, False),
        ({"highway": "residential", "vehicle": "no"}, False),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, True),
        ({"highway": "residential", "vehicle": "no", "motorcar": "designated"}, True),
        ({"highway": "residential", "access": "yes", "vehicle": "no"}, False),
        ({"highway": "residential", "access": "no", "vehicle": "destination"}, True),
        ({"highway": "residential", "motor_vehicle": "agricultural"}, True),  # which is told
        ({"highway": "unclassified", "service": "parking_aisle"}, False),
        ({"highway": "unclassified", "area": "yes"}, False),
        ({"railway": "rail"}, False),
    ],
)
def test_what_a_car_may_drive_on(tags, drivable):
    assert is_drivable(tags) is drivable


def test_a_motorway_leads_one_way(tmp_path):
    path = tmp_path / "motorway.osm"
    path.write_text(EXTRACT.replace('v="primary"', 'v="motorway"'))
    streets = streets_of(load(path))
    assert (1, 2) in streets
    assert (2, 1) not in streets


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("town.osm", b"hello world", "not an OpenStreetMap file: XML parsing error"),
        ("town.osm", b"<html></html>", "not an OpenStreetMap file: Unknown top-level element"),
        ("town.osm.pbf", b"nonsense", "not an OpenStreetMap file: PBF error"),
        ("town.osm.bz2", b"nonsense", "not an OpenStreetMap file: bzip2 error"),
        ("town.shp", b"", "not an OpenStreetMap file by its name; expected .osm, .osm.bz2"),
        ("town.zip", b"nonsense", "not a zip file that can be read"),
        ("town.osm", b'<osm version="0.6"></osm>', "no drivable road in it .*highway tag: 0"),
        (
            "town.osm",
            b'<osm version="0.6"><way id="1"><nd ref="1"/><tag k="highway" v="path"/></way></osm>',
            "no drivable road in it .*highway tag: 1; references to nodes outside the file: 1",
        ),
    ],
)
def test_what_is_no_map_is_told(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RoadNetworkError, match=message) as caught:
        load(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(RoadNetworkError, match=r"nowhere\.osm: no such file"):
        load(tmp_path / "nowhere.osm")


def test_a_zip_without_a_map_is_told_with_what_it_holds(tmp_path):
    path = tmp_path / "town.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("streets.shp", "")
    with pytest.raises(RoadNetworkError, match=r"must hold one file .*holds 0 .*: streets\.shp"):
        load(path)


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_zip_file_is_read_or_told(extract, seed):
    """Bug: a damaged member was a traceback."""
    path = pack_zip(extract)
    content, rng = bytearray(path.read_bytes()), np.random.default_rng(seed)
    for place in rng.integers(len(content), size=rng.choice([1, 3, 40])):
        content[place] = rng.integers(256)
    path.write_bytes(content)
    try:
        assert load(path).node_count > 1
    except RoadNetworkError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017


@pytest.mark.parametrize("packing", ["zip", "gz"])
def test_a_bomb_is_not_read_to_its_end(tmp_path, packing):
    spaces = b" " * 1_000_000
    path = tmp_path / f"bomb.osm.{packing}"
    if packing == "zip":
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open("bomb.osm", "w") as member,
        ):
            for _ in range(100):
                member.write(spaces)
    else:
        with gzip.open(path, "wb") as file:
            for _ in range(100):
                file.write(spaces)
    with pytest.raises(RoadNetworkError, match="unpacks to more than 100 times its"):
        load(path)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('lat="0.000"', 'lat="nan"'),
        ('lat="0.000"', 'lat="999"'),
        ('lat="0.000"', 'lat="48,0"'),
        ('node id="1"', 'node id="99999999999999999999"'),
        ('node id="1"', 'node id="9223372036854775807"'),
        ('v="primary"', f'v="{"x" * 2000}"'),
        ("<osm ", '<!DOCTYPE osm [<!ENTITY a "b">]><osm '),
    ],
)
def test_values_that_cannot_be_are_told_in_a_line(extract, good, bad):
    """Bug: a coordinate that is no number was a traceback."""
    extract.write_text(EXTRACT.replace(good, bad, 1))
    with pytest.raises(RoadNetworkError, match="not an OpenStreetMap file: ") as caught:
        load(extract)
    assert len(str(caught.value).splitlines()) == 1


def test_streets_that_all_lead_one_way_are_told(tmp_path):
    path = tmp_path / "oneway.osm"
    path.write_text(
        '<osm version="0.6"><node id="1" lat="0" lon="0"/><node id="2" lat="0" lon="1"/>'
        '<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/>'
        '<tag k="oneway" v="yes"/></way></osm>'
    )
    with pytest.raises(RoadNetworkError, match="no two junctions can be driven to from each other"):
        load(path)
