"""What befalls a run: each kind is there once, can be applied and undone, and says what it is."""

from typing import get_args

import pytest

from environment.disruptions import Disruption
from environment.units import HOUR_S
from scenarios.errors import ScenarioError
from scenarios.loader import load_scenario
from simulation.interventions import KINDS, live, offers
from simulation.model import EmergencyModel

DAY = {"run.days": 1, "run.warm_up_days": 0}


@pytest.fixture(scope="module")
def city():
    return load_scenario("city", DAY)


@pytest.fixture(scope="module")
def supplies():
    return load_scenario("covid-supplies", {"run.days": 3, "run.warm_up_days": 0})


def kinds_in_files():
    return [member.model_fields["kind"].default for member in get_args(get_args(Disruption)[0])]


def test_every_kind_of_a_file_has_its_behaviour():
    listed = [kind for kind, one in KINDS.items() if one.key == "disruptions"]
    assert sorted(listed) == sorted(kinds_in_files())
    assert len(set(KINDS.values())) == len(KINDS) == 7
    assert KINDS["outbreak"].key == "epidemic.outbreaks"


def test_what_is_offered_can_befall_the_case(city, supplies):
    assert list(offers(city)) == ["road_closure", "hospital_closed", "station_closed"]
    assert list(offers(supplies)) == ["road_closure", "supplier_disrupted", "outbreak"]
    assert set(offers()) == {*offers(city), *offers(supplies)}
    sites = {kind: offer.site for kind, offer in offers().items() if offer.site}
    assert sites == {
        "hospital_closed": "hospital",
        "station_closed": "station",
        "supplier_disrupted": "supplier",
    }


def begun(model, config, request):
    """An intervention that begins now, and the scenario with it."""
    kind = KINDS[request["kind"]]
    entry = kind.entry(request, model.parts)
    changed = config.changed({"disruptions": [*config.model_dump()["disruptions"], entry]})
    return kind(changed.disruptions[-1], len(config.disruptions), model.parts), changed


def test_what_is_undone_leaves_nothing(city):
    model = EmergencyModel(city)
    model.run_until(8 * HOUR_S)
    streets = model.context.driving
    hospital = str(model.area.city.hospitals.sites.site_id[1])
    station = str(model.area.city.stations.sites.site_id[2])
    place = {"x_m": 4000.0, "y_m": 4000.0, "radius_m": 250.0}
    found = [
        begun(model, city, {"kind": "road_closure", **place})[0],
        begun(model, city, {"kind": "hospital_closed", "hospital": hospital})[0],
        begun(model, city, {"kind": "station_closed", "station": station})[0],
    ]
    for one in found:
        one.apply()
    pieces = int(model.closures.closed.sum())
    assert pieces > 10
    assert model.context.driving is not streets
    assert not model.centre.hospitals[1].is_open
    assert not model.centre.station_is_open[2]
    assert [one.describe() for one in found] == [
        f"{pieces} street pieces closed",
        f"hospital {hospital} closed",
        f"station {station} closed",
    ]
    for one in found:
        one.undo()
    assert model.context.driving is streets
    assert not model.closures.closed.any()
    assert model.centre.hospitals[1].is_open
    assert model.centre.station_is_open.all()
    model.run()


def test_two_closures_of_one_site_are_undone_one_by_one(city):
    model = EmergencyModel(city)
    for _ in range(2):
        model.centre.close_station(0)
        model.centre.close_hospital(0)
    model.centre.reopen_station(0)
    model.centre.reopen_hospital(0)
    assert not model.centre.station_is_open[0]
    assert not model.centre.hospitals[0].is_open
    model.centre.reopen_station(0)
    model.centre.reopen_hospital(0)
    assert model.centre.station_is_open[0]
    assert model.centre.hospitals[0].is_open


def test_of_several_failures_of_a_supplier_the_worst_holds(supplies):
    model = EmergencyModel(supplies)
    supplier = model.supply_side.supply.suppliers[0]
    request = {"kind": "supplier_disrupted", "supplier": supplier.name}
    half, none = (begun(model, supplies, request | {"output_share": x})[0] for x in (0.5, 0.0))
    assert none.describe() == f"supplier {supplier.name} at 0% of its output"
    half.apply()
    assert supplier.output == 0.5
    none.apply()
    assert supplier.output == 0.0
    none.undo()
    assert supplier.output == 0.5
    half.undo()
    assert supplier.output == 1.0


def test_nobody_is_taken_to_a_hospital_that_has_just_been_closed(city):
    """Bug: where no hospital was limited, one closed by a click went on taking patients."""
    model = EmergencyModel(city)
    assert all(hospital.capacity.is_unlimited for hospital in model.centre.hospitals)
    model.run_until(6 * HOUR_S)
    name = str(model.area.city.hospitals.sites.site_id[0])
    request = {"kind": "hospital_closed", "hospital": name, "hours": 6}
    changed, told = live.disrupt(model.parts, city, request)
    assert told == f"hospital {name} closed"
    assert changed.disruptions[0].from_hour == pytest.approx(6)
    assert changed.disruptions[0].until_hour == pytest.approx(12)
    missions = model.run().missions
    chosen = missions[missions["hospital"] == name]["left_scene_s"]
    assert not chosen.between(6 * HOUR_S, 12 * HOUR_S).any()
    assert (chosen < 6 * HOUR_S).any()
    assert (chosen > 12 * HOUR_S).any()


def test_a_closure_by_click_is_that_of_a_file_from_then_on(city):
    """The same closure, applied at hour 8 or planned from hour 8 on: the same missions."""
    hours = {"from_hour": 8.0, "until_hour": 12.0}
    where = {"x": 4000.0, "y": 4000.0, "radius_m": 500.0}
    planned = EmergencyModel(
        city.changed({"disruptions": [{"kind": "road_closure", **where, **hours}]})
    ).run()
    model = EmergencyModel(city)
    model.run_until(8 * HOUR_S)
    _, told = live.disrupt(model.parts, city, {"kind": "road_closure", **where, "hours": 4.0})
    assert told.endswith("street pieces closed")
    clicked = model.run()
    columns = ["call", "ambulance", "arrived_s", "to_call_m", "home_s"]
    assert planned.missions[columns].equals(clicked.missions[columns])
    untouched = EmergencyModel(city).run()
    assert not untouched.missions[columns].equals(clicked.missions[columns])


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"kind": "flood"}, r"^no disruption 'flood' \(known: road_closure, hospital_closed"),
        ({"kind": "surge", "factor": 2}, "A surge needs a new start"),
        ({"kind": "outbreak", "district": "S1", "cases": 5}, "no epidemic"),
        ({"kind": "station_closed", "station": "S1", "hours": 0}, "hours must be > 0 and <= 8,784"),
        ({"kind": "station_closed", "station": "X"}, r"^no station 'X'"),
    ],
)
def test_what_cannot_begin_now_is_told(city, request_, said):
    model = EmergencyModel(city)
    with pytest.raises(ScenarioError, match=said):
        live.disrupt(model.parts, city, request_)
    assert not model.closures.closed.any()
    assert model.centre.station_is_open.all()
