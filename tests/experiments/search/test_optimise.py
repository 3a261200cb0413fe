"""Searches: they find what is known to be best, and are honest about what they found."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from experiments.designs import read_sweeps
from experiments.errors import BatchError
from experiments.search import Question, optimise, optimise_case
from experiments.search.fronts import better_half, dominators
from experiments.search.money import Prices, read_prices
from scenarios.errors import ScenarioError
from tests.conftest import SITES
from tests.experiments.search.interrupted_search import quick_run
from tests.experiments.search.made_up import bowl, stand_in

LIGHTS = {"signals.green_share": "0.05..0.95", "signals.equipped_share": "0.0..1.0"}


@pytest.fixture
def base(grid_scenario):
    return grid_scenario(demand__calls_per_day=80, fleet__ambulances=4)


@given(arrays(float, (7, 2), elements=st.integers(0, 4).map(float)))
def test_the_front_is_what_nothing_dominates(losses):
    by_hand = [
        sum((other <= one).all() and (other < one).any() for other in losses) for one in losses
    ]
    assert dominators(losses).tolist() == by_hand
    kept = better_half(losses)
    assert kept.sum() >= 4
    assert kept[dominators(losses) == 0].all()
    assert max(dominators(losses)[kept]) <= min(dominators(losses)[~kept], default=7)


def test_stages_are_a_quarter_a_half_and_all():
    def stages(replications):
        question = Question((), (), replications=replications)
        return [(one.start, one.stop) for one in question.stages]

    assert stages(8) == [(0, 2), (2, 4), (4, 8)]
    assert stages(10) == [(0, 3), (3, 5), (5, 10)]
    assert stages(2) == [(0, 1), (1, 2)]


def test_a_known_optimum_is_found_and_told_from_fresh_replications(base, monkeypatch):
    """After 80 trials the truth of the winner is within 6 of the least, 300."""
    made_up = stand_in(monkeypatch, bowl)
    found = optimise(base, LIGHTS, "response_s", trials=80, replications=8, workers=1)
    values = found.values_of(found.best)
    truth = 1000 * (values["signals.green_share"] - 0.3) ** 2
    truth += 300 * (values["signals.equipped_share"] - 0.7) ** 2
    assert truth < 6
    row = found.row(found.best, "response_s")
    lights = base.signals
    present = 1000 * (lights.green_share - 0.3) ** 2 + 300 * (lights.equipped_share - 0.7) ** 2
    error = 3 * np.sqrt(2 / found.replications)
    assert row["change"] == pytest.approx(truth - present, abs=4 * error)
    assert row["sure"] == "better"
    fresh = [numbers for name, numbers in made_up.asked if name in (found.best, "present")][-2:]
    assert fresh == [range(8, 28)] * 2
    assert found.runs == sum(len(numbers) for _, numbers in made_up.asked)


def test_half_of_each_round_has_a_quarter_of_the_replications(base, monkeypatch):
    stand_in(monkeypatch, bowl)
    table = optimise(base, LIGHTS, "response_s", trials=20, replications=8, workers=1).table
    assert table["replications"].to_list().count(2) == 4 + 4 + 2
    assert table["replications"].to_list().count(8) == 2 + 2 + 1
    assert (table.loc[table["ended"] == "in full", "replications"] == 8).all()
    changes = table["response_s change"].groupby(table.index // 8)
    assert all(  # whoever goes on was better in the replications that all had, up to own chance
        own[table["replications"] == 8].max() < own[table["replications"] == 2].min() + 10
        for _, own in changes
    )


@pytest.mark.slow
def test_where_no_plan_is_better_none_is_called_so(base, monkeypatch):
    """All plans are equal: the search flatters its winner, and the fresh replications do not.

    Of 60 searches 2.5 % may call it better by chance, with a standard error of 2.0 points.
    """

    def chance(plan, own):
        return {"response_s": 300 + own.normal(0, 10)}

    verdicts, optimism = [], []
    for seed in range(60):
        stand_in(monkeypatch, lambda plan, own, s=seed: chance(plan, _other(own, s)))
        question = Question(
            read_sweeps([f"{key}={values}" for key, values in LIGHTS.items()]),
            ("response_s",),
            trials=8,
            replications=4,
            sampler="random",
        )
        found = optimise_case(base.changed({"seed": seed}), question, workers=1)
        row = found.row(found.best, "response_s")
        verdicts.append(row["sure"])
        optimism.append(row["optimism"])
    assert verdicts.count("better") <= 60 * (0.025 + 4 * 0.02)
    error = np.std(optimism, ddof=1) / np.sqrt(60)
    assert np.mean(optimism) > 4 * error


def _other(own, seed):
    return np.random.default_rng([seed, *own.integers(0, 2**31, 2)])


def test_what_is_not_surely_better_is_told(base, monkeypatch):
    stand_in(monkeypatch, lambda plan, own: {"response_s": 300 + own.normal(0, 30)})
    found = optimise(base, LIGHTS, "response_s", trials=16, replications=4, workers=1)
    assert found.row(found.best, "response_s")["sure"] == "not sure"
    assert found.notes[0].startswith(f"{found.best} is not surely better than the present plan")
    assert "chosen among many was lucky" in found.notes[1]


def test_a_measure_of_which_more_is_better(base, monkeypatch):
    stand_in(monkeypatch, lambda plan, own: {"in_target_share": plan.signals.green_share}, 0.0)
    found = optimise(base, LIGHTS, "in_target_share", trials=40, replications=4, workers=1)
    assert found.values_of(found.best)["signals.green_share"] > 0.85
    row = found.row(found.best, "in_target_share")
    assert (row["sure"], row["optimism"]) == ("better", pytest.approx(0, abs=1e-12))


def test_no_plan_above_the_money_is_run(base, monkeypatch):
    """4 ambulances cost 400: a candidate may have more lights for fewer ambulances."""
    made_up = stand_in(monkeypatch, _crews_and_lights)
    costs = []

    def run_batch(arms, numbers, **options):
        costs.extend(
            100 * plan.fleet.ambulances + 300 * plan.signals.equipped_share
            for name, plan in arms.items()
            if name != "present"
        )
        return made_up.run_batch(arms, numbers, **options)

    monkeypatch.setattr("experiments.search.trials.run_batch", run_batch)
    found = optimise(
        base,
        {"fleet.ambulances": "2..8", "signals.equipped_share": "0.0..1.0"},
        "response_s",
        trials=24,
        replications=4,
        prices={"fleet.ambulances": 100, "signals.equipped_share": 300},
        spend=720,
        workers=1,
    )
    assert costs
    assert max(costs) <= 720
    # Of 720 the best is 200 for lights (2/3 of them) and 5.2 ambulances: 5 and all that is left.
    assert found.values_of(found.best)["fleet.ambulances"] == 5
    assert found.cost_of(found.best) == pytest.approx(720, abs=25)
    assert "at most 720 was to be spent" in found.notes[-1]


def _crews_and_lights(plan, own):
    crews, lights = plan.fleet.ambulances, plan.signals.equipped_share
    return {"response_s": 600 - 60 * crews - 300 * lights + 6 * crews**2 + 200 * lights**2}


def test_by_default_a_plan_costs_no_more_than_the_present_one(base, monkeypatch):
    stand_in(monkeypatch, bowl)
    over = {"fleet.ambulances": "2..8", **LIGHTS}
    priced = {"prices": {"fleet.ambulances": 100}, "workers": 1}
    found = optimise(base, over, "response_s", 8, 4, **priced)
    assert found.question.prices.spend == 400
    assert all(one.candidate.values["fleet.ambulances"] <= 4 for one in found.trials)
    free = optimise(base, over, ["response_s", "cost"], 16, 4, **priced)
    assert any(one.candidate.values["fleet.ambulances"] > 4 for one in free.trials)


def test_each_value_may_have_a_price():
    assert read_prices(["fleet.ambulances=2500", 'lights={ fixed = 0, "my:Wave" = 9e3 }']) == {
        "fleet.ambulances": 2500,
        "lights": {"fixed": 0, "my:Wave": 9000.0},
    }
    prices = Prices({"crews": 10, "stations": 5, "on": 7, "lights": {"fixed": 1, "wave": 3}})
    values = {"crews": 3, "stations": ["A", "B"], "on": True, "lights": {"use": "wave", "x": 1}}
    assert prices.cost(values) == 30 + 10 + 7 + 3
    with pytest.raises(BatchError, match=r"lights = wawe has no price \(did you mean 'wave'"):
        prices.cost({**values, "lights": "wawe"})
    with pytest.raises(BatchError, match="needs a price for each of its values"):
        prices.cost({**values, "crews": "many"})


def test_of_several_measures_the_front_is_judged_again(base, monkeypatch):
    """Fewer ambulances are cheaper and slower: each number of them is on the front, lights none."""

    def measures(plan, own):
        lights = 20 * plan.signals.equipped_share
        return {"response_s": 600 / plan.fleet.ambulances + lights + own.normal(0, 1)}

    stand_in(monkeypatch, measures)
    over = {"fleet.ambulances": "2..8", "signals.equipped_share": [0.0, 0.5, 1.0]}
    prices = {"fleet.ambulances": 100}
    found = optimise(base, over, ["response_s", "cost"], 21, 4, prices=prices, workers=1)
    on_it = [found.values_of(name) for name in found.front]
    assert {plan["signals.equipped_share"] for plan in on_it} == {0.0}
    assert sorted(plan["fleet.ambulances"] for plan in on_it) == list(range(2, 9))
    assert "all 21 candidates that there are were tried" in found.notes
    better = next(note for note in found.notes if note.startswith("surely better"))
    present = next(name for name in found.front if found.cost_of(name) == 400)
    assert present not in better  # it has no lower cost
    response = [found.row(name, "response_s")["mean"] for name in found.front]
    assert response == sorted(response)


def test_mistakes_are_told_at_once(base):
    with pytest.raises(BatchError) as caught:
        optimise(
            base,
            {"fleet.ambulance": [1, 2], "policies.dispatch": ["nearest", "nearst"], "seed": [1, 2]},
            ["response", "cost"],
            trials=0,
            replications=1,
            prices={"fleet.ambulances": -1},
            sampler="tpo",
        )
    price = "the price of fleet.ambulances"
    assert str(caught.value).splitlines() == [
        "seed cannot be searched over: it is chance, and no plan",
        "'response' is no measure that has a better side (did you mean 'response_s'?)",
        "trials must be >= 1, got 0",
        "replications must be >= 2, got 1",
        "no sampler 'tpo' (did you mean 'tpe'?)",
        f"{price} must be a number >= 0, or a table with one for each value, got -1",
        f"{price}: the search does not vary it (did you mean 'fleet.ambulance'?)",
        "unknown key 'fleet.ambulance' (did you mean 'fleet.ambulances'?)",
        "no dispatch policy 'nearst' (did you mean 'nearest'?); your own is written module:Class",
    ]


@pytest.mark.parametrize(
    ("spend", "price", "message"),
    [
        (150, 100, "nothing is feasible: the cheapest candidate costs 200, and at most 150"),
        (300, 100, "the present plan costs 400, and at most 300 may be spent"),
        (None, {"2": 1}, "fleet.ambulances = 4 has no price"),
    ],
)
def test_money_that_pays_too_little_is_refused(base, spend, price, message):
    with pytest.raises(BatchError, match=message):
        optimise(
            base,
            {"fleet.ambulances": "2..8"},
            "response_s",
            prices={"fleet.ambulances": price},
            spend=spend,
        )


@pytest.mark.parametrize("over", [{"fleet.ambulances": "8..8"}, {"fleet.ambulances": "8..2"}])
def test_an_empty_range_is_refused(base, over):
    with pytest.raises(ScenarioError, match="the range must go from a number up to a greater one"):
        optimise(base, over, "response_s")


def test_a_measure_that_runs_do_not_have_is_refused(base, monkeypatch):
    monkeypatch.setattr("experiments.batch.task.simulate", quick_run)
    with pytest.raises(BatchError, match=r"the runs have no measure 'fill_rate\[mask\]'"):
        optimise(base, {"fleet.ambulances": "2..8"}, "fill_rate[mask]", 8, 2, workers=1)


def test_without_optuna_it_says_how_to_get_it(base, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(BatchError, match=r"pip install 'corridor-sim\[study\]'"):
        optimise(base, {"fleet.ambulances": "2..8"}, "response_s")


def test_a_plan_that_cannot_be_run_fails_and_the_search_goes_on(base, monkeypatch):
    """With one ambulance one of the two districts has none, which is refused."""
    monkeypatch.setattr("experiments.batch.task.simulate", quick_run)
    over = {"fleet.ambulances": [1, 4], "policies.dispatch": ["district_only", "nearest"]}
    found = optimise(base.changed({"run.days": 0.1}), over, "response_s", 4, 2, workers=1)
    table = found.table.set_index(["fleet.ambulances", "policies.dispatch"])
    assert table.loc[(1, "district_only"), "ended"] == "failed"
    assert (table["ended"] == "failed").sum() == 1
    assert any(note.startswith("1 trial failed, such as trial-") for note in found.notes)
    assert json.loads(found.to_json())["best"] == found.best


def test_where_the_present_plan_is_best_it_is_told(base, monkeypatch):
    """The present plan has all lights equipped, and the fewer are, the longer it takes."""
    assert base.signals.equipped_share == 1

    def measures(plan, own):
        return {"response_s": 300 - 100 * plan.signals.equipped_share + own.normal(0, 1)}

    stand_in(monkeypatch, measures)
    over = {"signals.equipped_share": "0.0..0.8"}
    found = optimise(base, over, "response_s", 8, 4, workers=1)
    assert found.notes[0] == (
        "no trial was better than the present plan, not even in the search itself"
    )
    assert "is surely worse than the present plan: keep that" in found.notes[1]


def test_sites_are_chosen_among_tables(grid_scenario, monkeypatch):
    """A table with a third station costs 50 more; ambulances where it is not make up for it."""
    more = SITES.replace("H1,", "S3,station,400,400,1\nH1,")
    base = grid_scenario({"more.csv": more}, fleet__ambulances=4)

    def measures(plan, own):
        third = plan.places.sites.name == "more.csv"
        return {"response_s": 400 - 80 * third - 20 * plan.fleet.ambulances + own.normal(0, 1)}

    stand_in(monkeypatch, measures)
    found = optimise(
        base,
        {"places.sites": ["sites.csv", "more.csv"], "fleet.ambulances": "2..8"},
        "response_s",
        trials=14,
        replications=4,
        prices={"places.sites": {"sites.csv": 0, "more.csv": 50}, "fleet.ambulances": 25},
        workers=1,
    )
    assert found.values_of(found.best) == {"places.sites": "more.csv", "fleet.ambulances": 2}
    assert found.cost_of(found.best) == found.question.prices.spend == 100
    assert found.row(found.best, "response_s")["change"] == pytest.approx(-40, abs=2)


def test_trial_that_there_is_not_is_told_with_the_nearest(base, monkeypatch):
    stand_in(monkeypatch, bowl)
    found = optimise(base, LIGHTS, "response_s", trials=4, replications=2, workers=1)
    assert "given up" in " ".join(found.notes)
    with pytest.raises(BatchError, match=r"no trial 'trial-1' \(did you mean 'trial-001'"):
        found.values_of("trial-1")


def test_where_all_trials_are_alike_none_is_said_to_be_given_up(base, monkeypatch):
    stand_in(monkeypatch, lambda plan, own: {"response_s": 300.0})
    found = optimise(base, {"fleet.ambulances": "4..6"}, "response_s", 8, 2, workers=1)
    assert all(found.table["ended"] == "in full")
    assert "given up" not in " ".join(found.notes)
