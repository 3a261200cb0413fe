"""Find the box of worlds in which a conclusion fails, and what is to be thought of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.discovery.boxes import Axes, Box, Share, limit_tests, sharing
from experiments.discovery.condition import Condition, read_condition
from experiments.discovery.effects import Effects, read_effects
from experiments.discovery.prim import (
    LEAST_WORLDS,
    SHUFFLES,
    SURE,
    Step,
    chance_of,
    find_box,
    trajectory,
)
from experiments.discovery.tree import tree_boxes
from experiments.discovery.trials import Trials, try_boxes
from experiments.errors import BatchError
from simulation.tables.files import to_json, write_file

PRIM_TRIALS, TREE_TRIALS = 100, 20
SEED = 0
"""Shuffles and trials are the same whenever the same worlds are looked at."""
DISCOVERY = "discovery.json"
FEW = 30
"""Worlds below which a reader is warned."""


@dataclass(frozen=True, eq=False)
class Tree:
    """The boxes of a tree's leaves in which failures are denser, and what trials say of them."""

    boxes: tuple[Box, ...]
    trials: Trials


@dataclass(frozen=True, eq=False)
class Discovery:
    """Where a conclusion fails.

    Attributes
    ----------
    effects : Effects
    condition : Condition
        When it fails.
    axes : Axes
        Without keys that are seeds or do not vary.
    fails : (n,) bool
    steps : tuple of Step
        The trajectory of PRIM's peeling.
    found : Box
        The box that was chosen and pasted, or that of the step that was asked for; without limits
        if there is none.
    step : int or None
        The step that was asked for.
    chance : float
        Share of shuffles of the failures among the worlds in which a box as good is found.
    trials : Trials
        Of PRIM, on worlds left out.
    tree : Tree or None
    """

    effects: Effects
    condition: Condition
    axes: Axes
    fails: NDArray[np.bool_]
    steps: tuple[Step, ...]
    found: Box
    step: int | None
    chance: float
    trials: Trials
    tree: Tree | None

    @property
    def box(self) -> Box | None:
        """The box, if there is one that is more than chance, or a step was asked for."""
        if self.step is None and self.chance > SURE:
            return None
        return self.found if self.found.limited else None

    @property
    def share(self) -> Share | None:
        """How much it holds."""
        return None if self.box is None else self.share_of(self.box)

    def share_of(self, box: Box) -> Share:
        """How much any box holds."""
        return sharing(box.holds(self.axes.codes), self.fails)

    @property
    def notes(self) -> list[str]:
        """What a reader must know."""
        notes = []
        left_out = [str(key) for key in self.effects.worlds if key not in self.axes.keys]
        if left_out:
            notes.append(f"no limits are looked for in {', '.join(left_out)}: seeds have no order")
        if self.effects.missing:
            notes.append(f"{self.effects.missing} worlds without a result are left out")
        if len(self.fails) < FEW:
            notes.append(f"{len(self.fails)} worlds are few: a box needs to be clear to be found")
        if self.chance > SURE:
            notes.append(
                f"a box as good is found in {self.chance:.0%} of {SHUFFLES} shuffles of the "
                "failures among the worlds, so this one may be chance"
                if self.step is not None
                else "no box is told: one as good as the best that peeling met is found in "
                f"{self.chance:.0%} of {SHUFFLES} shuffles of the failures among the worlds"
            )
        elif self.box is None and self.step is not None:
            notes.append(f"the box of step {self.step} has no limits: it holds every world")
        elif self.box is None:
            notes.append("no box is told: none of its limits matters by itself")
        return notes

    def to_dict(self) -> dict[str, Any]:
        """All of it, ready for JSON once NaN is written as null."""
        effects = self.effects
        return {
            "effect": effects.measure,
            "arm": effects.arm,
            "against": effects.against or None,
            "fails": str(self.condition),
            "worlds": len(self.fails),
            "failing": int(self.fails.sum()),
            "surely_failing": effects.surely(self.condition),
            "keys": list(self.axes.keys),
            "chance": self.chance,
            "step": self.step,
            "box": None if self.box is None else self._told(self.box),
            "trials": asdict(self.trials),
            "trajectory": [
                {"limits": step.box.limits(self.axes), **step.share._asdict()}
                for step in self.steps
            ],
            "tree": None
            if self.tree is None
            else {
                "boxes": [self._told(box) for box in self.tree.boxes],
                "trials": asdict(self.tree.trials),
            },
            "notes": self.notes,
        }

    def to_json(self) -> str:
        """As JSON; what has no value is null."""
        return to_json(self.to_dict()).decode()

    def _told(self, box: Box) -> dict[str, Any]:
        limits = box.limits(self.axes)
        for (number, side), tests in limit_tests(box, self.axes, self.fails).items():
            own = limits[self.axes.keys[number]]
            own |= {f"{name}_{side}": p for name, p in tests._asdict().items()}
        return {"limits": limits, **self.share_of(box)._asdict()}


