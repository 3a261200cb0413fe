"""Corridor's packages have plain names: see that nobody else's package stands in for one of them.

This module lies beside run.py and imports none of them, so that it can be asked first.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path

NAMES = (
    "run",
    "commands",
    "corridor",
    "papers",
    "viz",
    "experiments",
    "simulation",
    "scenarios",
    "agents",
    "policies",
    "environment",
)
"""Everything that Corridor installs but this module, the upper first; pyproject.toml has the same.

A user's module of such a name would be mistaken for one of them.
"""
COMMAND_LINE = {"run", "commands"}
"""Those that Corridor's Python does not need."""
HOME = Path(__file__).resolve().parent


def foreign_packages(names: Collection[str] = NAMES) -> dict[str, str]:
    """Where Python would import each of our names from, if not from beside run.py.

    A name that we have no package of yet is nobody's.
    """
    own = {name: (HOME / f"{name}.py", HOME / name / "__init__.py") for name in names}
    found = {name: _origin(name) for name in names if any(path.is_file() for path in own[name])}
    return {name: str(path) for name, path in found.items() if path and path not in own[name]}


def require_own_packages() -> None:
    """End the program, telling why, if a package of somebody else's hides one of ours."""
    if foreign := foreign_packages():
        sys.stderr.write(f"{_describe(foreign)}, or start with `python {HOME / 'run.py'}`\n")
        raise SystemExit(2)


def require_importable() -> None:
    """Let nobody import Corridor where a package of somebody else's hides one of ours.

    Raises
    ------
    ImportError
        With the file that is in the way, and what to do.
    """
    if foreign := foreign_packages([name for name in NAMES if name not in COMMAND_LINE]):
        raise ImportError(f"{_describe(foreign)}, or rename it")


def _describe(foreign: dict[str, str]) -> str:
    lines = [
        f"{path} hides Corridor's own {name!r}: Python finds it first"
        for name, path in foreign.items()
    ]
    return "\n".join([*lines, "Take it off Python's path"])


def _origin(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.origin).resolve() if spec is not None and spec.origin else None
