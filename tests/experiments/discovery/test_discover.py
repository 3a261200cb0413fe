"""Discovery from folders of runs, and the mistakes that one can make."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from experiments.designs import Design, Factor, make_design, read_saved_design, read_sweeps
from experiments.designs.study import run_study
from experiments.designs.worlds import changes_by_world, table_over_worlds
from experiments.discovery import (
    Condition,
    Effects,
    discover,
    discover_among,
    read_condition,
    read_effects,
)
from experiments.errors import BatchError
from experiments.what_if import answer_what_if
from run import app

WHAT_IF = """
case = "city"
replications = 2
design = "lhs"
points = 14
[set]
"run.days" = 0.05
[arms.few]
"fleet.ambulances" = 3
[arms.more]
"fleet.ambulances" = 4
[worlds]
"demand.calls_per_day" = "40..400"
[[questions]]
arm = "more"
measure = "response_s"
by = 8400
discover = true
"""


def made_up(worlds=60, seed=1):
    """The effect is below 0 where load is below 4, beyond doubt."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"load": rng.random(worlds) * 10, "roads.seed": np.arange(worlds)})
    table.index = pd.Index([f"w{k}" for k in range(worlds)])
    effect = np.where(table["load"] < 4, -5.0, 5.0)
    changes = pd.DataFrame([effect - 1, effect + 1], columns=table.index)
    return Effects.of("response_s", "more", "base", table, changes)


def test_what_is_found_and_told():
    found = discover_among(made_up(), read_condition("below 0"))
    assert found.share is not None
    assert found.share[:2] == (1.0, 1.0)
    told = json.loads(found.to_json())
    assert told["box"]["limits"]["load"]["high"] == pytest.approx(
        4, abs=0.5
    )  # half-way to the next world
    assert told["box"]["limits"]["load"]["low"] is None
    assert told["keys"] == ["load"]
    assert (told["failing"], told["worlds"]) == (int(found.fails.sum()), 60)
    assert told["trajectory"][0]["coverage"] == 1.0
    assert "roads.seed: seeds have no order" in told["notes"][0]
    assert found.to_json() == discover_among(made_up(), read_condition("below 0")).to_json()


def test_a_step_that_is_asked_for_is_told():
    found = discover_among(made_up(), read_condition("below 0"), step=3)
    assert found.box is found.steps[3].box
    with pytest.raises(BatchError, match=r"--box must be a step from 0 to \d+, got 400"):
        discover_among(made_up(), read_condition("below 0"), step=400)
    whole = discover_among(made_up(), read_condition("below 0"), step=0)
    assert whole.notes[-1] == "the box of step 0 has no limits: it holds every world"


def test_no_box_is_told_where_chance_gives_one_as_good():
    effects = made_up()
    rng = np.random.default_rng(3)
    noise = Effects("response_s", "more", "base", effects.worlds, rng.permutation(effects.of_world))
    found = discover_among(noise, read_condition("below 0"))
    assert found.chance > 0.05
    assert found.box is None
    assert found.notes[-1].startswith("no box is told")
    assert json.loads(found.to_json())["box"] is None


def test_conditions_are_read_and_hold():
    values = [-1.0, 0.0, 1.0, np.nan]
    for text, holds in {
        "below 0": [True, False, False, False],
        "at most 0": [True, True, False, False],
        " above  0 ": [False, False, True, False],
        "at least 0.0": [False, True, True, False],
    }.items():
        assert read_condition(text).holds(values).tolist() == holds
    assert str(Condition("at most", -30.0)) == "at most -30"
    for wrong in ("under 0", "below", "below x", "below nan", "< 0"):
        with pytest.raises(BatchError, match="expected 'below NUMBER'"):
            read_condition(wrong)


