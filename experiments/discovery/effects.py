"""What an arm changes in each world, read from the folder of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.errors import suggest
from experiments.batch import KEY
from experiments.batch.folder import BATCH
from experiments.batch.saved_runs import read_summaries
from experiments.designs import MEANS, POINTS, Design, read_saved_design
from experiments.designs.design import ARM, read_design
from experiments.designs.worlds import BETWEEN, WORLDS, arms_by_setting, changes_by_world
from experiments.discovery.condition import Condition
from experiments.errors import BatchError
from experiments.statistics import t_interval
from simulation.tables.files import read_json


@dataclass(frozen=True, eq=False)
class Effects:
    """An effect in each world.

    Attributes
    ----------
    measure : str
    arm, against : str
        Whose difference it is; `against` is empty where it is the measure itself.
    worlds : DataFrame
        A row a world, a column a key in which worlds differ.
    of_world : (n, 3) float64
        Mean over replications, and the ends of its 95 % t-interval, in the unit of
        `Result.summary`.
    missing : int
        Worlds of which no run succeeded; they are left out.
    """

    measure: str
    arm: str
    against: str
    worlds: pd.DataFrame
    of_world: NDArray[np.float64]
    missing: int = 0

    @classmethod
    def of(
        cls, measure: str, arm: str, against: str, worlds: pd.DataFrame, changes: pd.DataFrame
    ) -> Effects:
        """From a table of changes, a row a replication and a column a world.

        Parameters
        ----------
        measure, arm, against : str
        worlds : DataFrame
            Indexed by the names of worlds.
        changes : DataFrame
        """
        own = np.array([t_interval(changes[world])[:3] for world in changes]).reshape(-1, 3)
        known = ~np.isnan(own[:, 0])
        table = worlds.loc[list(changes.columns[known])]
        return cls(measure, arm, against, table, own[known], int((~known).sum()))

    def surely(self, fails: Condition) -> int:
        """In how many worlds a condition holds for the whole interval."""
        ends = self.of_world[:, 1:]
        return int((fails.holds(ends).all(axis=1) & ~np.isnan(ends).any(axis=1)).sum())


def read_effects(
    folder: Path, measure: str, arm: str | None = None, against: str | None = None
) -> Effects:
    """Read an effect in every world from the folder of a what-if file's runs, or of a design's.

    Parameters
    ----------
    folder : Path
        What ``corridor compare FILE.toml --out`` or ``corridor batch --out`` has left.
    measure : str
    arm, against : str, optional
        Arms of the what-if file, or settings of a design's levers as ``key=value``; by default
        the second and the first, or the measure itself where there is one setting alone.

    Raises
    ------
    BatchError
        If there are no worlds, no such arms, or no such measure.
    ResultError
        If there are no finished runs, or somebody has changed them.
    """
    read_json(folder / BATCH)
    if (folder / WORLDS).exists():
        worlds, arms = _of_what_if(folder)
    elif (folder / POINTS).exists() and read_json(folder / MEANS).get("keys"):
        worlds, arms = _of_study(folder, [text for text in (arm, against) if text])
    else:
        raise BatchError(
            f"{folder}: has no worlds; run a what-if file that has [worlds], or "
            "corridor batch with --world or --sweep, and give it --out"
        )
    summaries = read_summaries(folder)
    known = [name for name in summaries.columns if name not in KEY]
    if measure not in known:
        raise BatchError(f"--effect: no measure {measure!r} ({suggest(measure, known)})")
    named, base = _chosen(list(arms), arm, against)
    changes = changes_by_world(summaries, measure, arms[named], arms[base] if base else None)
    if changes.empty or changes.shape[1] == 0:
        raise BatchError(f"no world has both {named!r} and {base!r}: cross levers with worlds")
    return Effects.of(measure, named, base, worlds, changes)


def _of_what_if(folder: Path) -> tuple[pd.DataFrame, dict[str, dict[str, str]]]:
    worlds = read_design(folder / WORLDS).table().set_index(ARM)
    found: dict[str, dict[str, str]] = {}
    for name in read_json(folder / BATCH)["arms"]:
        world, _, arm = name.partition(BETWEEN)
        found.setdefault(arm, {})[world] = name
    return worlds, found


def _of_study(folder: Path, named: Sequence[str]) -> tuple[pd.DataFrame, dict[str, dict[str, str]]]:
    """Worlds are the keys that were declared such; else all but those that arms are named by."""
    design = read_saved_design(folder)
    if not design.declared:
        levers = {part.partition("=")[0].strip() for text in named for part in text.split(",")}
        design = Design(
            design.keys, design.points, tuple(key for key in design.keys if key not in levers)
        )
    arms = arms_by_setting(design)
    if not design.worlds:
        raise BatchError(f"{folder}: has no worlds beside {', '.join(design.levers)}")
    table = design.table().set_index(ARM)[list(design.worlds)]
    world_of = {point: world for own in arms.values() for world, point in own.items()}
    table = table.loc[[point for point in table.index if point in world_of]]
    table.index = pd.Index([world_of[point] for point in table.index])
    return table[~table.index.duplicated()], arms


def _chosen(arms: Sequence[str], arm: str | None, against: str | None) -> tuple[str, str]:
    """The arm, and that against which it stands; empty where there is one alone."""
    for option, name in (("--arm", arm), ("--against", against)):
        if name is not None and name not in arms:
            raise BatchError(f"{option}: no arm {name!r} ({suggest(name, arms)})")
    if len(arms) == 1:
        return arms[0], ""
    base = against or arms[0]
    others = [name for name in arms if name != base]
    if arm is None and len(others) > 1:
        raise BatchError(f"which arm? --arm {' or '.join(map(repr, others[:8]))}")
    named = arm or others[0]
    if named == base:
        raise BatchError(
            f"--arm and --against are both {base!r}: nothing differs from itself"
            if against
            else f"--arm {named!r} is what others are compared with; name another by --against"
        )
    return named, base