def discover_among(
    effects: Effects, condition: Condition, *, step: int | None = None, tree: bool = False
) -> Discovery:
    """Find the box of worlds in which a condition holds.

    Parameters
    ----------
    effects : Effects
    condition : Condition
        When the conclusion fails, by the mean over a world's replications.
    step : int, optional
        The step of the peeling to be told, in place of the one that is chosen.
    tree : bool
        Whether a tree is grown as well.

    Raises
    ------
    BatchError
        If worlds do not differ in anything that has limits, or too few fail or do not fail.
    """
    if len(effects.of_world) < 2:
        raise BatchError(_too_few_worlds(effects))
    varied = [
        key
        for key in effects.worlds
        if str(key).rpartition(".")[2] != "seed" and effects.worlds[key].map(repr).nunique() > 1
    ]
    if not varied:
        told = ", ".join(map(str, effects.worlds))
        raise BatchError(
            f"worlds differ in {told} alone, and a box needs keys that can have limits"
        )
    axes, fails = Axes.of(effects.worlds[varied]), condition.holds(effects.of_world[:, 0])
    _require_both_kinds(fails, condition)
    steps = trajectory(axes, fails)
    if step is not None and not 0 <= step < len(steps):
        raise BatchError(f"--box must be a step from 0 to {len(steps) - 1}, got {step}")
    rng = np.random.default_rng(SEED)
    return Discovery(
        effects,
        condition,
        axes,
        fails,
        tuple(steps),
        find_box(axes, fails, steps) if step is None else steps[step].box,
        step,
        chance_of(axes, fails, rng),
        try_boxes(axes, fails, lambda known, of: [find_box(known, of)], rng, PRIM_TRIALS),
        _tree(axes, fails, rng) if tree else None,
    )


def _too_few_worlds(effects: Effects) -> str:
    if effects.missing:
        return (
            f"{len(effects.of_world)} of {len(effects.of_world) + effects.missing} worlds have a "
            f"value of {effects.measure}, and a box needs more"
        )
    return "there is one world alone: make worlds of the keys that may matter"


def _require_both_kinds(fails: NDArray[np.bool_], condition: Condition) -> None:
    failing, every = int(fails.sum()), len(fails)
    if min(failing, every - failing) < LEAST_WORLDS:
        raise BatchError(
            f"the effect is {condition} in {failing} of {every} worlds; to tell where, "
            f"{LEAST_WORLDS} in which it is and {LEAST_WORLDS} in which it is not are needed"
        )


def _tree(axes: Axes, fails: NDArray[np.bool_], rng: np.random.Generator) -> Tree:
    boxes = tuple(tree_boxes(axes, fails))
    return Tree(boxes, try_boxes(axes, fails, tree_boxes, rng, TREE_TRIALS))


def discover(
    folder: str | Path,
    effect: str,
    fails: str,
    *,
    arm: str | None = None,
    against: str | None = None,
    step: int | None = None,
    tree: bool = False,
) -> Discovery:
    """Find the box of worlds in which a conclusion fails, from a folder of runs.

    Parameters
    ----------
    folder, arm, against
        As `experiments.discovery.effects.read_effects` takes them.
    effect : str
        The measure whose change, or which itself, the conclusion is about.
    fails : str
        When it fails: ``below 0``, ``at least -30``, in the unit of `Result.summary`.
    step, tree
        As `discover_among` takes them.

    Raises
    ------
    CorridorError
        As `read_condition`, `read_effects` and `discover_among` do.
    """
    condition = read_condition(fails)
    return discover_among(
        read_effects(Path(folder), effect, arm, against), condition, step=step, tree=tree
    )


def save_discovery(found: Discovery, folder: Path) -> None:
    """Write ``discovery.json`` into a folder.

    Raises
    ------
    ResultError
        If it cannot be written.
    """
    write_file(folder / DISCOVERY, found.to_json().encode())