def test_too_few_of_either_kind_and_worlds_without_keys_are_told():
    with pytest.raises(BatchError, match="in 0 of 60 worlds; to tell where, 5 in which"):
        discover_among(made_up(), read_condition("below -100"))
    alone = made_up()
    seeds = Effects(*[getattr(alone, n) for n in ("measure", "arm", "against")],
                    alone.worlds[["roads.seed"]], alone.of_world)  # fmt: skip
    with pytest.raises(BatchError, match=r"differ in roads\.seed alone"):
        discover_among(seeds, read_condition("below 0"))


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """A what-if file with worlds, answered."""
    folder = tmp_path_factory.mktemp("what")
    (folder / "what.toml").write_text(WHAT_IF)
    result = CliRunner().invoke(
        app, ["compare", str(folder / "what.toml"), "--out", str(folder / "out"), "-w", "1"]
    )
    assert result.exit_code == 0, result.output
    return folder / "out"


@pytest.mark.slow
def test_folder_of_a_what_if_file(answered):
    told = json.loads((answered / "answers.json").read_text())
    effects = read_effects(answered, "response_s")
    assert (effects.arm, effects.against, len(effects.worlds)) == ("more", "few", 14)
    assert list(effects.worlds) == ["demand.calls_per_day"]
    assert effects.of_world[:, 0].mean() == pytest.approx(told["answers"][0]["change"])
    found = discover(answered, "response_s", "at least -8400")
    assert json.loads(found.to_json()) == told["answers"][0]["discovery"]
    assert told["notes"] == ["all runs are in one city, so what they say is conditional on it"]


@pytest.mark.slow
def test_report_of_a_what_if_file(answered):
    page = (answered / "report.html").read_text()
    told = json.loads((answered / "answers.json").read_text())["answers"][0]
    mark = {"yes": "Yes", "no": "No", "open": "Open"}[told["says"]]
    assert f"Is response_s better with more? {mark}" in page
    assert f"{told['change'] / 60:+.2f} min" in page
    assert f"{told['share_for']:.0%} of 14 worlds" in page
    assert page.count("data:image/svg+xml;base64,") == 2
    assert "http" not in page.replace("http-equiv", "")
    assert "demand.calls_per_day" in page
    assert "conditional on it" in page
    where = told["discovery"]
    assert f"in {where['failing']} of 14 worlds" in page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--effect", "respons_s", "--fails", "below 0"], "did you mean 'response_s'"),
        (["--effect", "response_s", "--fails", "low"], "expected 'below NUMBER'"),
        (["--effect", "response_s", "--fails", "below -1e6"], "in 0 of 14 worlds"),
        (["--effect", "response_s", "--fails", "below 0", "--arm", "mor"], "did you mean 'more'"),
        (
            ["--effect", "response_s", "--fails", "below 0", "--arm", "few"],
            "by --against",
        ),
    ],
)
def test_mistakes_end_in_one_line(answered, arguments, message):
    result = CliRunner().invoke(app, ["discover", str(answered), *arguments])
    assert isinstance(result.exception, BatchError)
    assert message in str(result.exception)
    assert len(str(result.exception).splitlines()) == 1


def test_folder_without_worlds_is_told(arms, tmp_path):
    run_study(arms["base"], Design((), {"run": {}}), 1, out=tmp_path / "one")
    with pytest.raises(BatchError, match="has no worlds"):
        read_effects(tmp_path / "one", "response_s")


@pytest.fixture
def study(arms, tmp_path):
    """Two dispatch rules in three worlds of demand."""
    factors = read_sweeps(
        ["policies.dispatch=nearest,district_only"], worlds=["demand.calls_per_day=40,80,120"]
    )
    return run_study(arms["base"], make_design("grid", factors), 2, out=tmp_path)


def test_levers_and_worlds_of_a_study(study):
    design = read_saved_design(study.batch.folder.path)
    assert design == study.design
    assert (design.levers, design.worlds) == (("policies.dispatch",), ("demand.calls_per_day",))
    effects = read_effects(study.batch.folder.path, "response_s")
    assert effects.arm == "policies.dispatch=district_only"
    runs = study.runs.pivot_table(
        "response_s", "demand.calls_per_day", "policies.dispatch", aggfunc="mean"
    )
    wanted = (runs["district_only"] - runs["nearest"]).to_numpy()
    assert effects.of_world[:, 0] == pytest.approx(wanted)
    table = study.over_worlds("response_s").set_index("setting")
    changed = table.loc["policies.dispatch=district_only"]
    assert changed["change"] == pytest.approx(wanted.mean())
    assert changed["up"] == (wanted > 0).mean()
    assert changed["down"] == (wanted < 0).mean()
    assert table["worlds"].tolist() == [3, 3]
    assert np.isnan(table.loc["policies.dispatch=nearest", "change"])
    assert json.loads(study.to_json())["worlds"] == ["demand.calls_per_day"]


