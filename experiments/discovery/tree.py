"""Boxes by a regression tree (CART), pruned by cross-validation; scikit-learn grows it.

L. Breiman, J. H. Friedman, R. A. Olshen and C. J. Stone, Classification and Regression Trees, 1984:
cost-complexity pruning, and the smallest tree within a standard error of the best.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.discovery.boxes import Axes, Box, sharing
from experiments.discovery.prim import least
from experiments.errors import BatchError

FOLDS = 10
MOST_LEAVES = 8
"""A tree of more leaves tells nobody in which worlds a conclusion fails."""


def tree_boxes(axes: Axes, fails: NDArray[np.bool_]) -> list[Box]:
    """The leaves of a tree in which failures are denser than in all worlds, the densest first.

    Parameters
    ----------
    axes : Axes
    fails : (n,) bool

    Returns
    -------
    list of Box
        None where cross-validation prunes the tree to its root.

    Raises
    ------
    BatchError
        Without scikit-learn.
    """
    columns, places = _columns(axes)
    target = fails.astype(float)
    penalty = _penalty(columns, target, least(axes))
    tree = _grown(columns, target, least(axes), penalty).tree_
    boxes = list(_leaves(tree, axes, places))
    dense = [(sharing(box.holds(axes.codes), fails).density, box) for box in boxes if box.limited]
    chosen = [(density, box) for density, box in dense if density > fails.mean()]
    return [box for _, box in sorted(chosen, key=lambda pair: -pair[0])]


def _columns(axes: Axes) -> tuple[NDArray[np.float64], list[tuple[int, int]]]:
    """A column for each ordered key, and one for each level of the others, with what they are."""
    columns, places = [], []
    for number, ordered in enumerate(axes.is_ordered):
        own = axes.codes[:, number]
        if ordered:
            columns.append(own)
            places.append((number, -1))
            continue
        for level in range(len(axes.levels[number])):
            columns.append(own == level)
            places.append((number, level))
    return np.column_stack(columns).astype(float), places


def _grown(
    columns: NDArray[np.float64], target: NDArray[np.float64], size: int, penalty: float
) -> Any:
    try:
        from sklearn.tree import DecisionTreeRegressor
    except ImportError:
        raise BatchError(
            "a tree needs scikit-learn; install it by: pip install 'corridor-sim[study]'"
        ) from None
    tree = DecisionTreeRegressor(
        min_samples_leaf=size, max_leaf_nodes=MOST_LEAVES, ccp_alpha=penalty, random_state=0
    )
    return tree.fit(columns, target)


def _penalty(columns: NDArray[np.float64], target: NDArray[np.float64], size: int) -> float:
    """The cost of a leaf by which cross-validation prunes, by the rule of one standard error."""
    path = _grown(columns, target, size, 0.0).cost_complexity_pruning_path(columns, target)
    costs = np.maximum(path.ccp_alphas, 0.0)
    between = np.sqrt(costs * np.append(costs[1:], costs[-1]))
    between[-1] = 2 * costs[-1] + 1  # of the root alone
    rng = np.random.default_rng(0)
    fold = rng.permutation(len(target)) % FOLDS
    errors = np.empty((len(target), len(between)))
    for number in range(FOLDS):
        out = fold == number
        for column, penalty in enumerate(between):
            grown = _grown(columns[~out], target[~out], size, float(penalty))
            errors[out, column] = (grown.predict(columns[out]) - target[out]) ** 2
    mean, deviation = errors.mean(axis=0), errors.std(axis=0, ddof=1) / np.sqrt(len(target))
    best = int(mean.argmin())
    simplest = np.flatnonzero(mean <= mean[best] + deviation[best])[-1]
    return float(between[simplest])


def _leaves(tree: Any, axes: Axes, places: list[tuple[int, int]]) -> Iterator[Box]:
    """The box of each leaf."""
    waiting = [(0, axes.everything())]
    while waiting:
        node, box = waiting.pop()
        if tree.children_left[node] < 0:
            yield box
            continue
        number, level = places[tree.feature[node]]
        codes = np.arange(len(axes.levels[number]))
        column = codes if level < 0 else codes == level
        goes_left = column <= tree.threshold[node]
        for child, side in ((tree.children_left, goes_left), (tree.children_right, ~goes_left)):
            waiting.append((int(child[node]), box.with_levels(number, box.allowed[number] & side)))
