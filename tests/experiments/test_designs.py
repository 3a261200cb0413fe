"""Designs: which points there are, and that they are run as arms on the same patients."""

from io import StringIO

import numpy as np
import pytest

from experiments.designs import Design, factor_of, make_design, read_sweeps, run_study, sweep
from experiments.errors import BatchError
from scenarios.errors import ScenarioError
from viz.terminal.console import open_console
from viz.terminal.designs import study_table


def points_of(design):
    return [tuple(values.values()) for values in design.points.values()]


def test_grid_has_every_combination_and_factorial_the_ends():
    factors = read_sweeps(["a=1,2,3", "b.c=nearest,[0.9, 0.1]"])
    grid = make_design("grid", factors)
    assert points_of(grid) == [(a, b) for a in (1, 2, 3) for b in ("nearest", [0.9, 0.1])]
    assert points_of(make_design("factorial", read_sweeps(["a=1,2,3", "b=5..9"]))) == [
        (1, 5),
        (1, 9),
        (3, 5),
        (3, 9),
    ]


@pytest.mark.parametrize("how", ["lhs", "sobol"])
def test_drawn_points_are_spread_evenly_over_each_range(how):
    """Of 16 points every sixteenth of a range has one; so each of 4 levels has four."""
    factors = read_sweeps(["a=0.0..16.0", "b=1..4", "c=x,y"])
    rows = points_of(make_design(how, factors, 16, seed=3))
    a, b, c = zip(*rows, strict=True)
    assert sorted(np.floor(a)) == list(range(16))
    assert [b.count(level) for level in (1, 2, 3, 4)] == [4] * 4
    assert [c.count(level) for level in "xy"] == [8] * 2
    assert points_of(make_design(how, factors, 16, seed=3)) == rows


def test_table_of_points_is_read_as_it_was_written(tmp_path):
    design = make_design("grid", read_sweeps(['a=0.1,2,"3"', "b=true,it's,[1, 2]"]))
    (tmp_path / "points.csv").write_bytes(design.to_csv())
    assert make_design(str(tmp_path / "points.csv")) == design


@pytest.mark.parametrize(
    ("how", "sweeps", "points", "message"),
    [
        ("lsh", ["a=1,2"], None, r"no design 'lsh' \(did you mean 'lhs'"),
        ("grid", [], None, "needs a key to vary"),
        ("grid", ["a=1..2"], None, "a grid needs values"),
        ("lhs", ["a=1..2"], None, "needs how many: --points N"),
        ("grid", ["a=1,2"], 5, "needs no --points"),
        ("grid", [f"{key}=1,2,3,4,5,6,7,8,9,10" for key in "abcdef"], None, "more than 100,000"),
    ],
)
def test_design_that_cannot_be_is_refused(how, sweeps, points, message):
    with pytest.raises(BatchError, match=message):
        make_design(how, read_sweeps(sweeps), points)


def test_mistakes_in_sweeps_are_told_at_once():
    with pytest.raises(ScenarioError) as caught:
        read_sweeps(["a", "b=1,1", "c=5..2", "d=1,2", "d=3,4"])
    assert str(caught.value).splitlines() == [
        "--sweep 'a': expected KEY=VALUE,VALUE,... or KEY=LOW..HIGH",
        "--sweep 'b=1,1': the value 1 is there twice",
        "--sweep 'c=5..2': the range must go from a number up to a greater one, got '5..2'",
        "--sweep 'd=3,4': an earlier one has this key already",
    ]


