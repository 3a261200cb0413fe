"""Corridor's packages have plain names: see that nobody else's package stands in for one of them.

This module lies beside run.py and imports none of them, so that it can be asked first.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

NAMES = (
    "run",
    "environment",
    "policies",
    "agents",
    "scenarios",
    "simulation",
    "experiments",
    "viz",
    "papers",
)
HOME = Path(__file__).resolve().parent


def foreign_packages() -> dict[str, str]:
    """Where Python would import each of our names from, if not from beside run.py."""
    found = {name: _origin(name) for name in NAMES}
    own = {name: (HOME / f"{name}.py", HOME / name / "__init__.py") for name in NAMES}
    return {name: str(path) for name, path in found.items() if path and path not in own[name]}


def require_own_packages() -> None:
    """End the program, telling why, if a package of somebody else's hides one of ours."""
    foreign = foreign_packages()
    if not foreign:
        return
    for name, path in foreign.items():
        sys.stderr.write(f"{path} hides Corridor's own {name!r}: Python finds it first\n")
    sys.stderr.write(f"Take it off Python's path, or start with `python {HOME / 'run.py'}`\n")
    raise SystemExit(2)


def _origin(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.origin).resolve() if spec is not None and spec.origin else None
