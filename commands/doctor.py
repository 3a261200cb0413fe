"""``corridor doctor``: what is installed, what works, and how to get what is missing.

It prints with Rich alone, so that it answers also where a package that runs need is broken.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import typer

from commands.output import INCOMPLETE
from own_packages import HOME, NAMES

DISTRIBUTION = "corridor-sim"
IMPORTED = {
    "view": ("solara", "plotly", "anywidget", "altair", "uvicorn", "starlette"),
    "routing": ("pyvrp",),
    "workbook": ("openpyxl",),
    "study": ("SALib", "optuna", "sklearn"),
    "raster": ("rasterio",),
    "learn": ("torch", "sklearn"),
    "cluster": ("distributed",),
    "docs": ("sphinx", "nbclient"),
    "dev": ("pytest", "hypothesis", "mypy", "playwright"),
}
"""What of an extra is imported, to see that it works; pyproject.toml says what belongs to each."""
SHOWN_LENGTH = 60
SHORT = {"run.days": 0.25, "run.warm_up_days": 0}
MEGABYTE, GIGABYTE = 1e6, 1e9


class Finding(NamedTuple):
    """A line about the installation.

    Attributes
    ----------
    what : str
    text : str
    is_fatal : bool
        Whether no run works with it.
    """

    what: str
    text: str
    is_fatal: bool = False


def doctor() -> None:
    """Tell what is installed, what works, and how to get what is missing."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    findings = []
    table = Table.grid(padding=(0, 2))
    for finding in examine():
        findings.append(finding)
        table.add_row(Text(finding.what, "bold"), Text(finding.text, "red" * finding.is_fatal))
    Console(markup=False, emoji=False, highlight=False).print(table)
    if any(finding.is_fatal for finding in findings):
        raise typer.Exit(INCOMPLETE)


def examine() -> Iterator[Finding]:
    """Look at everything that a run and its extras need."""
    for what, look in (
        ("Corridor", _corridor),
        ("Machine", _machine),
        ("Packages", _packages),
        ("Solvers", _solvers),
        ("Numba", _numba),
        ("BLAS", _blas),
        ("Maps", _maps),
        ("Extras", _extras),
        ("A run", _run),
    ):
        yield _looked(what, look)


def _looked(what: str, look: Callable[[], Finding]) -> Finding:
    """What looking finds; whatever is raised is a finding, too."""
    try:
        return look()
    except Exception as error:  # noqa: BLE001 - a broken package raises what it likes
        return Finding(what, f"does not work: {_in_short(error)}", is_fatal=True)


def _corridor() -> Finding:
    here = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    own = _version(DISTRIBUTION)
    if own is None:
        return Finding("Corridor", f"is not installed in {here}; {_install('')}", is_fatal=True)
    return Finding("Corridor", f"{own} on {here}")


def _machine() -> Finding:
    return Finding("Machine", f"{os.cpu_count()} cores{_memory()}")


def _memory() -> str:
    """Memory, where the system tells it in POSIX's way."""
    try:
        page = os.sysconf("SC_PAGE_SIZE")
        all_gb = page * os.sysconf("SC_PHYS_PAGES") / GIGABYTE
        free_gb = page * os.sysconf("SC_AVPHYS_PAGES") / GIGABYTE
    except (AttributeError, OSError, ValueError):
        return ""
    return f", {all_gb:.1f} GB of memory, {free_gb:.1f} GB of it free"


def _packages() -> Finding:
    wrong = _wrong_packages("")
    if wrong:
        return Finding("Packages", f"{', '.join(wrong)}: {_install('')}", is_fatal=True)
    return Finding("Packages", "all that runs need are there, in versions that are allowed")


def _solvers() -> Finding:
    """HiGHS, which runs need, and CBC, which only comes along."""
    import pulp

    _solve(pulp.HiGHS(msg=False))
    try:
        _solve(pulp.PULP_CBC_CMD(msg=False))
        cbc = f"CBC of PuLP {_version('pulp')} solves, too"
    except pulp.PulpError as error:
        cbc = f"CBC does not, and is not needed: {_in_short(error)}"
    return Finding("Solvers", f"HiGHS {_version('highspy')} solves; {cbc}")


