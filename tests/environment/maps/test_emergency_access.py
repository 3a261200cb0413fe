"""Where an ambulance drives though a car may not: one small town for each kind of tag."""

import numpy as np
import pytest

from environment.maps.osm_file import OsmFile
from environment.traffic.driving import Driving, TravelParameters
from environment.traffic.traffic_lights import no_lights

# A street 7 - 1 - 2 - 3 - 6 of 1,000 m each, a dead end from 2 to 5, and a way from 1 to 3 past 4
# with tags to try.
TOWN = """<osm version="0.6">
<node id="1" lat="0" lon="0"/><node id="2" lat="0" lon="0.009"/><node id="3" lat="0" lon="0.018"/>
<node id="4" lat="0.001" lon="0.009">{node}</node><node id="5" lat="0.002" lon="0.009"/>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/></way>
<way id="11"><nd ref="1"/><nd ref="4"/><nd ref="3"/>{way}</way>
<node id="6" lat="0" lon="0.027"/><node id="7" lat="0" lon="-0.009"/>
<way id="12"><nd ref="2"/><nd ref="5"/><tag k="highway" v="residential"/></way>
<way id="13"><nd ref="3"/><nd ref="6"/><tag k="highway" v="residential"/></way>
<way id="14"><nd ref="7"/><nd ref="1"/><tag k="highway" v="residential"/></way>
{more}</osm>"""


def tags(text: str) -> str:
    """``a=b c=d`` as elements."""
    pairs = (pair.partition("=") for pair in text.split())
    return "".join(f'<tag k="{key}" v="{value.replace("_@_", " @ ")}"/>' for key, _, value in pairs)


@pytest.fixture
def load(tmp_path):
    def read(way="highway=residential", node="", more="", **keys):
        path = tmp_path / "town.osm"
        path.write_text(TOWN.format(way=tags(way), node=tags(node), more=more))
        emergency = {key: keys.pop(key) for key in list(keys) if key not in OWN_KEYS}
        return OsmFile(file=path.name, emergency=emergency, **keys).load(tmp_path).roads

    return read


OWN_KEYS = {"ferries", "turn_restrictions", "speeds"}


def has_way(roads) -> bool:
    """Whether one drives from 1 to 3 past 4, which is 22 m longer than past 2."""
    pairs = set(zip(*roads.node_id[[roads.tail, roads.head]].tolist(), strict=True))
    return (1, 3) in pairs


RESIDENTIAL = "highway=residential"


@pytest.mark.parametrize(
    ("way", "keys", "is_used"),
    [
        (RESIDENTIAL, {}, True),
        (f"{RESIDENTIAL} access=private", {}, False),
        (f"{RESIDENTIAL} access=private emergency=yes", {}, True),
        (f"{RESIDENTIAL} access=private emergency=designated", {"tagged": False}, False),
        (f"{RESIDENTIAL} access=no emergency=official", {}, True),
        (f"{RESIDENTIAL} access=no emergency=destination", {}, True),
        (f"{RESIDENTIAL} motor_vehicle=no emergency=yes", {}, True),
        (f"{RESIDENTIAL} vehicle=no", {"private_roads": True, "bus_roads": True}, False),
        (f"{RESIDENTIAL} access=private", {"private_roads": True}, True),
        (f"{RESIDENTIAL} access=customers", {}, True),
        (f"{RESIDENTIAL} emergency=no", {}, False),
        (f"{RESIDENTIAL} emergency=no", {"tagged": False}, True),
        (f"{RESIDENTIAL} emergency=fire_hydrant", {}, True),
        ("highway=service", {}, False),
        ("highway=service", {"service_roads": True}, True),
        ("highway=service service=parking_aisle", {"service_roads": True}, True),
        ("highway=service service=emergency_access", {}, True),
        ("highway=service service=driveway emergency=yes", {}, True),
        ("highway=service access=private", {"service_roads": True}, False),
        ("highway=service access=private", {"service_roads": True, "private_roads": True}, True),
        (f"{RESIDENTIAL} access=no bus=yes", {}, False),
        (f"{RESIDENTIAL} access=no psv=designated", {"bus_roads": True}, True),
        ("highway=busway", {"bus_roads": True}, True),
        ("highway=pedestrian", {}, False),
        ("highway=pedestrian motor_vehicle=no", {"pedestrian_streets": True}, True),
        ("highway=footway emergency=designated", {}, True),
        ("highway=living_street", {}, True),
        ("highway=steps emergency=yes", {"pedestrian_streets": True}, False),
        ("highway=pedestrian area=yes emergency=yes", {"pedestrian_streets": True}, False),
    ],
)
def test_a_way_is_used_by_its_tags_and_the_keys(load, way, keys, is_used):
    assert has_way(load(way, **keys)) == is_used


