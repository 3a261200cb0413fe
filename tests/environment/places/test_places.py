"""Zones, sites, the city they make with a map, and its districts."""

import numpy as np
import pytest

from environment.errors import CorridorError, DataError
from environment.maps.osm_file import OsmFile
from environment.places.city import PlaceParameters, build_city
from environment.places.sites import read_sites
from environment.places.zones import read_zones
from policies.base import PolicyError
from simulation.model import EmergencyModel, simulate
from simulation.preparation import prepare

SITES = "site_id,kind,x,y,ambulances,district\n"
ZONES = "zone_id,x,y,demand_share,district\n"
HOSPITAL = "H,hospital,400,400,,\n"


@pytest.fixture
def city(grid_scenario):
    def make(**files):
        changes = {name: value for name, value in files.items() if "__" in name}
        texts = {name.replace("_", "."): files[name] for name in files.keys() - changes.keys()}
        return prepare(grid_scenario(texts, **changes))

    return make


def problem(make, *arguments, **files):
    with pytest.raises(DataError) as caught:
        make(*arguments, **files)
    return str(caught.value)


def test_weights_of_any_sum_become_shares(tmp_path):
    (tmp_path / "z.csv").write_text("zone_id,lon,lat,population\n1,0,0,300\n2,1,1,100\n")
    zones = read_zones(tmp_path / "z.csv")
    assert zones.demand_share.tolist() == [0.75, 0.25]
    assert zones.zone_id.tolist() == ["1", "2"]
    assert zones.district is None


def test_sites_by_kind(tmp_path):
    (tmp_path / "s.csv").write_text(
        "site_id,kind,lon,lat,name,ambulances\n7,station,1,2,North,3\n8,hospital,3,4,,\n"
    )
    stations, hospitals = read_sites(tmp_path / "s.csv")
    assert (stations.site_id.tolist(), stations.ambulances.tolist()) == (["7"], [3])
    assert stations.name.tolist() == ["North"]
    assert (hospitals.name.tolist(), hospitals.x.tolist()) == (["8"], [3.0])
    assert stations.district is None


@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        ("zone_id,x,y,demand_share\nA,0,0,0\nB,1,1,0\n", "demand_share is 0 in every row"),
        ("zone_id,x,y,demand_share\nA,0,0,1\nA,1,1,1\n", "zone_id 'A' stands in more than one row"),
        (
            "zone_id,x,y,demand_share\nA,0,0,-1\n",
            "row 2: demand_share must be a number >= 0, got '-1'",
        ),
        (
            "zone_id,x,y,demand_share\nA,0,0,inf\n",
            "row 2: demand_share must be a number >= 0, got 'inf'",
        ),
        (
            "zone_id,x,y\nA,0,0\n",
            "no column 'demand_share' or 'population' or 'weight' (found: zone_id, x, y)",
        ),
        ("", "is empty"),
    ],
)
def test_zones_that_cannot_be(city, zones, expected):
    assert problem(city, zones_csv=zones).partition("zones.csv: ")[2] == expected


@pytest.mark.parametrize(
    ("sites", "expected"),
    [
        ("site_id,kind,x,y\nH,hospital,0,0\n", "no site of kind 'station'"),
        ("site_id,kind,x,y,ambulances\nS,station,0,0,1\n", "no site of kind 'hospital'"),
        (
            "site_id,kind,x,y\nS,depot,0,0\n",
            "row 2: kind must be one of station, hospital, got 'depot'",
        ),
        (
            f"{SITES}S,station,0,0,1,\nS,station,0,9,1,\n{HOSPITAL}",
            "site_id 'S' stands in more than one row",
        ),
        (
            f"{SITES}S,station,0,0,-1,\n{HOSPITAL}",
            "row 2: ambulances must be a whole number >= 0 and <= 10000, got '-1'",
        ),
        (f"{SITES}S,station,nan,0,1,\n{HOSPITAL}", "row 2: x must be a number, got 'nan'"),
        (
            f"{SITES}S,station,0,0,1,north\nT,station,0,9,1,\n{HOSPITAL}",
            "every station needs a district, or none may have one; without: T",
        ),
    ],
)
def test_sites_that_cannot_be(city, sites, expected):
    assert problem(city, sites_csv=sites).partition("sites.csv: ")[2] == expected