def _solve(solver: object) -> None:
    """Let a solver find the largest whole number whose double is at most 7."""
    import pulp

    problem = pulp.LpProblem("largest", pulp.LpMaximize)
    number = pulp.LpVariable("number", cat="Integer")
    problem += number
    problem += 2 * number <= 7
    problem.solve(solver)
    if pulp.value(number) != 3:
        raise pulp.PulpError(f"the largest whole number within 3.5 is 3, got {pulp.value(number)}")


def _numba() -> Finding:
    from numba import njit

    if njit(lambda number: number + 1)(1) != 2:
        return Finding("Numba", "compiles wrongly", is_fatal=True)
    own = os.environ.get("NUMBA_CACHE_DIR")
    folders = [Path(own)] if own else [HOME / name for name in NAMES]
    size = _size(path for folder in folders for path in folder.rglob("*.nb[ci]"))
    where = f"in {_shown(Path(own))}" if own else "beside the sources"
    return Finding("Numba", f"{_version('numba')} compiles; {size} of compiled code {where}")


def _blas() -> Finding:
    import numpy as np

    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    threads = os.environ.get("OPENBLAS_NUM_THREADS") or os.environ.get("OMP_NUM_THREADS")
    return Finding(
        "BLAS",
        f"{built['name']} {built['version']}, {threads or os.cpu_count()} threads; "
        "1 in each process of a batch",
    )


def _maps() -> Finding:
    from environment.roads.cache import cache_folder

    folder = cache_folder()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    note = "" if os.access(existing, os.W_OK) else ", where nothing can be written"
    return Finding("Maps", f"{_size(folder.rglob('*.npz'))} kept in {_shown(folder)}{note}")


def _extras() -> Finding:
    """Which extras work, and what the others lack, which stops no run."""
    lacks = {
        extra: _wrong_packages(extra) or _broken_modules(modules)
        for extra, modules in IMPORTED.items()
    }
    working = [extra for extra, wrong in lacks.items() if not wrong]
    missing = [f"{extra} ({', '.join(wrong)})" for extra, wrong in lacks.items() if wrong]
    text = f"that work: {', '.join(working) or 'none'}"
    if missing:
        install = _install(f"[{','.join(extra for extra in lacks if extra not in working)}]")
        text = f"{text}\nthat do not: {'; '.join(missing)}\n{install}"
    return Finding("Extras", text)


def _wrong_packages(extra: str) -> list[str]:
    """What an extra lacks, or has in another version than is allowed; "" for what all runs need."""
    from importlib.metadata import requires

    from packaging.requirements import Requirement

    found = []
    for requirement in map(Requirement, requires(DISTRIBUTION) or ()):
        marker, name = requirement.marker, requirement.name
        # With the name of its extra a package's marker holds, and without it does not.
        if marker and (not marker.evaluate({"extra": extra}) or marker.evaluate({"extra": ""})):
            continue
        if bool(marker) != bool(extra):
            continue
        has = _version(name)
        if has is None:
            found.append(f"no {name}")
        elif not requirement.specifier.contains(has, prereleases=True):
            found.append(f"{name} {has} is not {requirement.specifier}")
    return found


def _version(distribution: str) -> str | None:
    """The version of what is installed; None if it is not."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _broken_modules(modules: tuple[str, ...]) -> list[str]:
    """Modules that cannot be imported, with what they say."""
    broken = []
    for module in modules:
        try:
            import_module(module)
        except Exception as error:  # noqa: BLE001 - a broken package raises what it likes
            broken.append(f"{module} does not work: {_in_short(error)}")
    return broken


def _run() -> Finding:
    """A short run of the default city, which also puts its map into the cache."""
    from scenarios.loader import load_scenario
    from simulation.model import simulate

    start = time.perf_counter()
    calls = simulate(load_scenario("city", SHORT)).calls
    spent_s = time.perf_counter() - start
    return Finding("A run", f"works: {len(calls)} calls of the case city in {spent_s:.1f} s")


def _install(extras: str) -> str:
    return f"in Corridor's folder: pip install -e '.{extras}'"


def _in_short(error: Exception) -> str:
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:SHOWN_LENGTH]}"


def _size(paths: Iterator[Path]) -> str:
    return f"{sum(path.stat().st_size for path in paths) / MEGABYTE:.1f} MB"


def _shown(path: Path) -> str:
    home = Path.home()
    return str(Path("~") / path.relative_to(home)) if path.is_relative_to(home) else str(path)
