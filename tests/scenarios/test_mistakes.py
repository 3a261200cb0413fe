"""How the mistakes of a scenario are told: in plain words, and under what brought them in."""

import pytest

from scenarios.checks.mistakes import value_text
from scenarios.errors import ScenarioError
from scenarios.loader import load_changed, load_scenario
from scenarios.overrides import read_changes, read_overrides


def mistakes(*overrides):
    """Of the city, with some overrides."""
    with pytest.raises(ScenarioError) as caught:
        load_scenario("city", read_overrides(overrides))
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("fleet=3", "fleet must be a table, got 3"),
        ("travel.siren_kph=[3]", "travel.siren_kph must be a table, got [3]"),
        ("demand.hourly_weights=3", "demand.hourly_weights must be a list, got 3"),
        (
            "demand.hourly_weights={ a = true }",
            "demand.hourly_weights must be a list, got { a = true }",
        ),
        (
            "name=3",
            (
                "name must be a text, got 3; "
                "a text that looks like something else stands in double quotes"
            ),
        ),
        ("places.sites=3", "places.sites must be the name of a file, got 3"),
        ("run.days=long", "run.days must be a number, got 'long'"),
        ("run.days=[1]", "run.days must be a number, got [1]"),
        ("run.days=inf", "run.days must be a number, got inf"),
        ("fleet.ambulances=2.5", "fleet.ambulances must be a whole number, got 2.5"),
        ("fleet.ambulances=many", "fleet.ambulances must be a whole number, got 'many'"),
        (
            "dispatch_centre.redispatch=perhaps",
            "dispatch_centre.redispatch must be true or false, got 'perhaps'",
        ),
        (
            "demand.on_scene.mean_s=1e9",
            "demand.on_scene.mean_s must be <= 31,622,400, got 1,000,000,000",
        ),
        (
            "seed=99999999999999999999",
            "seed must be < 9,223,372,036,854,775,808, got 99,999,999,999,999,999,999",
        ),
        ("demand.priorities=[]", "demand.priorities must have at least 1 entry, got 0"),
        ("demand.unit_shares=[0.5, 0.4]", "demand: unit_shares must sum to 1, got 0.9"),
        (
            "demand.priorities.0.share=0.3",
            (
                "demand.priorities must be a list, got { 0 = { share = 0.3 } }; single entries "
                "of a list cannot be set: give the whole of it, demand.priorities=[...], or change "
                "a copy of the scenario's file"
            ),
        ),
    ],
)
def test_a_mistake_in_plain_words(override, told):
    assert mistakes(override) == [f"--set: {told}"]


def test_wrong_mechanisms_are_told_under_their_option():
    with pytest.raises(ScenarioError) as caught:
        load_changed("city", read_changes(["seed=-1"], "infomation,risk,rsik"))
    allowed = "must be 'information', 'planning', 'rules' or 'risk'"
    assert str(caught.value).splitlines() == [
        "--set: seed must be >= 0, got -1",
        (
            f"--coordination: coordination.mechanisms.0 {allowed}, got 'infomation' "
            "(did you mean 'information'?)"
        ),
        (f"--coordination: coordination.mechanisms.2 {allowed}, got 'rsik' (did you mean 'risk'?)"),
    ]


@pytest.mark.parametrize("text", ["coordination.mechanisms=off", "coordination={}"])
def test_what_is_coordinated_is_said_once(text):
    with pytest.raises(ScenarioError) as caught:
        read_changes([text], "on")
    key = text.partition("=")[0]
    assert str(caught.value) == (
        f"--coordination and --set {key} both say what is coordinated; give one of them"
    )


def test_lists_and_tables_that_are_not_toml_are_told_all_at_once():
    wrong = ["policies.dispatch={use=nearest", "demand.unit_shares=[0.5, x]", "days"]
    table, numbers, nothing = mistakes(*wrong)
    assert table == (
        "--set 'policies.dispatch={use=nearest': the value is not TOML (invalid value); a table "
        "is written as in 'policies.dispatch={ use = \"nearest\" }', with texts in double quotes"
    )
    assert numbers == (
        "--set 'demand.unit_shares=[0.5, x]': the value is not TOML (invalid value); a list "
        "is written as in 'demand.unit_shares=[0.9, 0.1]', with texts in double quotes"
    )
    assert nothing == "--set 'days': expected key=value, such as run.days=14"


def test_whole_numbers_with_thousands_of_digits(tmp_path):
    """Bug: Python refuses to read them, with an error that is not of TOML."""
    (line,) = mistakes(f"seed={'9' * 5000}")
    assert line == f"--set: seed must be a whole number, got '{'9' * 59}…"
    (tmp_path / "long.toml").write_text(f"seed = {'9' * 5000}")
    with pytest.raises(ScenarioError, match=r"^long\.toml: is not TOML: "):
        load_scenario(tmp_path / "long.toml")


def test_a_mistake_is_told_under_what_brought_it_in(tmp_path):
    """Bug: what lies between keys was laid to the file, whoever had set them."""
    path = tmp_path / "mine.toml"
    path.write_text("seed = -1\n[demand]\nunit_shares = [1.0]\n[travel]\nsiren_kph = 3\n")
    changes = {
        "--set": {"demand.unit_shares": [0.5], "places.sites": "absent.csv", "travel.siren_kph": 3},
        "--arm a": {"seed": -2, "folder": "elsewhere"},
    }
    with pytest.raises(ScenarioError) as caught:
        load_changed(path, changes)
    assert [line.split(" ", 3)[:3] for line in str(caught.value).splitlines()] == [
        ["--arm", "a:", "unknown"],
        ["--arm", "a:", "seed"],
        ["mine.toml:", "travel.siren_kph", "must"],
        ["--set:", "demand:", "unit_shares"],
    ]


def test_a_file_that_is_not_there_is_told_under_what_names_it(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[places]\nzones = 'z.csv'\nsites = 's.csv'\n")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path, {"places.sites": "absent[0].csv"})
    assert str(caught.value).splitlines() == [
        f"mine.toml: no such file: {tmp_path / 'z.csv'} (another folder: --data DIR)",
        f"--set: no such file: {tmp_path / 'absent[0].csv'} (another folder: --data DIR)",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.15576e8, "315,576,000"),
        (1e-6, "0.000001"),
        (-5.5, "-5.5"),
        (0, "0"),
        (1e300, "1e+300"),
        pytest.param(10**6000, "1.00000e+6000", id="of thousands of digits"),
        (float("nan"), "nan"),
        (True, "true"),
        (None, "nothing"),
        ("x", "'x'"),
        ({"a\n": {}, "b": [1, "c"]}, "{ 'a\\n' = {}, b = [1, 'c'] }"),
        ([1000] * 24, f"[{'1,000, ' * 8}1,0…"),
    ],
)
def test_values_as_a_file_would_write_them(value, text):
    assert value_text(value) == text