def test_all_places_off_the_map_are_told_at_once(city):
    told = problem(
        city,
        sites_csv=f"{SITES}S,station,0,50000,1,\nH,hospital,90000,0,,\n",
        zones_csv="zone_id,x,y,demand_share\nfar,-5000,0,1\n",
    )
    span = "the map spans x 0 to 800, y 0 to 800"
    drop = "places.off_map = 'drop' leaves them out"
    assert told.splitlines() == [
        "zone far at (-5000, 0) lies 5.0 km from the nearest street",
        (
            "1 of 1 zones (100.0% of demand) farther than the allowed 1 km from any street: "
            f"places.max_access_m = 5000 accepts them, {drop}; {span}"
        ),
        "station S at (0, 50000) lies 49.2 km from the nearest street",
        (
            "1 of 1 stations farther than the allowed 1 km from any street: places.max_access_m = "
            f"49200 accepts them, places.off_map = 'drop' leaves them out; {span}"
        ),
        "hospital H at (90000, 0) lies 89.2 km from the nearest street",
        (
            "1 of 1 hospitals farther than the allowed 1 km from any street: places.max_access_m = "
            f"89200 accepts them, places.off_map = 'drop' leaves them out; {span}"
        ),
    ]


def test_of_many_places_off_the_map_the_three_worst_are_told_and_the_rest_counted(city):
    """Bug: 4,000 zones off the map were 4,000 lines."""
    zones = "zone_id,x,y,demand_share\nnear,0,0,6000\n" + "".join(
        f"Z{k},{-1000 - k},0,1\n" for k in range(1, 4001)
    )
    lines = problem(city, zones_csv=zones).splitlines()
    assert [line.split(" lies")[0] for line in lines[:3]] == [
        f"zone Z{k} at ({-1000 - k}, 0)" for k in (4000, 3999, 3998)
    ]
    assert lines[3].startswith("4,000 of 4,001 zones (40.0% of demand) farther than the allowed")
    assert "places.max_access_m = 5000 accepts them" in lines[3]
    assert len(lines) == 4


def test_places_off_the_map_can_be_left_out_which_is_told(city):
    places = city(
        places__off_map="drop",
        sites_csv=f"{SITES}S,station,0,0,1,\nT,station,0,50000,4,\nG,hospital,90000,0,,\n{HOSPITAL}",
        zones_csv="zone_id,x,y,demand_share\nfar,-5000,0,1\nA,0,0,1\nB,800,0,2\n",
    ).city
    assert places.zones.zone_id.tolist() == ["A", "B"]
    assert places.zones.demand_share == pytest.approx([1 / 3, 2 / 3])
    assert places.stations.sites.site_id.tolist() == ["S"]
    assert places.hospitals.sites.site_id.tolist() == ["H"]
    assert places.roads.notes[-3:] == (
        "zones off the map left out: 1 with 25.0% of demand",
        "stations off the map left out: 1 with 4 ambulances (T)",
        "hospitals off the map left out: 1 (G)",
    )


def test_nothing_on_the_map_is_refused_even_where_places_may_be_left_out(city):
    zones = "zone_id,x,y,demand_share\nfar,-5000,0,1\n"
    told = problem(city, places__off_map="drop", zones_csv=zones)
    assert told.startswith("all 1 zones lie farther than 1 km from any street")
    sites = f"{SITES}S,station,0,50000,1,\n{HOSPITAL}"
    told = problem(city, places__off_map="drop", sites_csv=sites)
    assert told.endswith("sites.csv: no site of kind 'station' on the map")


def test_longitude_and_latitude_exchanged_on_a_map_of_degrees(files_in, grid_scenario):
    folder_files = {
        "nodes.csv": "node_id,lon,lat\n1,-74.0,40.7\n2,-73.9,40.8\n",
        "links.csv": "from,to,time_s,two_way\n1,2,600,yes\n",
        "sites.csv": f"{SITES}S,station,40.7,-74.0,1,\nH,hospital,-73.9,40.8,,\n",
        "zones.csv": "zone_id,x,y,demand_share\nA,-74,40.7,1\n",
    }
    roads = {"source": "inter_city", "nodes": "nodes.csv", "links": "links.csv"}
    told = problem(lambda: prepare(grid_scenario(folder_files, roads=roads)))
    assert told.startswith("station S at (40.7, -74) lies ")
    assert told.endswith("the map spans x -74 to -73.9, y 40.7 to 40.8")


def test_access_is_what_lies_between_a_place_and_the_street(city):
    ground = city(sites_csv=f"{SITES}S,station,30,-40,1,\nH,hospital,400,400,,\n").city
    assert ground.stations.access_s == pytest.approx([40 / (10 / 3.6)])
    assert ground.hospitals.access_s == pytest.approx([0])
    assert ground.roads.stop_xy_m(ground.stations.node)[0] == pytest.approx([30, 0], abs=1e-3)


def test_each_station_is_a_district_unless_districts_are_given(city):
    assert city().districts.of_station == ("S1", "S2")
    # Of 800 m squared: A (0, 0) is at S1; B (800, 0), C (400, 800) and D are nearer to (800, 600).
    assert city().districts.of_zone == ("S1", "S2", "S2", "S2")


def test_given_districts_and_zones_without_one(city):
    """Bug: a blank district of a zone was read as the district 'n'."""
    sites = f"{SITES}S,station,0,0,1,west\nT,station,800,0,1,east\n{HOSPITAL}"
    zones = f"{ZONES}A,0,0,1,east\nB,0,200,1,\nC,800,200,1,\nD,800,800,1,west\n"
    districts = city(sites_csv=sites, zones_csv=zones).districts
    assert districts.of_zone == ("east", "west", "east", "west")
    assert districts.of_station == ("west", "east")


