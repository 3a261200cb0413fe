"""What a scenario asks for and its city does not have."""

import pytest

from environment.errors import DataError
from environment.maps.load import load_map
from environment.places.city import build_city
from scenarios.checks.contradictions import find_contradictions
from simulation.preparation import prepare

HOURS = {"from_hour": 8, "until_hour": 10}
EVENT = {
    "kind": "mass_casualty", "at_hour": 3, "x": 100, "y": 200, "casualties": 9,
    "triage": {"high": 0.3, "low": 0.7}, "reported_as": "high",
}  # fmt: skip


@pytest.fixture
def told_of(grid_scenario):
    """What is told of changes to a city of 5 × 5 streets, 200 m apart, for one day."""

    def told_of(**changes):
        scenario = grid_scenario(**changes)
        city = build_city(
            load_map(scenario.roads, scenario.folder), scenario.places, scenario.folder
        )
        return find_contradictions(scenario, city)

    return told_of


@pytest.fixture
def told(told_of):
    """What is told of some disruptions of that city."""
    return lambda *disruptions: told_of(disruptions=list(disruptions))


def circle(x, y, radius_m=10, **hours):
    return {"kind": "road_closure", "x": x, "y": y, "radius_m": radius_m, **HOURS, **hours}


def station(name, **hours):
    return {"kind": "station_closed", "station": name, **HOURS, **hours}


def hospital(name, **hours):
    return {"kind": "hospital_closed", "hospital": name, **HOURS, **hours}


def test_what_can_be_is_not_complained_about(told):
    surge = {"kind": "surge", "factor": 3, "zones": ["A", "D"], **HOURS}
    named = {"kind": "road_closure", "streets": [[6, 7], [7, 12]], **HOURS}
    assert told() == []
    assert told(circle(400, 400), named, surge, station("S1"), hospital("H1"), EVENT) == []


@pytest.mark.parametrize(
    ("disruption", "line"),
    [
        (station("S22"), "no station 'S22' (did you mean 'S2'?)"),
        (hospital("S1"), "no hospital 'S1' (known: H1, H2)"),
        (
            {"kind": "surge", "factor": 3, "zones": ["B", "centre"], **HOURS},
            "no zone 'centre' (known: A, B, C, D)",
        ),
        ({**EVENT, "reported_as": "hihg"}, "no priority 'hihg' (did you mean 'high'?)"),
        (
            {**EVENT, "triage": {"hihg": 1}, "reported_as": "hihg"},
            "no priority 'hihg' (did you mean 'high'?)",
        ),
        ({**EVENT, "x": 800 + 1001, "y": 0}, "(1801, 0) lies 1.0 km from the nearest street; "),
        (circle(100, 100, 99), "there is no street within 99 m of (100, 100)"),
        (
            {"kind": "road_closure", "streets": [[30, 2]], **HOURS},
            "no node 30 on the map (the nearest number is 24)",
        ),
        (
            {"kind": "road_closure", "streets": [[6, 8]], **HOURS},
            "no street from node 6 to 8; from 6 they go to 1, 5, 7, 11",
        ),
        (
            station("S1", from_hour=24, until_hour=30),
            "begins at hour 24, but the run ends at hour 24 (run.warm_up_days and run.days)",
        ),
        (
            {**EVENT, "at_hour": 24.5},
            "begins at hour 24.5, but the run ends at hour 24 (run.warm_up_days and run.days)",
        ),
    ],
)
def test_one_contradiction(told, disruption, line):
    (got,) = told(station("S2"), disruption)
    assert got.startswith(f"disruptions.1: {line}")


def test_a_site_that_is_cut_off(told):
    # Around the corner where station S1 stands: both streets there are closed.
    assert told(circle(0, 0)) == [
        (
            "disruptions.0: closed streets cut off station 'S1' from hour 8 to 10; "
            "leave a way to it, or close it for these hours, too"
        )
    ]


def test_a_site_that_is_closed_may_be_cut_off(told):
    assert told(circle(0, 0), station("S1")) == []
    (line,) = told(circle(0, 0), station("S1", from_hour=8.5, until_hour=9))
    assert "cut off station 'S1' from hour 8 to 8.5 and from hour 9 to 10;" in line


