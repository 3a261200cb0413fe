"""What the layers promise of starting times, imports and files; `make lint` checks the layers."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import networkx as nx
import pytest

import own_packages

ROOT = Path(__file__).parents[1]
CLOCK_AND_AGENTS = {"mesa", "simpy", "solara"}
MAP_READERS_AND_CHARTS = {"osmnx", "osmium", "geopandas", "matplotlib", "plotly"}
PERSONAL_PATH = re.compile(r"(?<![\w.])/(?:root|work|home/\w+|Users/\w+)/")
PIN = re.compile(r"[a-z0-9-]+==[0-9][0-9a-z.]*")
LINES_OF_FILE, LINES_OF_RUN, MODULES_OF_FOLDER = 420, 60, 15
FULLER_FOLDERS = {"commands": 25}
"""There is one file a command in it."""


def run_python(*arguments: str) -> str:
    """Standard output of a fresh interpreter in the checkout, which may keep its bytecode."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, *arguments]
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def packages_loaded_by(modules: list[str]) -> set[str]:
    """Top-level packages in a fresh interpreter that has imported the modules."""
    imports = "; ".join(f"import {module}" for module in modules)
    program = f"import sys; {imports}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(run_python("-c", program).split())


def modules_of(layer: str) -> list[str]:
    files = sorted((ROOT / layer).rglob("[!_]*.py"))
    return [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]


@cache
def own_files() -> dict[str, Path]:
    """Every module and package that Corridor installs, by its name."""
    tops = [ROOT / name for name in own_packages.NAMES]
    files = [file for top in tops for file in (top.with_suffix(".py"), *top.rglob("*.py"))]
    return {module_name(file): file for file in files if file.is_file()}


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """What is run, or read by a type checker, when a module is imported: no bodies of functions."""
    for statement in body:
        yield statement
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            for child in ast.iter_child_nodes(statement):
                inner = child.body if isinstance(child, ast.ExceptHandler) else [child]
                yield from statements(one for one in inner if isinstance(one, ast.stmt))


def imported_by(module: str) -> Iterator[str]:
    """Modules of ours that a module imports, those for its types included."""
    for statement in statements(ast.parse(own_files()[module].read_text("utf-8")).body):
        if isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            whole = [f"{statement.module}.{alias.name}" for alias in statement.names]
            names = [name if name in own_files() else str(statement.module) for name in whole]
        else:
            continue
        yield from (name for name in names if name in own_files())


def circles(imports: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Groups of modules that all import each other, some by way of others."""
    groups = nx.strongly_connected_components(nx.DiGraph(imports))
    return sorted(sorted(group) for group in groups if len(group) > 1)


def project_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if listing.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


HELP = """
import sys
import run
sys.argv = ["corridor", *sys.argv[1:], "--help"]
try:
    run.main()
finally:
    print(*sys.modules)
"""


@pytest.mark.parametrize("command", [(), ("simulate",), ("check-policy",)])
def test_help_loads_nothing_heavy(command: tuple[str, ...]) -> None:
    """How long it takes, `benchmarks/speed/start.py` measures."""
    modules = run_python("-c", HELP, *command).splitlines()[-1].split()
    loaded = {module.partition(".")[0] for module in modules}
    assert "typer" in loaded
    heavy = {"numpy", "scipy", "pandas", "mesa", "numba", "loky"}
    assert not loaded & (heavy | MAP_READERS_AND_CHARTS)


def test_command_is_imported_when_it_is_asked_for() -> None:
    shared = {"lazy", "main_job", "options", "output"}

    def imported(*command: str) -> set[str]:
        modules = run_python("-c", HELP, *command).splitlines()[-1].split()
        return {name.partition(".")[2] for name in modules if name.startswith("commands.")} - shared

    assert imported("warm-up") == {"warm_up"}
    every = {file.stem for file in (ROOT / "commands").glob("[!_]*.py")}
    assert imported() == every - shared


def test_circle_is_found(monkeypatch, tmp_path) -> None:
    """Through a function's import there is none; through one for types there is."""
    texts = {
        "a": "import b\n",
        "b": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from c import C\n",
        "c": "class C:\n    from a import A\n",
        "d": "def late():\n    import a\n",
        "e": "try:\n    import d\nexcept ImportError:\n    import f\n",
        "f": "import e\n",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.py").write_text(text)
    files = {name: tmp_path / f"{name}.py" for name in texts}
    monkeypatch.setitem(globals(), "own_files", lambda: files)
    imports = [(module, name) for module in files for name in imported_by(module)]
    assert circles(imports) == [["a", "b", "c"], ["e", "f"]]


def test_no_imports_go_round() -> None:
    imports = [(module, name) for module in own_files() for name in imported_by(module)]
    assert len(imports) > len(own_files())
    assert circles(imports) == []


def test_command_line_is_a_list_of_commands() -> None:
    lines = own_files()["run"].read_text("utf-8").splitlines()
    assert len(lines) < LINES_OF_RUN


def test_files_are_of_a_size_to_read() -> None:
    lines = {name: len(file.read_text("utf-8").splitlines()) for name, file in own_files().items()}
    long = {name: n for name, n in lines.items() if n > LINES_OF_FILE}
    assert long == {}


def test_folders_are_of_a_size_to_look_through() -> None:
    modules = [name for name, file in own_files().items() if file.name != "__init__.py"]
    counts = Counter(name.rpartition(".")[0] for name in modules if "." in name)
    fuller = {
        name: count
        for name, count in counts.items()
        if count > FULLER_FOLDERS.get(name, MODULES_OF_FOLDER)
    }
    assert fuller == {}


@pytest.mark.parametrize("layer", ["environment", "policies"])
def test_lower_layers_load_no_clock_and_nothing_heavy(layer: str) -> None:
    loaded = packages_loaded_by(modules_of(layer))
    assert "numpy" in loaded
    assert not loaded & (CLOCK_AND_AGENTS | MAP_READERS_AND_CHARTS)


def test_worker_loads_no_map_reader_and_no_charts() -> None:
    if importlib.util.find_spec("experiments.batch.task") is None:
        pytest.skip("experiments/batch/task.py, what a worker imports, is not there yet")
    loaded = packages_loaded_by(["experiments.batch.task"])
    assert "simulation" in loaded
    assert not loaded & MAP_READERS_AND_CHARTS


def test_planning_loads_no_agents() -> None:
    """Mesa takes longer to load than six centres take to plan."""
    loaded = packages_loaded_by(["experiments.planning.plan", "viz.terminal.planning"])
    assert "rich" in loaded
    assert "mesa" not in loaded


def test_no_file_names_a_folder_of_its_authors_machine() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in project_files()
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), start=1)
        if PERSONAL_PATH.search(line) or str(ROOT) in line
    ]
    assert not found


def test_constraints_pin_every_declared_package_and_nothing_but_versions() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [line for line in pins if not PIN.fullmatch(line)] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.split(r"[<>=\[;]", entry)[0].lower() for entries in declared for entry in entries}
    names.remove(project["name"])  # `dev` holds the extra `docs`
    assert names - {pin.partition("==")[0] for pin in pins} == set()
