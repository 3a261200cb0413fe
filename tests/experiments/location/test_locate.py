"""Siting a scenario's city by a model: candidates, days, plans, files, and what is refused."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from environment.errors import CorridorError
from environment.roads.lights import NO_LIGHT
from environment.units import DAY_S
from experiments.location.candidates import mean_waits_s, route_lights, stations_and_junctions
from experiments.location.locate import locate
from experiments.location.question import MODELS, QuestionError, make_question
from experiments.location.simulated_days import SimulatedDays, simulate_days
from experiments.statistics import share_interval
from run import app
from scenarios.loader import load_scenario
from simulation.model import simulate
from simulation.preparation import prepare
from viz.maps.location_files import sites_csv, write_location
from viz.terminal.console import open_console
from viz.terminal.location import print_location

CITY = load_scenario("city")


@pytest.fixture(scope="module")
def area():
    return prepare(CITY)


@pytest.fixture(scope="module")
def robust():
    return locate(CITY, make_question("robust", {"days": 40, "front": 3, "time_limit_s": 10}))


def asked(model, **given):
    return locate(CITY, make_question(model, {"days": 10} | given))


def jobs(*rows):
    """Days 1 and 2 of jobs given by hours since midnight of day 1, and their zones."""
    hours = np.array([row[:2] for row in rows])
    zone = np.array([row[2] for row in rows])
    from_s, until_s = (DAY_S + hours * 3600).T
    sent_s = from_s + 0.5 * 3600  # each waits half an hour
    return SimulatedDays(from_s, until_s, sent_s, zone, 1, 2, np.array([3, 1]))


def test_days_are_counted_by_hand():
    days = jobs((1, 3, 0), (2, 4, 1), (3, 5, 0), (23, 26, 1), (30, 31, 0), (30.5, 32, 0))
    assert days.calls_per_day(2).tolist() == [[2, 2], [2, 0]]
    # At 2 h one of each zone is under way; at 30.5 h two of the first.
    assert days.at_busiest(2).tolist() == [[1, 1], [2, 0]]
    assert days.most_at_once(np.array([0, 0, 0, 1, 0, 0]), 2).tolist() == [[2, 1], [2, 1]]
    assert days.most_at_once(np.array([0, 1, 0, 1, 1, 0]), 2).tolist() == [[1, 1], [1, 1]]
    assert days.busy_fraction() == pytest.approx((1.5 * 3 + 2.5 + 0.5 + 1) / (4 * 48))


def test_who_ends_makes_room_for_who_begins():
    days = jobs((1, 2, 0), (2, 3, 0))
    assert days.most_at_once(np.zeros(2, dtype=int), 1).tolist() == [[1], [0]]


def test_jobs_of_a_run(area):
    days = simulate_days(CITY, area.city, 10, 0)
    calls = days.calls_per_day(len(area.city.zones)).sum(axis=1)
    # Poisson with 220 calls a day, of which every twentieth needs two: within four deviations.
    assert calls.mean() == pytest.approx(231, abs=4 * np.sqrt(231 / 10))
    assert days.fleet.tolist() == [3, 2, 2, 2, 2, 2, 2, 2, 1]
    assert 0.25 < days.busy_fraction() < 0.5
    peak = days.at_busiest(len(area.city.zones)).sum(axis=1)
    assert (peak == days.most_at_once(np.zeros(len(days.zone), dtype=int), 1)[:, 0]).all()


@pytest.mark.parametrize(
    ("so", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634)]
)
def test_wilson_interval(so, of, low, high):
    found = share_interval(np.arange(of) < so)
    assert (found.mean, found.size) == (so / of, of)
    assert [found.low, found.high] == pytest.approx([low, high], abs=1e-4)


def test_fewer_candidates_are_among_more(area):
    few, many = (
        stations_and_junctions(area.city, area.driving, sites, CITY.seed) for sites in (3, 8)
    )
    assert len(few) == 9 + 3
    assert many.site_id[:12] == few.site_id
    assert len(set(many.node.tolist())) == len(many)
    assert (many.travel_s[:12] == few.travel_s).all()
    with pytest.raises(QuestionError, match=r"sites must be at most 4,\d+ on .*, got 9,000"):
        stations_and_junctions(area.city, area.driving, 9000, CITY.seed)


def test_drives_past_equipped_lights(area):
    sites = stations_and_junctions(area.city, area.driving, 0, CITY.seed)
    travel_s, lights = route_lights(sites, 1.0)
    none, every = np.zeros(224, dtype=bool), np.ones(224, dtype=bool)
    assert lights.waits_s(every).max() == 0
    # A light's wait is a mean over its streets, a drive's that of the streets that it takes.
    waited_s = travel_s + lights.waits_s(none)
    assert abs(waited_s - sites.travel_s).mean() < 1.0
    met = area.driving.lights.light[area.driving.path(*sites.node[:2].tolist(), siren=True)]
    assert lights.on_route.shape == (224, 9, len(area.city.zones))
    assert (met != NO_LIGHT).any()
    # Red is 0.45 of a cycle of 80 s on one axis and 0.55 on the other, a siren loses 5 s of it.
    assert mean_waits_s(area.driving).mean() == pytest.approx(5 * 0.5, abs=0.25)


@pytest.mark.parametrize("model", [name for name in MODELS if name != "robust"])
def test_every_model_places_the_fleet(model):
    found = asked(model, target_s=330.0)
    plan = found.plan
    assert plan.ambulances.sum() == found.present.ambulances.sum() == 18
    assert (plan.share.sum(axis=0) == 1).all()
    assert (plan.share[~plan.is_open] == 0).all()
    assert plan.within_target > 0.99
    assert plan.search.status == ("not proven" if model == "k_means" else "optimal")


def test_figures_are_those_of_the_plan():
    found = asked("p_median", stations=4)
    plan, zones = found.plan, found.plan.candidates.city.zones
    nearest_s = plan.candidates.travel_s[plan.is_open].min(axis=0)
    assert plan.is_open.sum() == 4
    assert plan.mean_drive_s == pytest.approx(nearest_s @ zones.demand_share)
    assert plan.mean_drive_s == pytest.approx(plan.search.objective)
    assert plan.longest_drive_s == pytest.approx(nearest_s.max())
    assert found.target_s == 480 - 90 - 75
    assert plan.within_target == pytest.approx(zones.demand_share[nearest_s <= 315].sum())
    km = (plan.share * plan.candidates.distance_km * zones.demand_share).sum()
    expected = 4 * 50 + 18 * 2 + 50 * km * found.calls_per_day
    assert plan.cost_per_day == pytest.approx(expected)


def test_more_candidates_are_no_worse():
    few, many = (asked("p_median", sites=sites).plan.mean_drive_s for sites in (0, 10))
    assert many <= few * (1 + 1e-9)


def test_price_of_robustness(robust):
    """More protection takes more ambulances and holds on more days; the box holds them all."""
    plans = {plan.name: plan for plan in (robust.plan, *robust.beside)}
    nominal, ellipsoid, budgeted, box = (
        plans[name] for name in ("nominal", "ellipsoid", "budgeted", "box")
    )
    fleets = [plan.ambulances.sum() for plan in (nominal, ellipsoid, budgeted, box)]
    assert sorted(fleets) == fleets
    held = [plan.days_held.mean for plan in (nominal, ellipsoid, budgeted, box)]
    assert sorted(held) == held
    assert held[0] < 0.05
    assert held[3] > 0.95
    stations = [plan.station_days_held.mean for plan in (nominal, ellipsoid, box)]
    assert stations[0] < 0.5 < stations[1] < stations[2]
    assert robust.plan.name == "ellipsoid"
    assert all(plan.search.gap <= 0.005 for plan in plans.values())


@pytest.mark.slow
def test_lights_that_are_worth_their_cost():
    given = {"target_s": 200.0, "light_cost_per_day": 0.01, "weight": 0.3, "time_limit_s": 10}
    without, decided = (asked("robust", lights=lights, **given) for lights in (False, True))
    equipped = decided.to_dict()["plan"]["equipped_lights"]
    assert 0 < len(equipped) == decided.plan.is_equipped.sum() < 224
    prepare(CITY.changed({"signals.equipped_junctions": equipped}))  # each has a light
    assert decided.plan.within_target > without.plan.within_target
    kinds = [shape["properties"]["kind"] for shape in decided.plan.to_geojson()["features"]]
    assert kinds.count("equipped_light") == len(equipped)


def test_front_is_one(robust):
    costs = [plan.cost_per_day for plan in robust.front]
    service = [plan.service_cost_per_day for plan in robust.front]
    assert len(robust.front) >= 2
    assert sorted(costs) == costs
    assert sorted(service, reverse=True) == service


def test_interruption_gives_the_best_plan_so_far():
    def tell(what, step):
        if step is not None:
            raise KeyboardInterrupt

    found = locate(CITY, make_question("robust", {"days": 10, "front": 3}), tell)
    assert found.is_interrupted
    assert found.plan.search.status == "interrupted"
    assert found.plan.ambulances.sum() >= 9
    assert (found.beside, found.front) == ((), ())
    assert found.notes[0].startswith("interrupted: the best plan so far")


def test_sites_are_those_of_a_scenario(tmp_path):
    plan = asked("mclp", stations=5).plan
    (tmp_path / "sites.csv").write_bytes(sites_csv(plan))
    table = pd.read_csv(tmp_path / "sites.csv")
    assert (table["kind"] == "station").sum() == 5
    changed = CITY.changed({"places.sites": tmp_path / "sites.csv", "run.days": 1})
    result = simulate(changed)
    sited = {row["site_id"]: row["ambulances"] for row in plan.sited()}
    assert result.vehicles["station"].value_counts().to_dict() == sited


def test_files(robust, tmp_path):
    names = write_location(robust, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    shapes = json.loads((tmp_path / "plan.geojson").read_text())
    kinds = [shape["properties"]["kind"] for shape in shapes["features"]]
    assert kinds.count("station") == robust.plan.is_open.sum()
    assert kinds.count("zone") == 332
    assert shapes["coordinates_are"] == "metres of a plane"
    data = json.loads((tmp_path / "location.json").read_text())
    assert data["plan"]["ambulances"] == robust.plan.ambulances.sum()
    assert [one["plan"] for one in data["beside"]] == ["nominal", "box", "budgeted"]


def test_terminal(robust):
    text = io.StringIO()
    print_location(open_console(file=text, width=80), robust)
    lines = text.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    ambulances = next(line.split() for line in lines if line.startswith(" Ambulances"))
    assert ambulances[1:3] == ["18", str(robust.plan.ambulances.sum())]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-m", "mexcl"], "got 'mexcl' (did you mean 'mexclp'?)"),
        (["-m", "mclp", "--with", "stationz=3"], "'stationz' (did you mean 'stations'?)"),
        (
            ["-m", "mclp", "--with", "stations=0", "--days", "3", "--lights"],
            """lights: mclp does not ask for it; it asks for stations