@pytest.mark.parametrize(
    ("node", "keys", "passes"),
    [
        ("", {}, True),
        ("barrier=bollard", {}, False),
        ("barrier=bollard emergency=yes", {}, True),
        ("barrier=bollard emergency=yes", {"tagged": False}, False),
        ("barrier=bollard", {"bollards": True}, True),
        ("barrier=bollard bollard=rising", {}, True),
        ("barrier=block", {"bollards": True}, False),
        ("barrier=gate", {}, True),
        ("barrier=lift_gate access=private", {}, False),
        ("barrier=lift_gate access=private", {"private_roads": True}, True),
        ("barrier=gate access=no emergency=designated", {}, True),
        ("barrier=gate locked=yes", {}, False),
        ("barrier=gate locked=yes emergency=yes", {}, True),
        ("barrier=gate emergency=no", {}, False),
        ("barrier=block motor_vehicle=yes access=no", {}, True),
        ("barrier=gate access=no bus=yes", {"bus_roads": True}, True),
    ],
)
def test_a_barrier_ends_a_street_for_whoever_may_not_pass(load, node, keys, passes):
    """Past 4 it is the length of the way; where 4 is blocked, its two halves are dead ends."""
    roads = load(node=node, **keys)
    pairs = set(zip(*roads.node_id[[roads.tail, roads.head]].tolist(), strict=True))
    assert ((1, 3) in pairs) == passes
    assert roads.node_count == (6 if passes else 8)
    told = [note for note in roads.notes if note.startswith("barriers that end streets: 1 (1 ")]
    assert len(told) == (not passes)


def test_what_is_used_and_left_out_is_told_in_kilometres(load):
    used = load("highway=service access=private emergency=yes").notes
    assert used[0] == "closed to cars, but used by ambulances: 1 way (2.0 km; 1 emergency=yes)"
    left_out = load("highway=service", node="barrier=bollard emergency=yes").notes[0]
    assert left_out == (
        "service roads, bus roads and pedestrian streets left out: "
        "1 way (2.0 km; 1 highway=service)"
    )
    passed = load(node="barrier=bollard emergency=yes").notes[0]
    assert passed == ("barriers that ambulances pass, though cars do not: 1 (1 barrier=bollard)")


def piece(roads, one, other):
    at = (roads.node_id[roads.tail] == one) & (roads.node_id[roads.head] == other)
    return np.flatnonzero(at).tolist()


@pytest.mark.parametrize(
    ("way", "keys", "is_two_way"),
    [
        (f"{RESIDENTIAL} oneway=yes", {}, False),
        (f"{RESIDENTIAL} oneway=yes oneway:emergency=no", {}, True),
        (f"{RESIDENTIAL} oneway=yes oneway:bus=no", {}, False),
        (f"{RESIDENTIAL} oneway=yes oneway:bus=no", {"bus_roads": True}, True),
        (f"{RESIDENTIAL} oneway=yes busway=opposite_lane", {"bus_roads": True}, True),
    ],
)
def test_some_one_way_streets_lead_both_ways_by_their_tags(load, way, keys, is_two_way):
    roads = load(way, **keys)
    assert piece(roads, 1, 3)
    assert bool(piece(roads, 3, 1)) == is_two_way
    assert roads.siren_only is None


def test_against_a_one_way_street_one_drives_with_siren_only(load):
    """Past 4 it is 2,014 m, past 2 it is 2,002 m, at 25 km/h; against it at 60 km/h."""
    roads = load(f"{RESIDENTIAL} oneway=yes", contraflow_kph=60)
    (back,) = piece(roads, 3, 1)
    assert np.flatnonzero(roads.siren_only).tolist() == [back]
    assert not roads.has_doors[back]
    driving = Driving(roads, TravelParameters(), no_lights(roads), np.array([0]))
    one, three = (int(np.flatnonzero(roads.node_id == number)[0]) for number in (1, 3))
    length_m = roads.length_m[back]
    assert driving.expected_s(three, one, 0, siren=True) == pytest.approx(length_m / 60 * 3.6, 1e-4)
    assert driving.expected_s(three, one, 0, siren=False) == pytest.approx(2001.5 / 25 * 3.6, 1e-3)


@pytest.mark.parametrize("way", ["highway=motorway", f"{RESIDENTIAL} junction=roundabout"])
def test_nobody_drives_against_motorways_and_roundabouts(load, way):
    assert load(way, contraflow_kph=60).siren_only is None


