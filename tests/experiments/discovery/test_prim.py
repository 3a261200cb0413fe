"""PRIM on data whose box is known, on data that have none, and what always holds of its boxes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from experiments.discovery import Axes, sharing
from experiments.discovery.boxes import limit_tests
from experiments.discovery.prim import ALPHA, SURE, chance_of, find_box, least, trajectory
from experiments.discovery.trials import try_boxes


def spread(worlds, seed=1):
    """Worlds over two ranges, a whole number and a text."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "load": stats.qmc.Sobol(1, rng=rng).random(worlds).ravel() * 10,
            "speed": rng.permutation(worlds) / worlds,
            "bays": rng.integers(1, 6, worlds),
            "map": rng.choice(["old", "new", "mixed"], worlds),
        }
    )


def prim(axes, fails):
    return [find_box(axes, fails)]


def test_a_known_box_is_recovered():
    """Failures are 95 % of a box of three limits, and 3 % of the rest."""
    table, rng = spread(512), np.random.default_rng(2)
    inside = ((table["load"] < 4) & (table["speed"] > 0.5) & (table["map"] != "old")).to_numpy()
    fails = np.where(inside, rng.random(512) < 0.95, rng.random(512) < 0.03)
    axes = Axes.of(table)
    box = find_box(axes, fails)
    limits = box.limits(axes)
    assert set(limits) == {"load", "speed", "map"}
    assert limits["load"]["high"] == pytest.approx(4, abs=0.2)
    assert limits["speed"]["low"] == pytest.approx(0.5, abs=0.02)
    assert (limits["load"]["low"], limits["speed"]["high"]) == (None, None)
    assert sorted(limits["map"]["only"]) == ["mixed", "new"]
    found, true = sharing(box.holds(axes.codes), fails), sharing(inside, fails)
    assert found.mass == pytest.approx(true.mass, abs=0.01)
    assert found.coverage == pytest.approx(true.coverage, abs=0.03)
    assert found.density == pytest.approx(true.density, abs=0.05)
    assert chance_of(axes, fails, np.random.default_rng(0), 199) == 1 / 200
    again = try_boxes(axes, fails, prim, np.random.default_rng(0), 20)
    assert again.limited == {"load": 1.0, "speed": 1.0, "bays": 0.0, "map": 1.0}
    # On worlds left out: of 20 thirds, some 25 in the box each; three standard errors.
    error = 3 * np.sqrt(0.95 * 0.05 / (20 * 512 / 3 * inside.mean()))
    assert again.density == pytest.approx(0.95, abs=error + 0.05)
    assert again.coverage == pytest.approx(true.coverage, abs=0.1)


def test_ten_worlds_by_hand():
    """The upper half fails: one slice of one world at a time, until all that are left fail."""
    axes = Axes.of(pd.DataFrame({"x": range(10)}))
    fails = np.arange(10) >= 5
    steps = trajectory(axes, fails)
    assert [step.share.worlds for step in steps] == [10, 9, 8, 7, 6, 5]
    assert [step.share.coverage for step in steps] == [1.0] * 6
    assert steps[-1].share == (1.0, 1.0, 0.5, 5, 5)
    box = find_box(axes, fails)
    assert box.limits(axes) == {"x": {"low": 5, "high": None}}
    tests = limit_tests(box, axes, fails)
    # Five of five where half of ten fail; and five of ten drawn without putting back.
    assert tests[0, "low"].quasi_p == pytest.approx(0.5**5)
    assert tests[0, "low"].exact_p == pytest.approx(1 / 252)


def test_limit_tests_are_those_of_scipy():
    rng = np.random.default_rng(3)
    axes, fails = Axes.of(spread(128)), rng.random(128) < 0.4
    box = trajectory(axes, fails)[-3].box
    own = sharing(box.holds(axes.codes), fails)
    for (number, side), tests in limit_tests(box, axes, fails).items():
        wider = sharing(box.without(number, side).holds(axes.codes), fails)
        usual = stats.binomtest(own.failing, own.worlds, wider.density, alternative="greater")
        assert tests.quasi_p == pytest.approx(usual.pvalue)
        exact = stats.hypergeom.sf(own.failing - 1, wider.worlds, wider.failing, own.worlds)
        assert tests.exact_p == pytest.approx(exact)


def test_what_peeling_takes_off_by_chance_is_pasted_back():
    """Failures fill [0.3, 0.8] of x; the box must reach both ends, and beyond by no slice."""
    axes = Axes.of(pd.DataFrame({"x": np.arange(200) / 200}))
    fails = (axes.codes[:, 0] >= 60) & (axes.codes[:, 0] <= 160)
    box = find_box(axes, fails)
    share = sharing(box.holds(axes.codes), fails)
    assert (share.coverage, share.failing) == (1.0, 101)
    assert share.density > 1 - ALPHA
    assert box.limits(axes)["x"]["low"] == pytest.approx(0.3, abs=ALPHA / 2)
    assert box.limits(axes)["x"]["high"] == pytest.approx(0.8, abs=ALPHA / 2)


