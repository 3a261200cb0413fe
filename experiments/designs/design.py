"""Points of a design, and the arms that they are.

Sources: M. D. McKay, R. J. Beckman and W. J. Conover, A comparison of three methods for selecting
values of input variables, Technometrics 21, 1979 (Latin hypercubes); I. M. Sobol', On the
distribution of points in a cube, 1967, scrambled as A. B. Owen, 1998, has it, both as SciPy's
`scipy.stats.qmc` draws them.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.errors import suggest
from experiments.designs.factors import Factor
from experiments.errors import BatchError
from scenarios.errors import ScenarioError
from scenarios.overrides import read_value
from scenarios.scenario import Scenario
from scenarios.toml_text import inline

SAMPLED = ("lhs", "sobol", "random")
DESIGNS = ("grid", "factorial", *SAMPLED)
"""How points are chosen; a table of them (``FILE.csv``) is another way."""
MOST_POINTS = 100_000
LAYOUT = "roads.seed"
"""Another value of it is another city."""
ARM = "arm"
"""The column of a table of points that names them."""


@dataclass(frozen=True)
class Design:
    """Points, each with a value for every key.

    Attributes
    ----------
    keys : tuple of str
    points : mapping of str to mapping
        Values under the keys, by the name of the point.
    declared : tuple of str
        Keys that were said to make worlds; see `worlds`.
    """

    keys: tuple[str, ...]
    points: Mapping[str, Mapping[str, Any]]
    declared: tuple[str, ...] = ()

    @property
    def worlds(self) -> tuple[str, ...]:
        """The keys that make worlds, which nobody chooses: those declared, and city layouts."""
        return tuple(key for key in self.keys if key in self.declared or key == LAYOUT)

    @property
    def levers(self) -> tuple[str, ...]:
        """The other keys, which one chooses."""
        return tuple(key for key in self.keys if key not in self.worlds)

    def arms(self, base: Scenario) -> dict[str, Scenario]:
        """The scenario of each point.

        Raises
        ------
        ScenarioError
            With a line for every mistake, and the first point that has it.
        """
        arms, mistakes = {}, dict[str, str]()
        for name, values in self.points.items():
            try:
                arms[name] = base.changed(values)
            except ScenarioError as error:
                for line in str(error).splitlines():
                    mistakes.setdefault(line.removeprefix(f"{base.name}: "), name)
        if mistakes:
            raise ScenarioError("\n".join(f"{name}: {line}" for line, name in mistakes.items()))
        return arms

    def table(self) -> pd.DataFrame:
        """One row per point: ``arm`` and the value of each key."""
        rows = [{ARM: name, **values} for name, values in self.points.items()]
        return pd.DataFrame(rows, columns=[ARM, *self.keys])

    def to_csv(self) -> bytes:
        """The table as a file that `make_design` reads."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([ARM, *self.keys])
        for name, values in self.points.items():
            writer.writerow([name, *(_as_text(values[key]) for key in self.keys)])
        return out.getvalue().encode()


def make_design(
    how: str, factors: Sequence[Factor] = (), points: int | None = None, seed: int = 1
) -> Design:
    """Choose points.

    Parameters
    ----------
    how : str
        ``grid``: every combination of the levels. ``factorial``: every combination of each
        factor's first and last. ``lhs``, ``sobol`` and ``random``: so many points, spread over
        ranges and levels. Or a ``.csv`` file with a column for each key and a row for each point.
    factors : sequence of Factor
    points : int, optional
        How many, of those that are drawn. Worlds that were declared are drawn by themselves, and
        every one of them meets every combination of the other factors' levels.
    seed : int
        Of the drawing.

    Raises
    ------
    BatchError
        If there is no such design, or it has no points, too many, or not what it needs.
    ScenarioError
        If the file cannot be read.
    """
    declared = tuple(factor.key for factor in factors if factor.is_world)
    if how.endswith(".csv"):
        if any(factor.levels for factor in factors) or points is not None:
            raise BatchError(
                f"the points are in {how}: give neither --sweep nor --points beside it, and of "
                "--world the key alone"
            )
        return _declaring(read_design(Path(how)), declared)
    if how not in DESIGNS:
        raise BatchError(f"no design {how!r} ({suggest(how, DESIGNS)}, or FILE.csv)")
    _require_enough(how, factors, points)
    if points is None:
        order, rows = [*factors], [*itertools.product(*_levels(how, factors))]
    else:
        drawn = [factor for factor in factors if factor.is_world] or [*factors]
        levers = [factor for factor in factors if factor not in drawn]
        settings = [*itertools.product(*_levels("grid", levers, points))]
        worlds = [*zip(*_drawn(how, drawn, points, seed), strict=True)]
        order = [*levers, *drawn]
        rows = [(*setting, *world) for setting in settings for world in worlds]
    return _declaring(design_of([factor.key for factor in order], rows), declared)


def _declaring(design: Design, declared: tuple[str, ...]) -> Design:
    for key in declared:
        if key not in design.keys:
            raise BatchError(f"--world: no key {key!r} ({suggest(key, design.keys)})")
    return replace(design, declared=declared)


