"""Trees on data whose box is known, and on data that have none."""

import numpy as np
import pandas as pd
import pytest

from experiments.discovery import Axes, sharing
from experiments.discovery.tree import tree_boxes

pytest.importorskip("sklearn")


def test_a_known_box_is_recovered():
    rng = np.random.default_rng(2)
    table = pd.DataFrame(
        {"load": rng.random(400) * 10, "speed": rng.random(400), "map": rng.choice([*"abc"], 400)}
    )
    inside = ((table["load"] < 4) & (table["map"] != "a")).to_numpy()
    fails = np.where(inside, rng.random(400) < 0.95, rng.random(400) < 0.03)
    axes = Axes.of(table)
    (box,) = tree_boxes(axes, fails)
    limits = box.limits(axes)
    assert set(limits) == {"load", "map"}
    assert limits["load"]["high"] == pytest.approx(4, abs=0.2)
    assert sorted(limits["map"]["only"]) == ["b", "c"]
    found, true = sharing(box.holds(axes.codes), fails), sharing(inside, fails)
    assert found[:3] == pytest.approx(true[:3], abs=0.03)


def test_leaves_share_the_worlds_out():
    """An L of failures takes two leaves, which have no world in common."""
    rng = np.random.default_rng(4)
    table = pd.DataFrame(rng.random((300, 2)), columns=["x", "y"])
    fails = ((table["x"] < 0.3) | (table["y"] > 0.7)).to_numpy()
    axes = Axes.of(table)
    inside = np.array([box.holds(axes.codes) for box in tree_boxes(axes, fails)])
    assert len(inside) == 2
    assert inside.sum(axis=0).max() == 1
    assert sharing(inside.any(axis=0), fails)[:2] == pytest.approx((1, 1), abs=0.03)


def test_without_a_signal_the_tree_is_its_root():
    """The rule of one standard error: in at most 5 % of 30 sets of worlds, and three errors."""
    rng = np.random.default_rng(5)
    found = [
        bool(tree_boxes(Axes.of(pd.DataFrame(rng.random((40, 3)))), rng.random(40) < 0.3))
        for _ in range(30)
    ]
    assert np.mean(found) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 30)
