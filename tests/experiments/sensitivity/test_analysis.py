"""Sensitivity of a simulated case: known answers, what is left out, what is refused."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import corridor
from experiments.batch import Batch, Failure
from experiments.designs import Study, read_sweeps
from experiments.errors import BatchError
from experiments.sensitivity import draw_points, indices_of, run_sensitivity
from experiments.sensitivity.analysis import _notes, outcomes_of
from viz.pictures.studies.sensitivity import draw_sensitivity

NO_RANGE = (
    "morris steps along a range, KEY=LOW..HIGH, and takes no list of values; --method sobol does"
)
CALLS = ["demand.calls_per_day=40.0..120.0", "fleet.ambulances=3..6"]


def test_calls_depend_on_their_rate_alone(arms):
    """A quarter of a day: 20 calls more over the range, and vehicles bring none.

    An effect is the difference of two Poisson means over 3 replications that share their chance: at
    most as uncertain as that of the greater, 30 calls: √(30 / 3) / (2 / 3) = 4.7.
    """
    base = arms["base"].changed({"run.days": 0.25})
    found = run_sensitivity(base, read_sweeps(CALLS), "calls", size=2, replications=3)
    rate, vehicles = found.table.to_dict(orient="records")
    assert rate["mu"] == pytest.approx(20, abs=14)
    assert rate["over"] == "40.0..120.0"
    assert rate["mu_star_low"] <= 20 <= rate["mu_star_high"]
    assert {vehicles[name] for name in ("mu", "mu_star", "mu_star_high", "sigma", "noise")} == {0}
    assert found.replications == 3


@pytest.mark.slow
def test_shares_of_the_variance_of_calls_by_theory(arms, tmp_path):
    """A product of a rate and a length: of both alone and together by theory, of vehicles nothing.

    With means m and variances v of uniform laws, V = v1 v2 + v1 m2² + v2 m1². The intervals are of
    95 %, and the bounds below half as wide again.
    """
    factors = read_sweeps([*CALLS, "run.days=0.1..0.4"])
    found = run_sensitivity(
        arms["base"], factors, "calls", method="sobol", size=16, replications=2, out=tmp_path
    )
    v1, m1, v2, m2 = 80**2 / 12, 80, 0.3**2 / 12, 0.25
    total = v1 * v2 + v1 * m2**2 + v2 * m1**2
    truth = {"s1": [v1 * m2**2, 0, v2 * m1**2], "st": [v1 * (m2**2 + v2), 0, v2 * (m1**2 + v1)]}
    for name, own in truth.items():
        half = (found.table[f"{name}_high"] - found.table[name]).to_numpy()
        error = np.abs(found.table[name].to_numpy() - np.array(own) / total)
        assert (error <= 1.5 * half + 1e-9).all()
    vehicles = found.table.set_index("key").loc["fleet.ambulances"]
    assert vehicles["st"] == vehicles["st_high"] == 0
    assert (tmp_path / "sensitivity.json").read_text() == found.to_json()
    assert [path.name for path in draw_sensitivity(found, tmp_path)] == ["sensitivity.png"]


def test_equal_points_are_run_once_and_a_stopped_study_goes_on(arms, tmp_path):
    base = arms["base"].changed({"run.days": 0.1})

    def run(resume):
        return corridor.sensitivity(
            base, {"fleet.ambulances": "3..5"}, "response_s", trajectories=3, replications=2,
            workers=1, out=tmp_path, resume=resume,
        )  # fmt: skip

    found = run(resume=False)
    assert len(found.study.runs) <= 3 * 2
    told = json.loads((tmp_path / "sensitivity.json").read_text())
    assert (told["trajectories"], told["replications"]) == (3, 2)
    (tmp_path / "sensitivity.json").unlink()
    assert run(resume=True).to_json() == found.to_json()
    assert (tmp_path / "sensitivity.json").read_text() == found.to_json()


def test_policies_and_layouts_are_values_of_sobol():
    factors = read_sweeps(["policies.dispatch=nearest,district_only", "roads.seed=1,2"])
    points = draw_points("sobol", factors, 8)
    assert {tuple(point.values()) for point in points.design.points.values()} == {
        (policy, seed) for policy in ("nearest", "district_only") for seed in (1, 2)
    }
    assert len(points.row_of) == 8 * 4


def study_of(values: dict[str, list[float]], failures: tuple[Failure, ...] = ()) -> Study:
    """Points whose values are made up; NaN is a run without one."""
    design = draw_points("morris", read_sweeps(["a=0..1"]), 2).design
    rows = [
        {"arm": arm, "replication": number, "response_s": value, "calls": 1.0}
        for arm, own in zip(design.points, values.values(), strict=True)
        for number, value in enumerate(own)
    ]
    return Study(design, Batch({}, 3, pd.DataFrame(rows), failures, None))


def test_replication_that_a_point_lacks_is_left_out_everywhere():
    outcomes, notes = outcomes_of(study_of({"p": [1, 2, 3], "q": [4, np.nan, 6]}), "response_s")
    assert outcomes.tolist() == [[1, 3], [4, 6]]
    assert notes == [
        "1 of 3 replications are left out, some points having no value of response_s in them (1)"
    ]


def test_point_without_values_is_named():
    failure = Failure("point-2", 0, 1, "it broke")
    study = study_of({"p": [1, 2, 3], "q": [np.nan] * 3}, (failure,))
    with pytest.raises(BatchError) as caught:
        outcomes_of(study, "response_s")
    value = study.design.points["point-2"]["a"]
    assert str(caught.value) == (
        f"no replication has a value of response_s at every point; point-2 (a={value}) lacks most: "
        "it broke; narrow the ranges"
    )


def test_one_replication_tells_nothing_of_noise():
    points = draw_points("sobol", read_sweeps(["a=0.0..1.0"]), 8)
    outcomes = np.array([[point["a"]] for point in points.design.points.values()])
    found = indices_of(points, outcomes)
    assert np.isnan(found.noise_share)
    (note,) = _notes(outcomes, found.noise_share)
    assert note.startswith("with one replication nothing tells what is noise")


def test_so_many_replications_as_are_told_bring_the_noise_down():
    """Of a straight line with noise: as much noise as 3 replications leave, and then a tenth."""
    rng = np.random.default_rng(4)
    points = draw_points("sobol", read_sweeps(["a=0.0..1.0"]), 512)
    exact = np.array([point["a"] for point in points.design.points.values()])[:, None]

    def noise_share(replications):
        noisy = exact + rng.normal(0, 1, (len(exact), replications))
        return noisy, indices_of(points, noisy).noise_share

    few, share = noise_share(3)
    (note,) = _notes(few, share)
    many = int(note.split("about ")[1].split()[0])
    assert noise_share(many)[1] == pytest.approx(0.1, rel=0.25)


@pytest.mark.parametrize(
    ("over", "measure", "named", "lines"),
    [
        (
            {"fleet.ambulances": [3, 4], "policies.dispatch": ["nearest"]},
            "response_s",
            {"trajectories": 1},
            [
                f"fleet.ambulances: {NO_RANGE}",
                f"policies.dispatch: {NO_RANGE}",
                "trajectories must be at least 2, got 1",
            ],
        ),
        (
            {"policies.dispatch": ["nearest"]},
            "response_s",
            {"method": "sobol", "samples": 100},
            [
                "policies.dispatch: one value alone does not vary",
                "samples must be a power of two from 4, got 100",
            ],
        ),
        (
            {"fleet.ambulances": "3..4"},
            "response",
            {},
            ["no measure 'response' (did you mean 'response_s'?)"],
        ),
        (
            {"fleet.ambulances": "3..4"},
            "response_s",
            {"samples": 8},
            ["samples are of the method sobol; morris takes trajectories"],
        ),
        (
            {"fleet.ambulances": "3..4"},
            "response_s",
            {"method": "sobel"},
            ["no method 'sobel' (did you mean 'sobol'?)"],
        ),
        (
            {},
            "response_s",
            {"trajectories": 200_000},
            [
                "nothing is varied: name keys and their ranges by --over KEY=LOW..HIGH",
                "200,000 trajectories of 0 keys are 200,000 points; at most 100,000 can be run",
            ],
        ),
    ],
)
def test_mistakes_are_told_at_once_and_before_anything_runs(arms, over, measure, named, lines):
    with pytest.raises(corridor.CorridorError) as caught:
        corridor.sensitivity(arms["base"], over, measure, **named)
    assert str(caught.value).splitlines() == lines


def test_missing_library_is_named_with_its_install_command(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "SALib.sample", None)
    with pytest.raises(BatchError, match=r"pip install 'corridor-sim\[study\]'"):
        draw_points("morris", read_sweeps(["a=0..1"]), 2)


def test_measure_that_nothing_changes_has_no_picture(arms, tmp_path):
    found = run_sensitivity(
        arms["base"], read_sweeps(["fleet.ambulances=3..4"]), "lost_share",
        method="sobol", size=4, replications=2,
    )  # fmt: skip
    (tmp_path / "sensitivity.png").write_bytes(b"of another measure")
    assert draw_sensitivity(found, tmp_path) == []
    assert not any(tmp_path.iterdir())