def test_closures_that_only_together_cut_a_site_off(told):
    # Hospital H1 stands at a corner of two streets: to node 3 and to node 9.
    one = {"kind": "road_closure", "streets": [[4, 3]], "from_hour": 1, "until_hour": 5}
    other = {"kind": "road_closure", "streets": [[4, 9]], "from_hour": 3, "until_hour": 7}
    assert told(one) == told(other) == []
    (line,) = told(one, other, circle(400, 400, from_hour=4, until_hour=6))
    assert line.startswith(
        "disruptions.0 and disruptions.1: closed streets cut off hospital 'H1' from hour 3 to 4;"
    )


def test_all_closed_at_once(told):
    assert told(station("S1"), station("S2", from_hour=9, until_hour=12)) == [
        "disruptions: every station is closed from hour 9 to 10"
    ]
    first, second = hospital("H1"), hospital("H2", from_hour=10, until_hour=12)
    assert told(first, second) == []
    assert told(first, second, hospital("H2", from_hour=8, until_hour=9)) == [
        "disruptions: every hospital is closed from hour 8 to 9"
    ]


def test_names_that_policies_are_given(told_of):
    """Bug: a table with stations of another city was refused only in the run."""
    table = {"1": ["S1"], "2": ["S1", "S22"], "3": ["north"]}
    lists = {"A": ["S2", "S3"], "default": ["S1"]}
    assert told_of(
        policies__relocation={"use": "compliance_table", "table": table},
        policies__dispatch={"use": "preference_list", "lists": lists},
        policies__signals={"use": "green_wave", "distance_m": -1},
        policies__hospital="my_policies:Mine",
    ) == [
        "policies.dispatch: preference_list: lists.A: no station 'S3' (known: S1, S2)",
        "policies.relocation: compliance_table: table.2: no station 'S22' (did you mean 'S2'?)",
        "policies.relocation: compliance_table: table.3: no station 'north' (known: S1, S2)",
        "policies.signals: green_wave: distance_m must be a number of metres >= 0, got -1",
    ]


def test_road_classes_that_nobody_knows(told_of):
    assert told_of(travel__siren_kph={"unclassified": 50, "motorway": 120}) == []
    assert told_of(
        travel__siren_kph={"unclasified": 50, "motorway": 120},
        signals__flow_per_hour={"primry": 600, "tertiary_link": 80},
    ) == [
        "travel.siren_kph: no road class 'unclasified' (did you mean 'unclassified'?)",
        "signals.flow_per_hour: no road class 'primry' (did you mean 'primary'?)",
    ]


def test_junctions_that_have_no_light(told_of):
    lit = {"roads__signal_every": 2, "signals__equipped_junctions": [0, 1]}
    assert told_of(**lit) == []  # lights are off
    (line,) = told_of(**lit, signals__active=True)
    assert line == (
        "signals.equipped_junctions: no traffic light at junction 1; "
        "junctions with a light are 0, 2, 4 and 6 others"
    )


def test_all_contradictions_are_told_at_once_before_the_run(grid_scenario):
    wrong = [station("S9"), {**EVENT, "x": 9999}, circle(0, 0), hospital("H1", until_hour=99)]
    with pytest.raises(DataError) as caught:
        prepare(grid_scenario(disruptions=wrong))
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "disruptions.0", "disruptions.1", "disruptions.2",
    ]  # fmt: skip


def test_the_ground_of_a_scenario_drives_around_what_is_closed(grid_scenario):
    # 20 s a street of 200 m. Of nodes 0 to 4 on the lowest street, 1 and 3 are closed around.
    closures = [circle(200, 0), hospital("H2"), circle(600, 0)]
    area = prepare(grid_scenario(disruptions=closures))
    assert set(area.closed) == {0, 2}
    assert area.driving_when(frozenset()) is area.driving

    def trip_s(*active):
        return area.driving_when(frozenset(active)).trip(0, 4, 0.0, False, 1.0)[0]

    assert trip_s() == pytest.approx(80.0)
    assert trip_s(0) == trip_s(2) == trip_s(0, 2) == pytest.approx(120.0)
    assert area.driving_when(frozenset({0, 2})) is area.driving_when(frozenset({2, 0}))
    assert area.closed_by(frozenset({0, 2})).sum() == 12
    assert prepare(grid_scenario()).driving is not area.driving


def test_each_scenario_is_checked_against_a_city_that_is_kept(grid_scenario):
    sound, wrong = grid_scenario(), grid_scenario(disruptions=[station("S9")])
    area = prepare(sound)
    for _ in range(2):
        with pytest.raises(DataError, match=r"disruptions\.0: no station 'S9'"):
            prepare(wrong)
    assert prepare(sound) is prepare(grid_scenario(disruptions=[station("S1")])) is area
