"""Arms from the command line."""

import pytest

from scenarios.arms import load_arms, read_arms
from scenarios.errors import ScenarioError


def test_commas_in_values_stay():
    text = (
        'a:policies.dispatch={use="x:Y", keep=2},demand.unit_shares=[0.5, 0.5],'
        "name='one, two', run.days=3"
    )
    assert read_arms([text, "base"]) == {
        "a": [
            'policies.dispatch={use="x:Y", keep=2}',
            "demand.unit_shares=[0.5, 0.5]",
            "name='one, two'",
            "run.days=3",
        ],
        "base": [],
    }


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["run.days=3"], "--arm 'run.days=3': expected NAME:KEY=VALUE,..."),
        ([":run.days=3"], "--arm ':run.days=3': expected NAME:KEY=VALUE,..."),
        (["a:run.days=3", "a"], "--arm 'a': there is an arm 'a' already"),
    ],
)
def test_wrong_arms(texts, message):
    with pytest.raises(ScenarioError) as caught:
        read_arms(texts)
    assert str(caught.value).startswith(message)


def test_brackets_in_quoted_texts_are_no_lists():
    """Bug: one that was opened and not closed took all the rest of the arm in."""
    assert read_arms(["a:name='[x',run.days=3"]) == {"a": ["name='[x'", "run.days=3"]}


def test_apostrophe_swallows_no_key_and_no_key_is_given_twice():
    """Bug: what came after an apostrophe was a part of the text before it."""
    assert read_arms(["a:name=it's,run.days=3"]) == {"a": ["name=it's", "run.days=3"]}
    with pytest.raises(ScenarioError, match=r"the quote ' before 'its,run.days=3' is not closed"):
        read_arms(["a:name='its,run.days=3"])
    with pytest.raises(ScenarioError, match=r"--arm a 'run.days': the key is given twice"):
        load_arms("city", {"a": ["run.days=3", "run.days=4"]})


def test_a_part_without_a_key_goes_on_with_the_value_before_it():
    text = "a:coordination.mechanisms=information,risk,run.days=3,"
    assert read_arms([text]) == {"a": ["coordination.mechanisms=information,risk", "run.days=3"]}


def test_arms_change_what_is_coordinated_for_all():
    arms = {"a": [], "b": ["coordination.mechanisms=off"]}
    loaded = load_arms("city", arms, coordination="information,risk")
    assert [case.coordination.mechanisms for case in loaded.values()] == [
        ("information", "risk"),
        (),
    ]


def test_arms_change_what_is_set_for_all():
    loaded = load_arms("city", {"a": [], "b": ["run.days=3"]}, ["run.days=2", "seed=7"])
    assert [(name, case.run.days, case.seed) for name, case in loaded.items()] == [
        ("a", 2, 7),
        ("b", 3, 7),
    ]


def test_mistakes_of_all_arms_at_once_each_under_its_arm():
    arms = {
        "a": ["run.dayz=3"],
        "b": ["fleet.ambulances=0", "demand.unit_shares=[0.5, 0.4]"],
        "c": ["run.days", "places.zones"],
    }
    with pytest.raises(ScenarioError) as caught:
        load_arms("city", arms, ["seed=-1"])
    assert str(caught.value).splitlines() == [
        "--set: seed must be >= 0, got -1",
        "--arm a: unknown key 'run.dayz' (did you mean 'run.days'?)",
        "--arm b: demand: unit_shares must sum to 1, got 0.9",
        "--arm b: fleet.ambulances must be >= 1, got 0",
        "--arm c 'run.days': expected key=value, such as run.days=14",
        "--arm c 'places.zones': expected key=value, such as run.days=14",
    ]