def test_points_meet_the_same_patients_and_mistakes_are_told_once(arms, tmp_path):
    design = make_design("grid", read_sweeps(["policies.dispatch=nearest,district_only"]))
    study = run_study(arms["base"], design, 2, out=tmp_path)
    calls = study.runs.pivot(index="replication", columns="policies.dispatch", values="calls")
    assert (calls["nearest"] == calls["district_only"]).all()
    assert {path.name for path in tmp_path.iterdir()} == {
        "batch.json", "checksums.json", "means.json", "points.csv", "summaries.parquet",
    }  # fmt: skip
    wrong = make_design("grid", read_sweeps(["run.dayz=1,2"]))
    with pytest.raises(ScenarioError) as caught:
        run_study(arms["base"], wrong, 1)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    "text", ["a=1..inf", "a=-inf..3", "a=-1e308..1e308", "a=1..nan", "a=3..3", "a=4..3"]
)
def test_range_without_end_is_refused_by_its_text(text):
    with pytest.raises(ScenarioError) as caught:
        read_sweeps([text])
    assert str(caught.value).startswith(f"--sweep {text!r}: the range must ")
    assert str(caught.value).endswith(f"got {text[2:]!r}")


def test_sweep_of_commas_alone_has_no_values():
    with pytest.raises(ScenarioError, match=r"^--sweep 'a=,': expected KEY=VALUE"):
        read_sweeps(["a=,"])


def test_value_that_is_there_twice_is_named():
    with pytest.raises(ScenarioError, match=r"the value 'x' is there twice$"):
        read_sweeps(["a=x,y,x"])
    with pytest.raises(ScenarioError, match=r"^a: the value 16 is there twice$"):
        factor_of("a", [16, 18, 16])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("a,a\n1,2", "the key 'a' is there twice"),
        ("a,,\n1,2,3", "a column has no key; the first row has 'a, , '"),
        ("arm,a\n,1\nx", "row 2 has no value of 'arm'\n{path}: row 3 has 1 values, expected 2"),
    ],
)
def test_mistakes_of_a_table_of_points_say_what_is_missing(tmp_path, table, message):
    path = tmp_path / "points.csv"
    path.write_text(table)
    with pytest.raises(ScenarioError) as caught:
        make_design(str(path))
    assert str(caught.value) == f"{path}: {message.format(path=path)}"


def test_study_without_headline_measures_says_so_in_its_table(arms):
    study = run_study(arms["base"].changed({"demand.calls_per_day": 0}), Design((), {"run": {}}), 1)
    assert str(study_table(study, "").caption).startswith("no run has a value of a headline")


def test_keys_that_end_differently_are_told_apart_in_a_narrow_terminal(arms):
    sweeps = ["policies.dispatch=nearest,district_only", "policies.relocation=home,dmexclp"]
    sweeps.append("policies.hospital=nearest")
    study = run_study(arms["base"], make_design("grid", read_sweeps(sweeps)), 1)
    with StringIO() as file:
        open_console(file=file, width=80).print(study_table(study, ""))
        assert "…" not in file.getvalue()


def test_arrays_and_their_numbers_are_values_of_a_factor():
    expected = factor_of("fleet.ambulances", [16, 17])
    array = np.arange(16, 18)
    for given in (array, list(array), range(16, 18)):
        assert repr(factor_of("fleet.ambulances", given)) == repr(expected)


def test_study_names_the_measure_nearest_to_an_unknown_one(arms):
    study = run_study(arms["base"], Design((), {"run": {}}), 1)
    for asked in (study.means, study.over_worlds, study.controlled):
        with pytest.raises(BatchError, match=r"no measure 'respons_s' \(did you mean 'response_s'"):
            asked("respons_s")


def test_option_that_python_mistypes_is_no_silence(arms):
    with pytest.raises(TypeError, match=r"no option 'resum' \(did you mean 'resume'\?\)"):
        sweep(arms["base"], {"fleet.ambulances": [4]}, 1, workers=1, resum=True)


def test_one_key_of_worlds_may_be_a_text(arms):
    factors = {"demand.calls_per_day": [80, 90]}
    study = sweep(arms["base"], factors, 1, worlds="demand.calls_per_day", workers=1)
    assert study.design.worlds == ("demand.calls_per_day",)