def test_limits_by_direction_are_used_and_those_at_some_hours_are_not(load):
    roads = load(
        f"{RESIDENTIAL} maxspeed=50 maxspeed:forward=30 maxspeed:conditional=10_@_(22:00-06:00)"
    )
    (there,), (back,) = piece(roads, 1, 3), piece(roads, 3, 1)
    assert (roads.speed_kph[there], roads.speed_kph[back]) == (30, 50)
    assert (
        "limits at some hours only not used: 1 way (2.0 km; 1 maxspeed:conditional)" in roads.notes
    )


@pytest.mark.parametrize(
    ("way", "seconds"),
    [
        ("route=ferry motor_vehicle=yes duration=00:20", 1200),
        ("route=ferry vehicle=yes duration=PT5M", 300),
        ("route=ferry motor_vehicle=yes maxspeed=20", 2014 / 20 * 3.6),
        ("route=ferry motor_vehicle=yes duration=bogus", 2014 / 5 * 3.6),
    ],
)
def test_ferries_take_their_duration_or_a_speed_by_a_key(load, way, seconds):
    assert not has_way(load(way))
    roads = load(way, ferries=True, speeds={"residential": 1})
    (ferry,) = piece(roads, 1, 3)
    assert roads.free_flow_s[ferry] == pytest.approx(seconds, rel=1e-3)
    assert not roads.has_doors[ferry]
    driving = Driving(
        roads, TravelParameters(siren_speed_factor=2), no_lights(roads), np.array([0])
    )
    ends = [int(np.flatnonzero(roads.node_id == number)[0]) for number in (1, 3)]
    for siren in (False, True):
        assert driving.expected_s(*ends, 0, siren=siren) == pytest.approx(seconds, rel=1e-3)


def test_boats_for_passengers_are_not_used(load):
    assert not has_way(load("route=ferry foot=yes duration=00:01", ferries=True))


RELATION = """<relation id="1"><member type="way" ref="10" role="from"/>
<member type="node" ref="{via}" role="via"/><member type="way" ref="{to}" role="to"/>{tags}
</relation>"""


@pytest.mark.parametrize(
    ("relation", "keys", "is_obeyed"),
    [
        ("restriction=no_left_turn", {}, True),
        ("restriction=no_left_turn", {"turn_restrictions": "ignore"}, False),
        ("restriction=only_left_turn", {}, True),
        ("restriction:motorcar=no_left_turn", {}, True),
        ("restriction:hgv=no_left_turn", {}, False),
        ("restriction:conditional=no_left_turn_@_(Mo-Fr)", {}, False),
        ("restriction=no_left_turn hour_on=07:00 hour_off=09:00", {}, False),
        ("restriction=no_left_turn except=psv;emergency", {}, False),
        ("restriction=no_left_turn except=psv", {}, True),
        ("restriction=no_left_turn except=psv", {"bus_roads": True}, False),
        ("restriction=nonsense", {}, False),
    ],
)
def test_which_relations_restrict_turns(load, relation, keys, is_obeyed):
    """At 3 the street meets the other way: who comes from 2 may not turn into it."""
    more = RELATION.format(via=3, to=11, tags=tags(f"type=restriction {relation}"))
    roads = load(more=more, **keys)
    assert bool(roads.is_split.any()) == is_obeyed
    assert any("turn restrictions obeyed: 1 at" in note for note in roads.notes) == is_obeyed


def test_a_restriction_over_a_street_between_holds_for_who_came_that_way(load):
    """From 7 over 1 and 2 one may not turn into the dead end 5; from 6 one may."""
    more = (
        '<relation id="1"><member type="way" ref="14" role="from"/>'
        '<member type="way" ref="16" role="via"/><member type="way" ref="12" role="to"/>'
        f"{tags('type=restriction restriction=no_left_turn')}</relation>"
        f'<way id="16"><nd ref="1"/><nd ref="2"/>{tags(RESIDENTIAL)}</way>'
    )
    roads = load(more=more)
    assert any("1 of them over streets between" in note for note in roads.notes)
    driving = Driving(roads, TravelParameters(), no_lights(roads), np.array([0]))

    def time_s(one, other):
        ends = (int(np.flatnonzero(roads.node_id == number)[0]) for number in (one, other))
        return driving.expected_s(*ends, 0, siren=False)

    street_m, dead_end_m = 1000.8, 222.4
    # It turns round at 3, or at 2 and again at 1.
    assert time_s(7, 5) == pytest.approx((4 * street_m + dead_end_m) / 25 * 3.6, rel=1e-3)
    assert time_s(5, 7) == pytest.approx((2 * street_m + dead_end_m) / 25 * 3.6, rel=1e-3)
    assert time_s(6, 5) == pytest.approx((2 * street_m + dead_end_m) / 25 * 3.6, rel=1e-3)
