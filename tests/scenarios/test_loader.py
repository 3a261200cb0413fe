"""Scenario files: what is read, and how every mistake is told."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scenarios.errors import ScenarioError
from scenarios.loader import load_scenario, shipped_cases
from scenarios.overrides import read_overrides, with_values
from scenarios.scenario import Scenario


@pytest.fixture
def load(tmp_path):
    def load(text, **overrides):
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return load_scenario(path, {key.replace("__", "."): v for key, v in overrides.items()})

    return load


def mistakes(load, text, **overrides):
    with pytest.raises(ScenarioError) as caught:
        load(text, **overrides)
    return str(caught.value).splitlines()


def test_an_empty_file_is_the_default_city(load, tmp_path):
    scenario = load("")
    assert scenario.name == "mine"
    assert scenario.folder == tmp_path
    assert scenario.roads.source == "synthetic_city"
    assert scenario.model_copy(update={"name": "unnamed"}).fingerprint == Scenario().fingerprint


@pytest.mark.parametrize("name", shipped_cases())
def test_every_shipped_case_is_valid(name, shared_data):
    folder = shared_data / name
    own_files = name == "manhattan" and folder.is_dir()  # the others bring all that they name
    scenario = load_scenario(name, folder=folder if own_files else None)
    assert scenario.name == name
    assert scenario.description


def test_all_mistakes_at_once(load):
    text = """
    sede = 3
    [fleet]
    ambulance = 5
    ambulances = 0
    available_after = "home"
    [run]
    days = -1
    [demand]
    calls_per_day = nan
    on_scene = { distribution = "exponentail", mean_s = 30 }
    hourly_weights = [1, 2]
    [policies]
    dispatch = 7
    """
    assert mistakes(load, text) == [
        "mine.toml: run.days must be > 0, got -1",
        "mine.toml: demand.calls_per_day must be a number, got nan",
        "mine.toml: demand.hourly_weights must have at least 24 entries, got 2",
        (
            "mine.toml: demand.on_scene.distribution must be 'constant', 'exponential', 'gamma' or "
            "'lognormal', got 'exponentail' (did you mean 'exponential'?)"
        ),
        "mine.toml: fleet.ambulances must be >= 1, got 0",
        "mine.toml: fleet.available_after must be 'clear' or 'base', got 'home'",
        "mine.toml: unknown key 'fleet.ambulance' (did you mean 'fleet.ambulances'?)",
        "mine.toml: policies.dispatch: must be a name or a table with the key use, got 7",
        "mine.toml: unknown key 'sede' (did you mean 'seed'?)",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[flet]\nambulances = 3", "unknown key 'flet' (did you mean 'fleet'?)"),
        ("[roads]\nrows = 3", "roads.source is missing; allowed: "),
        ("[roads]\nsource = 'plane_gird'", "roads.source must be one of "),
        (
            "[roads]\nsource = 'plane_grid'\nrow = 3",
            "unknown key 'roads.row' (did you mean 'roads.rows'?)",
        ),
        ("[roads]\nsource = 'plane_grid'\nrows = 1", "roads.rows must be >= 2, got 1"),
        ("[roads]\nsource = 'inter_city'\nnodes = 'n.csv'", "roads.links is missing"),
        (
            "[roads]\nsource = 'osm_file'\nfile = 'a.osm'\nspeeds = { motorwy = 9 }",
            "unknown key 'roads.speeds.motorwy' (did you mean 'roads.speeds.motorway'?)",
        ),
        ("[demand]\nunit_shares = [0.5, 0.4]", "demand: unit_shares must sum to 1, got 0.9"),
        ("[demand]\non_scene = -3", "demand.on_scene.mean_s must be >= 0, got -3"),
        (
            "[demand]\non_scene = { mean_s = 3, cvv = 1 }",
            "unknown key 'demand.on_scene.cvv' (did you mean 'demand.on_scene.cv'?)",
        ),
        (
            "[[demand.priorities]]\nname = 'a'\nshare = 1\ntarget_s = 9\nsirn = true",
            "unknown key 'demand.priorities.0.sirn' (did you mean 'demand.priorities.0.siren'?)",
        ),
        ("[[demand.priorities]]\nname = 'a'\nshare = 1", "demand.priorities.0.target_s is missing"),
        ("[travel]\nsiren_speed_factor = 0", "travel.siren_speed_factor must be >= 0.01, got 0"),
        ("[signals]\ngreen_share = 1.1", "signals.green_share must be <= 1, got 1.1"),
        ("seed = -1", "seed must be >= 0, got -1"),
        ("[policies.dispatch]\nkeep = 1", "policies.dispatch.use is missing"),
        (
            "[[disruptions]]\nfrom_hour = 3",
            "disruptions.0.kind is missing; allowed: road_closure, surge, station_closed, ",
        ),
        (
            "[[disruptions]]\nkind = 'serge'",
            (
                "disruptions.0.kind must be one of road_closure, surge, station_closed, "
                "hospital_closed, supplier_disrupted, mass_casualty, got 'serge' "
                "(did you mean 'surge'?)"
            ),
        ),
        (
            "[[disruptions]]\nkind = 'surge'\nfrom_hour = 1\nuntil_hour = 2",
            "disruptions.0.factor is missing",
        ),
        (
            "[[disruptions]]\nkind = 'surge'\nfrom_hour = 3\nuntil_hour = 2\nfactor = 2",
            "disruptions.0: until_hour must be > from_hour, got 2 and 3",
        ),
        (
            "[[disruptions]]\nkind = 'surge'\nfrom_hour = 1\nuntil_hour = 2\nfactr = 2\nfactor = 1",
            "unknown key 'disruptions.0.factr' (did you mean 'disruptions.0.factor'?)",
        ),
        (
            (
                "[[disruptions]]\nkind = 'road_closure'\nfrom_hour = 1\nuntil_hour = 2\n"
                "streets = [[1, 2, 3]]"
            ),
            "disruptions.0.streets.0 must have at most 2 entries, got 3",
        ),
        (
            (
                "[[disruptions]]\nkind = 'mass_casualty'\nat_hour = 1\nx = 0\ny = 0\n"
                "casualties = 0\ntriage = { high = 1 }\nreported_as = 'high'"
            ),
            "disruptions.0.casualties must be >= 1, got 0",
        ),
        ("folder = 'elsewhere'", "unknown key 'folder'"),
        ("seed = ", "is not TOML: "),
        ("seed = 1\nseed = 2", "is not TOML: "),
    ],
)
def test_one_mistake(load, text, expected):
    (line,) = mistakes(load, text)
    assert line.startswith(f"mine.toml: {expected}")


def test_mistakes_from_the_command_line_are_told_as_such(load):
    lines = mistakes(load, "[run]\ndays = 0", fleet__ambulances=0, run__dayz=2)
    assert lines == [
        "mine.toml: run.days must be > 0, got 0",
        "--set: unknown key 'run.dayz' (did you mean 'run.days'?)",
        "--set: fleet.ambulances must be >= 1, got 0",
    ]


def test_files_and_cases_that_are_not_there(tmp_path):
    with pytest.raises(ScenarioError, match=r"nowhere\.toml: no such file"):
        load_scenario(tmp_path / "nowhere.toml")
    with pytest.raises(ScenarioError, match=r"did you mean 'manhattan'\?"):
        load_scenario("manhatan")
    with pytest.raises(
        ScenarioError, match=r"no such case, and no \.toml file .*cases: .*manhattan"
    ):
        load_scenario("zzz")
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe9'")
    with pytest.raises(ScenarioError, match=r"latin\.toml: is not TOML"):
        load_scenario(tmp_path / "latin.toml")
    with pytest.raises(ScenarioError, match="no such folder"):
        load_scenario("manhattan", folder=tmp_path / "nowhere")


def test_overrides():
    read = read_overrides
    assert read(["run.days=14", "a.b = true", "name=x", "n=[1, 2]"]) == {
        "run.days": 14, "a.b": True, "name": "x", "n": [1, 2],
    }  # fmt: skip
    assert read(["p={ use = 'm:C', keep = 2 }"]) == {"p": {"use": "m:C", "keep": 2}}
    for wrong in ("run.days", "=3", "run.days="):
        with pytest.raises(ScenarioError, match=r"expected key=value, such as run\.days=14"):
            read([wrong])


def test_overrides_take_the_place_of_what_is_there_and_leave_the_rest():
    data: dict[str, Any] = {
        "run": {"days": 1, "warm_up_days": 0},
        "policies": {"dispatch": "nearest"},
    }
    changed = with_values(data, {"run.days": 3, "policies.dispatch.keep": 2})
    assert changed == {
        "run": {"days": 3, "warm_up_days": 0},
        "policies": {"dispatch": {"use": "nearest", "keep": 2}},
    }
    assert data["run"]["days"] == 1


def test_a_changed_scenario_says_what_is_wrong_with_the_change():
    """Bug: pydantic's own error came out."""
    with pytest.raises(ScenarioError, match=r"fleet\.ambulances must be >= 1, got 0"):
        Scenario().changed({"fleet.ambulances": 0})