def test_arms_of_a_design_without_declared_worlds_name_its_levers(arms, tmp_path):
    factors = read_sweeps(["policies.dispatch=nearest,district_only", "demand.calls_per_day=40,80"])
    run_study(arms["base"], make_design("grid", factors), 1, out=tmp_path)
    itself = read_effects(tmp_path, "response_s")
    assert (itself.against, len(itself.worlds)) == ("", 4)
    effects = read_effects(tmp_path, "response_s", "policies.dispatch=district_only")
    assert effects.against == "policies.dispatch=nearest"
    assert list(effects.worlds) == ["demand.calls_per_day"]


def test_drawn_worlds_meet_every_setting_of_the_levers():
    factors = read_sweeps(["a=1,2"], worlds=["b=0.0..1.0", "roads.seed=1..5"])
    design = make_design("lhs", factors, 6, seed=3)
    assert design.worlds == ("b", "roads.seed")
    by_lever = {
        a: [(v["b"], v["roads.seed"]) for v in design.points.values() if v["a"] == a]
        for a in (1, 2)
    }
    assert by_lever[1] == by_lever[2]
    assert len(set(by_lever[1])) == 6
    with pytest.raises(BatchError, match="a grid needs values"):
        make_design("lhs", read_sweeps(["a=1..2"], worlds=["b=0..1"]), 6)
    with pytest.raises(BatchError, match="--world b: expected KEY=VALUE"):
        make_design("grid", (Factor("b", (), is_world=True),))


def test_table_of_points_takes_worlds_by_name(tmp_path):
    (tmp_path / "points.csv").write_text("a,b\n1,2\n1,3\n")
    design = make_design(str(tmp_path / "points.csv"), read_sweeps([], worlds=["b"]))
    assert (design.levers, design.worlds) == (("a",), ("b",))
    with pytest.raises(BatchError, match="--world: no key 'c'"):
        make_design(str(tmp_path / "points.csv"), read_sweeps([], worlds=["c"]))


def test_a_table_over_worlds_by_hand():
    """Two worlds, two levers, two replications: changes of 1 and 3 in one, 5 and 7 in the other."""
    design = Design(
        ("lever", "roads.seed"),
        {f"p{a}{w}": {"lever": a, "roads.seed": w} for a in (0, 1) for w in (1, 2)},
    )
    values = {"p01": [10, 20], "p02": [10, 20], "p11": [11, 23], "p12": [15, 27]}
    rows = [
        {"arm": arm, "replication": r, "x": float(own[r])} for arm, own in values.items()
        for r in (0, 1)
    ]  # fmt: skip
    summaries = pd.DataFrame(rows)
    first, second = table_over_worlds(design, summaries, "x", 0.95).to_dict("records")
    assert (first["setting"], first["mean"], second["change"]) == ("lever=0", 15.0, 4.0)
    assert second["up"] == 1.0
    assert second["down"] == second["surely_down"] == 0.0
    changes = changes_by_world(summaries, "x", {"1": "p11", "2": "p12"}, {"1": "p01", "2": "p02"})
    assert changes["1"].tolist() == [1.0, 3.0]
    assert changes["2"].tolist() == [5.0, 7.0]


@pytest.mark.slow
def test_answers_without_worlds_have_no_box(tmp_path):
    text = WHAT_IF.replace('design = "lhs"\npoints = 14\n', "")
    (tmp_path / "one.toml").write_text(
        text.replace('[worlds]\n"demand.calls_per_day" = "40..400"\n', "")
    )
    found = answer_what_if(tmp_path / "one.toml")
    assert str(found.discoveries[0]).startswith("there is one world alone")
