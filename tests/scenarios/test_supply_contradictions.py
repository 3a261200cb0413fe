"""What supplies and coordination ask for and the city or the run does not have."""

import pytest

from environment.errors import DataError
from environment.maps.load import load_map
from environment.places.city import build_city
from scenarios.checks.contradictions import find_contradictions
from simulation.preparation import prepare
from tests.scenarios.small_supplies import EPIDEMIC, SUPPLIES

DISRUPTED = {"kind": "supplier_disrupted", "supplier": "P", "from_hour": 2, "until_hour": 9}
AROUND_W = {"kind": "road_closure", "streets": [[0, 1], [0, 5]], "from_hour": 0, "until_hour": 24}


@pytest.fixture
def told(grid_scenario):
    """What is told of changes to a day with supplies on a grid of 5 × 5 streets."""

    def told(**changes):
        scenario = grid_scenario(supplies=SUPPLIES, epidemic=EPIDEMIC).changed(
            {key.replace("__", "."): value for key, value in changes.items()}
        )
        roads = load_map(scenario.roads, scenario.folder)
        city = build_city(roads, scenario.places, scenario.folder)
        return find_contradictions(scenario, city)

    return told


def test_what_can_be_is_not_complained_about(told):
    quantities = {"masks": 30, "doses": 5}
    assert told() == []
    assert told(disruptions=[DISRUPTED, {**AROUND_W, "streets": [[0, 1]]}]) == []
    assert told(policies__ordering={"use": "fixed", "quantity": quantities}) == []
    assert told(supplies__times__order_every_h=24, coordination__mechanisms="on") == []


def test_a_disruption_of_a_supplier_that_there_is_not(told):
    assert told(disruptions=[DISRUPTED, {**DISRUPTED, "supplier": "p"}]) == [
        "disruptions.1: no supplier 'p' (known: P, Q)"
    ]


def test_a_disruption_outside_the_run(told):
    assert told(disruptions=[{**DISRUPTED, "from_hour": 24, "until_hour": 25}]) == [
        (
            "disruptions.0: begins at hour 24, but the run ends at hour 24 "
            "(run.warm_up_days and run.days)"
        )
    ]


def test_sites_that_no_road_reaches_in_the_whole_run(told):
    """The store W and the distributor D0 stand at the corner that is closed, beside station S1."""
    reason = "while the streets of disruptions.0 are closed, which is the whole run"
    lines = [
        f"supplies.sites.stores.0: no road reaches 'W' {reason}",
        f"supplies.sites.distributors.0: no road reaches 'D0' {reason}",
    ]
    closed = {"kind": "station_closed", "station": "S1", "from_hour": 0, "until_hour": 24}
    assert told(disruptions=[AROUND_W, closed]) == lines
    assert told(disruptions=[{**AROUND_W, "until_hour": 23}, closed]) == []


def test_intervals_longer_than_the_run(told):
    lines = told(
        run__days=0.5,
        supplies__times={"request_every_h": 13, "order_every_h": 720},
        coordination__planning__cycle_h=12.5,
    )
    end = "must be within the run of 12 hours, got {} (run.warm_up_days and run.days)"
    assert lines == [
        f"supplies.times.request_every_h {end.format(13)}",
        f"supplies.times.order_every_h {end.format(720)}",
    ]
    assert told(
        run__days=0.5,
        coordination={"mechanisms": ["planning"], "planning": {"cycle_h": 12.5}},
    ) == [f"coordination.planning.cycle_h {end.format(12.5)}"]


@pytest.mark.parametrize(
    ("policy", "line"),
    [
        (
            {"use": "fixed", "quantity": {"mask": 3, "doses": 3}},
            (
                "fixed: quantity: no item 'mask' (did you mean 'masks'?); "
                "quantity has no number for item 'masks'"
            ),
        ),
        (
            {"use": "reorder_point", "reorder_point": 3, "order_up_to": {"masks": 9, "doses": 3}},
            (
                "reorder_point: reorder_point must be below order_up_to, got 3 and 3 "
                "for item 'doses'"
            ),
        ),
    ],
)
def test_ordering_policies_that_do_not_fit_the_items(told, policy, line):
    assert told(policies__ordering=policy) == [f"policies.ordering: {line}"]


def test_a_policy_whose_parameters_are_wrong_by_themselves_is_told_once(told):
    [line] = told(policies__ordering={"use": "fixed", "quantity": -1})
    assert "quantity" in line


def test_nothing_to_coordinate(grid_scenario):
    line = (
        "coordination.systems: there are no supplies to coordinate; name supplies.items, "
        'or add "ambulances"'
    )
    alone = {"mechanisms": "risk", "systems": ["supplies"]}
    with pytest.raises(DataError) as caught:
        prepare(grid_scenario(coordination=alone))
    assert str(caught.value) == line
    prepare(grid_scenario(coordination={**alone, "mechanisms": "off"}))
    prepare(grid_scenario(coordination={"mechanisms": "risk"}))


def test_all_contradictions_at_once(told):
    lines = told(
        disruptions=[{**DISRUPTED, "supplier": "x"}, AROUND_W],
        supplies__times__order_every_h=25,
        policies__ordering={"use": "fixed", "quantity": {"masks": 1}},
        epidemic__outbreaks=[{"district": "D"}],
    )
    places = [line.split(":")[0].split(" ")[0] for line in lines]
    assert places == [
        "disruptions.0",
        "disruptions.1",
        "epidemic.outbreaks.0",
        "supplies.sites.stores.0",
        "supplies.sites.distributors.0",
        "supplies.times.order_every_h",
        "policies.ordering",
    ]


def test_sites_too_far_away_to_tell_how_far(grid_scenario):
    """Bug: there is no nearest street to a place whose distance overflows."""
    [first, *others] = SUPPLIES["sites"]["suppliers"]
    sites = {**SUPPLIES["sites"], "suppliers": [{**first, "x": 1e300}, *others]}
    with pytest.raises(DataError, match=r"suppliers: P at \(1e\+300, 400\) lies inf km"):
        prepare(grid_scenario(supplies={**SUPPLIES, "sites": sites}))


def test_sites_off_the_map(grid_scenario):
    sites = SUPPLIES["sites"]
    away = {
        "suppliers": [{**sites["suppliers"][0], "y": 5000}],
        "stores": [{**sites["stores"][1], "x": -9000}],
        "distributors": [{"site_id": "D1", "x": 800, "y": 600}],
    }
    scenario = grid_scenario(supplies={**SUPPLIES, "sites": away})
    with pytest.raises(DataError) as caught:
        prepare(scenario)
    near = "km from the nearest street"
    allowed = "farther than the allowed 1 km from any street: places.max_access_m"
    assert str(caught.value).splitlines() == [
        f"supplies.sites.suppliers: P at (400, 5000) lies 4.2 {near}",
        f"1 of 1 supplies.sites.suppliers {allowed} = 4200 accepts them; {SPAN}",
        f"supplies.sites.stores: V at (-9000, 800) lies 9.0 {near}",
        f"1 of 1 supplies.sites.stores {allowed} = 9000 accepts them; {SPAN}",
    ]


SPAN = "the map spans x 0 to 800, y 0 to 800"
