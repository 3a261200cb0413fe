"""Sites as tagged in a file: nodes, ways and multipolygons, and duplicates of one."""

from __future__ import annotations

import textwrap

import pytest

from environment.errors import RoadNetworkError
from environment.maps.sites import merge_duplicates, read_sites_of_file
from environment.maps.sites.tagged import kind_of


def node(number: int, lon: float, lat: float, **tags: str) -> str:
    inside = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
    return f'<node id="{number}" lon="{lon}" lat="{lat}" version="1">{inside}</node>'


def way(number: int, refs: list[int], **tags: str) -> str:
    inside = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    inside += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
    return f'<way id="{number}" version="1">{inside}</way>'


def relation(number: int, outer: list[int], **tags: str) -> str:
    inside = "".join(f'<member type="way" ref="{ref}" role="outer"/>' for ref in outer)
    inside += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
    return f'<relation id="{number}" version="1">{inside}</relation>'


@pytest.fixture
def read(tmp_path):
    def read(*elements: str):
        path = tmp_path / "town.osm"
        path.write_text(f'<osm version="0.6">{"".join(elements)}</osm>')
        return read_sites_of_file(path)

    return read


SQUARE = [(1, 10.0, 50.0), (2, 10.002, 50.0), (3, 10.002, 50.002), (4, 10.0, 50.002)]


def test_a_node_is_where_it_stands_and_a_multipolygon_in_the_middle_of_its_outline(read) -> None:
    # The outline is split between two ways, and stands before its nodes.
    sites = read(
        relation(
            7, [11, 12], type="multipolygon", amenity="hospital", name="Main", emergency="yes"
        ),
        way(11, [1, 2, 3]),
        way(12, [3, 4, 1]),
        *(node(*corner) for corner in SQUARE),
        node(5, 10.01, 50.01, emergency="ambulance_station", name="West"),
    )
    found = {site.osm: (site.kind, site.name, site.has_ward) for site in sites}
    assert found == {
        "relation/7": ("hospital", "Main", True),
        "node/5": ("ambulance station", "West", False),
    }
    middle = next(site for site in sites if site.osm == "relation/7")
    assert (middle.lon, middle.lat) == pytest.approx((10.001, 50.001))


def test_an_area_is_measured_by_its_surface_and_not_by_its_corners(read) -> None:
    corners = [(1, 10.0, 50.0), (2, 10.001, 50.0), (3, 10.002, 50.0), (4, 10.001, 50.003)]
    (site,) = read(
        *(node(*corner) for corner in corners),
        way(8, [1, 2, 3, 4, 1], amenity="fire_station"),
    )
    assert (site.lon, site.lat) == pytest.approx((10.001, 50.001))


def test_one_site_that_is_tagged_several_times_is_one(read) -> None:
    sites = read(
        *(node(*corner) for corner in SQUARE),
        way(9, [1, 2, 3, 4, 1], amenity="hospital"),  # a campus without a name
        node(20, 10.0005, 50.0005, healthcare="hospital", name="Clinic Hall"),  # inside
        node(21, 10.009, 50.001, amenity="hospital", name="clinic hall"),  # 640 m off
        node(22, 10.009, 50.012, amenity="hospital", name="Other"),
        node(30, 10.02, 50.02, emergency="ambulance_station"),
        node(31, 10.0205, 50.02, emergency="ambulance_station"),  # 36 m off
        node(32, 10.03, 50.02, emergency="ambulance_station"),
    )
    found = [(site.kind, site.osm, site.name) for site in merge_duplicates(sites)]
    assert found == [
        ("ambulance station", "node/30+node/31", ""),
        ("ambulance station", "node/32", ""),
        ("hospital", "way/9+node/20+node/21", "Clinic Hall"),
        ("hospital", "node/22", "Other"),
    ]


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "clinic"}, None),
        ({"amenity": "clinic", "emergency": "yes"}, "hospital"),
        ({"amenity": "hospital", "emergency": "no"}, "hospital without emergency"),
        ({"amenity": "fire_station"}, "fire station"),
        ({"disused:amenity": "hospital"}, None),
    ],
)
def test_what_tags_make_of_a_site(tags, kind) -> None:
    assert kind_of(tags) == kind


def test_new_elements_of_an_editor_have_negative_numbers(read) -> None:
    (site,) = read(node(-5, 10.0, 50.0, emergency="ambulance_station"))
    assert (site.osm, site.lon) == ("node/-5", 10.0)


def test_what_an_editor_has_marked_as_deleted_is_no_site(read) -> None:
    gone = node(5, 10.0, 50.0, emergency="ambulance_station")
    assert not read(gone.replace("<node ", '<node action="delete" '))


def test_what_is_no_map_is_told(tmp_path) -> None:
    path = tmp_path / "town.osm"
    path.write_text(textwrap.dedent("no map"))
    with pytest.raises(RoadNetworkError, match=r"town\.osm: not an OpenStreetMap file"):
        read_sites_of_file(path)