def _require_enough(how: str, factors: Sequence[Factor], points: int | None) -> None:
    if not factors:
        raise BatchError(f"the design {how} needs a key to vary: --sweep KEY=VALUE,VALUE,...")
    for factor in factors:
        if not factor.levels:
            raise BatchError(
                f"--world {factor.key}: expected KEY=VALUE,VALUE,... or KEY=LOW..HIGH; the key "
                "alone is enough beside a table of points"
            )
    if (how in SAMPLED) != (points is not None):
        needed = "how many: --points N" if points is None else "no --points: its levels tell"
        raise BatchError(f"the design {how} needs {needed}")


def _levels(how: str, factors: Sequence[Factor], count: int = 1) -> Iterator[Sequence[Any]]:
    """The levels of each factor, of which a grid has every combination, `count` times."""
    for factor in factors:
        if how == "grid" and factor.is_range:
            raise BatchError(
                f"{factor.key}: a grid needs values, KEY=VALUE,VALUE,..., and no range; "
                "--design lhs, sobol, random and factorial take ranges"
                + (" of what is no lever beside worlds" if count > 1 else "")
            )
        ends = (factor.levels[0], *factor.levels[1:][-1:])
        levels = factor.levels if how == "grid" else ends
        count *= len(levels)
        if count > MOST_POINTS:
            raise BatchError(f"the design {how} has more than {MOST_POINTS:,} points: draw some")
        yield levels


def _drawn(how: str, factors: Sequence[Factor], points: int, seed: int) -> Iterator[list[Any]]:
    """The values of each factor."""
    if not 1 <= points <= MOST_POINTS:
        raise BatchError(f"points must be from 1 to {MOST_POINTS:,}, got {points}")
    shares = _shares(how, len(factors), points, seed)
    for factor, column in zip(factors, shares.T, strict=True):
        yield factor.at(column)


def _shares(how: str, count: int, points: int, seed: int) -> NDArray[np.float64]:
    """Points of the unit cube, (points, count)."""
    rng = np.random.default_rng(seed)
    if how == "random":
        return rng.random((points, count))
    from scipy.stats import qmc

    if how == "lhs":
        return qmc.LatinHypercube(count, rng=rng).random(points)
    drawn = qmc.Sobol(count, rng=rng).random_base2(math.ceil(math.log2(points)))
    return np.minimum(drawn[:points], np.nextafter(1.0, 0.0))


def read_design(path: Path) -> Design:
    """Read points from a table: a column for each key, a row for each point.

    A column ``arm`` names them; else they are numbered.

    Raises
    ------
    ScenarioError
        If it cannot be read, or a row has more or fewer values than there are keys.
    BatchError
        If there are no points, or two have the same name.
    """
    try:
        rows = [row for row in csv.reader(path.read_text("utf-8-sig").splitlines()) if any(row)]
    except (OSError, ValueError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ScenarioError(f"{path}: cannot be read: {reason}") from None
    if len(rows) < 2:
        raise BatchError(f"{path}: has no points; expected a row of keys, and one for each point")
    heading, *values = ([cell.strip() for cell in row] for row in rows)
    mistakes = [*_mistakes_of_rows(heading, values)]
    if mistakes:
        raise ScenarioError("\n".join(f"{path}: {mistake}" for mistake in mistakes))
    names = [row[heading.index(ARM)] for row in values] if ARM in heading else None
    keys = [key for key in heading if key != ARM]
    if not keys:
        raise BatchError(f"{path}: has no keys beside {ARM!r}")
    places = [heading.index(key) for key in keys]
    return design_of(keys, [[read_value(row[place]) for place in places] for row in values], names)


def _mistakes_of_rows(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for key in dict.fromkeys(heading):
        if not key:
            yield f"a column has no key; the first row has {', '.join(heading)!r}"
        elif heading.count(key) > 1:
            yield f"the key {key!r} is there twice"
    for number, row in enumerate(rows, start=2):
        if len(row) != len(heading):
            yield f"row {number} has {len(row)} values, expected {len(heading)}"
        elif not all(row):
            yield f"row {number} has no value of {heading[row.index('')]!r}"


def design_of(
    keys: Sequence[str], rows: Sequence[Sequence[Any]], names: Sequence[str] | None = None
) -> Design:
    """A design of some rows of values, which are numbered if they have no names.

    Raises
    ------
    BatchError
        If two have the same name.
    """
    width = len(str(len(rows)))
    named = names or [f"point-{number:0{width}d}" for number in range(1, len(rows) + 1)]
    if len(set(named)) < len(named):
        twice = next(name for name in named if named.count(name) > 1)
        raise BatchError(f"two points are called {twice!r}")
    points = {
        name: dict(zip(keys, row, strict=True)) for name, row in zip(named, rows, strict=True)
    }
    return Design(tuple(keys), points)


def _as_text(value: Any) -> str:
    """A value as a table has it, so that reading it gives the same."""
    return value if isinstance(value, str) and _is_plain(value) else inline(value)


def _is_plain(text: str) -> bool:
    try:
        return bool(text) and text == text.strip() and read_value(text) == text
    except ScenarioError:
        return False
