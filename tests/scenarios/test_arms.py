"""Arms from the command line."""

import pytest

from scenarios.arms import read_arms
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