def test_a_box_is_found_without_a_signal_as_rarely_as_is_promised():
    """Failures drawn without regard to worlds, and rotated past them: 5 % and three errors."""
    rng = np.random.default_rng(5)
    runs, chance = 200, []
    for _ in range(runs):
        axes = Axes.of(pd.DataFrame(rng.random((40, 3))))
        chance.append(chance_of(axes, rng.permutation(np.arange(40) < 12), rng, 99))
    error = np.sqrt(SURE * (1 - SURE) / runs)
    assert np.mean(np.array(chance) <= SURE) <= SURE + 3 * error
    assert np.mean(chance) == pytest.approx(0.5, abs=3 * np.sqrt(1 / 12 / runs) + 0.03)
    # A Sobol' sequence returns upon itself, so the order is shuffled before it is rotated.
    table = spread(64, seed=6).sample(frac=1, random_state=1)
    axes, fails = Axes.of(table), ((table["load"] < 4) & (table["speed"] > 0.5)).to_numpy()
    assert chance_of(axes, fails, rng, 99) <= SURE
    rotated = [chance_of(axes, np.roll(fails, turn), rng, 99) for turn in range(1, 64)]
    assert np.mean(np.array(rotated) <= SURE) <= SURE + 3 * np.sqrt(SURE * (1 - SURE) / 63)


def test_a_slanted_border_is_covered_by_a_box_that_is_seen_to_be_rough():
    """Of the triangle x + y > 1.2 the best box from the corner (1, 1) holds two thirds."""
    rng = np.random.default_rng(4)
    table = pd.DataFrame(rng.random((400, 2)), columns=["x", "y"])
    axes, fails = Axes.of(table), (table["x"] + table["y"] > 1.2).to_numpy()
    box = find_box(axes, fails)
    assert all(limit["high"] is None for limit in box.limits(axes).values())
    share = sharing(box.holds(axes.codes), fails)
    assert 0.6 < share.coverage < 0.98
    assert 0.6 < share.density < 0.9
    honest = try_boxes(axes, fails, prim, np.random.default_rng(0), 30)
    assert honest.density == pytest.approx(share.density, abs=0.1)


def test_without_a_signal_worlds_left_out_tell_that_the_box_is_none():
    """In sample a box looks denser than all worlds; out of it, it is not."""
    rng = np.random.default_rng(8)
    axes, fails = Axes.of(pd.DataFrame(rng.random((60, 5)))), rng.random(60) < 0.4
    best = max(trajectory(axes, fails), key=lambda step: step.share.beyond_chance)
    assert best.share.density > fails.mean() + 0.15
    honest = try_boxes(axes, fails, lambda known, of: [_best(known, of)], rng, 40)
    # Worlds left out are the same 60 in other thirds, so the error is that of 60 and not of 800.
    assert honest.density == pytest.approx(fails.mean(), abs=3 * np.sqrt(0.24 / 60))


def _best(axes, fails):
    return max(trajectory(axes, fails), key=lambda step: step.share.beyond_chance).box


@settings(max_examples=25, deadline=None)
@given(st.integers(12, 60), st.integers(0, 2**32 - 1), st.floats(0.2, 0.8))
def test_what_always_holds_of_a_trajectory(worlds, seed, share):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "x": rng.random(worlds),
            "n": rng.integers(0, 4, worlds),
            "t": rng.choice([*"abc"], worlds),
        }
    )
    axes, fails = Axes.of(table), rng.permutation(np.arange(worlds) < round(share * worlds))
    steps = trajectory(axes, fails)
    inside = [step.box.holds(axes.codes) for step in steps]
    assert steps[0].share[:3] == (1.0, pytest.approx(fails.mean()), 1.0)
    for before, after, step in zip(inside, inside[1:], steps[1:], strict=False):
        assert (after <= before).all()  # boxes lie in each other
        assert after.sum() < before.sum()
        assert least(axes) <= step.share.worlds == after.sum()
        assert step.share.coverage * fails.sum() == pytest.approx(step.share.failing)
        assert step.share.density * step.share.worlds == pytest.approx(step.share.failing)
    box = find_box(axes, fails, steps)
    tests = limit_tests(box, axes, fails)
    assert all(one.exact_p <= SURE for one in tests.values())
    order = rng.permutation(worlds)  # in whatever order worlds come
    again = find_box(Axes.of(table.iloc[order]), fails[order])
    assert sharing(box.holds(axes.codes), fails) == sharing(
        again.holds(Axes.of(table.iloc[order]).codes), fails[order]
    )


def test_a_slice_is_a_share_of_the_box():
    axes = Axes.of(pd.DataFrame({"x": np.arange(100.0)}))
    steps = trajectory(axes, np.arange(100) >= 50)
    assert steps[1].share.worlds == 100 - ALPHA * 100
    past = trajectory(axes, (np.arange(100) >= 50) | (np.arange(100) < 4))
    assert past[1].share.worlds == 100 - 2 * ALPHA * 100  # four of the first five fail