def test_a_scenario_survives_its_own_json(load):
    scenario = load("[policies.dispatch]\nuse = 'a:B'\nkeep = 2\n[run]\ndays = 3")
    again = Scenario.model_validate(json.loads(scenario.model_dump_json()))
    assert again.fingerprint == scenario.fingerprint
    assert again.policies.dispatch.parameters == {"keep": 2}


def names_in(model):
    for name, field in model.model_fields.items():
        yield name
        if isinstance(field.default, tuple):
            continue
        if hasattr(type(field.default), "model_fields"):
            yield from names_in(type(field.default))


NAMES = sorted({*names_in(Scenario), "rows", "mean_s", "distribution", "cv", "use", "typo", ""})
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**300, max_value=10**310),
    st.floats(),
    st.sampled_from(
        ["plane_grid", "synthetic", "osm_file", "nearest", "wait", "", "é\n", "x" * 200]
    ),
    st.dates(),
    st.datetimes(),
)
names = st.one_of(st.sampled_from(NAMES), st.text(max_size=4))
anything = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=4)),
    max_leaves=12,
)
tables = st.dictionaries(
    names, st.one_of(anything, st.dictionaries(names, anything, max_size=5)), max_size=5
)
many = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


def told(overrides):
    """What is said of the default city with these values; empty where nothing is wrong."""
    try:
        load_scenario("city", overrides)
    except ScenarioError as error:
        return str(error) or "an error without a word"
    return ""