days must be a whole number from 10 to 10,000, got 3
stations must be a whole number >= 1, got 0""",
        ),
        (["-m", "robust", "--protection", "sphere"], "budgeted, ellipsoid, got 'sphere'"),
        (["-m", "robust", "--with", "ambulances=9"], "ambulances: robust does not ask for it"),
        (["-m", "mclp", "--with", "stations=10"], "at most 9, the number of candidates, got 10"),
        (
            ["-m", "lscp", "--days", "10", "--with", "target_s=100"],
            "and 237 more within 100 s; all could be reached within 314 s",
        ),
        (
            ["-m", "double_standard", "--days", "10", "--with", "outer_target_s=300"],
            "outer_target_s must be at least target_s, 315, got 300",
        ),
    ],
)
def test_mistakes_are_told(words, told):
    result = CliRunner().invoke(app, ["locate", "city", *words])
    assert isinstance(result.exception, CorridorError)
    assert told in str(result.exception)


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    """The calls of 20 simulated days, as a file."""
    result = simulate(CITY.changed({"run.days": 20, "run.warm_up_days": 0}), 7)
    path = tmp_path_factory.mktemp("record") / "calls.csv"
    result.calls[["called_s", "x", "y", "priority"]].to_csv(path, index=False)
    changes = {"demand.recorded_calls": path, "run.days": 20, "run.warm_up_days": 0}
    return CITY.changed(changes)


def test_recorded_calls_are_learned_from(record):
    """The first half says what demand is, the second what plans are worth."""
    found = locate(record, make_question("p_median", {"stations": 4}))
    plan, share = found.plan, found.plan.candidates.city.zones.demand_share
    assert share.sum() == pytest.approx(1)
    assert not np.allclose(share, prepare(CITY).city.zones.demand_share)
    nearest_s = plan.candidates.travel_s[plan.is_open].min(axis=0)
    assert plan.search.objective == pytest.approx(nearest_s @ share)
    assert plan.days_held.size == 10
    assert "demand is that of the first 10 days" in found.notes[0]


def test_a_short_record_is_told(record):
    message = "20 whole days are needed, half to learn from and half to try plans on, got 12: 8 sh"
    with pytest.raises(QuestionError, match=message):
        locate(record.changed({"run.days": 12}), make_question("mclp", {}))


def test_where_nobody_calls():
    result = CliRunner().invoke(app, ["locate", "covid-supplies", "-m", "mclp"])
    assert str(result.exception) == "covid-supplies: nobody calls for an ambulance here"


def test_json_of_the_command():
    words = ["locate", "city", "-m", "mexclp", "--days", "10", "--json"]
    result = CliRunner().invoke(app, words)
    data = json.loads(result.stdout)
    assert (result.exit_code, data["model"], data["plan"]["ambulances"]) == (0, "mexclp", 18)