def test_a_district_without_a_station(city):
    sites = f"{SITES}S,station,0,0,1,west\n{HOSPITAL}"
    zones = f"{ZONES}A,0,0,1,west\nB,0,200,1,north\n"
    assert problem(city, sites_csv=sites, zones_csv=zones) == (
        "no station serves the district 'north' of some zones; districts of stations: west"
    )


def test_zones_of_a_map_without_any(grid_scenario):
    plain = grid_scenario(places__zones=None, places__zone_cell_m=450)
    zones = prepare(plain).city.zones
    # Columns at 0, 200, 400 m and 600, 800 m: 3 and 2 of 5, and rows alike.
    assert sorted(zones.demand_share) == pytest.approx([4 / 25, 6 / 25, 6 / 25, 9 / 25])
    assert (zones.x.min(), zones.x.max()) == (200, 700)


def test_zones_that_the_program_makes_are_never_off_the_map(grid_scenario):
    """Bug: the middle of a zone's junctions lay farther from each of them than a place may."""
    scenario = grid_scenario(places__zones=None, places__zone_cell_m=450, places__max_access_m=50)
    ground = prepare(scenario).city
    # No longer (700, 700), in the middle of a block.
    assert (ground.zones.x[-1], ground.zones.y[-1]) == pytest.approx((700, 600), abs=1e-3)
    assert ground.addresses.zone_access_s.max() == 0


def test_zones_that_the_program_makes_stand_at_streets_with_doors(files_in):
    """Bug: junctions of a motorway made zones that lay 2 km from any street with doors."""
    motorway = "".join(f'<node id="{k}" lat="0.0" lon="{k / 100}"/>' for k in range(1, 9))
    folder = files_in(
        {
            "town.osm": f"""<osm version="0.6">{motorway}<node id="9" lat="0.001" lon="0.01"/>
            <node id="10" lat="-0.001" lon="0.01"/>
            <way id="3"><nd ref="1"/><nd ref="10"/><tag k="highway" v="residential"/></way>
            <way id="1"><nd ref="1"/><nd ref="9"/><tag k="highway" v="residential"/></way>
            <way id="2">{"".join(f'<nd ref="{k}"/>' for k in range(1, 9))}
              <tag k="highway" v="motorway"/><tag k="oneway" v="no"/></way></osm>"""
        }
    )
    city_map = OsmFile(file="town.osm").load(folder)
    ground = build_city(city_map, PlaceParameters(), folder, needs_sites=False)
    assert len(ground.zones) == 1
    assert ground.zones.x == pytest.approx([0.01])
    assert ground.addresses.zone_access_s == pytest.approx([0], abs=1e-6)


NO_AMBULANCES = f"{SITES}S,station,0,0,0,\nT,station,800,0,,\n{HOSPITAL}"


def test_no_ambulances_at_all(grid_scenario):
    """Bug: their stations were asked for shares of nothing."""
    for sites in (NO_AMBULANCES, "site_id,kind,x,y\nS,station,0,0\nH,hospital,0,0\n"):
        with pytest.raises(DataError, match=r"no ambulances: .* set fleet.ambulances \(>= 1\)"):
            simulate(grid_scenario({"sites.csv": sites}))


def test_a_fleet_for_stations_that_have_no_ambulances_of_their_own(grid_scenario):
    files = {"sites.csv": NO_AMBULANCES}
    with pytest.raises(PolicyError, match=r"Given: no station .*demand_share"):
        simulate(grid_scenario(files, fleet__ambulances=3))
    model = EmergencyModel(
        grid_scenario(files, fleet__ambulances=5, policies__location="demand_share")
    )
    # S is nearest to A (0, 0) and to C (400, 800), a tie: 6 of 10; T to B and D: 4 of 10.
    assert np.bincount(model.vehicles.station).tolist() == [3, 2]


def test_a_given_fleet_keeps_the_proportions_of_its_stations(grid_scenario):
    sites = f"{SITES}S,station,0,0,3,\nT,station,800,0,1,\nU,station,0,800,0,\n{HOSPITAL}"
    for fleet, expected in ((None, [3, 1, 0]), (8, [6, 2, 0]), (2, [2, 0, 0]), (3, [2, 1, 0])):
        model = EmergencyModel(grid_scenario({"sites.csv": sites}, fleet__ambulances=fleet))
        assert np.bincount(model.vehicles.station, minlength=3).tolist() == expected


def test_missing_files(grid_scenario):
    for name in ("zones", "sites"):
        with pytest.raises(CorridorError, match=r"no\.csv: no such file"):
            simulate(grid_scenario(**{f"places__{name}": "no.csv"}))