@given(tables)
@many
def test_any_table_is_a_scenario_or_a_scenario_error(data):
    for line in told(data).splitlines():
        assert line.startswith(("--set: ", "city.toml: "))


valid = {
    "run.days": st.floats(),
    "run.warm_up_days": st.floats(),
    "seed": st.integers(),
    "fleet.ambulances": st.one_of(st.none(), st.integers()),
    "demand.calls_per_day": st.floats(),
    "demand.hourly_weights": st.lists(st.floats(), min_size=23, max_size=25),
    "demand.on_scene": st.one_of(st.floats(), st.fixed_dictionaries({"mean_s": st.floats()})),
    "demand.unit_shares": st.lists(st.floats(), max_size=3),
    "demand.priorities": st.lists(
        st.fixed_dictionaries({"name": st.text(), "share": st.floats(), "target_s": st.floats()}),
        max_size=3,
    ),
    "travel.hourly_speed_factors": st.lists(st.floats(), min_size=23, max_size=25),
    "travel.siren_kph": st.dictionaries(st.text(), st.floats(), max_size=2),
    "signals.green_share": st.floats(),
    "policies.dispatch": st.one_of(st.text(), tables),
    "disruptions": st.lists(
        st.fixed_dictionaries(
            {"kind": st.sampled_from(["surge", "road_closure", "mass_casualty", "flood"])},
            optional={
                "from_hour": st.floats(),
                "until_hour": st.floats(),
                "factor": st.floats(),
                "streets": anything,
                "triage": st.dictionaries(st.text(), st.floats(), max_size=2),
            },
        ),
        max_size=2,
    ),
    "roads": st.fixed_dictionaries(
        {"source": st.sampled_from(["plane_grid", "synthetic", "place", "graphml", "nowhere"])},
        optional={"rows": anything, "speed_kph": anything, "seed": anything, "file": anything},
    ),
}


@given(st.fixed_dictionaries({}, optional=valid))
@many
def test_any_values_are_a_scenario_or_a_scenario_error(data):
    for line in told(data).splitlines():
        assert line.startswith(("--set: ", "city.toml: "))


@given(st.text(max_size=80))
@many
def test_any_override_text_is_read_or_refused(text):
    try:
        read = read_overrides([text])
    except ScenarioError:
        return
    assert len(read) == 1


@given(st.dictionaries(st.text("ab.", max_size=5), anything, max_size=3))
@many
def test_any_dotted_key_is_a_scenario_error(overrides):
    if overrides:
        with pytest.raises(ScenarioError):
            load_scenario("city", overrides)
